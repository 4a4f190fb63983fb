"""``+ - * /`` and ``**`` on numbers, texts, dates, times, durations (DMN 1.5, tables 56 to 60)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Any

from engine.feel import numbers
from engine.feel.failure import Failure
from engine.feel.far import FAR, Day, Moment
from engine.feel.far_arithmetic import add_far_months, add_far_time, between_far
from engine.feel.messages import a
from engine.feel.temporal import from_micros, micros
from engine.feel.values import FeelTime, Value, YearsMonths

_DAY_NANOS = 86_400_000_000_000


def add_months(day: date, months: int) -> Day | Moment:
    """Return the same day so many months on; a day the month lacks becomes its last.

    :raises Failure: the result is beyond the years ±999 999 999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return add_far_months(day, months)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def add_time(moment: datetime, duration: timedelta) -> Day | Moment:
    """Return the moment that much later on the world's time line, in the moment's own zone.

    :raises Failure: the result is beyond the years ±999 999 999.
    """
    try:
        if moment.tzinfo is None:
            return moment + duration
        return (moment.astimezone(UTC) + duration).astimezone(moment.tzinfo)
    except (OverflowError, ValueError):
        return add_far_time(moment, duration)


def _add_days(day: date, duration: timedelta) -> Day | Moment:
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a date has no zone
    try:
        return (start + duration).date()
    except OverflowError:
        return add_far_time(day, duration)


def _shift_clock(clock: FeelTime, duration: timedelta) -> FeelTime:
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    nanos = seconds * 1_000_000_000 + clock.nanosecond + micros(duration) * 1000
    seconds, nanosecond = divmod(nanos % _DAY_NANOS, 1_000_000_000)
    minutes, second = divmod(seconds, 60)
    return FeelTime(minutes // 60, minutes % 60, second, nanosecond, clock.offset, clock.zone)


def _between_clocks(left: FeelTime, right: FeelTime) -> timedelta:
    one, other = left.utc_offset(), right.utc_offset()
    if (one is None) != (other is None) or (one is None and left.zone != right.zone):
        raise Failure("one-offset")
    nanos = _nanos(left) - _nanos(right)
    shift = (one or timedelta(0)) - (other or timedelta(0))
    return from_micros(nanos // 1000) - shift


def _nanos(clock: FeelTime) -> int:
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return seconds * 1_000_000_000 + clock.nanosecond


def _between_moments(left: datetime, right: datetime) -> timedelta:
    if (left.utcoffset() is None) != (right.utcoffset() is None):
        raise Failure("one-zone")
    return (_utc_naive(left) - _utc_naive(right)) - (_shift(left) - _shift(right))


def _utc_naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _shift(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta(0)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def opposite(duration: timedelta) -> timedelta:
    """Return the duration with its sign changed.

    :raises Failure: it is longer than 999 999 999 days.
    """
    return from_micros(-micros(duration))


def _times(duration: timedelta, factor: Decimal) -> timedelta:
    exact = numbers.multiply(Decimal(micros(duration)), factor)
    return from_micros(int(exact.to_integral_value(ROUND_HALF_EVEN)))


def _months_times(duration: YearsMonths, factor: Decimal) -> YearsMonths:
    return _whole_months(numbers.multiply(Decimal(duration.months), factor))


def _whole_months(months: Decimal) -> YearsMonths:
    return YearsMonths(int(months.to_integral_value(ROUND_DOWN)))


def _ratio(left: timedelta, right: timedelta) -> Decimal:
    return numbers.divide(Decimal(micros(left)), Decimal(micros(right)))


Operation = Callable[[Any, Any], Any]

_ADD: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): numbers.add,
    (str, str): lambda a, b: a + b,
    (YearsMonths, YearsMonths): lambda a, b: YearsMonths(a.months + b.months),
    (timedelta, timedelta): lambda a, b: from_micros(micros(a) + micros(b)),
    (date, YearsMonths): lambda a, b: add_months(a, b.months),
    (YearsMonths, date): lambda a, b: add_months(b, a.months),
    (datetime, YearsMonths): lambda a, b: add_months(a, b.months),
    (YearsMonths, datetime): lambda a, b: add_months(b, a.months),
    (date, timedelta): _add_days,
    (timedelta, date): lambda a, b: _add_days(b, a),
    (datetime, timedelta): add_time,
    (timedelta, datetime): lambda a, b: add_time(b, a),
    (FeelTime, timedelta): _shift_clock,
    (timedelta, FeelTime): lambda a, b: _shift_clock(b, a),
}
_SUBTRACT: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): numbers.subtract,
    (YearsMonths, YearsMonths): lambda a, b: YearsMonths(a.months - b.months),
    (timedelta, timedelta): lambda a, b: from_micros(micros(a) - micros(b)),
    (date, YearsMonths): lambda a, b: add_months(a, -b.months),
    (datetime, YearsMonths): lambda a, b: add_months(a, -b.months),
    (date, timedelta): lambda a, b: _add_days(a, opposite(b)),
    (datetime, timedelta): lambda a, b: add_time(a, opposite(b)),
    (FeelTime, timedelta): lambda a, b: _shift_clock(a, opposite(b)),
    (date, date): lambda a, b: a - b,
    (datetime, datetime): _between_moments,
    (date, datetime): lambda a, b: _between_moments(_midnight(a), b),
    (datetime, date): lambda a, b: _between_moments(a, _midnight(b)),
    (FeelTime, FeelTime): _between_clocks,
}
for _far in FAR:
    _ADD[_far, YearsMonths] = lambda a, b: add_far_months(a, b.months)
    _ADD[YearsMonths, _far] = lambda a, b: add_far_months(b, a.months)
    _ADD[_far, timedelta] = add_far_time
    _ADD[timedelta, _far] = lambda a, b: add_far_time(b, a)
    _SUBTRACT[_far, YearsMonths] = lambda a, b: add_far_months(a, -b.months)
    _SUBTRACT[_far, timedelta] = lambda a, b: add_far_time(a, opposite(b))
    for _other in (date, datetime, *FAR):
        _SUBTRACT[_far, _other] = _SUBTRACT[_other, _far] = between_far
