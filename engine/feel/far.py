"""Days and moments in years that Python's own dates do not reach.

The specification goes to year ±999 999 999. :mod:`engine.feel.far_arithmetic` counts with them.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from engine.feel.values import FarDate, FarMoment, FeelTime

FAR: frozenset[type] = frozenset({FarDate, FarMoment})
Day: TypeAlias = date | FarDate
Moment: TypeAlias = datetime | FarMoment


MAX_YEAR = 999_999_999
"""The first year is as far on the other side of year 0."""


def make_day(year: int, month: int, day: int) -> Day:
    """Return a day of any year to ±999 999 999.

    :raises ValueError: there is no such day.
    """
    if 1 <= year <= 9999:
        return date(year, month, day)
    if abs(year) > MAX_YEAR:
        raise ValueError("year must be in -999999999..999999999")
    # A leap year and a common one stand for the years whose months Python does not know.
    standing = 2000 if isleap(year) else 2001
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(standing, month)[1]:
        raise ValueError("day is out of range for month")
    return FarDate(year, month, day)


def stand_in(value: Day | Moment) -> date:
    """Return a day of Python's that falls alike in its week, month and year.

    The Gregorian calendar repeats itself every 400 years.
    """
    return date(2000 + value.year % 400, value.month, value.day)


def day_number(year: int, month: int, day: int) -> int:
    """Return a day's number on the proleptic Gregorian calendar, as ``date.toordinal`` counts."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 305


def day_of_number(number: int) -> Day:
    """Return the day that :func:`day_number` numbers so.

    :raises ValueError: it lies in a year beyond ±999 999 999.
    """
    era, of_era = divmod(number + 305, 146_097)
    # Years of an era begin in March, so that a leap day ends one (Hinnant, chrono date algorithms).
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = era * 400 + year_of_era + (month <= 2)
    return make_day(year, month, of_year - (153 * shifted + 2) // 5 + 1)


def offset_of(value: Any) -> timedelta | None:
    """Return a moment's distance from UTC; ``None`` for a local one.

    In a year that a zone's tables do not reach its rule of today stands.
    """
    if not isinstance(value, FarMoment):
        return value.utcoffset()  # type: ignore[no-any-return]
    clock = value.clock
    if clock.zone is None:
        return clock.offset
    standing = datetime(2001, value.month, min(value.day, 28), clock.hour, clock.minute)  # noqa: DTZ001
    return standing.replace(tzinfo=ZoneInfo(clock.zone)).utcoffset()


def _seconds(value: Any) -> tuple[int, bool]:
    """Return a moment's whole seconds, in UTC where it has a zone, and whether it has one."""
    clock: FeelTime | datetime = value.clock if isinstance(value, FarMoment) else value
    offset = offset_of(value)
    total = day_number(value.year, value.month, value.day) * 86_400
    total += clock.hour * 3600 + clock.minute * 60 + clock.second
    shift = offset or timedelta(0)
    return total - shift.days * 86_400 - shift.seconds, offset is not None


def far_order(left: object, right: object) -> int | None:
    """Return the order of two days, or two moments, of which one is far; else ``None``."""
    if type(left) in {date, FarDate} and type(right) in {date, FarDate}:
        one = tuple(getattr(left, part) for part in ("year", "month", "day"))
        other = tuple(getattr(right, part) for part in ("year", "month", "day"))
        return int(one > other) - int(one < other)
    if isinstance(left, datetime | FarMoment) and isinstance(right, datetime | FarMoment):
        (first, zoned), (second, other_zoned) = _seconds(left), _seconds(right)
        return int(first > second) - int(first < second) if zoned == other_zoned else None
    return None
