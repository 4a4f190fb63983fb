"""Events that are drawn in vain: dates that are past, edges of what is done at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine.bpmn import timers
from engine.bpmn.bodies import bodies
from engine.bpmn.elements import AWAITED, Body, Element, Process, TimerKind, Trigger
from engine.bpmn.expressions import Stuck
from engine.bpmn.findings import Findings
from engine.rules import said

DONE_AT_ONCE = frozenset({"task", "scriptTask", "businessRuleTask", "sendTask"})
"""Activities at which no token rests, unless they call a handler."""


def check_vain(
    processes: Iterable[Process], time_zone: str, now: datetime | None, findings: Findings
) -> None:
    """Note events that never come, or that come at once.

    :param now: what fixed dates are compared with; without it they are not looked at.
    """
    for process in processes:
        for body, _ in bodies(process):
            for element in body.elements.values():
                _never(element, body, findings)
                if now is not None:
                    _past(element, time_zone, now, findings)


def _never(element: Element, body: Body, findings: Findings) -> None:
    host = body.elements.get(element.attached_to or "")
    parts = element.event.parts or (element.event,)
    if host is None or not all(part.trigger in AWAITED for part in parts):
        return
    if host.kind in DONE_AT_ONCE and host.extensions.handler is None and host.loop is None:
        findings.warning(
            "boundary-never",
            element.place,
            said("it never comes: {host} is done at once, so nothing waits there.", host=host.id),
            "Attach it to what takes time: a user task, a service task, a sub-process.",
        )


def _past(element: Element, time_zone: str, now: datetime, findings: Findings) -> None:
    for event in element.event.each(Trigger.TIMER):
        if event.timer_kind is not TimerKind.DATE or event.timer is None:
            continue
        if not event.timer.is_literal:
            continue
        try:
            due = timers.moment(event.timer.text, time_zone or "UTC")
        except Stuck:
            continue  # It was refused where it was read.
        if due < now:
            findings.warning(
                "timer-past",
                element.place,
                said("its date {date} is past, so it comes at once.", date=event.timer.text),
                "Count from the case's own dates with a duration or an expression.",
            )
