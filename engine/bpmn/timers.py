"""When timers are due: pure arithmetic, calendar-exact, in the case's time zone.

The engine owns time: a moment is computed when a token arrives, kept as a job, and fired by the
engine. A cycle is counted from where it began, so monthly from 31 January is 28 February,
31 March, 30 April: nothing drifts. Moments missed while nothing ran do not fire in a burst: the
cycle goes on with the first one still ahead, and its number of firings stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.elements import Event, TimerKind
from engine.bpmn.expressions import Stuck
from engine.calendars import add_duration, working_day_after
from engine.feel import YearsMonths

SHORTEST_CYCLE = timedelta(seconds=1)
CLOCK_CHANGE = timedelta(days=1)
"""More than any country's clocks are ever put forward or back."""

_ISO = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<y>\d{1,4})Y)?(?:(?P<mo>\d{1,5})M)?(?:(?P<w>\d{1,6})W)?"
    r"(?:(?P<d>\d{1,7})D)?(?:T(?=.)(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?"
    r"(?:(?P<s>\d{1,12}(?:\.\d{1,9})?)S)?)?"
)
_CYCLE = re.compile(
    r"(?:R(?P<times>\d*)/)?"
    r"(?:(?P<start>\d[^/]*)/(?:(?P<stop>\d[^/]*)|(?P<then>P[^/]+))|"
    r"(?P<period>P[^/]+)(?:/(?P<end>\d[^/]*))?)"
)


_FAR_BACK = -(10**12)


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration: months and days are the calendar's, the rest is elapsed time."""

    months: int = 0
    days: int = 0
    rest: timedelta = timedelta()

    @property
    def longest(self) -> timedelta:
        """The longest time that it can be where no clock is changed."""
        return timedelta(days=31 * self.months + self.days) + self.rest


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle as it stands.

    :ivar anchor: the moment it is counted from. :ivar turn: how many periods after it the next
        firing lies. :ivar left: firings left; ``None`` where their number sets no end.
    :ivar period: ISO 8601. :ivar ends: whether the anchor is the last firing, counted towards.
    """

    anchor: datetime
    turn: int
    left: int | None
    period: str
    ends: bool = False

    @property
    def is_endless(self) -> bool:
        """Whether nothing ends it."""
        return self.left is None and not self.ends


def write_cycle(cycle: Cycle) -> dict[str, Any]:
    """Return a cycle as JSON values."""
    anchor = cycle.anchor.isoformat()
    written = {"anchor": anchor, "turn": cycle.turn, "left": cycle.left, "period": cycle.period}
    return written | ({"ends": True} if cycle.ends else {})


def read_cycle(found: Mapping[str, Any]) -> Cycle:
    """Read what :func:`write_cycle` wrote."""
    return Cycle(**{**found, "anchor": datetime.fromisoformat(found["anchor"])})


def due_of(
    event: Event, value: Any, now: datetime, country: str, zone: str
) -> tuple[datetime, Cycle | None]:
    """Return when an event's timer fires first: so many working days on, where it counts them.

    :param value: what its timer's expression is worth; as :func:`first_due`.
    :raises Stuck: as :func:`first_due`.
    """
    if event.working_days is not None:
        return working_day_after(now, event.working_days, country, zone), None
    assert event.timer_kind is not None  # noqa: S101 - checked when the scheme was published
    return first_due(event.timer_kind, value, now, zone)


def read_duration(text: str) -> Duration | None:
    """Return an ISO 8601 duration; ``None`` if the text is none.

    >>> read_duration("P1Y2M3DT4H")
    Duration(months=14, days=3, rest=datetime.timedelta(seconds=14400))
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    part = {name: float(value or 0) for name, value in found.groupdict().items() if name != "sign"}
    sign = -1 if found["sign"] else 1
    return Duration(
        sign * int(12 * part["y"] + part["mo"]),
        sign * int(7 * part["w"] + part["d"]),
        sign * timedelta(hours=part["h"], minutes=part["m"], seconds=part["s"]),
    )


def first_due(
    kind: TimerKind, value: Any, now: datetime, zone: str
) -> tuple[datetime, Cycle | None]:
    """Return when a timer fires first, and its cycle if it has one.

    :param value: a FEEL date, moment or duration, or ISO 8601 text.
    :raises Stuck: the value is none of these, or a duration is negative or a cycle empty.
    """
    if kind is TimerKind.DATE:
        return moment(value, zone), None
    if kind is TimerKind.DURATION:
        return _after(now, _duration(value), 1, zone), None
    return _first_of_cycle(value, now, zone)


