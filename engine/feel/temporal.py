"""Dates, times and durations: their texts, read and written (DMN 1.5, 10.3.4.1 and XML Schema)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from engine.feel.failure import Failure
from engine.feel.far import Day, Moment, make_day
from engine.feel.values import FarDate, FarMoment, FeelTime, YearsMonths, zone_name

MAX_OFFSET = timedelta(hours=18)
"""Offsets from UTC go no further (as java.time has it; no place on Earth passes 14 h)."""

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
    r"(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*))?",
    re.ASCII,
)
_YEARS_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS_TIME = re.compile(
    r"(-?)P(?=[\dT])(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?", re.ASCII
)


def read_date(text: str) -> Day:
    """Return the date that a text such as ``2026-03-31`` writes.

    :raises Failure: it writes none.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise Failure("not-a-date", text=text[:40])
    try:
        return make_day(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Failure("not-a-day", text=text[:40]) from None


def read_time(text: str) -> FeelTime:
    """Return the time that a text such as ``14:30:00``, ``…+01:00`` or ``…@Africa/Douala`` writes.

    :raises Failure: it writes none, or its zone is unknown.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise Failure("not-a-time", text=text[:40])
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    if hour > 23 or minute > 59 or second > 59:
        raise Failure("time-beyond", text=text[:40])
    nanosecond = int((match[4] or "")[:9].ljust(9, "0"))
    zone = match[10]
    if zone is not None:
        find_zone(zone)
    return FeelTime(hour, minute, second, nanosecond, _offset(match), zone)


def _offset(match: re.Match[str]) -> timedelta | None:
    if match[5]:
        return timedelta(0)
    if match[6] is None:
        return None
    if int(match[8]) > 59 or int(match[9] or 0) > 59:
        raise Failure("odd-offset", text=match[0][:40])
    size = timedelta(hours=int(match[7]), minutes=int(match[8]), seconds=int(match[9] or 0))
    return check_offset(-size if match[6] == "-" else size)


def check_offset(offset: timedelta) -> timedelta:
    """Return the offset if it is within 18 hours of UTC.

    :raises Failure: it is not.
    """
    if abs(offset) > MAX_OFFSET:
        raise Failure("offset-range")
    return offset


def find_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name such as ``Africa/Douala``.

    :raises Failure: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Failure("no-zone", name=name[:60]) from None


def read_date_time(text: str) -> Moment:
    """Return the date and time of ``2026-03-31T14:30:00``, with ``Z``, offset or zone; a bare date
    is its midnight. Fractions of a second are kept to the microsecond.

    :raises Failure: the text writes none.
    """
    day, separator, clock = text.partition("T")
    on = read_date(day)
    return combine(on, read_time(clock) if separator else FeelTime(0, 0, 0))


def combine(day: Day | Moment, clock: FeelTime) -> Moment:
    """Return the moment of that day and time of day, in the time's zone."""
    if isinstance(day, FarDate | FarMoment):
        return FarMoment(day.year, day.month, day.day, clock)
    zone: tzinfo | None = None
    if clock.zone is not None:
        zone = find_zone(clock.zone)
    elif clock.offset is not None:
        zone = timezone(clock.offset) if clock.offset else UTC
    micro = clock.nanosecond // 1000
    return datetime(
        day.year, day.month, day.day, clock.hour, clock.minute, clock.second, micro, zone
    )


def time_of(moment: Moment) -> FeelTime:
    """Return the time of day of a moment, with its zone or offset."""
    if isinstance(moment, FarMoment):
        return moment.clock
    zone = zone_name(moment)
    offset = None if zone else moment.utcoffset()
    return FeelTime(
        moment.hour, moment.minute, moment.second, moment.microsecond * 1000, offset, zone
    )


def read_duration(text: str) -> timedelta | YearsMonths:
    """Return the duration of ``P1Y2M`` (years and months) or ``P3DT4H5M6.7S`` (days and time).

    :raises Failure: the text writes neither, or mixes both.
    """
    match = _YEARS_MONTHS.fullmatch(text)
    if match is not None:
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match is None:
        raise Failure("not-a-duration", text=text[:40])
    days, hours, minutes = (int(match[n] or 0) for n in (2, 3, 4))
    seconds = Decimal(match[5] or 0)
    micro = int((seconds * 1_000_000).to_integral_value(ROUND_HALF_EVEN))
    micro += ((days * 24 + hours) * 60 + minutes) * 60_000_000
    return from_micros(-micro if match[1] else micro)


def from_micros(micro: int) -> timedelta:
    """Return a days and time duration of so many microseconds.

    :raises Failure: it is longer than 999 999 999 days.
    """
    try:
        return timedelta(microseconds=micro)
    except OverflowError:
        raise Failure("duration-range") from None


def micros(duration: timedelta) -> int:
    """Return a days and time duration in microseconds, exactly."""
    return (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds


def read_temporal(text: str) -> Day | FeelTime | Moment | timedelta | YearsMonths:
    """Return what a literal ``@"…"`` writes: a date, time, date and time or duration.

    :raises Failure: it writes none of them.
    """
    if text.lstrip("-").startswith("P"):
        return read_duration(text)
    if "T" in text.partition("@")[0]:
        return read_date_time(text)
    return read_time(text) if text[2:3] == ":" else read_date(text)


def date_text(day: Day | Moment) -> str:
    """Return a date as ``2026-03-31``."""
    sign = "-" if day.year < 0 else ""
    return f"{sign}{abs(day.year):04d}-{day.month:02d}-{day.day:02d}"


def time_text(clock: FeelTime) -> str:
    """Return a time as ``14:30:00``, with fractions, offset or zone where it has them."""
    fraction = f".{clock.nanosecond:09d}".rstrip("0") if clock.nanosecond else ""
    text = f"{clock.hour:02d}:{clock.minute:02d}:{clock.second:02d}{fraction}"
    if clock.zone is not None:
        return f"{text}@{clock.zone}"
    return text if clock.offset is None else text + offset_text(clock.offset)


def offset_text(offset: timedelta) -> str:
    """Return an offset as ``Z``, ``+01:00`` or ``-03:30``."""
    total = micros(offset) // 1_000_000
    if total == 0:
        return "Z"
    hours, rest = divmod(abs(total), 3600)
    seconds = f":{rest % 60:02d}" if rest % 60 else ""
    return f"{'-' if total < 0 else '+'}{hours:02d}:{rest // 60:02d}{seconds}"


def date_time_text(moment: Moment) -> str:
    """Return a date and time as ``2026-03-31T14:30:00``, with its offset or zone."""
    return f"{date_text(moment)}T{time_text(time_of(moment))}"


def years_months_text(duration: YearsMonths) -> str:
    """Return a years and months duration as ``P1Y6M``; none at all is ``P0M``."""
    years, months = divmod(abs(duration.months), 12)
    parts = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    return ("-P" if duration.months < 0 else "P") + parts


def days_time_text(duration: timedelta) -> str:
    """Return a days and time duration as ``P1DT2H3M4.5S``; none at all is ``PT0S``."""
    total = micros(duration)
    if total == 0:
        return "PT0S"
    days, rest = divmod(abs(total), 86_400_000_000)
    hours, rest = divmod(rest, 3_600_000_000)
    minutes, rest = divmod(rest, 60_000_000)
    seconds, fraction = divmod(rest, 1_000_000)
    tail = f".{fraction:06d}".rstrip("0") if fraction else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{tail}S" if seconds or fraction else ""
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-P" if total < 0 else "P") + text
