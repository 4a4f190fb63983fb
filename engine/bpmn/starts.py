"""Where processes, sub-processes and event sub-processes begin, and by what they can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from engine.bpmn.elements import AWAITED, Body, Element, Event, Process, Trigger
from engine.bpmn.expressions import Stuck
from engine.bpmn.findings import Findings, Place
from engine.bpmn.timers import first_due
from engine.rules import said

PROBE = datetime(2026, 1, 1, tzinfo=UTC)
"""A moment at which timers are tried out before there is one to count from."""


def check_beginning(
    process: Process, constants: Mapping[str, Any], time_zone: str, findings: Findings
) -> None:
    """Note start events of a scheme's process by which no case could be started, or not just one.

    :param constants: the scheme's; all that is known before there is a case.
    """
    known: dict[tuple[Trigger, str], str] = {}
    for element in process.body.elements.values():
        if element.kind != "startEvent":
            continue
        if element.event.all_parts:
            findings.error(
                "start-event",
                element.place,
                "its triggers must all come to start one case, and nothing says which belong "
                "together before there is one.",
                "Start by one of them and await the others in the case.",
            )
        for event in element.event.parts or (element.event,):
            _check_trigger(element, event, known, findings)
            if event.trigger is Trigger.TIMER:
                _check_timer(element, event, constants, time_zone, findings)


def _check_trigger(
    element: Element, event: Event, known: dict[tuple[Trigger, str], str], findings: Findings
) -> None:
    name = event.message.name if event.message is not None else event.name
    if event.trigger is Trigger.SIGNAL and not name:
        findings.error(
            "start-event",
            element.place,
            "its signal has no name, so nothing outside a case can send it.",
            "Choose a signal for it.",
        )
    if not name:
        return
    other = known.setdefault((event.trigger, name), element.id)
    if other != element.id:
        findings.error(
            "start-event",
            element.place,
            said(
                "the {trigger} '{name}' starts a case at {other} as well.",
                trigger=event.trigger,
                name=name,
                other=other,
            ),
            "Keep one of the two, or give one another name.",
        )


def timer_value(
    event: Event,
    constants: Mapping[str, Any],
    now: datetime,
    variables: Mapping[str, Any] | None = None,
) -> Any:
    """Return what a start event's timer says before there is a case.

    :raises Stuck: its expression passed its budget.
    """
    known = {**(variables or {}), "scheme": constants}
    return None if event.timer is None else event.timer.value(known, now)


def _check_timer(
    element: Element,
    event: Event,
    constants: Mapping[str, Any],
    time_zone: str,
    findings: Findings,
) -> None:
    if event.timer is None or event.timer_kind is None:
        return  # It counts working days, or was refused where it was read.
    try:
        value = timer_value(event, constants, PROBE)
        first_due(event.timer_kind, value, PROBE, time_zone)
    except (Stuck, ZoneInfoNotFoundError, ValueError) as error:
        refuse_timer(element, event, error, findings)


def refuse_timer(element: Element, event: Event, error: Exception, findings: Findings) -> None:
    """Refuse a start event whose timer cannot be told before there is a case."""
    findings.error(
        "start-event",
        element.place,
        said(
            "its timer '{text}' cannot be told when the scheme is published: {error}",
            text=event.timer.text if event.timer is not None else "",
            error=error,
        ),
        "Write it out, or compute it from the scheme's constants alone (scheme.…).",
    )


def check_starts(body: Body, owner: Element | None, place: Place, findings: Findings) -> None:
    """Note start events that are missing, too many, or of a kind that cannot start this body.

    :param owner: the sub-process whose body it is; ``None`` for a process.
    """
    _Starts(body, findings).check(owner, place)


class _Starts:
    def __init__(self, body: Body, findings: Findings) -> None:
        self.body = body
        self.findings = findings

    def refuse(self, rule: str, place: Place, message: str, remedy: str) -> None:
        self.findings.error(rule, place, message, remedy)

    def check(self, owner: Element | None, place: Place) -> None:
        found = [e for e in self.body.elements.values() if e.kind == "startEvent"]
        plain = [e for e in found if e.event.trigger is Trigger.NONE]
        if owner is not None and owner.triggered_by_event:
            self._event_start(found, plain, place)
        elif owner is not None:
            self._plain_starts(found, place)
        else:
            self._top_starts(found, plain, place)

    def _plain_starts(self, found: list[Element], place: Place) -> None:
        for element in found:
            if element.event.trigger is not Trigger.NONE:
                self.refuse(
                    "start-event",
                    element.place,
                    said(
                        "a {trigger} starts a sub-process that is no event sub-process.",
                        trigger=element.event.trigger,
                    ),
                    "Use a plain start event, or make it an event sub-process.",
                )
        if not self.body.entries() and not self.body.refused:
            self.refuse(
                "start-event", place, "nothing in it begins.", "Give it a plain start event."
            )

    def _top_starts(self, found: list[Element], plain: list[Element], place: Place) -> None:
        if len(plain) > 1:
            self.refuse(
                "start-event",
                place,
                said(
                    "it has {count} plain start events, each of which starts another case.",
                    count=len(plain),
                ),
                "Give it exactly one.",
            )
        elif not found and not self.body.entries() and not self.body.refused:
            self.refuse(
                "start-event", place, "nothing in it begins.", "Give it a plain start event."
            )
        for element in found:
            for part in element.event.parts or (element.event,):
                if part.trigger not in AWAITED | {Trigger.NONE}:
                    self.refuse(
                        "start-event",
                        element.place,
                        said("nothing starts a process by {trigger}.", trigger=part.trigger),
                        "Use the plain start event, or an event sub-process.",
                    )

    def _event_start(self, found: list[Element], plain: list[Element], place: Place) -> None:
        if len(found) != 1 or plain:
            self.refuse(
                "start-event",
                place,
                "an event sub-process needs exactly one start event, with a trigger.",
                "Give it a timer, message or error start event.",
            )
        for element in found:
            failed = element.event.each(Trigger.ERROR) or element.event.each(Trigger.COMPENSATION)
            if failed and not element.interrupting:
                self.refuse(
                    "start-event",
                    element.place,
                    "an error or compensation start does not interrupt.",
                    "Make it interrupting.",
                )