def next_due(cycle: Cycle, now: datetime, zone: str) -> tuple[datetime, Cycle] | None:
    """Return the firing after this one, and the cycle then; ``None`` when it is spent."""
    left = None if cycle.left is None else cycle.left - 1
    if left == 0:
        return None
    turn, due = _ahead(cycle, cycle.turn + 1, now, zone)
    if cycle.ends and turn > 0:
        return None
    return due, replace(cycle, turn=turn, left=left)


def _ahead(cycle: Cycle, turn: int, now: datetime, zone: str) -> tuple[int, datetime]:
    """Return the first turn from this one on that lies ahead, and its moment."""
    period = _duration(cycle.period)
    turn = max(turn, (now - cycle.anchor - CLOCK_CHANGE) // period.longest)
    while (due := _after(cycle.anchor, period, turn, zone)) <= now:
        turn += 1
    return turn, due


def moment(value: Any, zone: str) -> datetime:
    """Return a date or moment as aware UTC; without a zone it is the case's own time.

    :raises Stuck: it is neither.
    """
    if isinstance(value, str):
        value = _parse_moment(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise Stuck("no-date")
    aware = value if value.tzinfo is not None else value.replace(tzinfo=ZoneInfo(zone))
    try:
        return aware.astimezone(UTC)
    except OverflowError as error:
        raise too_far(value) from error


def _parse_moment(text: str) -> datetime | date | None:
    stamp, at, zone = text.strip().partition("@")
    try:
        if len(stamp) == len("2026-01-31"):
            return date.fromisoformat(stamp)
        found = datetime.fromisoformat(stamp)
        return found.replace(tzinfo=ZoneInfo(zone)) if at else found
    except (ValueError, KeyError):
        return None


def _after(start: datetime, value: Duration, times: int, zone: str) -> datetime:
    if value.months < 0 or value.days < 0 or value.rest < timedelta():
        raise Stuck("negative-duration")
    try:
        due = add_duration(start, YearsMonths(value.months * times), zone, value.days * times)
        return add_duration(due, value.rest * times, zone)
    except (OverflowError, ValueError) as error:
        raise too_far(value) from error


def too_far(value: Any) -> Stuck:
    """Return the incident of a timer whose moment no calendar holds."""
    return Stuck("too-far", value=value)


def _duration(value: Any) -> Duration:
    if isinstance(value, YearsMonths):
        return Duration(months=value.months)
    if isinstance(value, timedelta):
        return Duration(rest=value)
    found = read_duration(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Stuck("no-duration")
    return found


def _first_of_cycle(value: Any, now: datetime, zone: str) -> tuple[datetime, Cycle]:
    if isinstance(value, YearsMonths):
        value = f"P{value.months}M"
    elif isinstance(value, timedelta):
        value = _seconds(value)
    found = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    period = "" if found is None else found["period"] or found["then"] or _between(found, zone)
    read = read_duration(period)
    if found is None or read is None or read.longest < SHORTEST_CYCLE:
        raise Stuck("no-cycle")
    left = int(found["times"]) if found["times"] else None
    if left == 0:
        raise Stuck("empty-cycle", value=value)
    if found["end"]:
        return _towards(Cycle(moment(found["end"], zone), 0, None, period, True), left, now, zone)
    anchor = moment(found["start"], zone) if found["start"] else now
    first = Cycle(anchor, 0 if found["start"] else 1, left, period)
    # A start that is past counts from then on; the first firing is the next one ahead.
    if anchor > now or (found["start"] and anchor == now):
        return anchor, first
    turn, due = _ahead(first, 1, now, zone)
    return due, replace(first, turn=turn)


def _towards(cycle: Cycle, most: int | None, now: datetime, zone: str) -> tuple[datetime, Cycle]:
    """Return the first firing ahead of a cycle that ends at its anchor.

    :param most: firings, the last of them at the anchor.
    """
    if cycle.anchor <= now:
        raise Stuck("past-cycle")
    turn, due = _ahead(cycle, _FAR_BACK if most is None else 1 - most, now, zone)
    return due, replace(cycle, turn=turn)


def _between(found: re.Match[str], zone: str) -> str:
    """Return the period of a cycle that says its first two moments."""
    return _seconds(moment(found["stop"], zone) - moment(found["start"], zone))


def _seconds(period: timedelta) -> str:
    return f"PT{int(period.total_seconds())}S"
