"""Sequence flows and gateways. Sections 8.4.13, 10.6 and 13.4."""

from __future__ import annotations

from itertools import product

import pytest

from tests.conformance.bpmn.support import (
    boundary,
    catch,
    fork,
    gate,
    on_condition,
    on_link,
    on_signal,
    played,
    said,
    say,
    sets,
    signal,
    sub,
    throw,
)
from tests.unit.bpmn.diagrams import (
    TERMINATE,
    end,
    error,
    flow,
    line,
    message,
    node,
    on_error,
    start,
    timer,
)


def hours(count: int) -> str:
    return timer("duration", f"PT{count}H")


BOTH = (start(), fork("F", "A", "B"), line("S", "F"), say("A"), say("B"))
"""Two tasks done in parallel."""

# --- flows ------------------------------------------------------------------------------------


def test_a_start_event_with_several_flows_gives_a_token_to_each():
    assert said(start(), say("A"), say("B"), line("S", "A"), line("S", "B")) == ["A", "B"]


def test_an_event_with_conditional_flows_takes_those_that_are_true():
    assert said(
        start(), throw("T"), say("A"), say("B"), say("C"), line("S", "T"),
        flow("T", "A", "=x > 1"), flow("T", "B", "=x > 2"), flow("T", "C", "=x > 0"), x=2,
    ) == ["A", "C"]  # fmt: skip


def test_a_default_flow_is_taken_beside_an_unconditional_one_when_no_condition_is_true():
    parts = (
        start(), say("A", default="A-K"), say("B"), say("C"), say("K"), line("S", "A", "B"),
        flow("A", "C", "=x"), flow("A", "K"),
    )  # fmt: skip
    assert said(*parts, x=True) == ["A", "B", "C"]
    assert said(*parts, x=False) == ["A", "B", "K"]


def test_the_flows_of_a_sub_process_may_be_conditional():
    inner = sub("P1", start("PS"), sets("N", "x", "2"), line("PS", "N"), default="P1-B")
    parts = (start(), inner, say("A"), say("B"), line("S", "P1"), flow("P1", "B"))
    assert said(*parts, flow("P1", "A", "=x = 2"), x=1) == ["A"]
    assert said(*parts, flow("P1", "A", "=x = 1"), x=1) == ["B"]


def test_two_flows_between_the_same_activities_carry_a_token_each():
    second = node("sequenceFlow", "f2", sourceRef="A", targetRef="B")
    assert said(start(), say("A"), say("B"), line("S", "A", "B"), second) == ["A", "B", "B"]


def test_several_end_events_each_take_their_tokens():
    assert said(
        *BOTH, end("E1"), end("E2"), end("E3"), say("C"), line("A", "E1"), line("B", "C", "E2"),
        line("C", "E3"),
    ) == ["A", "B", "C"]  # fmt: skip


def test_a_process_is_completed_when_its_last_token_is_consumed():
    assert said(*BOTH, end(), catch("W", hours(1)), line("A", "E"), line("B", "W")) == ["A", "B"]


# --- exclusive --------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "expected"), [(1, "A"), (2, "B"), (3, "C")])
def test_an_exclusive_gateway_takes_the_first_flow_that_is_true_or_its_default(x, expected):
    assert said(
        start(), gate("G", "exclusive", default="G-C"), say("C"), say("A"), say("B"),
        line("S", "G", "C"), flow("G", "A", "=x < 2"), flow("G", "B", "=x < 3"), x=x,
    ) == [expected]  # fmt: skip


def test_an_exclusive_gateway_asks_its_flows_in_the_order_it_lists_them():
    order = "<bpmn:outgoing>G-B</bpmn:outgoing><bpmn:outgoing>G-A</bpmn:outgoing>"
    assert said(
        start(), gate("G", "exclusive", order), say("A"), say("B"), line("S", "G"),
        flow("G", "A", "=true"), flow("G", "B", "=true"),
    ) == ["B"]  # fmt: skip


def test_an_exclusive_gateway_asks_no_condition_after_the_one_that_is_true():
    assert said(
        start(), gate("G", "exclusive"), say("A"), say("B"), line("S", "G"),
        flow("G", "A", "=true"), flow("G", "B", "=unknown"),
    ) == ["A"]  # fmt: skip


def test_an_exclusive_gateway_passes_each_token_alone():
    assert said(
        *BOTH, gate("G", "exclusive", default="G-C"), say("C"), say("K"), line("A", "G", "C"),
        line("B", "G"), flow("G", "K", "=false"),
    ) == ["A", "B", "C", "C"]  # fmt: skip


