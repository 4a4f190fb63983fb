"""How built-ins are declared, found, and given their arguments.

A built-in is a Python function with a signature in FEEL's own words::

    @builtin("substring", "string: string, start position: number, length?: number")

``name?`` may be left out, ``kind?`` may be null, ``a|b`` is either, ``*items: any`` takes the
rest. A built-in with several signatures is declared once for each; the first that fits is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from engine.feel.failure import Failure
from engine.feel.far import FAR
from engine.feel.messages import Message, a, a_kind
from engine.feel.runtime import Metered, Run
from engine.feel.suggest import nearest
from engine.feel.values import FeelFunction, Value, kind_of

Declared = TypeVar("Declared", bound=Callable[..., Any])

_SHORT = {
    "datetime": "date and time",
    "days": "days and time duration",
    "months": "years and months duration",
}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a built-in.

    :ivar kinds: kinds it takes; empty for any.
    :ivar optional: may be left out.
    :ivar nullable: may be null.
    :ivar rest: takes all arguments that follow.
    """

    name: str
    kinds: tuple[str, ...]
    optional: bool
    nullable: bool
    rest: bool

    def fit(self, value: Value) -> Value:
        """Return the value as this parameter takes it, coerced as DMN 1.5, 10.3.2.9.4 says.

        :raises Failure: it does not fit.
        """
        kind = kind_of(value)
        if type(value) in FAR and self.kinds and "far" not in self.kinds:
            raise Failure("parameter-far", name=self.name)
        if not self.kinds or kind in self.kinds or (value is None and self.nullable):
            return value
        if value is not None and "list" in self.kinds:
            return (value,)
        if isinstance(value, tuple) and len(value) == 1 and kind_of(value[0]) in self.kinds:
            return value[0]
        if type(value) is date and "date and time" in self.kinds:
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        wanted = tuple(a_kind(k) for k in self.kinds if k != "far")
        raise Failure("parameter-kind", name=self.name, wanted=wanted, kind=a(value))


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a built-in."""

    params: tuple[Param, ...]
    function: Callable[..., Value]
    with_run: bool

    def bind(self, values: list[Value], names: tuple[str, ...]) -> list[Value]:
        """Return the arguments in the function's order.

        :raises Failure: there are too many, too few, or one does not fit.
        """
        if names:
            values = self._by_name(values, names)
        params = self.params
        if params and params[-1].rest:
            fixed = len(params) - 1
            if len(values) < fixed + 1:
                raise Failure("takes", wanted=self.text())
            head = [p.fit(v) for p, v in zip(params[:-1], values[:fixed], strict=True)]
            return [*head, tuple(params[-1].fit(v) for v in values[fixed:])]
        required = sum(1 for param in params if not param.optional)
        if not required <= len(values) <= len(params):
            raise Failure("takes-not", wanted=self.text(), count=len(values))
        return [param.fit(value) for param, value in zip(params, values, strict=False)]

    def _by_name(self, values: list[Value], names: tuple[str, ...]) -> list[Value]:
        given = dict(zip(names, values, strict=True))
        known = [param.name for param in self.params]
        for name in names:
            if name not in known:
                raise Failure("has-no-parameter", name=name, hint=nearest(name, known))
        if len(given) < len(names):
            raise Failure("parameter-twice")
        ordered: list[Value] = []
        for param in self.params:
            if param.name in given:
                ordered.append(given.pop(param.name))
            elif not param.optional:
                raise Failure("needs-parameter", name=param.name)
            elif given:
                ordered.append(None)
            else:
                break
        return ordered

    def text(self) -> str | Message:
        """Return the parameters as a person reads them."""
        names = ", ".join(p.name + ("?" if p.optional else "") for p in self.params)
        return names or Message("no-arguments")


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function.

    :ivar name: its first name; others may stand for it.
    """

    name: str
    signatures: list[Signature] = field(default_factory=list)

    def apply(self, values: list[Value], names: tuple[str, ...], run: Run) -> Value:
        """Return the result for these arguments.

        :raises Failure: they fit no signature, or the function has no result for them.
        """
        problem: Message | None = None
        for signature in self.signatures:
            try:
                arguments = signature.bind(values, names)
            except Failure as failure:
                problem = problem or failure.message
                continue
            return self._call(signature, arguments, run)
        raise Failure("in-builtin", name=self.name, problem=problem)

    def as_value(self) -> FeelFunction:
        """Return the built-in as a function value, to be handed to another function."""

        params = tuple(param.name for param in self.signatures[0].params)
        return FeelFunction(params, _Handed(self), self.name, variadic=True)

    def _call(self, signature: Signature, arguments: list[Value], run: Run) -> Value:
        meter = run.meter
        for argument in arguments:
            if type(argument) is str or type(argument) is tuple:
                meter.spend_reading(argument)
        try:
            if signature.with_run:
                return signature.function(run, *arguments)
            result = signature.function(*arguments)
            if type(result) is str:
                meter.spend_chars(len(result))
            return result
        except Failure as failure:
            raise Failure("in-builtin", name=self.name, problem=failure.message) from None
        except ArithmeticError:
            raise Failure("in-builtin", name=self.name, problem=Message("no-finite")) from None


class _Handed(Metered):
    """A built-in that is handed over as a value."""

    __slots__ = ("builtin",)

    def __init__(self, builtin: Builtin) -> None:
        self.builtin = builtin

    def __call__(self, arguments: tuple[Value, ...]) -> Value:
        return self.invoke(arguments, Run({}))

    def invoke(self, arguments: tuple[Value, ...], caller: Run) -> Value:
        caller.meter.spend_steps()
        try:
            return self.builtin.apply(list(arguments), (), caller)
        except Failure as failure:
            caller.warn(failure.message)
            return None


BUILTINS: dict[str, Builtin] = {}
"""Every built-in, by each of its names."""


def builtin(
    name: str, signature: str, *, run: bool = False, also: Iterable[str] = ()
) -> Callable[[Declared], Declared]:
    """Declare a built-in, or one more signature of it.

    :param signature: as this module's docstring says.
    :param run: the function takes the evaluation's :class:`Run` first.
    :param also: further names for the same function.
    """
    params = tuple(_param(text) for text in signature.split(",") if text.strip())

    def declare(function: Declared) -> Declared:
        entry = BUILTINS.setdefault(name, Builtin(name))
        entry.signatures.append(Signature(params, function, run))
        for other in also:
            BUILTINS[other] = entry
        return function

    return declare


def _param(text: str) -> Param:
    name, _, kind = (part.strip() for part in text.partition(":"))
    kinds = tuple(_SHORT.get(k, k) for k in kind.rstrip("?").split("|")) if kind else ()
    if kinds == ("any",):
        kinds = ()
    return Param(
        name.strip("?*"), kinds, name.endswith("?"), kind.endswith("?"), name.startswith("*")
    )
