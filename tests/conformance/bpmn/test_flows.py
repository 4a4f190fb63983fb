"""Links, none events, implicit starts, splits and merges; quantities; gateways."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    catch,
    fork,
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
from tests.unit.bpmn.diagrams import end, flow, line, message, node, on_message, start, timer, user


def test_a_link_goes_on_at_the_catching_link_of_its_name():
    assert said(
        start(),
        say("A"),
        throw("T", on_link("L")),
        line("S", "A", "T"),
        catch("C", on_link("L")),
        say("B"),
        end(),
        line("C", "B", "E"),
    ) == ["A", "B"]


def test_several_throwing_links_may_lead_to_one_catching_link():
    assert sorted(
        said(
            start(),
            fork("F", "A", "B"),
            line("S", "F"),
            say("A"),
            say("B"),
            throw("T1", on_link("L")),
            throw("T2", on_link("L")),
            line("A", "T1"),
            line("B", "T2"),
            catch("C", on_link("L")),
            say("K"),
            line("C", "K"),
        )
    ) == ["A", "B", "K", "K"]


def test_a_none_intermediate_event_is_passed():
    assert said(start(), throw("T"), say("A"), end(), line("S", "T", "A", "E")) == ["A"]


def test_without_a_start_event_what_has_no_incoming_flow_starts_with_its_process():
    assert said(say("A"), say("B"), line("A", "B"), say("C")) == ["A", "C", "B"]


def test_a_sub_process_without_start_event_starts_what_has_no_incoming_flow():
    assert said(start(), sub("P1", say("A"), say("B")), say("C"), line("S", "P1", "C")) == [
        "A",
        "B",
        "C",
    ]


def test_every_plain_start_event_of_a_sub_process_gives_a_token():
    inner = sub(
        "P1", start("S1"), start("S2"), say("A"), say("B"), line("S1", "A"), line("S2", "B")
    )
    assert said(start(), inner, say("C"), line("S", "P1", "C")) == ["A", "B", "C"]


def test_an_activity_with_several_incoming_flows_is_done_for_each_token():
    assert said(
        start(),
        fork("F", "A", "B"),
        line("S", "F"),
        say("A"),
        say("B"),
        say("C"),
        line("A", "C"),
        line("B", "C"),
    ) == ["A", "B", "C", "C"]


def test_an_activity_with_several_outgoing_flows_gives_a_token_to_each():
    assert said(start(), say("A"), say("B"), say("C"), line("S", "A", "B"), line("A", "C")) == [
        "A",
        "B",
        "C",
    ]


def test_a_conditional_flow_is_taken_only_when_its_condition_is_true():
    parts = (
        start(),
        say("A", default="A-K"),
        say("B"),
        say("C"),
        say("K"),
        line("S", "A"),
        flow("A", "B", "=x = 1"),
        flow("A", "C", "=x < 3"),
        flow("A", "K"),
    )
    assert said(*parts, x=1) == ["A", "B", "C"]
    assert said(*parts, x=2) == ["A", "C"]
    assert said(*parts, x=3) == ["A", "K"]


def test_an_activity_begins_once_its_start_quantity_of_tokens_has_arrived():
    assert (
        said(
            start(),
            fork("F", "A", "B", "C", "K"),
            line("S", "F"),
            say("A"),
            say("B"),
            say("C"),
            say("K"),
            say("X", startQuantity="2"),
            line("A", "X"),
            line("B", "X"),
            line("C", "X"),
            line("K", "X"),
        ).count("X")
        == 2
    )


def test_an_activity_gives_its_completion_quantity_of_tokens_to_each_flow():
    assert said(start(), say("A", completionQuantity="3"), say("B"), line("S", "A", "B")) == [
        "A",
        "B",
        "B",
        "B",
    ]


def test_too_few_tokens_for_the_start_quantity_are_an_incident():
    answer = played(start(), say("A", startQuantity="2"), line("S", "A"))
    assert answer["outcome"] == "incident"
    assert answer["trace"] == []


COMPLEX = (
    start(), fork("F", "A", "B", "W"), line("S", "F"), say("A"), say("B"),
    catch("W", timer("duration", "PT1H")), say("C"), say("K"),
    line("A", "G"), line("B", "G"), line("W", "C", "G"), line("G", "K"),
)  # fmt: skip


def complex_gateway(condition: str, **attributes: str) -> str:
    inner = f"<bpmn:activationCondition>{condition}</bpmn:activationCondition>"
    return node("complexGateway", "G", inner, **attributes)


def test_a_complex_gateway_goes_on_when_its_activation_condition_is_true():
    assert said(*COMPLEX, complex_gateway("=activationCount >= 2")) == ["A", "B", "K", "C"]


def test_a_complex_gateway_takes_away_what_comes_after_it_has_gone_on():
    assert said(*COMPLEX, complex_gateway("=activationCount >= 1")).count("K") == 1


def test_a_complex_gateway_whose_condition_never_is_true_is_an_incident():
    answer = played(*COMPLEX, complex_gateway("=activationCount > 3"))
    assert answer["outcome"] == "incident"
    assert "K" not in answer["trace"]


def test_a_complex_gateway_that_begins_anew_takes_the_flows_that_ask_for_it():
    source = (
        *COMPLEX,
        say("X"),
        complex_gateway("=activationCount >= 2"),
        flow("G", "X", "=waitingForStart = false"),
    )
    assert said(*source) == ["A", "B", "K", "C", "X"]


def test_a_diverging_complex_gateway_takes_every_flow_whose_condition_is_true():
    assert said(
        start(),
        node("complexGateway", "G"),
        say("A"),
        say("B"),
        line("S", "G"),
        flow("G", "A", "=x > 1"),
        flow("G", "B", "=x > 2"),
        x=2,
    ) == ["A"]


def test_a_parallel_event_based_gateway_begins_by_one_event_and_awaits_its_others():
    answer = played(
        node("eventBasedGateway", "G", instantiate="true", eventGatewayType="Parallel"),
        catch("C1", on_message("M")),
        catch("C2", on_message("N")),
        say("A"),
        say("B"),
        line("G", "C1", "A"),
        line("G", "C2", "B"),
        top=message("M") + message("N"),
    )
    assert answer["outcome"] == "waiting"
    assert answer["trace"] == ["A"]
    assert answer["reasons"] == ["C2 waits"]


def test_an_inclusive_join_in_a_loop_does_not_wait_for_its_own_next_round():
    assert said(
        start(),
        sets("Z", "n", "0"),
        node("inclusiveGateway", "J"),
        sets("N", "n", "n + 1"),
        say("A"),
        node("exclusiveGateway", "X", default="X-E"),
        end(),
        line("S", "Z", "J", "N", "A", "X", "E"),
        flow("X", "J", "=n < 3"),
    ) == ["A", "A", "A"]


def test_an_inclusive_join_waits_for_a_token_that_only_later_decides_not_to_come():
    assert said(
        start(),
        fork("F", "A", "W"),
        line("S", "F"),
        say("A"),
        catch("W", timer("duration", "PT1H")),
        node("exclusiveGateway", "X", default="X-B"),
        say("B"),
        node("inclusiveGateway", "J"),
        say("C"),
        line("A", "J", "C"),
        line("W", "X", "B"),
        flow("X", "J", "=x"),
        x=False,
    ) == ["A", "B", "C"]


def test_a_gateway_without_a_true_flow_is_an_incident():
    answer = played(
        start(),
        node("exclusiveGateway", "G"),
        say("A"),
        say("B"),
        line("S", "G"),
        flow("G", "A", "=x = 1"),
        flow("G", "B", "=x = 2"),
        x=3,
    )
    assert answer["outcome"] == "incident"
    assert "no condition is true" in answer["reasons"][0]
    assert "Here x is 3." in answer["reasons"][0]


@pytest.mark.parametrize("kind", ["globalTask", "globalManualTask", "globalScriptTask"])
def test_a_call_activity_may_call_a_global_task(kind):
    script = "<bpmn:script>Global</bpmn:script>" if kind == "globalScriptTask" else ""
    answer = played(
        start(),
        node("callActivity", "C", calledElement="G"),
        say("A"),
        line("S", "C", "A"),
        top=node(kind, "G", script),
    )
    expected = {"globalScriptTask": ["Global", "A"], "globalTask": ["A"], "globalManualTask": []}
    assert answer["trace"] == expected[kind]


def test_a_signal_awaited_in_a_parallel_branch_of_the_same_step_arrives():
    assert said(
        start(),
        fork("F", "T", "C"),
        line("S", "F"),
        throw("T", on_signal("G")),
        catch("C", on_signal("G")),
        say("A"),
        line("C", "A"),
        top=signal("G"),
    ) == ["A"]


def test_a_user_task_waits():
    assert played(start(), user("U"), line("S", "U"))["reasons"] == ["U waits"]