def test_a_condition_sees_what_an_earlier_activity_wrote():
    assert said(
        start(), sets("N", "x", "7"), gate("G", "exclusive", default="G-B"), say("A"), say("B"),
        line("S", "N", "G", "B"), flow("G", "A", "=x = 7"),
    ) == ["A"]  # fmt: skip


# --- parallel ---------------------------------------------------------------------------------


def test_a_parallel_gateway_with_one_flow_in_and_one_out_is_passed():
    assert said(start(), gate("G", "parallel"), say("A"), line("S", "G", "A")) == ["A"]


def test_a_parallel_gateway_may_join_and_split_at_once():
    assert said(
        *BOTH, gate("G", "parallel"), say("C"), say("K"), line("A", "G", "C"), line("B", "G", "K")
    ) == ["A", "B", "C", "K"]  # fmt: skip


def test_a_parallel_join_takes_one_token_of_each_flow_and_leaves_the_rest():
    answer = played(
        start(), fork("F", "A", "B", "C"), line("S", "F"), say("A"), say("B"), say("C"),
        gate("X", "exclusive"), gate("J", "parallel"), say("K"), line("A", "X"),
        line("B", "X", "J"), line("C", "J", "K"),
    )  # fmt: skip
    assert (answer["outcome"], answer["trace"]) == ("incident", ["A", "B", "C", "K"])


def test_what_comes_twice_by_each_flow_is_joined_twice():
    parts = (
        start(), say("A", completionQuantity="2"), gate("F", "parallel"), say("B"), say("C"),
        gate("J", "parallel"), say("K"), line("S", "A", "F", "B", "J", "K"), line("F", "C", "J"),
    )  # fmt: skip
    assert said(*parts) == ["A", "B", "C", "B", "C", "K", "K"]


def test_two_flows_from_one_activity_are_two_for_a_parallel_join():
    flows = [
        node("sequenceFlow", name, sourceRef="A", targetRef="J") for name in ("first", "second")
    ]
    assert said(
        start(), say("A"), gate("J", "parallel"), say("B"), line("S", "A"), *flows, line("J", "B")
    ) == ["A", "B"]


# --- inclusive --------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "y"), [*product([True, False], repeat=2)])
def test_an_inclusive_block_goes_on_once_whatever_was_chosen(x, y):
    trace = said(
        start(), gate("O", "inclusive", default="O-K"), say("A"), say("B"), say("K"),
        gate("J", "inclusive"), say("Z"), line("S", "O"), flow("O", "A", "=x"),
        flow("O", "B", "=y"), line("O", "K", "J"), line("A", "J"), line("B", "J", "Z"), x=x, y=y,
    )  # fmt: skip
    assert trace == ["A"] * x + ["B"] * y + ["K"] * (not x and not y) + ["Z"]


def test_an_inclusive_gateway_none_of_whose_conditions_is_true_is_an_incident():
    answer = played(
        start(), gate("O", "inclusive"), say("A"), say("B"), line("S", "O"),
        flow("O", "A", "=false"), flow("O", "B", "=false"),
    )  # fmt: skip
    assert answer["outcome"] == "incident"


def test_an_inclusive_gateway_may_join_and_split_at_once():
    assert said(
        *BOTH, gate("G", "inclusive", default="G-C"), say("C"), say("K"), line("A", "G", "C"),
        line("B", "G"), flow("G", "K", "=true"),
    ) == ["A", "B", "K"]  # fmt: skip


def test_an_inclusive_join_takes_one_token_of_each_flow_at_a_time():
    assert said(
        start(), fork("F", "A", "B", "W"), line("S", "F"), say("A"), say("B"), catch("W", hours(1)),
        gate("X", "exclusive"), gate("J", "inclusive"), say("Z"), line("A", "X"),
        line("B", "X", "J"), line("W", "J", "Z"),
    ) == ["A", "B", "Z", "Z"]  # fmt: skip


def test_an_inclusive_join_does_not_wait_for_what_comes_by_a_flow_that_has_a_token():
    trace = said(
        start(), fork("F", "A", "W"), line("S", "F"), say("A"), catch("W", hours(1)), say("B"),
        gate("X", "exclusive"), gate("J", "inclusive"), gate("O", "exclusive", default="O-X"),
        say("C"), say("Z"), line("A", "X", "J", "Z"), line("W", "B", "O", "X"),
        flow("O", "C", "=false"), line("C", "J"),
    )  # fmt: skip
    assert trace == ["A", "Z", "B", "Z"]


