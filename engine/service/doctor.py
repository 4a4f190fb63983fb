"""The doctor: whether what is stored of each case agrees with itself, and with its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine import bpmn
from engine.errors import NotFound, PasserelleError
from engine.history.verify import parse_body, verify_events
from engine.model import CaseStatus, EventKind, JobKind
from engine.service.base import UseCases
from engine.store import UnitOfWork
from engine.store import queries as q
from engine.store.cases import CaseRow, case_ids_after, latest_deployments, read_case
from engine.store.jobs import jobs_of
from engine.store.messages import subscriptions_of
from engine.store.work import open_incidents

BATCH = 200
_LEFT = frozenset({EventKind.ELEMENT_COMPLETED, EventKind.ELEMENT_CANCELLED})
_MOVED = frozenset({EventKind.CASE_MIGRATED, EventKind.CASE_MIGRATION_UNDONE})


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something stored that contradicts something else.

    :ivar case_id: the case; ``""`` for what no case owns.
    :ivar what: both sides, in English, without a value of any variable.
    """

    case_id: str
    reference: str
    what: str

    def __str__(self) -> str:
        return f"{self.reference or 'site'}: {self.what}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an examination found.

    :ivar cases: how many were examined.
    """

    cases: int
    ailments: tuple[Ailment, ...]


class Doctor(UseCases):
    """Examines a database that may be in use; changes nothing."""

    def examine(self, *, first: str = "") -> Diagnosis:
        """Examine every case and what the rooms keep.

        Each case is read in one snapshot, so that work going on meanwhile is no contradiction.
        What must agree is told in ``docs/operating.md``, "The doctor".

        :param first: examine cases whose id comes after it only.
        """
        found: list[Ailment] = []
        cases = 0
        while ids := self._after(first):
            for case_id in ids:
                found += self.examine_case(case_id)
            cases, first = cases + len(ids), ids[-1]
        with self.store.snapshot() as uow:
            for inspect in self._ports.inspections:
                found += [Ailment("", "", line) for line in inspect(uow)]
        return Diagnosis(cases, tuple(found))

    def unreadable_publications(self) -> Iterator[tuple[str, str]]:
        """Yield the schemes whose newest publication this release cannot run, each with why.

        A handler that is gone is one reason.
        """
        with self.store.snapshot() as uow:
            newest = latest_deployments(uow)
        for row in newest:
            try:
                self._publications.get(row.id)
            except PasserelleError as error:
                yield row.scheme, str(error)

    def examine_case(self, case_id: str) -> tuple[Ailment, ...]:
        """Examine one case.

        :raises NotFound: there is none.
        """
        with self.store.snapshot() as uow:
            case = read_case(uow, case_id)
            told = tuple(self._told(uow, case))
        return tuple(Ailment(case.id, case.reference, what) for what in told)

    def _after(self, case_id: str) -> tuple[str, ...]:
        with self.store.snapshot() as uow:
            return case_ids_after(uow, case_id, BATCH)

    def _told(self, uow: UnitOfWork, case: CaseRow) -> Iterator[str]:
        events = q.read_events(uow, case.id)
        for seq, text in verify_events(case.id, events, case.tail):
            yield f"history, event {seq}: {text}"
        try:
            process = self._publications.get(case.deployment_id).process
            stands = bpmn.positions(process, case.state)
            status = bpmn.status_at(process, case.state)
        except (PasserelleError, NotFound) as error:
            yield f"its state cannot be read: {error}"
            return
        kept = CaseStatus.ACTIVE if case.status is CaseStatus.SUSPENDED else case.status
        if status is not kept:
            yield f"its row says {case.status}, its state {status}"
        if case.status.is_final is (case.ended_at is None):
            yield f"it is {case.status}, and the moment of its end says otherwise"
        yield from _rows(uow, case, stands)
        yield from _entered(events, stands)


def _rows(uow: UnitOfWork, case: CaseRow, stands: tuple[bpmn.Position, ...]) -> Iterator[str]:
    """Yield where tokens and the rows that stand for what they wait for do not match."""
    jobs = jobs_of(uow, case.id)
    waiting = {
        "task": {item.activation for item in q.open_items_of(uow, case.id)},
        "timer": {j.activation for j in jobs if j.kind is JobKind.TIMER},
        "call": {j.activation for j in jobs if j.kind is JobKind.HANDLER},
        "message": {s.activation for s in subscriptions_of(uow, case.id)},
    }
    waiting["signal"] = waiting["message"]
    incidents = {incident.activation for incident in open_incidents(uow, case.id)}
    alive = {stand.activation for stand in stands}
    for stand in stands:
        place = f"{stand.element_id} (activation {stand.activation})"
        if stand.incident:
            if stand.activation not in incidents:
                yield f"{place} has stopped ({stand.incident}), and no incident is open"
        elif stand.waits in waiting and stand.activation not in waiting[stand.waits]:
            yield f"{place} waits for a {stand.waits}, and no row stands for it"
    for what, activations in waiting.items():
        if what != "signal":
            yield from _stray(what, activations - alive)
    yield from _stray("incident", incidents - alive - {j.activation for j in jobs})


def _stray(what: str, activations: Iterable[int]) -> Iterator[str]:
    for activation in sorted(activations):
        yield f"a {what} is there for activation {activation}, where no token stands"


def _entered(events: tuple[q.EventRow, ...], stands: tuple[bpmn.Position, ...]) -> Iterator[str]:
    """Yield activations that history says are entered and not left, or left and still there."""
    entered: dict[int, str] = {}
    left: set[int] = set()
    for event in events:
        if event.kind in _MOVED:
            return  # Another version names its elements otherwise, and may drop a token.
        activation = parse_body(event.body).get("activation")
        if not isinstance(activation, int):
            continue
        if event.kind == EventKind.ELEMENT_ENTERED:
            entered[activation] = event.element_id or ""
        elif event.kind in _LEFT:
            left.add(activation)
    alive = {stand.activation for stand in stands}
    for activation, element_id in entered.items():
        if activation not in left and activation not in alive:
            yield f"history never says that {element_id} (activation {activation}) was left"
    for stand in stands:
        if stand.activation in left:
            yield f"{stand.element_id} (activation {stand.activation}) was left, says history"
