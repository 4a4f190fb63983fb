"""Days and moments in years that Python's own dates do not reach, as far as FEEL needs them.

The specification goes to year ±999 999 999. Such values can be written, read, compared, taken
apart and stored; arithmetic with them, save for whole months between two, is null.
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


def make_day(year: int, month: int, day: int) -> Day:
    """Return a day of any year to ±999 999 999.

    :raises ValueError: there is no such day.
    """
    if 1 <= year <= 9999:
        return date(year, month, day)
    if abs(year) > 999_999_999:
        raise ValueError("year must be in -999999999..999999999")
    # A leap year and a common one stand for the years whose months Python does not know.
    standing = 2000 if isleap(year) else 2001
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(standing, month)[1]:
        raise ValueError("day is out of range for month")
    return FarDate(year, month, day)


def _days(year: int, month: int, day: int) -> int:
    """Return a day's number on the proleptic Gregorian calendar, as ``date.toordinal`` counts."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 305


def _seconds(value: Any) -> tuple[int, bool]:
    """Return a moment's whole seconds, in UTC where it has a zone, and whether it has one."""
    clock: FeelTime | datetime = value.clock if isinstance(value, FarMoment) else value
    offset = value.clock.offset if isinstance(value, FarMoment) else value.utcoffset()
    if isinstance(value, FarMoment) and value.clock.zone is not None:
        # The zone's rule of today stands for a year that its tables do not reach.
        standing = datetime(2001, value.month, min(value.day, 28), clock.hour, clock.minute)  # noqa: DTZ001
        offset = standing.replace(tzinfo=ZoneInfo(value.clock.zone)).utcoffset()
    total = _days(value.year, value.month, value.day) * 86_400
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
