"""When a person may be reached: arithmetic on the clock of the place where they live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the day, from ``begins`` on and before ``ends``; it may run over midnight."""

    begins: time
    ends: time

    def __contains__(self, moment: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends

    def opposite(self) -> Hours:
        """Return the rest of the day."""
        return Hours(self.ends, self.begins)


def read_hours(text: str) -> Hours | None:
    """Read ``HH:MM-HH:MM``; an empty text, or one that begins where it ends, is no span.

    :raises ConfigurationError: it is not of that shape.

    >>> read_hours("20:00-08:00")
    Hours(begins=datetime.time(20, 0), ends=datetime.time(8, 0))
    """
    if not text.strip():
        return None
    first, _, last = text.partition("-")
    try:
        hours = Hours(time.fromisoformat(first.strip()), time.fromisoformat(last.strip()))
    except ValueError:
        raise ConfigurationError(
            f"PASSERELLE_QUIET_HOURS='{text}' must read HH:MM-HH:MM, such as 20:00-08:00."
        ) from None
    return None if hours.begins == hours.ends else hours


def next_moment(now: datetime, zone: str, open_hours: Hours | None) -> datetime:
    """Return the first moment from ``now`` on that lies within the hours, in UTC.

    :param zone: IANA name of the place's time zone.
    :param open_hours: ``None`` means always.
    """
    if open_hours is None:
        return now
    local = now.astimezone(ZoneInfo(zone))
    if local.time().replace(tzinfo=None) in open_hours:
        return now
    opening = local.replace(
        hour=open_hours.begins.hour,
        minute=open_hours.begins.minute,
        second=open_hours.begins.second,
        microsecond=0,
        fold=0,
    )
    # Wall-clock arithmetic: tomorrow's opening is the same hour, whatever summer time does.
    return (opening if opening > local else opening + timedelta(days=1)).astimezone(UTC)
