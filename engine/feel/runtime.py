"""One evaluation in progress: the variables it sees, what it has spent, what it warns of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from engine.feel.failure import Failure
from engine.feel.limits import (
    DEFAULT,
    MAX_HOSTED,
    MAX_VALUE_DEPTH,
    MAX_WARNINGS,
    READ_CHARS_A_CHAR,
    READ_ITEMS_AN_ITEM,
    Limits,
)
from engine.feel.messages import Message, feel_error, odd_value
from engine.feel.stacks import on_some_stack
from engine.feel.values import SCALARS, FeelFunction, NoFeelValue, Value, to_feel
from engine.feel.walks import Walker, drive

MISSING: Any = object()
"""Stands for a variable that is not there; null is a value."""


class Meter:
    """What one evaluation has spent of its budget, and its warnings.

    Every ``spend_`` method raises :class:`FeelError` when the budget is passed.
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self.limits = limits
        self.hosted = 0
        self.steps = 0
        self.items = 0
        self.chars = 0
        self.depth = 0
        self.regex_steps = 0
        self.warnings: list[Message] = []

    def spend_steps(self, count: int = 1) -> None:
        """Count loop turns, filtered items or calls."""
        self.steps += count
        if self.steps > self.limits.steps:
            raise feel_error("budget.steps", limit=self.limits.steps)

    def spend_items(self, count: int) -> None:
        """Count list items or context entries made."""
        self.items += count
        if self.items > self.limits.items:
            raise feel_error("budget.items", limit=self.limits.items)

    def spend_chars(self, count: int) -> None:
        """Count characters made."""
        self.chars += count
        if self.chars > self.limits.chars:
            raise feel_error("budget.chars", limit=self.limits.chars)

    def spend_regex(self, count: int) -> None:
        """Count moves of the pattern matcher."""
        self.regex_steps += count
        if self.regex_steps > self.limits.regex_steps:
            raise feel_error("budget.regex", limit=self.limits.regex_steps)

    def spend_reading(self, value: Value) -> None:
        """Count what it costs to read through a long text or list once."""
        if type(value) is str:
            self.spend_chars(len(value) // READ_CHARS_A_CHAR)
        elif type(value) is tuple:
            self.spend_items(len(value) // READ_ITEMS_AN_ITEM)

    def enter_call(self, weight: int = 1) -> None:
        """Count a call inside calls; :meth:`leave_call` takes it back.

        :param weight: steps that the function's body costs.
        """
        self.spend_steps(weight)
        self.depth += 1
        if self.depth > self.limits.depth:
            raise feel_error("budget.depth", limit=self.limits.depth)

    def leave_call(self) -> None:
        """End a call counted by :meth:`enter_call`."""
        self.depth -= 1

    def enter_hosted(self) -> None:
        """Count a call that stands on Python's stack; :meth:`leave_hosted` takes it back."""
        self.hosted += 1
        if self.hosted > MAX_HOSTED:
            raise feel_error("budget.hosted", limit=MAX_HOSTED)

    def leave_hosted(self) -> None:
        """End a call counted by :meth:`enter_hosted`."""
        self.hosted -= 1

    def warn(self, message: Message) -> None:
        """Keep a warning; of many, the first ones."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(message)
        elif len(self.warnings) == MAX_WARNINGS:
            self.warnings.append(Message("more-warnings"))

    def taken_since(self, count: int) -> tuple[Message, ...]:
        """Return the warnings after the first so many, and keep them no longer."""
        own = tuple(self.warnings[count:])
        del self.warnings[count:]
        return own

    def weigh(self, value: Value, depth: int = 0) -> None:
        """Count the parts of a structured value, shared ones as often as they are reached.

        :raises FeelError: it is larger or deeper than the budget allows.
        """
        if depth > MAX_VALUE_DEPTH:
            raise feel_error("value-too-deep", limit=MAX_VALUE_DEPTH)
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

    def __init__(
        self, names: Mapping[str, object], now: datetime | None = None, meter: Meter | None = None
    ) -> None:
        self.names: Any = names
        self.now = now
        if meter is not None:
            self._meter = meter

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

    def warn(self, code: str | Message, **figures: Any) -> None:
        """Keep a warning of this evaluation: a message, or its code and figures."""
        self.meter.warn(code if isinstance(code, Message) else Message(code, figures))

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
        except NoFeelValue as error:
            self.warn("odd-variable", name=name, problem=odd_value(error))
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


class Metered(ABC):
    """A function that an evaluation calls on its own budget."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, arguments: tuple[Value, ...]) -> Value:
        """Call from outside any evaluation, on a budget of its own."""

    @abstractmethod
    def invoke(self, arguments: tuple[Value, ...], caller: Run) -> Value:
        """Call from an evaluation, which pays for it.

        :raises Failure: it has no result.
        """


class Closure(Metered):
    """A designer's function: its body, and the scope it was written in.

    :ivar walker: the body's walk, where the body may call a designer's function.
    :ivar weight: steps that one call costs.
    """

    __slots__ = ("body", "frame", "params", "walker", "weight")

    def __init__(
        self,
        params: tuple[str, ...],
        body: Any,
        frame: Any,
        walker: Walker | None = None,
        weight: int = 1,
    ) -> None:
        self.weight = weight
        self.params = params
        self.body = body
        self.frame = frame
        self.walker = walker

    def __call__(self, arguments: tuple[Value, ...]) -> Value:
        """Call from outside any evaluation, on a budget of its own."""
        home = self.frame.run
        return self.invoke(arguments, Run(home.names, home.now))

    def invoke(self, arguments: tuple[Value, ...], caller: Run) -> Value:
        """Call from an evaluation, which pays for it."""
        meter = caller.meter
        meter.enter_call(self.weight)
        meter.enter_hosted()
        try:
            inner = self.scope(arguments, caller)
            return on_some_stack(meter.hosted, lambda: self._evaluated(inner))
        finally:
            meter.leave_hosted()
            meter.leave_call()

    def _evaluated(self, inner: Frame) -> Value:
        if self.walker is not None:
            return drive(self.walker(inner))  # type: ignore[no-any-return]
        return self.body(inner)  # type: ignore[no-any-return]

    def scope(self, arguments: tuple[Value, ...], caller: Run) -> Frame:
        """Return the scope of one call of the body, on the caller's budget."""
        frame = self.frame
        if frame.run.meter is not caller.meter:
            home = Run(frame.run.names, frame.run.now)
            home.meter = caller.meter
            frame = frame.moved_to(home) if type(frame) is Frame else home
        return Frame(dict(zip(self.params, arguments, strict=True)), frame, frame.run)


def invoke(function: FeelFunction, arguments: tuple[Value, ...], run: Run) -> Value:
    """Call any function with its arguments in order, on this run's budget.

    :raises Failure: a function of the caller's has no result, or none that is a FEEL value.
    """
    target = function.call
    if isinstance(target, Metered):
        return target.invoke(arguments, run)
    meter = run.meter
    meter.spend_steps()
    meter.enter_hosted()
    try:
        return to_feel(on_some_stack(meter.hosted, lambda: target(arguments)))
    except NoFeelValue as error:
        raise Failure("no-feel-value", name=function.name, problem=odd_value(error)) from None
    finally:
        meter.leave_hosted()
