"""By what a case of a publication begins beside a person: timers, messages, signals, conditions.

Source: BPMN 2.0.2, sections 10.5.2 (start events) and 13.2 (process instantiation). Nothing lives
before the first case: timers count from the publication, their expressions and a condition's see
the scheme's constants, and the condition beside them what whoever asks tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.elements import GATEWAYS, Body, Element, Event, Trigger
from engine.bpmn.expressions import Formula, Stuck
from engine.bpmn.findings import Findings
from engine.bpmn.publication import Publication
from engine.bpmn.starts import refuse_timer, timer_value
from engine.bpmn.timers import Cycle, due_of, next_due, read_cycle, write_cycle
from engine.errors import DeploymentRefused
from engine.model import StartTrigger

BY_NAME = {
    Trigger.MESSAGE: StartTrigger.MESSAGE,
    Trigger.SIGNAL: StartTrigger.SIGNAL,
    Trigger.CONDITION: StartTrigger.CONDITION,
}


@dataclass(frozen=True, slots=True)
class Beginning:
    """An element at which something begins a case.

    :ivar name: of the message or signal; ``""`` of a condition.
    """

    element_id: str
    trigger: StartTrigger
    name: str


@dataclass(frozen=True, slots=True)
class TimerStart:
    """When a timer begins a case next.

    :ivar text: the timer as it is written. :ivar cycle: how far a cycle has come, as JSON values;
        ``None`` where it fires once.
    """

    element_id: str
    text: str
    due: datetime
    cycle: Mapping[str, Any] | None


def beginnings(publication: Publication) -> tuple[Beginning, ...]:
    """Return what begins a case of a publication when it comes from outside."""
    found = []
    for element, event in _parts(publication.top):
        if event.trigger in BY_NAME:
            name = event.message.name if event.message is not None else event.name
            found.append(Beginning(element.id, BY_NAME[event.trigger], name))
    return tuple(found)


def _parts(body: Body | None) -> Iterator[tuple[Element, Event]]:
    """Yield every trigger of every element at which a case may begin; none of documentation."""
    if body is None:
        return
    here = starts_of(body)
    for element in (each for each in body.elements.values() if each.id in here):
        for event in element.event.parts or (element.event,):
            if element.kind == "startEvent" or event.trigger in {Trigger.MESSAGE, Trigger.SIGNAL}:
                yield element, event


def starts_of(body: Body) -> frozenset[str]:
    """Return the elements at which a case can be started."""
    found = {e.id for e in body.elements.values() if e.kind == "startEvent" or e.instantiates}
    gates = {e.id for e in body.elements.values() if e.instantiates and e.kind in GATEWAYS}
    found |= {flow.target for gate in gates for flow in body.outgoing(gate)}
    return frozenset(found) | set(body.entries())


def timer_starts(
    publication: Publication, now: datetime, variables: Mapping[str, Any] | None = None
) -> tuple[TimerStart, ...]:
    """Return the timers that begin cases, as they stand when a publication is deployed.

    :param variables: what else than the scheme's constants their expressions see.
    :returns: in document order; a date may be past.
    :raises DeploymentRefused: an expression does not give what a timer needs at this moment.
    """
    found, findings = [], Findings()
    for element, event in _parts(publication.top):
        if event.trigger is not Trigger.TIMER:
            continue
        try:
            value = timer_value(event, publication.constants, now, variables)
            due, cycle = due_of(event, value, now, publication.country, publication.time_zone)
        except Stuck as stuck:
            refuse_timer(element, event, stuck, findings)
            continue
        text = event.timer.text if event.timer is not None else ""
        written = None if cycle is None else write_cycle(cycle)
        found.append(TimerStart(element.id, text, due, written))
    if findings.refused:
        raise DeploymentRefused(findings.sorted())
    return tuple(found)


def following(
    publication: Publication, cycle: Mapping[str, Any] | None, now: datetime
) -> tuple[datetime, Mapping[str, Any]] | None:
    """Return when a timer begins the case after this one; ``None`` when it is spent.

    Moments that were missed do not come in a burst.
    """
    if cycle is None:
        return None
    progress: Cycle = read_cycle(cycle)
    found = next_due(progress, now, publication.time_zone)
    return None if found is None else (found[0], write_cycle(found[1]))


def holds(
    publication: Publication, element_id: str, variables: Mapping[str, Any], now: datetime
) -> bool:
    """Return whether the condition of a start event is true for these variables.

    One that cannot be computed within its budget is not true.
    """
    element = publication.processes[publication.process_id].body.elements[element_id]
    known = {**variables, "scheme": publication.constants}
    return any(
        event.condition is not None and _is_true(event.condition, known, now)
        for event in element.event.each(Trigger.CONDITION)
    )


def _is_true(condition: Formula, known: Mapping[str, Any], now: datetime) -> bool:
    try:
        return condition.value(known, now) is True
    except Stuck:
        return False
