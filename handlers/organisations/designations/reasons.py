"""Why an operator was asked: the decision's inputs and the rules that fired, as history kept them.

Nothing is stored twice: the hash-linked events of the case are the reason. An offer's reason is
the decision that was evaluated last before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.model import EventKind

OFFERED = "operator.offered"
ASSIGNED = "operator.assigned"


class Event(Protocol):
    """What is read of an event; :class:`engine.service.EventView` is one."""

    @property
    def kind(self) -> str:
        """The event's kind."""

    @property
    def at(self) -> datetime:
        """When it happened."""

    @property
    def data(self) -> Mapping[str, Any]:
        """What it says."""


@dataclass(frozen=True, slots=True)
class Fired:
    """One decision that led to an offer.

    :ivar inputs: value by input expression.
    :ivar rules: annotation, or id where the rule has none, of each rule that fired.
    """

    decision: str
    inputs: Mapping[str, Any]
    rules: tuple[str, ...]


def reasons(events: Iterable[Event]) -> Mapping[tuple[str, datetime], tuple[Fired, ...]]:
    """Return why each operator was offered a case, by operator and moment of the offer.

    :param events: a case's history, in order.
    """
    found: dict[tuple[str, datetime], tuple[Fired, ...]] = {}
    evaluated: list[Fired] = []
    asked_at: datetime | None = None
    for event in events:
        if event.kind == EventKind.DECISION_EVALUATED:
            if event.at != asked_at:
                evaluated, asked_at = [], event.at
            fired = _fired(event.data)
            evaluated = [each for each in evaluated if each.decision != fired.decision]
            evaluated.append(fired)
        elif event.kind == OFFERED:
            told = tuple(each for each in evaluated if each.rules)
            found[(str(event.data["organisation"]), event.at)] = told
    return found


def _fired(data: Mapping[str, Any]) -> Fired:
    rules = tuple(str(rule.get("annotation") or rule["id"]) for rule in data.get("rules") or ())
    inputs = data.get("inputs")
    return Fired(str(data["decision"]), dict(inputs) if isinstance(inputs, Mapping) else {}, rules)
