"""One evaluation in progress: its moment, its budget, and the reasons it gathers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypedDict

from engine.errors import DecisionError
from engine.feel import Context, FeelFunction, Message, Meter, Value, to_text

MAX_EXPRESSIONS = 20_000
"""Boxed expressions and table cells computed in one evaluation; each has FEEL's own budget too."""

MAX_REASONS = 200
"""Reasons kept of tables in functions, which a loop may call often; decisions keep theirs."""

MAX_WARNINGS = 100
"""Warnings kept of one evaluation."""

MAX_DEPTH = 1_000
"""Decisions, knowledge models and services that may stand inside one another."""

Scope = Mapping[str, object]
"""What an expression sees: variables, requirements, parameters, entries, by name."""


class FiredRule(TypedDict):
    """A rule that matched; a plain mapping, so history stores it as it stands.

    ``id`` as in the file, ``index`` counting from 1, ``annotation`` the designer's words, ``""``
    without any.
    """

    id: str
    index: int
    annotation: str


@dataclass(frozen=True, slots=True)
class FiredDecision:
    """Why one decision, or the table of a knowledge model, gave what it gave.

    :ivar decision_id: its id in the file.
    :ivar inputs: what it read: by input expression for a table, by variable otherwise.
    :ivar rules: rules that counted for the result, in rule order; empty for other expressions.
    :ivar outputs: its value; a function in it is shown as text.
    """

    decision_id: str
    inputs: Mapping[str, Value]
    rules: tuple[FiredRule, ...]
    outputs: Value


class Box(Protocol):
    """An expression of a decision, ready to be evaluated: text, a table, a context …"""

    def evaluate(self, scope: Scope, session: Session) -> Value:
        """Return the value in a scope.

        :raises DecisionError: it cannot be evaluated, or passes the budget.
        """


@dataclass(slots=True)
class Trace:
    """The reason of one decision while it is evaluated."""

    owner: str
    inputs: dict[str, Value] = field(default_factory=dict)
    rules: list[FiredRule] = field(default_factory=list)
    from_table: bool = False


class Session:
    """What one call of ``evaluate`` knows and has spent.

    :ivar now: the aware moment of ``now()`` and ``today()``; ``None`` if they are null.
    :ivar meter: FEEL's budget, which all its expressions and cells share.
    """

    def __init__(self, now: datetime | None) -> None:
        self.now = now
        self.reasons: list[FiredDecision] = []
        self._warnings: dict[str, str] = {}
        self.traces: list[Trace] = []
        self.meter = Meter()
        self._spent = 0

    def spend(self, count: int = 1) -> None:
        """Count expressions.

        :raises DecisionError: too many were computed.
        """
        self._spent += count
        if self._spent > MAX_EXPRESSIONS:
            raise DecisionError(
                f"The decision computes more than {MAX_EXPRESSIONS:,} expressions. Look for a "
                "loop over a long list, or a function that calls itself without end."
            )

    def warn(self, where: str, message: str | Message) -> None:
        """Keep a warning once, up to a hundred.

        :param where: what it is about, as a message begins; ``""`` where the message says so.
        :param message: FEEL's own, or words that quote no value.
        """
        place = f"{where}: " if where else ""
        told = f"{place}{message}"
        if len(self._warnings) < MAX_WARNINGS and told not in self._warnings:
            kept = message if isinstance(message, str) else message.told(values=False)
            self._warnings[told] = f"{place}{kept}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why parts of the value are null; pieces of values may be quoted."""
        return tuple(self._warnings)

    @property
    def kept_warnings(self) -> tuple[str, ...]:
        """The same without any piece of a value, each once, as history may keep them."""
        return tuple(dict.fromkeys(self._warnings.values()))

    @contextmanager
    def inside(self, owner: str) -> Iterator[Trace]:
        """Gather reasons for one decision, knowledge model or service.

        :raises DecisionError: too many stand inside one another.
        """
        if len(self.traces) >= MAX_DEPTH:
            raise DecisionError(
                f"{owner}: more than {MAX_DEPTH} decisions and functions call one another. "
                "Look for a function that calls itself without end, or replace the recursion by a "
                "loop."
            )
        trace = Trace(owner)
        self.traces.append(trace)
        try:
            yield trace
        finally:
            self.traces.pop()

    def called(self, owner: str, body: Box, scope: Scope) -> Value:
        """Evaluate a function's body; a table in it gives a reason under its owner's id."""
        with self.inside(owner) as trace:
            value = body.evaluate(scope, self)
            if trace.from_table and len(self.reasons) < MAX_REASONS:
                self.close(trace, value)
        return value

    def note_table(self, inputs: Mapping[str, Value], rules: list[FiredRule]) -> None:
        """Keep what a table read and which of its rules counted."""
        trace = self.traces[-1]
        trace.from_table = True
        trace.inputs.update(inputs)
        trace.rules += rules

    def close(self, trace: Trace, value: Value) -> None:
        """Turn a trace into a reason."""
        reason = FiredDecision(trace.owner, dict(trace.inputs), tuple(trace.rules), showable(value))
        self.reasons.append(reason)


def showable(value: Value) -> Value:
    """Return a value as history can keep it: a function in it becomes its text."""
    if isinstance(value, FeelFunction):
        return to_text(value)
    if isinstance(value, tuple):
        return tuple(showable(item) for item in value)
    if isinstance(value, Mapping):
        return Context((key, showable(item)) for key, item in value.items())
    return value
