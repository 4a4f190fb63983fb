"""Where processes, sub-processes and event sub-processes begin, and by what they can."""

from __future__ import annotations

from engine.bpmn.elements import AWAITED, Body, Element, Process, Trigger
from engine.bpmn.findings import Findings, Place
from engine.rules import said


def check_beginning(process: Process, findings: Findings) -> None:
    """Note start events by which no case of a scheme is started: only people and messages do."""
    for element in process.body.elements.values():
        trigger = element.event.trigger
        if element.kind == "startEvent" and trigger not in {Trigger.NONE, Trigger.MESSAGE}:
            findings.error(
                "start-event",
                element.place,
                said("no case is started by a {trigger} event.", trigger=trigger),
                "Use a plain start event or a message start event.",
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
