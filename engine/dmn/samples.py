"""Samples of the values that the cells of one column can tell apart.

A column's constants divide its values into classes: each constant, the values between two
neighbours, those below and above all. Whatever its cells say of one value of a class, they say of
all of it.

Texts that nothing lists are those that the cells name, and so are numbers where every cell names
single ones: a table need not foresee misspellings. Null is no sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.dmn.expressions import names_in, nodes_in
from engine.feel import Expression, UnaryTests, Value, YearsMonths, to_feel
from engine.feel.syntax import Call, Interval, ListOf, Literal, Name, Node, Unary

_CONVERSIONS = frozenset({"date", "duration"})
_CONSTANT = (Literal, Unary, Call, Name)
_COMPARISONS = frozenset({"", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Constants:
    """What a cell is made of.

    :ivar single: it names single values only: no range, no ``not``.
    """

    values: tuple[Value, ...]
    single: bool


@dataclass(frozen=True, slots=True)
class _Scale:
    """How an ordered kind of value becomes a number and back.

    :ivar step: distance of the samples below and above. :ivar whole: values have neighbours.
    """

    number: Callable[[Any], Decimal]
    value: Callable[[Decimal], Value]
    step: int = 1
    whole: bool = True


_SCALES: dict[type, _Scale] = {
    Decimal: _Scale(lambda v: v, lambda n: n, whole=False),
    date: _Scale(lambda v: Decimal(v.toordinal()), lambda n: date.fromordinal(int(n))),
    YearsMonths: _Scale(lambda v: Decimal(v.months), lambda n: YearsMonths(int(n))),
    timedelta: _Scale(
        lambda v: Decimal(v // timedelta(microseconds=1)),
        lambda n: timedelta(microseconds=int(n)),
        step=86_400_000_000,
    ),
}


def samples_of(
    cells: Iterable[UnaryTests], allowed: Sequence[UnaryTests], any_value: bool
) -> tuple[Value, ...]:
    """Return a value of each class of a column's; none where they are not known.

    :param allowed: tests of which the column's values pass each.
    :param any_value: every number, date or duration may occur, not only those that are named.
    """
    listed = [constants_of(tests) for tests in allowed]
    if None in listed:
        return ()
    known = [part for part in (*map(constants_of, cells), *listed) if part is not None]
    values: set[Any] = {v for part in known for v in part.values if v is not None}
    kinds = {type(value) for value in values}
    if len(kinds) != 1:
        return ()
    samples = _classes(kinds.pop(), values, all(part.single for part in known), any_value)
    return tuple(s for s in samples if all(one.test(s, {}) is not False for one in allowed))


def constants_of(tests: UnaryTests) -> Constants | None:
    """Return a cell's constants; ``None`` where it is made of more, or puts texts in order."""
    if tests.tree is None:
        return Constants((), True)
    values: list[Value] = []
    single = not tests.tree.negated
    for test in tests.tree.tests:
        read = [_constant(part) for part in _parts(test)]
        if None in read:
            return None
        found = [value for values_ in read if values_ is not None for value in values_]
        if isinstance(test, Interval):
            single = single and test.operator == "="
            if test.operator in _COMPARISONS and any(type(v) not in _SCALES for v in found):
                return None
        values += found
    return Constants(tuple(values), single)


def _parts(test: Node) -> tuple[Node, ...]:
    if isinstance(test, Interval):
        return tuple(end for end in (test.start, test.end) if end is not None)
    return test.items if isinstance(test, ListOf) else (test,)


def _constant(node: Node) -> tuple[Value] | None:
    """Return the value that a node always has; ``None`` where it may have several."""
    if isinstance(node, Literal) and not node.problem:
        return (node.value,)
    if not all(isinstance(part, _CONSTANT) for part in nodes_in(node)):
        return None
    if names_in(node) - _CONVERSIONS:
        return None
    value = Expression("", node).evaluate({})
    return None if value is None else (value,)


def _classes(kind: type, values: set[Any], single: bool, any_value: bool) -> list[Value]:
    if kind is bool:
        return [True, False]
    if kind is str:
        texts = sorted(str(value) for value in values)
        return [*texts] if single else [*texts, _another(texts)]
    scale = _SCALES.get(kind)
    if scale is None or not (single or any_value):
        return []
    numbers = sorted(scale.number(value) for value in values)
    if not single:
        numbers += [*_between(numbers, scale), numbers[0] - scale.step, numbers[-1] + scale.step]
    return [value for number in numbers if (value := _made(scale, number)) is not None]


def _between(numbers: Sequence[Decimal], scale: _Scale) -> list[Decimal]:
    found = []
    for low, high in pairwise(numbers):
        middle = (low + high) / 2
        whole = middle.to_integral_value()
        sample = whole if scale.whole or low < whole < high else middle
        if low < sample < high:
            found.append(sample)
    return found


def _made(scale: _Scale, number: Decimal) -> Value:
    try:
        return to_feel(scale.value(number))
    except (OverflowError, ValueError, TypeError):
        return None  # Beyond what FEEL can write: no input has it.


def _another(texts: Sequence[str]) -> str:
    name = "other"
    while name in texts:
        name += "…"
    return name
