"""A change by hand as its operators see it before they confirm it, and what may not be in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import bpmn
from engine.feel import kind_of
from engine.model import CaseStatus, EventKind, Outcome
from engine.rules import told_incident
from engine.service.publications import Deployed
from engine.store.cases import CaseRow

RESERVED = frozenset({"case", "scheme"})
"""Names that FEEL always finds something else under."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A variable that a change sets.

    :ivar known: whether it has a value now: ``old``. :ivar old_kind: its kind of FEEL value, or
        ``""``. :ivar other_kind: whether the new value is of another kind, which what reads it may
        not expect.
    """

    name: str
    known: bool
    old: Any
    new: Any
    old_kind: str
    new_kind: str

    @property
    def other_kind(self) -> bool:
        """See the class."""
        return self.known and None not in (self.old, self.new) and self.old_kind != self.new_kind


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What a change would do. Elements are told by their translated names.

    :ivar revision: of the case as it was looked at; who confirms passes it.
    :ivar left: steps that are interrupted. :ivar entered: steps that are reached.
    :ivar tasks: tasks that open; likewise ``calls``, ``timers``, ``messages`` begin to wait.
    :ivar incidents: name, code and message of where the case would stop.
    :ivar ends: whether the case would be completed.
    """

    revision: int
    left: tuple[str, ...]
    entered: tuple[str, ...]
    tasks: tuple[str, ...]
    calls: tuple[str, ...]
    timers: tuple[str, ...]
    messages: tuple[str, ...]
    incidents: tuple[tuple[str, str, str], ...]
    ends: bool
    values: tuple[ValueChange, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token of a case, with its element's translated name and its open incident."""

    token: bpmn.Standing
    name: str
    incident_id: int | None


@dataclass(frozen=True, slots=True)
class TargetView:
    """An element before which a token may be put; ``around`` is the name of what holds it."""

    element_id: str
    name: str
    kind: str
    around: str


@dataclass(frozen=True, slots=True)
class OperatedView:
    """A case as its operators see it. ``variables`` are the process's own, none personal."""

    id: str
    reference: str
    scheme: str
    scheme_name: str
    country: str
    status: CaseStatus
    revision: int
    tokens: tuple[TokenView, ...]
    variables: Mapping[str, Any]


def change_view(
    deployed: Deployed, case: CaseRow, change: bpmn.Modification, outcome: Outcome, locale: str
) -> ChangeView:
    """Return what an outcome would change, in words' names."""
    labels = deployed.labels_in(locale)

    def names(found: Iterator[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(deployed.name_of(each, labels) for each in found))

    def told(kind: EventKind) -> tuple[str, ...]:
        # What has no name says nothing to people: gateways that join, plain ends.
        ids = [e.element_id for e in outcome.events if e.kind == kind and e.element_id]
        return names(each for each in ids if deployed.name_of(each, labels) != each)

    return ChangeView(
        revision=case.revision,
        left=told(EventKind.ELEMENT_CANCELLED),
        entered=told(EventKind.ELEMENT_ENTERED),
        tasks=names(each.element_id for each in outcome.tasks),
        calls=names(each.element_id for each in outcome.calls),
        timers=names(each.element_id for each in outcome.timers),
        messages=names(each.element_id for each in outcome.subscriptions),
        incidents=tuple(
            (
                deployed.name_of(each.element_id, labels),
                each.code,
                told_incident(each.element_id, each.said, locale),
            )
            for each in outcome.incidents
        ),
        ends=outcome.status is CaseStatus.COMPLETED,
        values=_values(deployed, case, change),
    )


def _values(
    deployed: Deployed, case: CaseRow, change: bpmn.Modification
) -> tuple[ValueChange, ...]:
    if not isinstance(change, bpmn.SetVariables):
        return ()
    before = bpmn.values_before(deployed.process, case.state, change)
    return tuple(
        ValueChange(
            name=name,
            known=name in before,
            old=before.get(name),
            new=new,
            old_kind=kind_of(before[name]) if name in before else "",
            new_kind=kind_of(new),
        )
        for name, new in change.values.items()
    )