_MULTIPLY: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): numbers.multiply,
    (timedelta, Decimal): _times,
    (Decimal, timedelta): lambda a, b: _times(b, a),
    (YearsMonths, Decimal): _months_times,
    (Decimal, YearsMonths): lambda a, b: _months_times(b, a),
}
_DIVIDE: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): numbers.divide,
    (timedelta, Decimal): lambda a, b: _times(a, numbers.divide(Decimal(1), b)),
    (YearsMonths, Decimal): lambda a, b: _whole_months(numbers.divide(Decimal(a.months), b)),
    (timedelta, timedelta): _ratio,
    (YearsMonths, YearsMonths): lambda a, b: numbers.divide(Decimal(a.months), Decimal(b.months)),
}
_POWER: dict[tuple[type, type], Operation] = {(Decimal, Decimal): numbers.power}

OPERATIONS: dict[str, dict[tuple[type, type], Operation]] = {
    "+": _ADD,
    "-": _SUBTRACT,
    "*": _MULTIPLY,
    "/": _DIVIDE,
    "**": _POWER,
}
"""By operator, by the exact types of both operands: the operation. No entry: null."""


def operate(operator: str, left: Any, right: Any) -> Value:
    """Return the result of an arithmetic operator.

    :raises Failure: the operator does not take such operands, or has no result for them.
    """
    operation = OPERATIONS[operator].get((type(left), type(right)))
    if operation is None:
        raise Failure("operands", operator=operator, one=a(left), other=a(right))
    try:
        return operation(left, right)  # type: ignore[no-any-return]
    except ArithmeticError:
        raise _reason(operator, right) from None


def _reason(operator: str, right: Any) -> Failure:
    if operator == "/" and not (right.months if isinstance(right, YearsMonths) else right):
        return Failure("division-by-zero")
    return Failure("operands-not-finite", operator=operator)


def negate(value: Value) -> Value:
    """Return the value with its sign changed.

    :raises Failure: it is neither a number nor a duration.
    """
    if isinstance(value, Decimal):
        return numbers.negate(value)
    if isinstance(value, timedelta):
        return opposite(value)
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    raise Failure("operand", operator="-", kind=a(value))
