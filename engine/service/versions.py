"""In which version of its scheme each part of a case's history happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel import from_json
from engine.history import parse_body
from engine.model import EventKind
from engine.store import UnitOfWork
from engine.store import queries as q
from engine.store.cases import CaseRow

Mapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a case's history in one version.

    :ivar version: its number; 0 for a case that was never moved. :ivar last: number of its last
        event; ``None`` of the version that the case is in.
    """

    deployment_id: str
    version: int
    first: int
    last: int | None

    def has(self, seq: int) -> bool:
        """Tell whether an event happened in it."""
        return self.first <= seq and (self.last is None or seq <= self.last)


@dataclass(frozen=True, slots=True)
class Course:
    """The versions that a case went through.

    :ivar spans: in order, the one that the case is in at the end.
    :ivar moves: number of each migration's event, and its mapping; undone ones left out.
    """

    spans: tuple[Span, ...]
    moves: tuple[tuple[int, Mapped], ...] = ()

    def at(self, seq: int) -> Span:
        """Return the version in which an event happened."""
        return next(span for span in self.spans if span.has(seq))

    def now(self, seq: int, element_id: str) -> str:
        """Return what an element that an event names is called in the case's version now."""
        for moved, mapping in self.moves:
            if moved > seq:
                element_id = mapping.get(element_id, element_id)
        return element_id

    @property
    def former(self) -> tuple[Span, ...]:
        """The versions that the case has left for good, each in which anything happened."""
        current = self.spans[-1].deployment_id
        return tuple(span for span in self.spans if span.deployment_id != current)


def course_of(uow: UnitOfWork, case: CaseRow) -> Course:
    """Return the versions that a case went through."""
    kinds = [EventKind.CASE_MIGRATED, EventKind.CASE_MIGRATION_UNDONE]
    spans: list[Span] = []
    moves: list[tuple[int, Mapped]] = []
    first, deployment, version = 0, case.deployment_id, 0
    for row in q.read_events(uow, case.id, kinds):
        data: Any = from_json(parse_body(row.body)["data"])
        spans.append(Span(str(data["from_deployment"]), int(data["from"]), first, row.seq - 1))
        first, deployment, version = row.seq, str(data["to_deployment"]), int(data["to"])
        if row.kind == EventKind.CASE_MIGRATED:
            mapping = {str(old): str(new) for old, new in data["mapping"].items()}
            moves.append((row.seq, mapping))
        else:
            moves.pop()
    return Course((*spans, Span(deployment, version, first, None)), tuple(moves))
