"""Ranges: what is in them, and how two of them, or a point and one, lie (DMN 1.5, table 78)."""

from __future__ import annotations

from engine.feel.compare import equal, is_ordered, order
from engine.feel.failure import Failure
from engine.feel.messages import a
from engine.feel.runtime import Meter
from engine.feel.values import Range, Value


def make_range(
    start: Value, end: Value, start_included: bool, end_included: bool, operator: str = ""
) -> Range:
    """Return a range written with two ends, or with one and an operator.

    ``(= 10)`` goes from 10 to 10, both included, as its properties say (DMN 1.5, table 53).

    :raises Failure: its ends are of different kinds, or of one that has no order.
    """
    for bound in (start, end):
        if bound is not None and operator not in {"=", "!="} and not is_ordered(bound):
            raise Failure("range-end", kind=a(bound))
    if start is not None and end is not None and order(start, end) is None:
        raise Failure("range-ends", start=a(start), end=a(end))
    if operator == "=":
        return Range(end, end, operator=operator)
    return Range(start, end, start_included, end_included, operator)


def contains(range_: Range, point: Value, meter: Meter | None = None) -> bool | None:
    """Return whether the point is in the range; ``None`` if they do not compare.

    An end that is null, because its name has no value, leaves the answer unknown: a table's cell
    ``> scheme.limit`` does not fire when there is no limit.
    """
    operator = range_.operator
    if operator == "=":
        return equal(point, range_.end, meter)
    if operator == "!=":
        same = equal(point, range_.end, meter)
        return None if same is None else not same
    above: bool | None = True
    below: bool | None = True
    if not operator.startswith("<"):
        above = _beyond(order(point, range_.start), range_.start_included)
    if not operator.startswith(">"):
        sign = order(point, range_.end)
        below = _beyond(None if sign is None else -sign, range_.end_included)
    if above is False or below is False:
        return False if above is not None and below is not None else None
    return above and below


def _beyond(sign: int | None, included: bool) -> bool | None:
    if sign is None:
        return None
    return sign > 0 or (included and sign == 0)


def is_in(value: Value, test: Value, meter: Meter) -> bool | None:
    """Return whether a value passes a test's value: a range, a list of alternatives, or an equal.

    DMN 1.5, table 55: the value equals the test, lies in its range, or is or lies in one of the
    list's items.
    """
    if type(test) is Range:
        if type(value) is Range:
            return equal(value, test, meter)
        return contains(test, value, meter)
    if type(test) is tuple:
        meter.spend_steps(len(test))
        for item in test:
            if _fits(value, item, meter):
                return True
        return type(value) is tuple and equal(value, test, meter) is True
    return equal(value, test, meter)


def _fits(value: Value, item: Value, meter: Meter) -> bool:
    if type(item) is Range and type(value) is not Range:
        return contains(item, value, meter) is True
    return equal(value, item, meter) is True
