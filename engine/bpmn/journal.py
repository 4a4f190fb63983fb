"""What one step gives back, gathered while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.incidents import incident
from engine.model import (
    CallWanted,
    CaseStatus,
    EventDraft,
    EventKind,
    IncidentRaised,
    MessageSent,
    Outcome,
    SignalSent,
    SubscriptionWanted,
    TaskOpened,
    TimerWanted,
)


class Journal:
    """Collects an :class:`Outcome`.

    What is opened and withdrawn within one step leaves no trace but its events: the service never
    hears of it.
    """

    def __init__(self, first_activation: int) -> None:
        self._first = first_activation
        self.tasks: dict[int, TaskOpened] = {}
        self.calls: dict[int, CallWanted] = {}
        self.timers: dict[int, TimerWanted] = {}
        self.subscriptions: dict[int, SubscriptionWanted] = {}
        self.incidents: dict[int, IncidentRaised] = {}
        self.messages: list[MessageSent] = []
        self.signals: list[SignalSent] = []
        self.resolved: list[int] = []
        self.withdrawn: dict[int, None] = {}
        self.events: list[EventDraft] = []

    def event(
        self, kind: EventKind, element_id: str | None, activation: int | None, **data: Any
    ) -> None:
        """Note one thing that happened."""
        self.events.append(EventDraft(str(kind), element_id, activation or None, data))

    def variables(
        self, element_id: str, activation: int, scope: str, values: Mapping[str, Any]
    ) -> None:
        """Note variables that an element changed, and in which scope."""
        if values:
            self.event(
                EventKind.VARIABLES_CHANGED, element_id, activation, scope=scope, values=values
            )

    def incident(
        self, element_id: str, activation: int, code: str, kept: Mapping[str, Any]
    ) -> None:
        """Note that the interpreter stopped at an element.

        :param kept: what history keeps of it beside the code; see :mod:`engine.bpmn.incidents`.
        """
        raised = incident(activation, element_id, code, kept)
        self.incidents[activation] = raised
        self.event(EventKind.INCIDENT_RAISED, element_id, activation, code=code, **kept)

    def withdraw(self, activation: int) -> None:
        """Take back whatever waits at an activation."""
        for waiting in (self.tasks, self.calls, self.timers, self.subscriptions, self.incidents):
            waiting.pop(activation, None)
        if activation < self._first:
            self.withdrawn[activation] = None

    def outcome(self, state: bytes, status: CaseStatus) -> Outcome:
        """Return what was gathered."""
        return Outcome(
            state=state,
            status=status,
            tasks=tuple(self.tasks.values()),
            calls=tuple(self.calls.values()),
            timers=tuple(self.timers.values()),
            subscriptions=tuple(self.subscriptions.values()),
            messages=tuple(self.messages),
            signals=tuple(self.signals),
            incidents=tuple(self.incidents.values()),
            resolved=tuple(self.resolved),
            withdrawn=tuple(self.withdrawn),
            events=tuple(self.events),
        )
