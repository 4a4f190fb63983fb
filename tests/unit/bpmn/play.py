"""Plays a case as the service does: keeps what waits, takes back what is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine import bpmn
from engine.model import (
    CancelProcess,
    CaseRef,
    CaseStatus,
    Command,
    CompleteActivity,
    EventDraft,
    HandlerSpec,
    Outcome,
    RetryIncident,
    StartProcess,
    ThrowError,
    TriggerEvent,
)

CASE = CaseRef("case-1", "CM-TEST-2026-00001", "cm/test", "CM", "subject-1")
NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
HANDLERS = {
    "check": HandlerSpec(
        "check", True, {"amount": Decimal, "purpose": str}, frozenset(), frozenset({"given"}), ""
    ),
    "send": HandlerSpec(
        "send", False, {"address": str, "template": str}, frozenset({"address"}), frozenset(), ""
    ),
}


def compiled(*files: bytes, process: str = "P", **others: bytes) -> bpmn.Publication:
    named = {f"file{n}.bpmn": source for n, source in enumerate(files)}
    named |= {name.replace("__", "."): source for name, source in others.items()}
    return bpmn.compile_publication(
        named,
        process,
        handlers=HANDLERS,
        constants={"ceiling": 3_700_000},
        country="CM",
        time_zone="Africa/Douala",
    )


class Play:
    """One case in memory. Waiting things are found by element id."""

    def __init__(self, publication: bpmn.Publication, **variables: Any) -> None:
        self.publication = publication
        self.now = NOW
        self.state = b""
        self.status = CaseStatus.ACTIVE
        self.waiting: dict[str, dict[int, Any]] = {
            kind: {} for kind in ("tasks", "calls", "timers", "subscriptions", "incidents")
        }
        self.messages: list[Any] = []
        self.events: list[EventDraft] = []
        self.last: Outcome = self._take(
            bpmn.start(publication, StartProcess(variables), self._context())
        )

    def _context(self) -> bpmn.StepContext:
        return bpmn.StepContext(CASE, self.now)

    def _take(self, outcome: Outcome) -> Outcome:
        for activation in (*outcome.withdrawn, *outcome.resolved):
            for kind, rows in self.waiting.items():
                if kind == "incidents" or activation in outcome.withdrawn:
                    rows.pop(activation, None)
        for kind, rows in self.waiting.items():
            for item in getattr(outcome, kind):
                assert item.activation not in rows, f"{kind} {item} waits already"
                rows[item.activation] = item
        self.messages.extend(outcome.messages)
        self.events.extend(outcome.events)
        self.state, self.status, self.last = outcome.state, outcome.status, outcome
        return outcome

    def do(self, command: Command) -> Play:
        self._take(bpmn.advance(self.publication, self.state, command, self._context()))
        return self

    # --- what waits -----------------------------------------------------------------------

    def open(self, kind: str) -> list[str]:
        """Element ids of what waits, sorted."""
        return sorted(item.element_id for item in self.waiting[kind].values())

    def at(self, element_id: str, *kinds: str) -> Any:
        """The one thing that waits at an element."""
        found = [
            item
            for kind in kinds or tuple(self.waiting)
            for item in self.waiting[kind].values()
            if item.element_id == element_id
        ]
        assert found, f"nothing waits at {element_id}: {self.waiting}"
        return found[0]

    # --- commands -------------------------------------------------------------------------

    def complete(self, element_id: str, **values: Any) -> Play:
        return self.do(CompleteActivity(self.at(element_id, "tasks", "calls").activation, values))

    def fire(self, element_id: str) -> Play:
        """Let a timer fire at its due moment."""
        wanted = self.at(element_id, "timers")
        self.now = max(self.now, wanted.due)
        del self.waiting["timers"][wanted.activation]
        return self.do(TriggerEvent(wanted.activation))

    def send(self, element_id: str, **values: Any) -> Play:
        return self.do(TriggerEvent(self.at(element_id, "subscriptions").activation, values))

    def throw(self, element_id: str, code: str, **values: Any) -> Play:
        activation = self.at(element_id, "tasks", "calls").activation
        return self.do(ThrowError(activation, code, "it failed", values))

    def retry(self, element_id: str) -> Play:
        return self.do(RetryIncident(self.at(element_id, "incidents").activation))

    def change(self, change: bpmn.Modification) -> Play:
        """Change the case by hand."""
        self._take(bpmn.modify(self.publication, self.state, change, self._context()))
        return self

    def move(self, origin: str, target: str | None = None, **variables: Any) -> Play:
        """Move the one token at an element, or take it away."""
        place = self.standing(origin)
        move = bpmn.TokenMove(place.activation, place.flow, target, None, variables)
        return self.change(bpmn.MoveTokens((move,)))

    def standing(self, element_id: str) -> bpmn.Standing:
        """The first token that stands at an element."""
        places = bpmn.standing_tokens(self.publication, self.state)
        return next(place for place in places if place.element_id == element_id)

    def cancel(self) -> Play:
        return self.do(CancelProcess())

    def later(self, **span: float) -> Play:
        self.now += timedelta(**span)
        return self

    # --- what happened ----------------------------------------------------------------------

    @property
    def variables(self) -> Mapping[str, Any]:
        found = dict(bpmn.variables_at(self.publication, self.state, None))
        found.pop("scheme")
        return found

    @property
    def done(self) -> bool:
        return self.status is CaseStatus.COMPLETED

    def happened(self, kind: str) -> list[str]:
        """Element ids of the events of a kind, in order."""
        return [str(event.element_id) for event in self.events if event.kind == kind]
