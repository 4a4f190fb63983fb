"""Whether what a diagram says about compensation and cancellation can be done.

Source: BPMN 2.0.2, sections 10.3.5 (transaction), 10.7 (compensation) and 13.5.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from engine.bpmn.bodies import bodies, called
from engine.bpmn.elements import Body, Element, Event, Process, Trigger
from engine.bpmn.findings import Findings
from engine.rules import said


def check_undoing(process: Process, findings: Findings) -> None:
    """Note events of a process that compensate or cancel what they cannot."""
    parts = list(bodies(process))
    inside = {body.id: frozenset(body.elements) for body, _ in parts}
    cancellable = {
        e.attached_to
        for body, _ in parts
        for e in body.elements.values()
        if e.event.trigger is Trigger.CANCEL and e.attached_to
    }
    for body, owner in parts:
        siblings = inside.get(owner.parent, frozenset()) if owner is not None else frozenset()
        for element in body.elements.values():
            if element.kind == "boundaryEvent" and element.event.trigger is Trigger.COMPENSATION:
                _check_handler(body, element, findings)
            elif element.kind in {"endEvent", "intermediateThrowEvent"}:
                if element.event.each(Trigger.CANCEL):
                    _check_cancel(element, owner, cancellable, findings)
                for event in element.event.each(Trigger.COMPENSATION):
                    _check_compensated(body, element, event, owner, siblings, findings)


def check_undone(processes: Iterable[Process], findings: Findings) -> None:
    """Note compensation event sub-processes of processes that nothing calls.

    Such a sub-process undoes the activity around it once that is completed. A process that is
    called is one; of any other nothing is left, once it is completed, that could throw anything.

    Source: BPMN 2.0.2, section 10.7.1 (compensation handler).
    """
    known = tuple(processes)
    reached = {name for process in known for name in called(process)}
    for process in known:
        if process.id in reached:
            continue
        for element in process.body.elements.values():
            if element.triggered_by_event and _only_compensates(element):
                findings.error(
                    "start-event",
                    element.place,
                    "it undoes a whole process that nothing calls, so it would never run.",
                    "Draw it in the sub-process that it undoes, or start it by an error or "
                    "escalation.",
                )


def _only_compensates(element: Element) -> bool:
    starts = [
        part
        for start in (element.inner.elements.values() if element.inner is not None else ())
        if start.kind == "startEvent"
        for part in start.event.parts or (start.event,)
    ]
    return bool(starts) and all(part.trigger is Trigger.COMPENSATION for part in starts)


def _check_cancel(
    element: Element, owner: Element | None, cancellable: Set[str], findings: Findings
) -> None:
    if owner is None or owner.kind != "transaction":
        findings.error(
            "cancel",
            element.place,
            "a cancel end event stands outside a transaction.",
            "Draw it directly inside a transaction, or use an error event.",
        )
    elif owner.id not in cancellable:
        findings.error(
            "cancel",
            owner.place,
            "the transaction can be cancelled and nothing catches that.",
            "Attach a cancel boundary event to it.",
        )


def _check_compensated(
    body: Body,
    element: Element,
    event: Event,
    owner: Element | None,
    siblings: Set[str],
    findings: Findings,
) -> None:
    if event.activity is None or event.activity in body.elements:
        return
    if owner is not None and owner.triggered_by_event and event.activity in siblings:
        return
    findings.error(
        "compensation",
        element.place,
        said(
            "it compensates '{activity}', which is not in the same process or sub-process.",
            activity=event.activity,
        ),
        "Choose an activity beside it, or throw it from an event sub-process there.",
    )


def _check_handler(body: Body, element: Element, findings: Findings) -> None:
    handler = body.elements.get(body.compensation.get(element.id, ""))
    if handler is None or not handler.for_compensation:
        findings.error(
            "compensation",
            element.place,
            "no compensation activity is joined to it by an association.",
            "Join one that is marked for compensation (isForCompensation).",
        )
