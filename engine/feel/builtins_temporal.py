"""Date and time built-ins (DMN 1.5, tables 73, 80 and 81)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.feel.builtins_number import whole
from engine.feel.failure import Failure
from engine.feel.far import Day, Moment, make_day, stand_in
from engine.feel.registry import builtin
from engine.feel.runtime import Run
from engine.feel.temporal import (
    check_offset,
    combine,
    find_zone,
    read_date,
    read_date_time,
    read_duration,
    read_time,
    time_of,
)
from engine.feel.values import FarDate, FarMoment, FeelTime, Value, YearsMonths

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


# --- making them


@builtin("date", "from: string")
def date_of_text(text: str) -> Day:
    """Return the date of ``2026-03-31``."""
    return read_date(text)


@builtin("date", "from: date|datetime|far")
def date_of_moment(value: Day | Moment) -> Day:
    """Return the day of a date and time."""
    if isinstance(value, FarDate | FarMoment):
        return FarDate(value.year, value.month, value.day)
    return value.date() if isinstance(value, datetime) else value


@builtin("date", "year: number, month: number, day: number")
def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> Day:
    """Return the date of a year, month and day."""
    try:
        return make_day(whole(year), whole(month), whole(day))
    except ValueError:
        raise Failure("no-such-day") from None


@builtin("time", "from: string")
def time_of_text(text: str) -> FeelTime:
    """Return the time of ``14:30:00``, with ``Z``, an offset or ``@`` and a zone."""
    return read_time(text)


@builtin("time", "from: time")
def time_of_time(value: FeelTime) -> FeelTime:
    """Return the time itself."""
    return value


@builtin("time", "from: datetime|date|far")
def time_of_moment(value: Day | Moment) -> FeelTime:
    """Return the time of day of a date and time; of a date, midnight in UTC."""
    if isinstance(value, datetime | FarMoment):
        return time_of(value)
    return FeelTime(0, 0, 0, 0, timedelta(0))


@builtin("time", "hour: number, minute: number, second: number, offset?: days?")
def time_of_parts(
    hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> FeelTime:
    """Return the time of an hour, minute and second, with its offset from UTC."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        raise Failure("time-range")
    nanosecond = int((second - int(second)) * 1_000_000_000)
    shift = None if offset is None else check_offset(offset)
    return FeelTime(int(hour), int(minute), int(second), nanosecond, shift)


@builtin("date and time", "from: string")
def moment_of_text(text: str) -> Moment:
    """Return the date and time of ``2026-03-31T14:30:00``."""
    return read_date_time(text)


@builtin("date and time", "from: datetime|far")
def moment_of_moment(value: Moment) -> Moment:
    """Return the date and time itself."""
    return value


@builtin("date and time", "date: date|datetime|far, time: time")
def moment_of_parts(day: Day | Moment, time: FeelTime) -> Moment:
    """Return the moment of a day and a time of day."""
    return combine(day, time)


@builtin("date and time", "date: datetime, timezone: string")
def moment_in_zone(moment: datetime, timezone: str) -> datetime:
    """Return the same moment in another zone; a local one is taken to be there. Camunda's."""
    zone = find_zone(timezone)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        raise Failure("date-range") from None


@builtin("duration", "from: string")
def duration_of_text(text: str) -> timedelta | YearsMonths:
    """Return the duration of ``P1Y6M`` or ``P3DT12H``."""
    return read_duration(text)


@builtin("duration", "from: days|months")
def duration_of_duration(value: Value) -> Value:
    """Return the duration itself."""
    return value


@builtin("years and months duration", "from: date|datetime|far, to: date|datetime|far")
def years_and_months_duration(start: Day | Moment, end: Day | Moment) -> YearsMonths:
    """Return the whole months from one day to another."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and _rest(end) < _rest(start):
        months -= 1
    elif months < 0 and _rest(end) > _rest(start):
        months += 1
    return YearsMonths(months)


def _rest(moment: Day | Moment) -> tuple[int, int, int, int]:
    if isinstance(moment, FarMoment):
        clock = moment.clock
        return (moment.day, clock.hour, clock.minute, clock.second)
    if isinstance(moment, datetime):
        return (moment.day, moment.hour, moment.minute, moment.second)
    return (moment.day, 0, 0, 0)


# --- the present, given by the caller


@builtin("now", "", run=True)
def now(run: Run) -> datetime:
    """Return the present, as the caller of the evaluation gave it."""
    if run.now is None:
        raise Failure("no-present")
    return run.now


@builtin("today", "", run=True)
def today(run: Run) -> date:
    """Return the present day, in the zone of the present that was given."""
    return now(run).date()


# --- asking them


@builtin("day of year", "date: date|datetime|far")
def day_of_year(value: Day | Moment) -> Decimal:
    """Return the day's number in its year, from 1."""
    return Decimal(stand_in(value).timetuple().tm_yday)


@builtin("day of week", "date: date|datetime|far")
def day_of_week(value: Day | Moment) -> str:
    """Return the day's English name."""
    return _DAYS[stand_in(value).weekday()]


@builtin("month of year", "date: date|datetime|far")
def month_of_year(value: Day | Moment) -> str:
    """Return the month's English name."""
    return _MONTHS[value.month - 1]


@builtin("week of year", "date: date|datetime|far")
def week_of_year(value: Day | Moment) -> Decimal:
    """Return the week's number by ISO 8601."""
    return Decimal(stand_in(value).isocalendar().week)


@builtin("last day of month", "date: date|datetime")
def last_day_of_month(value: date) -> date:
    """Return the last day of the date's month. Camunda's addition to DMN."""
    day = date(value.year, value.month, monthrange(value.year, value.month)[1])
    return datetime.combine(day, value.timetz()) if isinstance(value, datetime) else day
