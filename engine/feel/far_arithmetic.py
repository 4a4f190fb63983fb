"""Sums and differences of days and moments where Python's own dates do not reach."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import datetime, timedelta

from engine.feel.failure import Failure
from engine.feel.far import Day, Moment, day_number, day_of_number, make_day, offset_of
from engine.feel.temporal import combine, from_micros, micros, time_of
from engine.feel.values import FarMoment, FeelTime

_DAY_NANOS = 86_400_000_000_000


def add_far_months(value: Day | Moment, months: int) -> Day | Moment:
    """Return the same day so many months on; a day the month lacks becomes its last.

    :raises Failure: the result is beyond the years ±999 999 999.
    """
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    last = monthrange(2000 if isleap(year) else 2001, month + 1)[1]
    try:
        day = make_day(year, month + 1, min(value.day, last))
    except ValueError:
        raise Failure("date-range") from None
    return combine(day, time_of(value)) if isinstance(value, datetime | FarMoment) else day


def add_far_time(value: Day | Moment, duration: timedelta) -> Day | Moment:
    """Return the day or moment that much later, a moment in its own zone.

    :raises Failure: the result is beyond the years ±999 999 999.
    """
    if not isinstance(value, datetime | FarMoment):
        return _on(_line(value, FeelTime(0, 0, 0)) + micros(duration) * 1000)[0]
    clock = time_of(value)
    shift = offset_of(value) or timedelta(0)
    later = _line(value, clock) + (micros(duration) - micros(shift)) * 1000
    return _at(later, clock)


def between_far(left: Day | Moment, right: Day | Moment) -> timedelta:
    """Return how long it is from the right day or moment to the left one.

    A day beside a moment is its midnight in UTC.

    :raises Failure: one has a zone and the other none, or they lie 999 999 999 days apart.
    """
    ends = []
    for value in (left, right):
        if isinstance(value, datetime | FarMoment):
            ends.append((_line(value, time_of(value)), offset_of(value)))
        else:
            ends.append((_line(value, FeelTime(0, 0, 0)), timedelta(0)))
    (one, one_offset), (other, other_offset) = ends
    if (one_offset is None) != (other_offset is None):
        raise Failure("one-zone")
    shift = micros(one_offset or timedelta(0)) - micros(other_offset or timedelta(0))
    return from_micros((one - other) // 1000 - shift)


def _line(day: Day | Moment, clock: FeelTime) -> int:
    """Return the nanoseconds of a local moment on the proleptic calendar."""
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    days = day_number(day.year, day.month, day.day)
    return days * _DAY_NANOS + seconds * 1_000_000_000 + clock.nanosecond


def _on(nanos: int) -> tuple[Day, int]:
    """Return the day of a place on the line, and the nanoseconds since its midnight."""
    days, rest = divmod(nanos, _DAY_NANOS)
    try:
        return day_of_number(days), rest
    except ValueError:
        raise Failure("date-range") from None


def _at(utc_nanos: int, clock: FeelTime) -> Moment:
    """Return the moment at a place on the line of UTC, told as this clock tells time."""
    offset = clock.offset
    if clock.zone is not None:
        offset = offset_of(_told(utc_nanos, FeelTime(0, 0, 0, zone=clock.zone)))
    return _told(utc_nanos + micros(offset or timedelta(0)) * 1000, clock)


def _told(nanos: int, clock: FeelTime) -> Moment:
    day, rest = _on(nanos)
    seconds, nanosecond = divmod(rest, 1_000_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return combine(day, FeelTime(hour, minute, second, nanosecond, clock.offset, clock.zone))
