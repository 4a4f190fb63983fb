"""When timers are due: pure arithmetic, calendar-exact, in the case's time zone.

The engine owns time: a moment is computed when a token arrives, kept as a job, and fired by the
engine. A cycle is counted from where it began, so monthly from 31 January is 28 February,
31 March, 30 April: nothing drifts. Moments missed while nothing ran do not fire in a burst: the
cycle goes on with the first one still ahead, and its number of firings stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.elements import Event, TimerKind
from engine.bpmn.expressions import Stuck
from engine.calendars import add_duration, working_day_after
from engine.feel import YearsMonths

SHORTEST_CYCLE = timedelta(seconds=1)

_ISO = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<y>\d{1,4})Y)?(?:(?P<mo>\d{1,5})M)?(?:(?P<w>\d{1,6})W)?"
    r"(?:(?P<d>\d{1,7})D)?(?:T(?=.)(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?"
    r"(?:(?P<s>\d{1,12}(?:\.\d{1,9})?)S)?)?"
)
_CYCLE = re.compile(r"(?:R(?P<times>\d*)/)?(?:(?P<start>\d[^/]*)/)?(?P<period>-?P.+)")


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle as it stands.

    :ivar anchor: the moment it is counted from. :ivar turn: how many periods after it the next
        firing lies. :ivar left: firings left; ``None`` for ever. :ivar period: ISO 8601.
    """

    anchor: datetime
    turn: int
    left: int | None
    period: str


def write_cycle(cycle: Cycle) -> dict[str, Any]:
    """Return a cycle as JSON values."""
    anchor = cycle.anchor.isoformat()
    return {"anchor": anchor, "turn": cycle.turn, "left": cycle.left, "period": cycle.period}


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


def read_duration(text: str) -> tuple[int, timedelta] | None:
    """Return months and the rest of an ISO 8601 duration; ``None`` if it is none.

    >>> read_duration("P1Y2M3DT4H")
    (14, datetime.timedelta(days=3, seconds=14400))
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    part = {name: float(value or 0) for name, value in found.groupdict().items() if name != "sign"}
    sign = -1 if found["sign"] else 1
    rest = timedelta(
        weeks=part["w"], days=part["d"], hours=part["h"], minutes=part["m"], seconds=part["s"]
    )
    return sign * int(12 * part["y"] + part["mo"]), sign * rest


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
        return _after(now, value, 1, zone), None
    return _first_of_cycle(value, now, zone)


def next_due(cycle: Cycle, now: datetime, zone: str) -> tuple[datetime, Cycle] | None:
    """Return the firing after this one, and the cycle then; ``None`` when it is spent."""
    left = None if cycle.left is None else cycle.left - 1
    if left == 0:
        return None
    turn = cycle.turn + 1
    months, rest = _duration(cycle.period)
    if not months:
        turn = max(turn, (now - cycle.anchor) // rest + 1)
    due = _after(cycle.anchor, cycle.period, turn, zone)
    while due <= now:
        turn += 1
        due = _after(cycle.anchor, cycle.period, turn, zone)
    return due, Cycle(cycle.anchor, turn, left, cycle.period)


def moment(value: Any, zone: str) -> datetime:
    """Return a date or moment as aware UTC; without a zone it is the case's own time.

    :raises Stuck: it is neither.
    """
    if isinstance(value, str):
        value = _parse_moment(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise Stuck("expression", "the timer's value is not a date; give it a date or a moment.")
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


def _after(start: datetime, value: Any, times: int, zone: str) -> datetime:
    months, rest = _duration(value)
    if months < 0 or rest < timedelta():
        raise Stuck("expression", f"the timer's duration {value} is negative.")
    try:
        due = add_duration(start, YearsMonths(months * times), zone) if months else start
        due = add_duration(due, rest * times, zone) if rest else due
        return due.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise too_far(value) from error


def too_far(value: Any) -> Stuck:
    """Return the incident of a timer whose moment no calendar holds."""
    return Stuck("expression", f"the timer's value {value} leads out of the calendar.")


def _duration(value: Any) -> tuple[int, timedelta]:
    if isinstance(value, YearsMonths):
        return value.months, timedelta()
    if isinstance(value, timedelta):
        return 0, value
    found = read_duration(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Stuck("expression", "the timer's value is not a duration; give it one such as P3M.")
    return found


def _first_of_cycle(value: Any, now: datetime, zone: str) -> tuple[datetime, Cycle]:
    if isinstance(value, YearsMonths):
        value = f"P{value.months}M"
    elif isinstance(value, timedelta):
        value = f"PT{int(value.total_seconds())}S"
    found = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    period = read_duration(found["period"]) if found is not None else None
    if found is None or period is None or (not period[0] and period[1] < SHORTEST_CYCLE):
        raise Stuck("expression", "the timer's value is not a cycle; give it one such as R3/P1M.")
    left = int(found["times"]) if found["times"] else None
    if left == 0:
        raise Stuck("expression", f"the cycle '{value}' never fires.")
    if found["start"]:
        anchor = moment(found["start"], zone)
        first = Cycle(anchor, 0, left, found["period"])
        # A start that is past counts from then on; the first firing is the next one ahead.
        if anchor >= now:
            return anchor, first
        ahead = next_due(Cycle(anchor, 0, None, found["period"]), now, zone)
        turn = ahead[1].turn if ahead else 1
        return _after(anchor, found["period"], turn, zone), Cycle(anchor, turn, left, first.period)
    return _after(now, found["period"], 1, zone), Cycle(now, 1, left, found["period"])
