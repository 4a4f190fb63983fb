"""Timers: dates, durations and cycles, in every place where an event can wait.

Source: BPMN 2.0.2, section 10.5.5 (timer event definition) and table 10.101; ISO 8601-1.
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    boundary,
    catch,
    event_sub,
    fork,
    played,
    said,
    say,
    sets,
    sub,
    times,
)
from tests.unit.bpmn.diagrams import end, flow, line, node, start, timer

HOUR = timer("duration", "PT1H")
LONG = timer("duration", "PT9H")


def in_time(*clocks: str) -> list[str]:
    """Play a catching timer event for each of these, side by side; the order they come in."""
    names = [f"T{number}" for number in range(len(clocks))]
    parts = [start(), fork("F", *names), line("S", "F")]
    for name, clock in zip(names, clocks, strict=True):
        parts += [catch(name, clock), say(f"{name}s"), line(name, f"{name}s")]
    return [text.removesuffix("s") for text in said(*parts)]


def test_a_timer_event_waits_until_its_date():
    assert in_time(timer("date", "2026-03-01T00:00:00Z"), timer("date", "2026-02-01")) == [
        "T1",
        "T0",
    ]


def test_a_date_that_is_past_comes_at_once():
    assert in_time(timer("duration", "PT1S"), timer("date", "2020-02-29T12:00:00+01:00")) == [
        "T1",
        "T0",
    ]


def test_a_duration_of_months_is_counted_on_the_calendar():
    """From 1 January, one month is 31 days: longer than 30 days and no longer than 31."""
    clocks = [timer("duration", text) for text in ("P1M", "P30D", "P31DT1S", "P1Y", "P365DT1S")]
    assert in_time(*clocks) == ["T1", "T0", "T2", "T3", "T4"]


def test_a_duration_may_be_computed():
    assert said(
        start(),
        fork("F", "C", "L"),
        line("S", "F"),
        catch("C", timer("duration", '=duration("PT" + string(hours) + "H")')),
        say("A"),
        line("C", "A"),
        catch("L", timer("duration", "PT5H")),
        say("B"),
        line("L", "B"),
        hours=6,
    ) == ["B", "A"]


def test_a_date_may_be_computed_from_a_variable():
    assert said(
        start(),
        catch("C", timer("date", '=date(on) + duration("P1D")')),
        say("A"),
        line("S", "C", "A"),
        on="2026-05-05",
    ) == ["A"]


def test_a_timer_whose_value_is_no_time_is_an_incident():
    answer = played(start(), catch("C", timer("duration", "=x + 1")), line("S", "C"), x=1)
    assert answer["outcome"] == "incident"
    assert "not a duration" in answer["reasons"][0]


@pytest.mark.parametrize(
    "text",
    ["1 hour", "P-1D", "-PT1H", "0 0/5 * * * ?", "R0/PT1H", "R3/PT0S", "R3/2026-01-01/2025-01-01"],
)
def test_a_timer_that_is_no_time_is_refused(text):
    kind = "cycle" if text[0] in "0R" else "duration"
    answer = played(start(), catch("C", timer(kind, text)), line("S", "C"))
    assert answer["outcome"] == "refused", answer


# --- cycles ------------------------------------------------------------------------------------

CYCLES = {
    "R3/PT1H": 3,
    "R3/2026-01-01T02:00:00Z/PT1H": 3,
    "R3/PT1H/2026-01-01T04:00:00Z": 3,
    "R9/PT1H/2026-01-01T04:00:00Z": 4,
    "R/PT1H/2026-01-01T04:00:00Z": 4,
    "R2/2026-01-01T02:00:00Z/2026-01-01T04:00:00Z": 2,
    "R3/2025-12-31T22:00:00Z/PT1H": 3,
    "R/PT2H": 4,
    "PT2H": 4,
}
"""Cycles, and how often each comes in the first nine hours."""


@pytest.mark.parametrize("cycle", sorted(CYCLES))
def test_a_non_interrupting_boundary_timer_comes_as_often_as_its_cycle_says(cycle):
    assert said(
        start(),
        sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A")),
        boundary("X", "P1", timer("cycle", cycle), interrupts=False),
        say("B"),
        line("S", "P1"),
        line("X", "B"),
    ) == ["B"] * CYCLES[cycle] + ["A"]


@pytest.mark.parametrize("cycle", sorted(CYCLES))
def test_a_non_interrupting_event_sub_process_is_started_as_often_as_its_cycle_says(cycle):
    assert said(
        start(),
        catch("W", LONG),
        say("A"),
        line("S", "W", "A"),
        event_sub(
            "V",
            start("VS", timer("cycle", cycle), isInterrupting="false"),
            say("B"),
            line("VS", "B"),
        ),
    ) == ["B"] * CYCLES[cycle] + ["A"]


@pytest.mark.parametrize("cycle", ["R3/PT1H", "R/PT1H", "R3/PT1H/2026-01-01T04:00:00Z"])
def test_an_intermediate_timer_event_lets_its_token_go_on_once_whatever_its_cycle(cycle):
    assert said(start(), catch("C", timer("cycle", cycle)), say("A"), line("S", "C", "A")) == ["A"]


def test_an_interrupting_boundary_timer_comes_once_whatever_its_cycle():
    assert said(
        start(),
        sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A")),
        boundary("X", "P1", timer("cycle", "R3/PT1H")),
        say("B"),
        line("S", "P1"),
        line("X", "B"),
    ) == ["B"]


def test_an_interrupting_event_sub_process_is_started_once_whatever_its_cycle():
    assert said(
        start(),
        catch("W", LONG),
        say("A"),
        line("S", "W", "A"),
        event_sub("V", start("VS", timer("cycle", "R3/PT1H")), say("B"), line("VS", "B")),
    ) == ["B"]


def test_a_monthly_cycle_keeps_to_the_end_of_the_month():
    """From 31 December: 31 January, 28 February, 31 March, 30 April."""
    days = [timer("date", f"2026-{day}T12:00:00Z") for day in ("02-27", "02-28", "03-30", "03-31")]
    parts = [
        start(),
        sub("P1", start("PS"), catch("W", timer("date", "2026-05-01")), line("PS", "W")),
        boundary("X", "P1", timer("cycle", "R/2025-12-31T00:00:00Z/P1M"), interrupts=False),
        say("B"),
        line("X", "B"),
        fork("F", "P1", "C0", "C1", "C2", "C3"),
        line("S", "F"),
    ]
    for number, day in enumerate(days):
        parts += [catch(f"C{number}", day), say(str(number)), line(f"C{number}", str(number))]
    assert said(*parts) == ["B", "0", "B", "1", "2", "B", "3", "B"]


def test_a_yearly_cycle_from_a_leap_day_comes_at_the_end_of_february():
    parts = [
        start(),
        sub("P1", start("PS"), catch("W", timer("date", "2028-03-01")), line("PS", "W")),
        boundary("X", "P1", timer("cycle", "R/2024-02-29T00:00:00Z/P1Y"), interrupts=False),
        say("B"),
        line("X", "B"),
        fork("F", "P1", "C1", "C2"),
        line("S", "F"),
        catch("C1", timer("date", "2027-02-28T12:00:00Z")),
        say("1"),
        line("C1", "1"),
        catch("C2", timer("date", "2028-02-28T12:00:00Z")),
        say("2"),
        line("C2", "2"),
    ]
    assert said(*parts) == ["B", "B", "1", "2", "B"]


# --- at the edge -------------------------------------------------------------------------------


def test_a_timer_at_the_edge_of_an_activity_that_is_done_comes_no_more():
    assert said(
        start(),
        sub("P1", start("PS"), say("A"), line("PS", "A")),
        boundary("X", "P1", HOUR),
        say("B"),
        line("X", "B"),
        catch("W", LONG),
        say("C"),
        line("S", "P1", "W", "C"),
    ) == ["A", "C"]


def test_of_two_timers_at_one_edge_the_earlier_interrupts():
    assert said(
        start(),
        sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A")),
        boundary("X", "P1", timer("duration", "PT2H")),
        boundary("Y", "P1", HOUR),
        say("B"),
        say("C"),
        line("S", "P1"),
        line("X", "B"),
        line("Y", "C"),
    ) == ["C"]


def test_a_reminder_may_come_before_an_interruption():
    assert said(
        start(),
        sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A")),
        boundary("X", "P1", timer("cycle", "R/PT2H"), interrupts=False),
        boundary("Y", "P1", timer("duration", "PT5H")),
        say("B"),
        say("C"),
        line("S", "P1"),
        line("X", "B"),
        line("Y", "C"),
    ) == ["B", "B", "C"]


def test_a_timer_at_the_edge_of_a_multi_instance_interrupts_all_of_its_instances():
    assert said(
        start(),
        sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A"), times("3")),
        boundary("X", "P1", HOUR),
        say("B"),
        line("S", "P1"),
        line("X", "B"),
    ) == ["B"]


def test_a_timer_at_the_edge_of_a_sequential_multi_instance_counts_from_its_beginning():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            catch("W", HOUR),
            say("A"),
            line("PS", "W", "A"),
            times("9", sequential=True),
        ),
        boundary("X", "P1", timer("duration", "PT3H30M")),
        say("B"),
        line("S", "P1"),
        line("X", "B"),
    ) == ["A", "A", "A", "B"]


def test_a_timer_is_set_anew_each_time_its_activity_begins():
    assert said(
        start(),
        sets("N", "n", "n + 1"),
        sub("P1", start("PS"), catch("W", LONG), line("PS", "W")),
        boundary("X", "P1", HOUR),
        say("B"),
        node("exclusiveGateway", "G", default="G-E"),
        end("E"),
        line("S", "N", "P1"),
        line("X", "B", "G"),
        flow("G", "N", "=n < 3"),
        flow("G", "E"),
        n=0,
    ) == ["B", "B", "B"]


def test_a_timer_starts_an_event_sub_process_only_while_its_scope_is_active():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            say("A"),
            line("PS", "A"),
            event_sub("V", start("VS", HOUR), say("B"), line("VS", "B")),
        ),
        catch("W", LONG),
        say("C"),
        line("S", "P1", "W", "C"),
    ) == ["A", "C"]


def test_the_timer_of_an_event_sub_process_does_not_keep_its_scope_alive():
    assert said(
        start(),
        say("A"),
        line("S", "A"),
        event_sub(
            "V",
            start("VS", timer("cycle", "R/PT1H"), isInterrupting="false"),
            say("B"),
            line("VS", "B"),
        ),
    ) == ["A"]