def test_an_inclusive_join_waits_for_a_token_that_passes_another_join_first():
    assert said(
        start(), fork("F", "A", "B", "W"), line("S", "F"), say("A"), say("B"), catch("W", hours(1)),
        gate("J1", "parallel"), gate("J2", "inclusive"), say("C"), say("Z"),
        line("A", "J2", "Z"), line("B", "J1"), line("W", "J1", "C", "J2"),
    ) == ["A", "B", "C", "Z"]  # fmt: skip


def test_an_inclusive_join_waits_for_a_sub_process_that_can_still_end():
    inner = sub("P1", start("PS"), catch("W", hours(1)), say("B"), line("PS", "W", "B"))
    assert said(
        start(), fork("F", "A", "P1"), line("S", "F"), say("A"), inner, gate("J", "inclusive"),
        say("Z"), line("A", "J", "Z"), line("P1", "J"),
    ) == ["A", "B", "Z"]  # fmt: skip


@pytest.mark.parametrize("to_join", [True, False])
def test_an_inclusive_join_waits_for_what_an_interruption_may_still_send(to_join):
    inner = sub(
        "P1", start("PS"), catch("W", hours(1)), end("PE", on_error("x")), line("PS", "W", "PE")
    )
    way = line("X", "B", "J") if to_join else line("X", "B") + line("P1", "J")
    assert said(
        start(), fork("F", "A", "P1"), line("S", "F"), say("A"), inner,
        boundary("X", "P1", on_error("x")), say("B"), gate("J", "inclusive"), say("Z"),
        line("A", "J", "Z"), way, top=error("x"),
    ) == ["A", "B", "Z"]  # fmt: skip


def test_an_inclusive_join_waits_for_what_comes_through_a_link():
    assert said(
        start(), fork("F", "A", "W"), line("S", "F"), say("A"), catch("W", hours(1)), say("B"),
        throw("T", on_link("L")), catch("C", on_link("L")), gate("J", "inclusive"), say("Z"),
        line("W", "B", "T"), line("C", "J", "Z"), line("A", "J"),
    ) == ["A", "B", "Z"]  # fmt: skip


def test_an_inclusive_join_goes_on_when_the_token_it_waits_for_is_terminated():
    inner = sub(
        "P1", start("PS"), fork("PF", "W", "PW"), catch("W", hours(1)), end("T", TERMINATE),
        catch("PW", hours(2)), say("K"), line("PS", "PF"), line("W", "T"), line("PW", "K"),
    )  # fmt: skip
    assert said(
        start(), fork("F", "A", "P1"), line("S", "F"), say("A"), inner, gate("J", "inclusive"),
        say("Z"), line("A", "J", "Z"), line("P1", "J"),
    ) == ["A", "Z"]  # fmt: skip


def test_inclusive_joins_one_behind_the_other_go_on_in_turn():
    assert said(
        start(), fork("F", "A", "B", "W"), line("S", "F"), say("A"), say("B"), catch("W", hours(1)),
        gate("J1", "inclusive"), gate("J2", "inclusive"), say("C"), say("Z"),
        line("A", "J1", "C", "J2", "Z"), line("B", "J1"), line("W", "J2"),
    ) == ["A", "B", "C", "Z"]  # fmt: skip


def test_inclusive_joins_that_wait_for_one_another_are_an_incident():
    answer = played(
        *BOTH, gate("J1", "inclusive"), gate("J2", "inclusive"), say("C"), say("K"),
        gate("X1", "exclusive", default="X1-E1"), gate("X2", "exclusive", default="X2-E2"),
        end("E1"), end("E2"), line("A", "J1", "C", "X1", "E1"), line("B", "J2", "K", "X2", "E2"),
        flow("X1", "J2", "=false"), flow("X2", "J1", "=false"),
    )  # fmt: skip
    assert (answer["outcome"], answer["trace"]) == ("incident", ["A", "B"])


def test_an_inclusive_block_in_a_loop_joins_what_each_turn_has_chosen():
    assert said(
        start(), sets("Z", "n", "0"), gate("L", "exclusive"), sets("N", "n", "n + 1"),
        gate("O", "inclusive", default="O-K"), say("A"), say("B"), say("K"),
        gate("J", "inclusive"), gate("X", "exclusive", default="X-E"), end(),
        line("S", "Z", "L", "N", "O"), flow("O", "A", "=n >= 2"), flow("O", "B", "=n = 3"),
        line("O", "K", "J"), line("A", "J"), line("B", "J", "X", "E"), flow("X", "L", "=n < 3"),
    ) == ["K", "A", "A", "B"]  # fmt: skip


