"""Working days and calendar months: when something that is promised falls due.

Holidays come from python-holidays, by country. Moments are computed on the wall clock of the
case's time zone, so "in one month" is the same hour a month later, whatever UTC does.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from engine.errors import ConfigurationError
from engine.feel import YearsMonths

SATURDAY = 5
MOST_DAYS = 5_000
"""Working days that can be counted at once: about twenty years."""


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    # One year at a time and frozen: python-holidays' own object fills itself while it is read,
    # so two threads could each see half a year.
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError as error:
        raise ConfigurationError(
            f"No holidays are known for country '{country}'. Correct the country in scheme.toml: "
            "an ISO 3166-1 code of two letters such as CM."
        ) from error


def is_working_day(day: date, country: str) -> bool:
    """Tell whether people work on this day: Monday to Friday, and no public holiday.

    :raises ConfigurationError: no holidays are known for the country.
    """
    return day.weekday() < SATURDAY and day not in _holidays(country, day.year)


def working_day_after(start: datetime, days: int, country: str, time_zone: str) -> datetime:
    """Return the same hour ``days`` working days after ``start``.

    :param start: aware moment; its own day never counts.
    :param days: how many working days, 0 or more; 0 gives ``start`` itself.
    :param time_zone: IANA name of the zone whose days are counted.
    :returns: aware moment in UTC.
    :raises ValueError: ``days`` is negative or above MOST_DAYS, or ``start`` has no zone.
    """
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(f"days is {days}; working days are counted forwards, up to {MOST_DAYS}.")
    local = _aware(start).astimezone(ZoneInfo(time_zone))
    day, left = local.date(), days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, country)
    return _on_wall_clock(local, day)


def add_duration(
    start: datetime, value: timedelta | YearsMonths, time_zone: str, days: int = 0
) -> datetime:
    """Return the moment a duration after ``start``.

    Months are calendar months on the zone's wall clock and clip at the month's end (31 January +
    one month = 28 or 29 February), as FEEL adds a years and months duration to a date. Days and
    times are elapsed time.

    :param start: aware moment.
    :param days: calendar days after the months: the same hour on the wall clock, as ISO 8601's
        ``P1D`` means it, however long the days are.
    :returns: aware moment in UTC.
    :raises ValueError: it lies outside the years 1 to 9999, or ``start`` has no zone.
    """
    try:
        if isinstance(value, YearsMonths):
            local = _aware(start).astimezone(ZoneInfo(time_zone))
            day = local.date() + relativedelta(months=value.months) + timedelta(days=days)
            return _on_wall_clock(local, day)
        return (_aware(start) + value).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{value} from {start} is not a moment: {error}.") from error


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; pass an aware moment")
    return moment


def _on_wall_clock(local: datetime, day: date) -> datetime:
    moved = local.replace(tzinfo=None, year=day.year, month=day.month, day=day.day)
    return moved.replace(tzinfo=local.tzinfo).astimezone(UTC)
