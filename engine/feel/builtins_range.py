"""Range built-ins (DMN 1.5, table 78): how points and ranges lie to one another.

A point is read as the range from itself to itself. Each relation compares ends; an end that is
not there, or does not compare, gives null.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.feel.compare import order
from engine.feel.failure import Failure
from engine.feel.registry import builtin
from engine.feel.values import Range, Value

Relation = Callable[[Range, Range], bool]


def _as_range(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _sign(left: Value, right: Value) -> int:
    sign = order(left, right)
    if sign is None:
        raise Failure("ends-do-not-compare")
    return sign


def _ends_before(a: Range, b: Range) -> bool:
    """Whether all of a lies below all of b."""
    sign = _sign(a.end, b.start)
    return sign < 0 or (sign == 0 and not (a.end_included and b.start_included))


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _sign(a.end, b.start) == 0


def _start_order(a: Range, b: Range) -> int:
    """Below 0 if a starts before b; an open start is after a closed one at the same place."""
    return _sign(a.start, b.start) or (b.start_included - a.start_included)


def _end_order(a: Range, b: Range) -> int:
    """Below 0 if a ends before b; an open end is before a closed one at the same place."""
    return _sign(a.end, b.end) or (a.end_included - b.end_included)


def _overlaps(a: Range, b: Range) -> bool:
    return not _ends_before(a, b) and not _ends_before(b, a)


def _includes(a: Range, b: Range) -> bool:
    return _start_order(a, b) <= 0 and _end_order(a, b) >= 0


def _starts(a: Range, b: Range) -> bool:
    return _start_order(a, b) == 0 and _end_order(a, b) <= 0


def _finishes(a: Range, b: Range) -> bool:
    return _end_order(a, b) == 0 and _start_order(a, b) >= 0


def _overlaps_before(a: Range, b: Range) -> bool:
    return _start_order(a, b) < 0 and not _ends_before(a, b) and _end_order(a, b) <= 0


def _coincides(a: Range, b: Range) -> bool:
    return _start_order(a, b) == 0 and _end_order(a, b) == 0


def _swapped(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


_POINT = "number|string|date|time|datetime|days|months"


def _declare(name: str, relation: Relation, first: str, second: str) -> None:
    def related(one: Value, other: Value) -> bool:
        return relation(_as_range(one), _as_range(other))

    one, other = _names(first, second)
    builtin(name, f"{one}: {_kinds(first)}, {other}: {_kinds(second)}")(related)


def _names(first: str, second: str) -> tuple[str, str]:
    if first == second:
        return f"{first}1", f"{second}2"
    return first, second


def _kinds(word: str) -> str:
    return "range" if word == "range" else _POINT


for _name, _relation, _shapes in (
    ("before", _ends_before, "point point, point range, range point, range range"),
    ("after", _swapped(_ends_before), "point point, point range, range point, range range"),
    ("meets", _meets, "range range"),
    ("met by", _swapped(_meets), "range range"),
    ("overlaps", _overlaps, "range range"),
    ("overlaps before", _overlaps_before, "range range"),
    ("overlaps after", _swapped(_overlaps_before), "range range"),
    ("finishes", _finishes, "point range, range range"),
    ("finished by", _swapped(_finishes), "range point, range range"),
    ("includes", _includes, "range point, range range"),
    ("during", _swapped(_includes), "point range, range range"),
    ("starts", _starts, "point range, range range"),
    ("started by", _swapped(_starts), "range point, range range"),
    ("coincides", _coincides, "point point, range range"),
):
    for _shape in _shapes.split(", "):
        _declare(_name, _relation, *_shape.split())
