"""What the token game finds: deadlock, doubled tokens, ends reached twice, what never happens."""

from __future__ import annotations

import pytest

from engine import bpmn
from engine.errors import Finding
from tests.unit.bpmn.diagrams import bpmn as diagram
from tests.unit.bpmn.diagrams import end, flow, line, node, start, timer, user
from tests.unit.bpmn.play import HANDLERS

SOUNDNESS = {
    "bpmn.deadlock",
    "bpmn.lack-of-synchronisation",
    "bpmn.improper-completion",
    "bpmn.never-completes",
    "bpmn.dead-activity",
    "bpmn.not-decided",
}


def unsound(*parts: str) -> list[Finding]:
    found = bpmn.lint(
        {"p.bpmn": diagram(*parts)},
        "P",
        handlers=HANDLERS,
        constants={},
        country="CM",
        time_zone="Africa/Douala",
    )
    assert [f for f in found if f.severity == "error"] == []
    return [f for f in found if f.rule in SOUNDNESS]


def rules(*parts: str) -> list[tuple[str, str]]:
    return [(f.rule.removeprefix("bpmn."), f.element) for f in unsound(*parts)]


def gateway(kind: str, name: str, **more: str) -> str:
    return node(f"{kind}Gateway", name, **more)


def diamond(split: str, join: str) -> tuple[str, ...]:
    return (
        start(),
        gateway(split, "G1", **({"default": "G1-B"} if split == "exclusive" else {})),
        user("A"),
        user("B"),
        gateway(join, "G2"),
        end(),
        flow("S", "G1"),
        flow("G1", "A", "" if split == "parallel" else "=x"),
        flow("G1", "B", "=y" if split == "inclusive" else ""),
        line("A", "G2", "E"),
        flow("B", "G2"),
    )


@pytest.mark.parametrize("split", ["exclusive", "parallel", "inclusive"])
def test_gateways_that_join_as_they_split_are_sound(split: str) -> None:
    assert rules(*diamond(split, split)) == []
    assert rules(*diamond(split, "inclusive")) == []


@pytest.mark.parametrize("split", ["exclusive", "inclusive"])
def test_a_parallel_join_after_a_choice_is_a_deadlock(split: str) -> None:
    (found,) = unsound(*diamond(split, "parallel"))
    assert (found.rule, found.element, found.severity) == ("bpmn.deadlock", "G2", "warning")


def test_the_trace_leads_from_the_start_to_where_the_case_stops() -> None:
    (found,) = unsound(*diamond("exclusive", "parallel"))
    assert found.trace == ("S", "S-G1", "G1", "G1-A", "A", "A-G2")
    assert "S → G1 → A." in found.message


@pytest.mark.parametrize("split", ["parallel", "inclusive"])
def test_an_exclusive_join_of_parallel_flows_lets_two_tokens_through(split: str) -> None:
    assert rules(*diamond(split, "exclusive")) == [("lack-of-synchronisation", "G2")]


def test_an_activity_with_two_flows_into_it_does_not_wait_for_both() -> None:
    found = rules(
        start(),
        gateway("parallel", "G"),
        user("A"),
        user("B"),
        user("C"),
        end(),
        line("S", "G", "A", "C", "E"),
        line("G", "B", "C"),
    )
    assert found == [("lack-of-synchronisation", "C")]


def test_an_end_that_parallel_flows_reach_each_is_improper() -> None:
    parts = (start(), gateway("parallel", "G"), user("A"), user("B"), end())
    flows = (line("S", "G", "A", "E"), line("G", "B", "E"))
    assert rules(*parts, *flows) == [("improper-completion", "E")]


def test_an_end_for_each_parallel_flow_is_proper() -> None:
    parts = (start(), gateway("parallel", "G"), user("A"), user("B"), end(), end("E2"))
    assert rules(*parts, line("S", "G", "A", "E"), line("G", "B", "E2")) == []