# --- complex ----------------------------------------------------------------------------------


def complex_gateway(condition: str, **attributes: str) -> str:
    inner = f"<bpmn:activationCondition>{condition}</bpmn:activationCondition>"
    return gate("G", "complex", inner, **attributes)


def test_a_complex_gateway_counts_the_tokens_of_each_flow_by_its_name():
    flows = [
        node("sequenceFlow", name, sourceRef=source, targetRef="G")
        for name, source in (("fa", "A"), ("fb", "B"))
    ]
    gateway = complex_gateway("=fa + fb &gt;= 2 and fa = 1")
    assert said(*BOTH, gateway, say("C"), *flows, line("G", "C")) == ["A", "B", "C"]


def test_a_complex_gateway_takes_its_default_flow_when_no_condition_is_true():
    assert said(
        start(), complex_gateway("=true", default="G-B"), say("A"), say("B"), line("S", "G", "B"),
        flow("G", "A", "=false"),
    ) == ["B"]  # fmt: skip


def test_a_complex_gateway_none_of_whose_flows_is_true_is_an_incident():
    answer = played(
        start(), complex_gateway("=true"), say("A"), say("B"), line("S", "G"),
        flow("G", "A", "=false"), flow("G", "B", "=false"),
    )  # fmt: skip
    assert answer["outcome"] == "incident"


def test_an_activation_condition_that_is_neither_true_nor_false_is_an_incident():
    answer = played(*BOTH, complex_gateway("=y"), say("C"), line("A", "G", "C"), line("B", "G"))
    assert (answer["outcome"], answer["trace"]) == ("incident", ["A", "B"])


def test_a_complex_gateway_in_a_loop_begins_anew_in_each_turn():
    assert said(
        start(), sets("Z", "n", "0"), gate("L", "exclusive"), fork("F", "A", "B", "C"), say("A"),
        say("B"), say("C"), complex_gateway("=activationCount &gt;= 2"), sets("N", "n", "n + 1"),
        say("K"), gate("X", "exclusive", default="X-E"), end(), line("S", "Z", "L", "F"),
        line("A", "G"), line("B", "G"), line("C", "G", "N", "K", "X", "E"),
        flow("X", "L", "=n < 2"),
    ) == ["A", "B", "C", "K", "A", "B", "C", "K"]  # fmt: skip


# --- event-based --------------------------------------------------------------------------------


def offers(*events: str) -> tuple[str, ...]:
    """An event-based gateway ``G`` that these events follow, each with a task of its name."""
    names = [f"E{n}" for n in range(len(events))]
    ways = [line("G", name, f"T{name}") + say(f"T{name}") for name in names]
    shapes = [
        event if "receiveTask" in event else catch(name, event)
        for name, event in zip(names, events, strict=True)
    ]
    return start(), gate("G", "eventBased"), line("S", "G"), *shapes, *ways


def test_the_earliest_event_decides_and_the_others_are_withdrawn():
    assert said(*offers(hours(3), hours(1), hours(2))) == ["TE1"]


def test_a_receive_task_may_follow_an_event_based_gateway():
    receive = node("receiveTask", "E1", messageRef="M")
    answer = played(*offers(hours(1), receive), top=message())
    assert answer["trace"] == ["TE0"]


def test_a_condition_that_is_true_already_decides_at_once():
    assert said(*offers(hours(1), on_condition("=x = 1")), x=1) == ["TE1"]


def test_a_signal_from_a_parallel_branch_decides():
    events = offers(hours(2), on_signal("N"))
    branch = (catch("W", hours(1)), throw("T", on_signal("N")), line("S", "W", "T"))
    assert said(*events, *branch, top=signal("N")) == ["TE1"]


def test_an_event_based_gateway_in_a_loop_offers_its_events_anew():
    assert said(
        start(), sets("Z", "n", "0"), gate("L", "exclusive"), gate("G", "eventBased"),
        catch("C1", hours(1)), catch("C2", hours(2)), say("A"), say("B"), sets("N", "n", "n + 1"),
        gate("X", "exclusive", default="X-E"), end(), line("S", "Z", "L", "G", "C1", "A", "N"),
        line("G", "C2", "B", "N", "X", "E"), flow("X", "L", "=n < 2"),
    ) == ["A", "A"]  # fmt: skip
