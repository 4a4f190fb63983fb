"""When timers are due: calendar-exact, in the case's time zone.

Source: ISO 8601-1 (P1D is a calendar day, PT24H is elapsed time); BPMN 2.0.2, section 10.5.5.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.elements import TimerKind
from engine.bpmn.expressions import Stuck
from engine.bpmn.timers import first_due, next_due
from engine.feel import YearsMonths

PARIS = "Europe/Paris"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def firings(cycle: str, now: str, count: int, zone: str = PARIS) -> list[datetime]:
    """Return the first firings of a cycle that is served at each moment."""
    due, state = first_due(TimerKind.CYCLE, cycle, at(now), zone)
    assert state is not None
    found = [due]
    while len(found) < count and (following := next_due(state, found[-1], zone)) is not None:
        due, state = following
        found.append(due)
    return found


@pytest.mark.parametrize(
    ("duration", "due"),
    [
        ("P1D", "2026-03-29T09:00:00+02:00"),
        ("PT24H", "2026-03-29T10:00:00+02:00"),
        ("P1W", "2026-04-04T09:00:00+02:00"),
        ("P1M", "2026-04-28T09:00:00+02:00"),
        ("P1DT1H", "2026-03-29T10:00:00+02:00"),
        (timedelta(days=1), "2026-03-29T10:00:00+02:00"),
        (YearsMonths(1), "2026-04-28T09:00:00+02:00"),
    ],
)
def test_a_calendar_day_keeps_the_hour_over_a_change_of_clocks_and_elapsed_time_does_not(
    duration, due
):
    now = at("2026-03-28T09:00:00+01:00")
    assert first_due(TimerKind.DURATION, duration, now, PARIS) == (at(due), None)


def test_a_daily_cycle_keeps_its_hour_over_a_change_of_clocks():
    assert firings("R3/2026-10-24T09:00:00/P1D", "2026-10-01T00:00:00+02:00", 9) == [
        at("2026-10-24T09:00:00+02:00"),
        at("2026-10-25T09:00:00+01:00"),
        at("2026-10-26T09:00:00+01:00"),
    ]


def test_an_hour_that_a_change_of_clocks_leaves_out_is_an_hour_later():
    [due] = firings("R1/2026-03-28T02:30:00/P1D", "2026-03-28T03:00:00+01:00", 1)
    assert due == at("2026-03-29T03:30:00+02:00")


@pytest.mark.parametrize(
    ("cycle", "days"),
    [
        ("R4/2026-01-31/P1M", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("R3/2024-02-29/P1Y", ["2026-02-28", "2027-02-28", "2028-02-29"]),
        ("R3/P1M/2026-05-31", ["2026-03-31", "2026-04-30", "2026-05-31"]),
        ("R/P1M/2026-03-31", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("R9/P1M/2026-03-31", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("R3/2026-02-01/2026-02-03", ["2026-02-01", "2026-02-03", "2026-02-05"]),
    ],
)
def test_a_cycle_is_counted_from_where_it_begins_or_ends(cycle, days):
    found = firings(cycle, "2026-01-01T00:00:00+00:00", 9, "UTC")
    assert [moment.date().isoformat() for moment in found] == days


def test_a_cycle_whose_end_is_past_never_fires():
    with pytest.raises(Stuck, match="end is past"):
        first_due(TimerKind.CYCLE, "R/P1D/2025-12-31", at("2026-01-01T00:00:00Z"), "UTC")


def test_a_cycle_does_not_fire_again_for_the_moments_it_missed():
    due, cycle = first_due(TimerKind.CYCLE, "R3/PT1H", at("2026-01-01T00:00:00Z"), "UTC")
    assert cycle is not None
    late = due + timedelta(hours=5, minutes=30)
    following = next_due(cycle, late, "UTC")
    assert following is not None
    assert following[0] == at("2026-01-01T07:00:00Z")
    assert following[1].left == 2


@given(
    st.integers(0, 80 * 366 * 86_400),
    st.integers(0, 30),
    st.integers(0, 40),
    st.integers(0, 90_000),
    st.integers(0, 10**9),
    st.sampled_from([PARIS, "Africa/Douala", "Africa/Tunis", "America/St_Johns"]),
)
def test_the_firing_after_any_moment_is_the_first_one_ahead(
    begin, months, days, seconds, later, zone
):
    period = f"P{months}M{days}DT{seconds}S"
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=begin)
    if not months and not days and not seconds:
        return
    due, cycle = first_due(TimerKind.CYCLE, f"R/{period}", now, zone)
    assert cycle is not None
    assert due > now
    asked = due + timedelta(seconds=later % (400 * 86_400))
    following = next_due(cycle, asked, zone)
    assert following is not None
    assert following[0] > asked
    again = next_due(cycle, following[0] - timedelta(seconds=1), zone)
    assert again is not None
    assert again[0] == following[0] or following[1].turn == 2
