"""Which rules an input passes, looked up instead of tried.

The constants of a column's cells cut its values into stretches: below the first constant, that
constant itself, between it and the next one, and so on. Every value of one stretch passes the same
rules, so each stretch keeps them as a set of bits, one for each rule, found by bisection. The
rules that fire are what the sets of all columns share. Cells that are not made of constants of one
kind stay to be tried, for the rules that are left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import UnaryTests
from engine.feel.syntax import Interval, Literal, Node, Unary

UNKNOWN = 0
"""What a lookup gives for a value of another kind: no bits at all, not even :func:`column`'s for
values that are allowed."""

Lookup = Callable[[Any], int]
"""From an input value to the set of rules it passes."""

_ORDERED = frozenset({Decimal, str, date, timedelta})
_KINDS = _ORDERED | {bool}
_Reach = tuple[int, int]
"""The first and last of some neighbouring stretches."""


@dataclass(frozen=True, slots=True)
class Column:
    """One input column's lookup.

    :ivar kind: the exact type of value it knows.
    """

    kind: type
    lookup: Lookup


def constant(node: object) -> Any:
    """Return the value that a node writes, of a kind that Python compares as FEEL does.

    ``None`` where it writes none, or one of another kind.
    """
    if isinstance(node, Literal):
        return node.value if type(node.value) in _KINDS else None
    if isinstance(node, Unary) and isinstance(node.operand, Literal):
        value = node.operand.value
        return -value if type(value) is Decimal else None
    return None


def constants(tests: UnaryTests) -> list[Any] | None:
    """Return the constants of a cell in order; ``None`` where it has more than such tests."""
    if tests.tree is None:
        return []
    found: list[Any] = []
    for test in tests.tree.tests:
        ends = (test.start, test.end) if isinstance(test, Interval) else (test,)
        values = [constant(end) for end in ends if end is not None]
        if None in values or not values or len({type(value) for value in values}) > 1:
            return None
        if isinstance(test, Interval) and not _is_span(test, values):
            return None
        found += values
    return found


def _is_span(test: Interval, values: Sequence[Any]) -> bool:
    if test.operator in {"=", "!="}:
        return True
    return type(values[0]) in _ORDERED and (bool(test.operator) or len(values) == 2)


def column(cells: Iterable[tuple[int, UnaryTests]], everyone: int) -> Column | None:
    """Return the lookup of one column; ``None`` if its constants are not of one kind.

    :param cells: a rule's bit and its cell; every cell made of constants (:func:`constants`).
    :param everyone: the bits of all rules: those without a cell here always pass.
    """
    listed = list(cells)
    values = [value for _, tests in listed for value in constants(tests) or ()]
    kinds = {type(value) for value in values}
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    points = sorted(set(values))
    free = everyone
    for bit, _ in listed:
        free &= ~bit
    sets = [free] * (2 * len(points) + 1)
    for bit, tests in listed:
        for stretch in _passed(tests, points):
            sets[stretch] |= bit
    return Column(kind, _lookup(kind, points, sets))


def _passed(tests: UnaryTests, points: Sequence[Any]) -> Iterable[int]:
    """Return the stretches that pass a cell: 2i + 1 is the point i, 2i lies below it."""
    tree = tests.tree
    everything = range(2 * len(points) + 1)
    if tree is None:
        return everything
    passed: set[int] = set()
    for test in tree.tests:
        for first, last in _reaches(test, points):
            passed.update(range(first, last + 1))
    return [one for one in everything if one not in passed] if tree.negated else passed


def _reaches(test: Node, points: Sequence[Any]) -> tuple[_Reach, ...]:
    def at(node: object) -> int:
        return 2 * bisect_left(points, constant(node)) + 1

    if not isinstance(test, Interval):
        return ((at(test), at(test)),)
    last = 2 * len(points)
    if test.operator:
        place = at(test.start if test.start is not None else test.end)
        by_operator: dict[str, tuple[_Reach, ...]] = {
            "=": ((place, place),),
            "!=": ((0, place - 1), (place + 1, last)),
            "<": ((0, place - 1),),
            "<=": ((0, place),),
            ">": ((place + 1, last),),
            ">=": ((place, last),),
        }
        return by_operator[test.operator]
    low = at(test.start) + (0 if test.start_included else 1)
    high = at(test.end) - (0 if test.end_included else 1)
    return ((low, high),)


def _lookup(kind: type, points: Sequence[Any], sets: Sequence[int]) -> Lookup:
    by_value = {point: sets[2 * place + 1] for place, point in enumerate(points)}
    if kind is bool or (kind is str and len(set(sets[::2])) == 1):
        return _by_value(kind, by_value, sets[0])
    at, below, above = sets[1::2], sets[:-1:2], sets[2::2]
    if at == above:
        return _by_cut(kind, points, sets[::2], bisect_right)
    if at == below:
        return _by_cut(kind, points, sets[::2], bisect_left)
    return _by_order(kind, points, sets)


def _by_value(kind: type, by_value: dict[Any, int], other: int) -> Lookup:
    find = by_value.get

    def lookup(value: Any) -> int:
        return find(value, other) if type(value) is kind else UNKNOWN

    return lookup


def _by_cut(
    kind: Any, points: Sequence[Any], sets: Sequence[int], find: Callable[[Any, Any], int]
) -> Lookup:
    """Return the lookup of constants that all belong to the stretch on the same side of them."""
    count = len(points)
    checked = kind is Decimal

    def lookup(value: Any) -> int:
        if type(value) is not kind:
            return UNKNOWN
        place = find(points, value)
        if checked and (not place or place == count) and not value.is_finite():
            return UNKNOWN  # FEEL has no infinite number.
        return sets[place]

    return lookup


def _by_order(kind: Any, points: Sequence[Any], sets: Sequence[int]) -> Lookup:
    by_point = (*points, None)  # Beyond the last point no value equals.
    checked = kind is Decimal

    def lookup(value: Any) -> int:
        if type(value) is not kind:
            return UNKNOWN
        place = bisect_left(points, value)
        if by_point[place] == value:
            return sets[2 * place + 1]
        return UNKNOWN if checked and not value.is_finite() else sets[2 * place]

    return lookup
