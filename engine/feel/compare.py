"""Equality and order, three-valued: ``None`` where FEEL says null (DMN 1.5, 10.3.2.13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.far import FAR, far_order
from engine.feel.runtime import Meter
from engine.feel.values import FeelFunction, FeelTime, Range, Value, YearsMonths


def equal(left: Value, right: Value, meter: Meter | None = None) -> bool | None:
    """Return whether two values are equal; ``None`` if they are of different kinds.

    Times compare whole seconds, as the specification's value functions have it; moments with
    zones compare on the world's time line.

    :param meter: charged for the parts of lists and contexts.
    """
    if left is right:
        return True
    if left is None or right is None:
        return False
    kind = type(left)
    if kind is type(right):
        compare = _EQUAL.get(kind)
        if compare is not None:
            if kind is str and meter is not None:
                meter.spend_reading(left)
            return compare(left, right)
        if kind is tuple:
            return _equal_lists(left, right, meter or Meter())  # type: ignore[arg-type]
        if kind is FeelFunction:
            return False
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _equal_contexts(left, right, meter or Meter())
    if kind in FAR or type(right) in FAR:
        sign = far_order(left, right)
        return None if sign is None else sign == 0
    return None


def _equal_lists(left: tuple[Value, ...], right: tuple[Value, ...], meter: Meter) -> bool | None:
    if len(left) != len(right):
        return False
    meter.spend_steps(len(left))
    result: bool | None = True
    for one, other in zip(left, right, strict=True):
        verdict = equal(one, other, meter)
        if verdict is False:
            return False
        result = result and verdict
    return result


def _equal_contexts(
    left: Mapping[str, Value], right: Mapping[str, Value], meter: Meter
) -> bool | None:
    if left.keys() != right.keys():
        return False
    return _equal_lists(tuple(left.values()), tuple(right[key] for key in left), meter)


def _equal_ranges(left: Range, right: Range) -> bool | None:
    if left.operator in {"=", "!="} or right.operator in {"=", "!="}:
        same = left.operator == right.operator
    else:
        same = bool(left.operator) == bool(right.operator)
    same = same and left.start_included == right.start_included
    same = same and left.end_included == right.end_included
    if not same:
        return False
    starts, ends = equal(left.start, right.start), equal(left.end, right.end)
    return False if starts is False or ends is False else (starts and ends)


def date_time_seconds(moment: datetime) -> int:
    """Return a moment's whole seconds since the year 0, in UTC where it has a zone."""
    seconds = moment.toordinal() * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second
    offset = moment.utcoffset()
    return seconds if offset is None else seconds - offset.days * 86_400 - offset.seconds


def time_seconds(clock: FeelTime) -> int:
    """Return a time's whole seconds since midnight, in UTC where its offset is known."""
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    offset = clock.utc_offset()
    return seconds if offset is None else seconds - offset.days * 86_400 - offset.seconds


def order(left: Value, right: Value) -> int | None:
    """Return a number below, at or above 0 as left comes before, with or after right.

    ``None`` where the two have no order: null, different kinds, booleans, structures, a local
    moment and one with a zone.
    """
    kind = type(left)
    if kind in FAR or type(right) in FAR:
        return far_order(left, right)
    if kind is not type(right):
        return None
    key = _ORDER.get(kind)
    if key is None:
        return None
    if kind in (datetime, FeelTime) and not _same_line(left, right):
        return None
    one, other = key(left), key(right)
    return int(one > other) - int(one < other)


def _same_line(left: Any, right: Any) -> bool:
    if isinstance(left, datetime):
        return (left.utcoffset() is None) == (right.utcoffset() is None)
    one, other = left.utc_offset(), right.utc_offset()
    if one is None and other is None:
        return bool(left.zone == right.zone)
    return one is not None and other is not None


def _equal_moments(left: Any, right: Any) -> bool:
    return order(left, right) == 0


def less(left: Value, right: Value) -> bool | None:
    """Return ``left < right``."""
    sign = order(left, right)
    return None if sign is None else sign < 0


def less_equal(left: Value, right: Value) -> bool | None:
    """Return ``left <= right``."""
    sign = order(left, right)
    return None if sign is None else sign <= 0


def is_ordered(value: Value) -> bool:
    """Return whether values of this kind have an order, so that a range of them means something."""
    return type(value) in _ORDER or type(value) in FAR


def same_value(left: Any, right: Any) -> bool:
    """Return Python's ``==`` for two values of one kind."""
    return bool(left == right)


_ORDER: dict[type, Callable[[Any], Any]] = {
    Decimal: lambda v: v,
    str: lambda v: v,
    date: lambda v: v,
    timedelta: lambda v: v,
    YearsMonths: lambda v: v.months,
    datetime: date_time_seconds,
    FeelTime: time_seconds,
}
_EQUAL: dict[type, Callable[[Any, Any], bool | None]] = {
    bool: same_value,
    Decimal: same_value,
    str: same_value,
    date: same_value,
    timedelta: same_value,
    YearsMonths: same_value,
    datetime: _equal_moments,
    FeelTime: _equal_moments,
    Range: _equal_ranges,
}