def test_a_loop_without_a_way_out_never_completes() -> None:
    found = rules(start(), gateway("exclusive", "G"), user("A"), line("S", "G", "A", "G"))
    assert found == [("never-completes", "G")]


def test_a_loop_with_a_way_out_is_sound() -> None:
    parts = (start(), gateway("exclusive", "G"), user("A"))
    again = (gateway("exclusive", "H", default="H-E"), end(), flow("H", "G", "=again"))
    assert rules(*parts, *again, line("S", "G", "A", "H", "E")) == []


def test_what_only_leads_to_itself_is_dead() -> None:
    found = rules(start(), end(), flow("S", "E"), user("A"), user("B"), line("A", "B", "A"))
    assert found == [("dead-activity", "A"), ("dead-activity", "B")]


def test_an_interrupting_event_may_join_the_flow_it_left() -> None:
    found = rules(
        start(),
        user("A"),
        node("boundaryEvent", "T", timer("duration", "P1D"), attachedToRef="A"),
        gateway("exclusive", "G"),
        end(),
        line("S", "A", "G", "E"),
        flow("T", "G"),
    )
    assert found == []


def reminded(target: str) -> tuple[str, ...]:
    return (
        start(),
        gateway("exclusive", "G"),
        user("A"),
        node(
            "boundaryEvent",
            "T",
            timer("duration", "P1D"),
            attachedToRef="A",
            cancelActivity="false",
        ),
        user("R"),
        gateway("exclusive", "H", default="H-E"),
        flow("H", "G", "=again"),
        end(),
        end("E2"),
        line("S", "G", "A", "H", "E"),
        line("T", "R", target),
    )


def test_reminders_in_a_loop_with_an_end_of_their_own_are_sound() -> None:
    assert rules(*reminded("E2")) == []


def test_a_reminder_that_joins_the_flow_doubles_it() -> None:
    found = rules(*(part for part in reminded("H") if 'id="E2"' not in part))
    assert ("lack-of-synchronisation", "H") in found


def test_a_terminate_end_takes_all_other_tokens_with_it() -> None:
    found = rules(
        start(),
        gateway("parallel", "G"),
        user("A"),
        user("B"),
        end("E", "<bpmn:terminateEventDefinition/>"),
        line("S", "G", "A", "E"),
        line("G", "B", "E"),
    )
    assert found == []


def test_a_sub_process_is_looked_at_by_itself() -> None:
    inner = (
        "".join(diamond("exclusive", "parallel"))
        .replace('"S"', '"S2"')
        .replace('"E"', '"E2"')
        .replace("S-G1", "S2-G1")
        .replace("G2-E", "G2-E2")
    )
    found = rules(start(), node("subProcess", "X", inner), end(), line("S", "X", "E"))
    assert found == [("deadlock", "G2")]


def test_a_thousand_activities_in_a_row_are_looked_at() -> None:
    names = [f"T{number}" for number in range(1000)]
    assert rules(start(), *map(user, names), end(), line("S", *names, "E")) == []


def wide(branches: int) -> tuple[str, ...]:
    parts = [start(), gateway("parallel", "G"), gateway("parallel", "J"), end()]
    parts += [flow("S", "G"), flow("J", "E")]
    for number in range(branches):
        x, y, z = f"X{number}", f"Y{number}", f"Z{number}"
        parts += [gateway("exclusive", x, default=f"{x}-{y}"), user(y), gateway("exclusive", z)]
        parts += [flow("G", x), flow(x, y), flow(x, z, "=skip"), flow(y, z), flow(z, "J")]
    return tuple(parts)


def test_choices_in_parallel_are_decided() -> None:
    assert rules(*wide(5)) == []


def test_what_has_too_many_states_is_said_to_be_undecided_and_refuses_nothing() -> None:
    (found,) = unsound(*wide(14))
    assert (found.rule, found.severity) == ("bpmn.not-decided", "info")
