"""What a publication and a case say of themselves, for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.bpmn.assignment import listed
from engine.bpmn.checks import elements_of
from engine.bpmn.context import StepContext
from engine.bpmn.publication import Publication
from engine.bpmn.state import read_state, status_of
from engine.bpmn.workflow import CaseWorkflow
from engine.errors import NotFound
from engine.model import CaseRef, CaseStatus


@dataclass(frozen=True, slots=True)
class Position:
    """Where a token stands.

    :ivar waits: ``task``, ``call``, ``timer``, ``message``, ``signal``, ``condition``, or
        ``""``. :ivar incident: its code,
        or ``""``. :ivar on_the_side: it waits beside the token it belongs to: a boundary event, an
        event of a gateway, the start of an event sub-process.
    """

    activation: int
    element_id: str
    waits: str
    incident: str
    on_the_side: bool


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """One element of a diagram, for pages: the list of steps beside the picture.

    :ivar kind: BPMN's tag without its namespace, for example ``userTask``.
    :ivar parent: id of the enclosing sub-process or process.
    :ivar called: process id that a call activity calls.
    :ivar phase: own phase or that of the nearest enclosing element.
    """

    id: str
    name: str
    kind: str
    process_id: str
    parent: str
    file: str
    lane: str | None = None
    phase: str | None = None
    form_id: str | None = None
    called: str | None = None
    documentation: str = ""


def elements(publication: Publication) -> tuple[ElementInfo, ...]:
    """Return every element of every process of a publication, the processes' own order kept."""
    return tuple(
        ElementInfo(
            id=element.id,
            name=element.name,
            kind=element.kind,
            process_id=element.process_id,
            parent=element.parent,
            file=element.place.file,
            lane=element.lane,
            phase=element.phase,
            form_id=element.extensions.form_id,
            called=element.extensions.called.process_id if element.extensions.called else None,
            documentation=element.documentation,
        )
        for element in elements_of(publication.processes.values())
    )


def flows(publication: Publication) -> Mapping[str, str]:
    """Return every sequence flow of a publication: its id and the file it is in."""
    found: dict[str, str] = {}
    for process in publication.processes.values():
        waiting = [process.body]
        while waiting:
            body = waiting.pop()
            found |= {flow.id: flow.place.file for flow in body.flows.values()}
            waiting.extend(e.inner for e in body.elements.values() if e.inner is not None)
    return found


@dataclass(frozen=True, slots=True)
class FlowInfo:
    """A sequence flow: where it is drawn and what it joins, by element id."""

    id: str
    file: str
    source: str
    target: str


def sequence_flows(publication: Publication) -> tuple[FlowInfo, ...]:
    """Return every sequence flow of a publication with the elements that it joins."""
    found: list[FlowInfo] = []
    for process in publication.processes.values():
        waiting = [process.body]
        while waiting:
            body = waiting.pop()
            found += [
                FlowInfo(flow.id, flow.place.file, flow.source, flow.target)
                for flow in body.flows.values()
            ]
            waiting.extend(e.inner for e in body.elements.values() if e.inner is not None)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A decision table: the file it is in and its rules' ids, in their order."""

    decision_id: str
    file: str
    rules: tuple[str, ...]


def decision_tables(publication: Publication) -> tuple[TableInfo, ...]:
    """Return every decision table of a publication's decision files."""
    found: dict[str, TableInfo] = {}
    for model in publication.decisions.values():
        for decision in model.decisions.values():
            if decision.kind == "decisionTable":
                rules = tuple(rule.id for rule in decision.box.rules)
                found[decision.id] = TableInfo(decision.id, model.file, rules)
    return tuple(found.values())


def positions(publication: Publication, state: bytes) -> tuple[Position, ...]:
    """Return where the live tokens of a case stand, in the order they arrived.

    :raises StateUnreadable: the state cannot be read.
    """
    case = at_rest(publication, state)
    if case.ended:
        return ()
    found = [
        Position(
            token.activation,
            token.element.id,
            str(token.waits),
            token.incident,
            bool(token.host) or token.task_spec.is_listener,
        )
        for token in case.tokens()
        if token.activation
    ]
    return tuple(sorted(found, key=lambda position: position.activation))


def status_at(publication: Publication, state: bytes) -> CaseStatus:
    """Return what a state says of its case: active, completed or cancelled.

    :raises StateUnreadable: the state cannot be read.
    """
    return status_of(at_rest(publication, state))


def variables_at(
    publication: Publication, state: bytes, activation: int | None
) -> Mapping[str, Any]:
    """Return the variables visible at an activation, with the scheme's constants.

    :param activation: ``None`` for the process's own scope.
    :raises NotFound: nothing is there (any more).
    :raises StateUnreadable: the state cannot be read.
    """
    case = at_rest(publication, state)
    scope = case.scope
    if activation is not None:
        token = case.find(activation)
        if token is None:
            raise NotFound("waiting element", str(activation))
        scope = token.scope
    return dict(scope.visible({"scheme": publication.constants}))


def start_form(publication: Publication) -> tuple[str | None, tuple[str, ...]]:
    """Return the form that starts a case, and the groups that may start one."""
    body = publication.top
    event = None if body is None else next((body.elements[i] for i in body.entries()), None)
    if event is None:
        return None, ()
    groups = event.extensions.properties.get("candidateGroups", "")
    return event.extensions.form_id, listed(groups)


def at_rest(publication: Publication, state: bytes) -> CaseWorkflow:
    """Return a case to be looked at, not to be taken further.

    :raises StateUnreadable: the state cannot be read.
    """
    nobody = CaseRef("", "", "", publication.country)
    return read_state(publication, state, StepContext(nobody, datetime.min.replace(tzinfo=UTC)))
