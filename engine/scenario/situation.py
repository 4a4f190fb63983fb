"""Where a case stands, as a scenario looks at it: everything, with nobody's eyes in particular."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine import bpmn
from engine.model import Actor, EventKind, Grant, JobKind
from engine.scenario.stage import Stage
from engine.service import EventView, IncidentView, WorkItemView
from engine.store.cases import CaseRow, read_case
from engine.store.jobs import JobRow, due_jobs
from engine.store.messages import SubscriptionRow, subscriptions_of

OBSERVER = Actor("scenario", (Grant("observer", None),))
"""Looks at cases without being a party to them; no diagram has this role."""

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_PASSED = frozenset({EventKind.ELEMENT_COMPLETED, EventKind.FLOW_TAKEN})
_MOST_JOBS = 10_000


@dataclass(frozen=True, slots=True)
class Situation:
    """One case of a stage."""

    stage: Stage
    case_id: str

    @property
    def row(self) -> CaseRow:
        """The case as it is stored."""
        with self.stage.store.snapshot() as uow:
            return read_case(uow, self.case_id)

    def tasks(self) -> tuple[WorkItemView, ...]:
        """Return the open tasks, in the order they opened."""
        return self.stage.engine.tasks_of(self.case_id, OBSERVER)

    def subscriptions(self) -> tuple[SubscriptionRow, ...]:
        """Return the messages that the case awaits."""
        with self.stage.store.snapshot() as uow:
            return subscriptions_of(uow, self.case_id)

    def jobs(self) -> tuple[JobRow, ...]:
        """Return every job that waits, the next due first."""
        with self.stage.store.snapshot() as uow:
            return due_jobs(uow, _FAR, _MOST_JOBS)

    def timers(self) -> tuple[tuple[str, datetime], ...]:
        """Return the elements that wait for a timer, each with the moment it is due."""
        return tuple((j.element_id, j.due_at) for j in self.jobs() if j.kind is JobKind.TIMER)

    def incidents(self) -> tuple[IncidentView, ...]:
        """Return the open incidents."""
        return self.stage.engine.incidents()

    def history(self) -> tuple[EventView, ...]:
        """Return everything that happened."""
        return self.stage.engine.history(self.case_id, OBSERVER)

    def variables(self, activation: int | None = None) -> Mapping[str, Any]:
        """Return what is visible at an activation, or in the process's own scope."""
        row = self.row
        values = dict(bpmn.variables_at(self.stage.deployed.process, row.state, activation))
        ref = row.ref
        values["case"] = {
            "id": ref.id,
            "reference": ref.reference,
            "scheme": ref.scheme,
            "country": ref.country,
            "subject": ref.subject,
        }
        return values

    def all_variables(self) -> Mapping[str, Any]:
        """Return the variables of every live scope; the process's own win."""
        row, found = self.row, dict[str, Any]()
        for position in bpmn.positions(self.stage.deployed.process, row.state):
            found |= bpmn.variables_at(self.stage.deployed.process, row.state, position.activation)
        return {**found, **self.variables()}

    def passed(self) -> frozenset[str]:
        """Return the elements completed and the flows taken so far."""
        return frozenset(e.element_id for e in self.history() if e.kind in _PASSED and e.element_id)

    def event_counts(self) -> Counter[str]:
        """Return how many events of each kind the history has."""
        return Counter(event.kind for event in self.history())

    def fired(self) -> Mapping[str, list[str]]:
        """Return, by decision, the ids of the rules that its last evaluation fired."""
        return {decision: rules for event in self.history() for decision, rules in rules_of(event)}

    def troubles(self) -> list[str]:
        """Return the calls that failed and wait for another attempt, and the open incidents."""
        failed = [
            f"{job.element_id}: {job.handler or job.kind} failed (attempt {job.attempt}): "
            f"{job.last_error}"
            for job in self.jobs()
            if job.last_error
        ]
        return failed + [
            f"{i.element_id}: incident {i.code}: {i.message}" for i in self.incidents()
        ]


def rules_of(event: EventView) -> list[tuple[str, list[str]]]:
    """Return the decision that an event tells of, with the ids of the rules it fired."""
    if event.kind != EventKind.DECISION_EVALUATED:
        return []
    rules = event.data.get("rules") or ()
    ids = [str(r["id"] if isinstance(r, Mapping) else r) for r in rules]
    return [(str(event.data["decision"]), ids)]
