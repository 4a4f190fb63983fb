"""Cells that hold only values and ranges, judged without FEEL's machinery.

Most cells of real tables say ``"business"``, ``>= 18`` or ``[1..5]``. For an input of the same
kind these mean one comparison each; for any other input, and for every other cell,
:class:`engine.feel.UnaryTests` decides.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import UnaryTests, Value
from engine.feel.syntax import Interval, Literal, Unary

Judge = Callable[[Value], bool]

_OPERATORS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "<": lambda end: lambda value: value < end,
    "<=": lambda end: lambda value: value <= end,
    ">": lambda end: lambda value: value > end,
    ">=": lambda end: lambda value: value >= end,
}


def plain(tests: UnaryTests) -> tuple[type, Judge] | None:
    """Return a cell's kind of input and its judge; ``None`` if the cell is not plain.

    The judge may be asked only for inputs of exactly that kind.
    """
    tree = tests.tree
    if tree is None or not tree.tests:
        return None
    parts = [_part(test) for test in tree.tests]
    kinds = {part[0] for part in parts if part is not None}
    if None in parts or len(kinds) != 1:
        return None
    judges = [part[1] for part in parts if part is not None]
    return kinds.pop(), _joined(judges, tree.negated)


def _joined(judges: list[Judge], negated: bool) -> Judge:
    if negated:
        return lambda value: not any(judge(value) for judge in judges)
    if len(judges) == 1:
        return judges[0]
    return lambda value: any(judge(value) for judge in judges)


def _part(test: object) -> tuple[type, Judge] | None:
    if isinstance(test, Interval):
        return _interval(test)
    value = constant(test)
    if value is None:
        return None
    return type(value), lambda given: given == value


def constant(node: object) -> str | bool | Decimal | None:
    """Return the value that a node writes; ``None`` where it writes none, or another kind."""
    if isinstance(node, Literal) and not node.problem:
        value = node.value
        return value if isinstance(value, str | bool | Decimal) else None
    if isinstance(node, Unary):
        inner = constant(node.operand)
        return -inner if isinstance(inner, Decimal) else None
    return None


def _interval(test: Interval) -> tuple[type, Judge] | None:
    ends = [None if end is None else constant(end) for end in (test.start, test.end)]
    low, high = (end if isinstance(end, Decimal) else None for end in ends)
    if test.operator:
        one = low if low is not None else high
        make = _OPERATORS.get(test.operator)
        return None if one is None or make is None else (Decimal, make(one))
    if low is None or high is None or low > high:
        return None
    above = _OPERATORS[">=" if test.start_included else ">"](low)
    below = _OPERATORS["<=" if test.end_included else "<"](high)
    return Decimal, lambda value: above(value) and below(value)
