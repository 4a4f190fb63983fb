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


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country)
    except NotImplementedError as error:
        raise ConfigurationError(
            f"No holidays are known for country '{country}'. Correct the country in scheme.toml: "
            "an ISO 3166-1 code of two letters such as CM."
        ) from error


def is_working_day(day: date, country: str) -> bool:
    """Tell whether people work on this day: Monday to Friday, and no public holiday.

    :raises ConfigurationError: no holidays are known for the country.
    """
    return day.weekday() < SATURDAY and day not in _holidays(country)


def working_day_after(start: datetime, days: int, country: str, time_zone: str) -> datetime:
    """Return the same hour ``days`` working days after ``start``.

    :param start: aware moment; its own day never counts.
    :param days: how many working days, 0 or more; 0 gives ``start`` itself.
    :param time_zone: IANA name of the zone whose days are counted.
    :returns: aware moment in UTC.
    :raises ValueError: ``days`` is negative.
    """
    if days < 0:
        raise ValueError(f"days is {days}; working days are counted forwards.")
    local = start.astimezone(ZoneInfo(time_zone))
    day, left = local.date(), days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, country)
    return _on_wall_clock(local, day)


def add_duration(start: datetime, value: timedelta | YearsMonths, time_zone: str) -> datetime:
    """Return the moment a duration after ``start``.

    Months are calendar months on the zone's wall clock and clip at the month's end (31 January +
    one month = 28 or 29 February), as FEEL adds a years and months duration to a date. Days and
    times are elapsed time.

    :param start: aware moment.
    :returns: aware moment in UTC.
    """
    if isinstance(value, YearsMonths):
        local = start.astimezone(ZoneInfo(time_zone))
        day = local.date() + relativedelta(months=value.months)
        return _on_wall_clock(local, day)
    return (start + value).astimezone(UTC)


def _on_wall_clock(local: datetime, day: date) -> datetime:
    moved = local.replace(tzinfo=None, year=day.year, month=day.month, day=day.day)
    return moved.replace(tzinfo=local.tzinfo).astimezone(UTC)
