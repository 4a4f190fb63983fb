"""Arithmetic, comparison and three-valued logic, with short ways for numbers and literals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from engine.feel.arithmetic import OPERATIONS, operate
from engine.feel.compare import equal, order
from engine.feel.failure import Failure
from engine.feel.messages import Message, a
from engine.feel.values import Value

Node = Callable[[Any], Any]

_PYTHON: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_SIGNS: dict[str, frozenset[int]] = {
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
}


def compile_arithmetic(operator: str, left: Node, right: Node) -> Node:
    """Return the closure of ``+ - * /`` or ``**``."""
    of_numbers = OPERATIONS[operator][(Decimal, Decimal)]
    steps = 1 if operator == "**" else 0

    def calculate(scope: Any) -> Value:
        one, other = left(scope), right(scope)
        if steps:
            scope.run.meter.spend_steps(steps)
        try:
            if type(one) is Decimal and type(other) is Decimal:
                return of_numbers(one, other)  # type: ignore[no-any-return]
            result = operate(operator, one, other)
        except ArithmeticError:
            scope.run.warn(_reason(operator, one, other))
            return None
        except Failure as failure:
            scope.run.warn(failure.message)
            return None
        if type(result) is str:
            scope.run.meter.spend_chars(len(result))
        return result

    return calculate


def _reason(operator: str, one: Decimal, other: Decimal) -> Message:
    if operator == "/" and not other:
        return Message("division-by-zero")
    figures = {"operator": operator, "one": f"{one:.6g}", "other": f"{other:.6g}"}
    return Message("numbers-not-finite", figures)


def compile_comparison(operator: str, left: Node, right: Node, constant: Value) -> Node:
    """Return the closure of a comparison.

    :param constant: the right side's value if it is a literal, else ``None``.
    """
    if operator in {"=", "!="}:
        return _equality(left, right, constant, operator == "=")
    return _ordering(operator, left, right, constant)


def _equality(left: Node, right: Node, constant: Value, wanted: bool) -> Node:
    kind = type(constant)

    def compare(scope: Any) -> bool | None:
        one, other = left(scope), right(scope)
        verdict = equal(one, other, scope.run.meter)
        if verdict is None:
            scope.run.warn("never-equal", one=a(one), other=a(other))
            return None
        return verdict is wanted

    if kind is not str and kind is not Decimal:
        return compare
    if wanted:

        def is_constant(scope: Any) -> bool | None:
            one = left(scope)
            return bool(one == constant) if type(one) is kind else compare(scope)

        return is_constant

    def is_not_constant(scope: Any) -> bool | None:
        one = left(scope)
        return bool(one != constant) if type(one) is kind else compare(scope)

    return is_not_constant


def _ordering(operator: str, left: Node, right: Node, constant: Value) -> Node:
    python, signs = _PYTHON[operator], _SIGNS[operator]
    kind = type(constant)

    def compare(scope: Any) -> bool | None:
        one, other = left(scope), right(scope)
        if type(one) is str:
            scope.run.meter.spend_reading(one)
        sign = order(one, other)
        if sign is None:
            scope.run.warn("not-ordered", operator=operator, one=a(one), other=a(other))
            return None
        return sign in signs

    if kind is not str and kind is not Decimal:
        return compare

    def compare_constant(scope: Any) -> bool | None:
        one = left(scope)
        return python(one, constant) if type(one) is kind else compare(scope)

    return compare_constant


def compile_logic(operator: str, left: Node, right: Node) -> Node:
    """Return the closure of ``and`` or ``or``: three-valued, the right side only where needed."""
    if operator == "and":

        def both(scope: Any) -> bool | None:
            one = left(scope)
            if one is False:
                return False
            other = right(scope)
            if other is False:
                return False
            return True if one is True and other is True else None

        return both

    def either(scope: Any) -> bool | None:
        one = left(scope)
        if one is True:
            return True
        other = right(scope)
        if other is True:
            return True
        return False if one is False and other is False else None

    return either


def compile_between(value: Node, low: Node, high: Node) -> Node:
    """Return the closure of ``value between low and high``, both ends included."""

    def between(scope: Any) -> bool | None:
        one = value(scope)
        bounds = order(one, low(scope)), order(one, high(scope))
        if None in bounds:
            scope.run.warn("between", kind=a(one))
        above = None if bounds[0] is None else bounds[0] >= 0
        below = None if bounds[1] is None else bounds[1] <= 0
        if above is False or below is False:
            return False
        return above and below

    return between
