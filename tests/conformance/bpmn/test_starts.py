"""Where flows go on in two pieces, and timers that count working days."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import boundary, catch, on_link, played, said, say, throw
from tests.unit.bpmn.diagrams import line, node, properties, start, timer

LINKED = (
    start(),
    say("A"),
    throw("T", on_link("L")),
    catch("C", on_link("L")),
    say("B"),
    line("S", "A", "T"),
    line("C", "B"),
)


def test_a_pair_of_links_is_a_flow_drawn_in_two_pieces():
    assert said(*LINKED) == ["A", "B"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((catch("C2", on_link("M")), say("D"), line("C2", "D")), "nothing leads to its link 'M'"),
        ((catch("C2", on_link("L")), say("D"), line("C2", "D")), "another link with the name 'L'"),
        ((throw("T2", on_link("M")), line("B", "T2")), "its link 'M' leads nowhere"),
    ],
)
def test_a_link_without_its_other_end_or_with_two_is_refused(more, says):
    answer = played(*LINKED, *more)
    assert answer["outcome"] == "refused"
    assert any(says in reason and "bpmn.link" in reason for reason in answer["reasons"]), answer


def late(days: str, kind: str = "duration", text: str = "P1D") -> tuple[str, ...]:
    """A task that nobody does: so long after, and six days after, something is said."""
    return (
        start(),
        node("userTask", "T"),
        boundary("Late", "T", timer(kind, text), properties(workingDays=days)),
        boundary("Before", "T", timer("duration", "P6D"), interrupts=False),
        say("B"),
        say("L"),
        line("S", "T"),
        line("Before", "B"),
        line("Late", "L"),
    )


def test_a_timer_may_count_working_days_whatever_duration_is_drawn():
    assert said(*late("5")) == ["B", "L"]  # Whatever day it is, a week or more later.
    assert said(*late("1", "duration", "P1Y")) == ["L"]


def test_working_days_need_no_duration_beside_them():
    parts = list(late("5"))
    parts[2] = boundary("Late", "T", "<bpmn:timerEventDefinition/>", properties(workingDays="5"))
    assert said(*parts) == ["B", "L"]


def test_a_cycle_of_working_days_is_refused():
    answer = played(*late("2", "cycle", "R3/P1D"))
    assert answer["outcome"] == "refused"
    assert "bpmn.working-days" in answer["reasons"][0]
