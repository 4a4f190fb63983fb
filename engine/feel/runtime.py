"""One evaluation in progress: the variables it sees, what it has spent, what it warns of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from engine.errors import FeelError
from engine.feel.failure import Failure
from engine.feel.limits import DEFAULT, MAX_VALUE_DEPTH, MAX_WARNINGS, Limits
from engine.feel.values import SCALARS, FeelFunction, Value, to_feel

MISSING: Any = object()
"""Stands for a variable that is not there; null is a value."""


class Meter:
    """What one evaluation has spent of its budget, and its warnings.

    Every ``spend_`` method raises :class:`FeelError` when the budget is passed.
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self.limits = limits
        self.steps = 0
        self.items = 0
        self.chars = 0
        self.depth = 0
        self.regex_steps = 0
        self.warnings: list[str] = []

    def spend_steps(self, count: int = 1) -> None:
        """Count loop turns, filtered items or calls."""
        self.steps += count
        if self.steps > self.limits.steps:
            raise self._passed("steps", self.limits.steps, "Loop over fewer items.")

    def spend_items(self, count: int) -> None:
        """Count list items or context entries made."""
        self.items += count
        if self.items > self.limits.items:
            raise self._passed("list items", self.limits.items, "Build shorter lists.")

    def spend_chars(self, count: int) -> None:
        """Count characters made."""
        self.chars += count
        if self.chars > self.limits.chars:
            raise self._passed("characters of text", self.limits.chars, "Build shorter texts.")

    def spend_regex(self, count: int) -> None:
        """Count moves of the pattern matcher."""
        self.regex_steps += count
        if self.regex_steps > self.limits.regex_steps:
            remedy = "Simplify the pattern: no repetition inside a repetition."
            raise self._passed("moves of a pattern", self.limits.regex_steps, remedy)

    def enter_call(self) -> None:
        """Count a call inside calls; :meth:`leave_call` takes it back."""
        self.spend_steps()
        self.depth += 1
        if self.depth > self.limits.depth:
            raise self._passed("calls inside one another", self.limits.depth, "Use a loop.")

    def leave_call(self) -> None:
        """End a call counted by :meth:`enter_call`."""
        self.depth -= 1

    def warn(self, text: str) -> None:
        """Keep a warning; of many, the first ones."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(text)
        elif len(self.warnings) == MAX_WARNINGS:
            self.warnings.append("… and more warnings")

    def _passed(self, what: str, limit: int, remedy: str) -> FeelError:
        return FeelError(f"The expression needs more than {limit} {what}. {remedy}")

    def weigh(self, value: Value, depth: int = 0) -> None:
        """Count the parts of a structured value, shared ones as often as they are reached.

        :raises FeelError: it is larger or deeper than the budget allows.
        """
        if depth > MAX_VALUE_DEPTH:
            raise FeelError(f"A value nests deeper than {MAX_VALUE_DEPTH} levels.")
        if type(value) is tuple:
            self.spend_items(len(value))
            parts: Any = value
        elif isinstance(value, Mapping):
            self.spend_items(len(value))
            parts = value.values()
        else:
            return
        for part in parts:
            if type(part) not in SCALARS:
                self.weigh(part, depth + 1)


class Scope(Protocol):
    """What a compiled node reads: a :class:`Run` at the top, a :class:`Frame` inside blocks."""

    names: Any

    @property
    def run(self) -> Run:
        """The evaluation this belongs to."""

    @property
    def parent(self) -> Any:
        """The scope around this one."""


class Run:
    """The outermost scope: the caller's variables, read and converted when asked for."""

    # Class attributes stand for what most evaluations never touch: making a Run stays cheap.
    _meter: Meter | None = None
    _converted: dict[str, Value] | None = None
    parent: Any = None

    def __init__(self, names: Mapping[str, object], now: datetime | None = None) -> None:
        self.names: Any = names
        self.now = now

    @property
    def run(self) -> Run:
        """This evaluation."""
        return self

    @property
    def meter(self) -> Meter:
        """The budget and the warnings."""
        if self._meter is None:
            self._meter = Meter()
        return self._meter

    @meter.setter
    def meter(self, meter: Meter) -> None:
        self._meter = meter

    def warn(self, text: str) -> None:
        """Keep a warning of this evaluation."""
        self.meter.warn(text)

    def fetch(self, name: str) -> Value:
        """Return a variable as a FEEL value, ``MISSING`` if there is none; converted once."""
        if self._converted is not None and name in self._converted:
            return self._converted[name]
        raw = self.names.get(name, MISSING)
        if raw is MISSING:
            return raw  # type: ignore[no-any-return]
        if self._converted is None:
            self._converted = {}
        self._converted[name] = value = self._convert(name, raw)
        return value

    def _convert(self, name: str, raw: object) -> Value:
        try:
            return to_feel(raw)
        except TypeError as error:
            self.warn(f"{name}: {error}")
            return None


class Frame:
    """A scope inside a run: a loop's turn, a function's parameters, a context's entries, an item.

    :ivar names: values by name; of an item's scope, the item itself.
    """

    __slots__ = ("names", "parent", "run")

    def __init__(self, names: Any, parent: Any, run: Run) -> None:
        self.names = names
        self.parent = parent
        self.run = run

    def moved_to(self, run: Run) -> Any:
        """Return the same scopes, spending from another run's budget."""
        outer = self.parent.moved_to(run) if type(self.parent) is Frame else run
        return Frame(self.names, outer, run)


class Closure:
    """A designer's function: its body, and the scope it was written in."""

    __slots__ = ("body", "frame", "params")

    def __init__(self, params: tuple[str, ...], body: Any, frame: Any) -> None:
        self.params = params
        self.body = body
        self.frame = frame

    def __call__(self, arguments: tuple[Value, ...]) -> Value:
        """Call from outside any evaluation, on a budget of its own."""
        home = self.frame.run
        return self.invoke(arguments, Run(home.names, home.now))

    def invoke(self, arguments: tuple[Value, ...], caller: Run) -> Value:
        """Call from an evaluation, which pays for it."""
        frame = self.frame
        if frame.run is not caller:
            home = Run(frame.run.names, frame.run.now)
            home.meter = caller.meter
            frame = frame.moved_to(home) if type(frame) is Frame else home
        meter = caller.meter
        meter.enter_call()
        try:
            inner = Frame(dict(zip(self.params, arguments, strict=True)), frame, frame.run)
            return self.body(inner)  # type: ignore[no-any-return]
        finally:
            meter.leave_call()


def invoke(function: FeelFunction, arguments: tuple[Value, ...], run: Run) -> Value:
    """Call any function with its arguments in order, on this run's budget.

    :raises Failure: a function of the caller's has no result, or none that is a FEEL value.
    """
    target = function.call
    if type(target) is Closure:
        return target.invoke(arguments, run)
    run.meter.spend_steps()
    result = target(arguments)
    try:
        return to_feel(result)
    except TypeError as error:
        raise Failure(f"'{function.name}' gave no FEEL value: {error}") from None
