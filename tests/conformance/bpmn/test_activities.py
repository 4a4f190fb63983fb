"""Activities: tasks of every kind, calls, sub-processes. Sections 10.2, 10.3 and 13.3."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    again,
    boundary,
    catch,
    event_sub,
    fork,
    gate,
    played,
    said,
    say,
    sets,
    sub,
    times,
)
from tests.unit.bpmn.diagrams import (
    TERMINATE,
    each,
    end,
    error,
    flow,
    inputs,
    line,
    message,
    node,
    on_error,
    outputs,
    process,
    start,
    timer,
)

HOUR = timer("duration", "PT1H")
HOURS_IN_TURN = '=duration("PT" + string(loopCounter) + "H")'
SOON_THEN_LATE = '=if loopCounter = 1 then "PT30M" else "PT2H"'


def called(*parts: str) -> str:
    """A process ``Q`` to be called, from its start event ``QS``."""
    return process("Q", start("QS"), *parts)


def call(*inner: str, name: str = "C", **attributes: str) -> str:
    return node("callActivity", name, *inner, calledElement="Q", **attributes)


def tells(condition: str) -> str:
    """Says ``yes`` or ``no`` to a condition, from the element ``X`` on."""
    return (
        gate("X", "exclusive", default="X-no") + say("yes") + say("no")
        + flow("X", "yes", condition) + flow("X", "no")
    )  # fmt: skip


# --- tasks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["task", "serviceTask", "businessRuleTask", "sendTask"])
def test_a_task_without_work_of_its_own_is_passed_here(kind):
    assert said(start(), say("A"), node(kind, "T"), say("B"), line("S", "A", "T", "B")) == [
        "A",
        "B",
    ]


@pytest.mark.parametrize("kind", ["userTask", "manualTask"])
def test_a_task_that_somebody_must_do_waits(kind):
    answer = played(start(), say("A"), node(kind, "T"), say("B"), line("S", "A", "T", "B"))
    assert (answer["outcome"], answer["trace"]) == ("waiting", ["A"])


@pytest.mark.parametrize("language", ["text/plain", "application/javascript", "text/x-python"])
def test_the_format_of_a_script_that_is_output_has_no_meaning(language):
    assert said(start(), say("A", scriptFormat=language), line("S", "A")) == ["A"]


def test_a_receive_task_waits_for_its_message():
    answer = played(
        start(),
        say("A"),
        node("receiveTask", "R", messageRef="M"),
        say("B"),
        line("S", "A", "R", "B"),
        top=message(),
    )
    assert (answer["outcome"], answer["reasons"]) == ("waiting", ["R waits"])


def test_a_send_task_sends_what_a_receive_task_waits_for():
    assert said(
        start(),
        fork("F", "T", "R"),
        line("S", "F"),
        node("sendTask", "T", messageRef="M"),
        node("receiveTask", "R", messageRef="M"),
        say("A"),
        line("R", "A"),
        top=message("M", '="k"'),
        loopback=True,
    ) == ["A"]


# --- sub-processes --------------------------------------------------------------------------------


def test_a_sub_process_may_do_without_an_end_event():
    inner = sub("P1", start("PS"), say("A"), line("PS", "A"))
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "B"]


def test_a_sub_process_is_completed_when_no_token_is_left_in_it():
    inner = sub(
        "P1", start("PS"), fork("F", "A", "W"), say("A"), end("E1"), catch("W", HOUR), say("C"),
        end("E2"), line("PS", "F"), line("A", "E1"), line("W", "C", "E2"),
    )  # fmt: skip
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "C", "B"]


def test_a_sub_process_of_a_start_event_alone_is_passed():
    assert said(start(), sub("P1", start("PS")), say("B"), line("S", "P1", "B")) == ["B"]


def test_two_start_events_of_a_sub_process_may_lead_to_one_activity():
    inner = sub("P1", start("S1"), start("S2"), say("A"), line("S1", "A"), line("S2", "A"))
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "A", "B"]


def test_without_start_events_gateways_and_events_without_incoming_flow_begin_as_well():
    inner = sub(
        "P1", gate("F", "parallel"), say("A"), say("C"), line("F", "A"), line("F", "C"),
        catch("W", HOUR), say("K"), line("W", "K"),
    )  # fmt: skip
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "C", "K", "B"]


def test_sub_processes_lie_in_one_another():
    deep = sub("P3", start("S3"), say("C"), line("S3", "C"))
    middle = sub("P2", start("S2"), say("A"), deep, say("K"), line("S2", "A", "P3", "K"))
    outer = sub("P1", start("S1"), middle, say("L"), line("S1", "P2", "L"))
    assert said(start(), outer, say("B"), line("S", "P1", "B")) == ["A", "C", "K", "L", "B"]


def test_a_sub_process_without_start_event_may_begin_with_a_sub_process():
    inner = sub("P2", say("A"), say("C"), line("A", "C"))
    assert said(start(), sub("P1", inner), say("B"), line("S", "P1", "B")) == ["A", "C", "B"]


def test_a_terminate_end_event_in_a_sub_process_lets_the_rest_of_its_process_go_on():
    inner = sub(
        "P1", start("PS"), fork("F", "A", "W"), say("A"), end("T", TERMINATE), catch("W", HOUR),
        say("C"), line("PS", "F"), line("A", "T"), line("W", "C"),
    )  # fmt: skip
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "B"]


def test_a_transaction_that_is_not_cancelled_is_a_sub_process():
    inner = node("transaction", "P1", start("PS"), say("A"), line("PS", "A"))
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "B"]


# --- calls ----------------------------------------------------------------------------------------


def test_a_call_runs_the_process_it_names_and_goes_on_after_it():
    assert said(
        start(), say("A"), call(), say("B"), line("S", "A", "C", "B"),
        top=called(say("K"), line("QS", "K")),
    ) == ["A", "K", "B"]  # fmt: skip


def test_a_call_begins_at_the_plain_start_event_alone():
    parts = process(
        "Q", start("Q1", HOUR), say("L"), line("Q1", "L"), start("QS"), say("K"), line("QS", "K")
    )
    assert said(start(), call(), say("B"), line("S", "C", "B"), top=parts) == ["K", "B"]


def test_a_called_process_without_start_event_begins_where_no_flow_leads_to():
    parts = process("Q", say("K"), say("L"))
    assert said(start(), call(), say("B"), line("S", "C", "B"), top=parts) == ["K", "L", "B"]


def test_a_process_that_is_not_marked_executable_may_be_called():
    parts = node("process", "Q", say("K"))
    assert said(start(), call(), say("B"), line("S", "C", "B"), top=parts) == ["K", "B"]


def test_a_process_may_be_called_from_two_places():
    assert said(
        start(), call(), say("B"), call(name="C2"), line("S", "C", "B", "C2"),
        top=called(say("K"), line("QS", "K")),
    ) == ["K", "B", "K"]  # fmt: skip


def test_a_process_may_call_itself_until_a_condition_stops_it():
    assert said(
        start(), sets("N", "n", "n - 1"), say("A"), gate("X", "exclusive", default="X-B"),
        node("callActivity", "C", calledElement="P"), say("B"), line("S", "N", "A", "X", "B"),
        flow("X", "C", "=n > 0"), line("C", "B"), n=3,
    ) == ["A", "A", "A", "B", "B", "B"]  # fmt: skip


def test_a_called_process_sees_what_its_caller_passes():
    parts = called(tells("=m = 4"), line("QS", "X"))
    mapped = call(inputs(m="=n + 1"))
    assert said(start(), mapped, line("S", "C"), top=parts, n=3) == ["yes"]


def test_with_input_mappings_a_called_process_sees_nothing_else():
    parts = called(tells("=n = 3"), line("QS", "X"))
    assert said(start(), call(inputs(m="=1")), line("S", "C"), top=parts, n=3) == ["no"]


def test_what_a_called_process_writes_comes_back_to_its_caller():
    parts = called(sets("N", "n", "n + 1"), line("QS", "N"))
    assert said(
        start(), call(), tells("=n = 4"), line("S", "C", "X"), top=parts, n=3
    ) == ["yes"]  # fmt: skip


def test_with_output_mappings_only_those_come_back():
    parts = called(sets("N", "n", "n + 1"), line("QS", "N"))
    assert said(
        start(), call(outputs(m="=n")), tells("=n = 3 and m = 4"), line("S", "C", "X"),
        top=parts, n=3,
    ) == ["yes"]  # fmt: skip


def test_a_terminate_end_event_of_a_called_process_ends_that_process_alone():
    parts = called(
        fork("F", "K", "W"), say("K"), end("QE", TERMINATE), catch("W", HOUR), say("L"),
        line("QS", "F"), line("K", "QE"), line("W", "L"),
    )  # fmt: skip
    assert said(start(), call(), say("B"), line("S", "C", "B"), top=parts) == ["K", "B"]


def test_an_error_of_a_called_process_is_caught_at_its_call():
    parts = called(say("K"), end("QE", on_error("x")), line("QS", "K", "QE"))
    assert said(
        start(), call(), say("B"), boundary("X", "C", on_error("x")), say("A"),
        line("S", "C", "B"), line("X", "A"), top=error("x") + parts,
    ) == ["K", "A"]  # fmt: skip


def test_an_interrupted_call_takes_its_process_with_it():
    parts = called(
        say("K"), catch("W", timer("duration", "PT2H")), say("L"), line("QS", "K", "W", "L")
    )
    assert said(
        start(), call(), boundary("X", "C", HOUR), say("A"), line("S", "C"), line("X", "A"),
        top=parts,
    ) == ["K", "A"]  # fmt: skip


@pytest.mark.parametrize("sequential", [True, False])
def test_a_call_may_be_a_multi_instance(sequential):
    parts = called(say("K"), line("QS", "K"))
    assert said(
        start(), call(times("2", sequential=sequential)), say("B"), line("S", "C", "B"), top=parts
    ) == ["K", "K", "B"]  # fmt: skip


def test_a_call_may_be_a_loop_that_sees_what_was_written():
    parts = called(say("K"), sets("N", "n", "n + 1"), line("QS", "K", "N"))
    assert said(
        start(), call(again("=n &lt; 3")), say("B"), line("S", "C", "B"), top=parts, n=0
    ) == ["K", "K", "K", "B"]  # fmt: skip


@pytest.mark.parametrize("kind", ["globalUserTask", "globalBusinessRuleTask"])
def test_a_global_task_of_every_kind_may_be_called(kind):
    answer = played(
        start(), node("callActivity", "C", calledElement="G"), say("A"), line("S", "C", "A"),
        top=node(kind, "G"),
    )  # fmt: skip
    assert answer["trace"] == ([] if kind == "globalUserTask" else ["A"])


# --- quantities -----------------------------------------------------------------------------------


def test_completion_and_start_quantity_meet_as_thread_split_and_merge():
    assert said(
        start(), say("A", completionQuantity="3"), say("B"), say("C", startQuantity="3"),
        line("S", "A", "B", "C"),
    ) == ["A", "B", "B", "B", "C"]  # fmt: skip


@pytest.mark.parametrize("loop", [times("2"), again("=loopCounter &lt; 2")])
def test_a_repeated_activity_gives_its_completion_quantity_once(loop):
    trace = said(start(), say("A", loop, completionQuantity="2"), say("B"), line("S", "A", "B"))
    assert trace == ["A", "A", "B", "B"]


def test_a_repeated_activity_takes_its_start_quantity_once():
    assert said(
        start(), fork("F", "A", "C"), line("S", "F"), say("A"), say("C"),
        say("B", times("2"), startQuantity="2"), line("A", "B"), line("C", "B"),
    ) == ["A", "C", "B", "B"]  # fmt: skip


def test_a_sub_process_has_a_start_and_a_completion_quantity_too():
    inner = sub(
        "P1", start("PS"), say("A"), line("PS", "A"), startQuantity="2", completionQuantity="2"
    )
    assert said(
        start(), fork("F", "K", "L"), line("S", "F"), say("K"), say("L"), inner, say("B"),
        line("K", "P1", "B"), line("L", "P1"),
    ) == ["K", "L", "A", "B", "B"]  # fmt: skip


# --- multi-instances ------------------------------------------------------------------------------


@pytest.mark.parametrize("sequential", [True, False])
def test_multi_instances_lie_in_one_another(sequential):
    inner = sub(
        "P1", start("PS"), say("A", times("2", sequential=sequential)), say("C"),
        line("PS", "A", "C"), times("2", sequential=sequential),
    )  # fmt: skip
    trace = said(start(), inner, say("B"), line("S", "P1", "B"))
    assert sorted(trace) == ["A", "A", "A", "A", "B", "C", "C"]
    assert trace[-1] == "B"
    assert (trace == ["A", "A", "C", "A", "A", "C", "B"]) is sequential


def test_an_empty_collection_is_passed():
    assert said(start(), say("A", each("=[]")), say("B"), line("S", "A", "B")) == ["B"]


@pytest.mark.parametrize("sequential", [True, False])
def test_outputs_are_collected_in_the_order_of_their_items(sequential):
    wait = catch("W", timer("duration", '=duration("PT" + string(10 - i) + "H")'))
    inner = node(
        "subProcess", "P1", start("PS"), wait, sets("N", "r", "i * 2"), line("PS", "W", "N"),
        each("=[1, 2, 3]", "i", "=r", "all", sequential=sequential),
    )  # fmt: skip
    assert said(start(), inner, tells("=all = [2, 4, 6]"), line("S", "P1", "X")) == ["yes"]


def test_instances_have_a_counter_of_their_own():
    inner = sub(
        "P1", start("PS"), tells("=loopCounter = 2"), line("PS", "X"), times("3", sequential=True)
    )
    assert said(start(), inner, line("S", "P1")) == ["no", "yes", "no"]


@pytest.mark.parametrize(
    ("sequential", "active"),
    [(True, "numberOfActiveInstances = 1"), (False, "numberOfActiveInstances = 4 - loopCounter")],
)
def test_what_an_instance_does_sees_how_many_instances_there_are(sequential, active):
    numbers = "=numberOfInstances = 3 and numberOfCompletedInstances = loopCounter - 1 and "
    inner = sub(
        "P1", start("PS"), catch("W", timer("duration", HOURS_IN_TURN)), tells(numbers + active),
        line("PS", "W", "X"), times("3", sequential=sequential),
    )  # fmt: skip
    assert said(start(), inner, line("S", "P1")) == ["yes", "yes", "yes"]


@pytest.mark.parametrize(
    ("sequential", "active"), [(True, "numberOfActiveInstances = 0"), (False, "true")]
)
def test_a_completion_condition_sees_how_many_instances_there_are(sequential, active):
    numbers = (
        "=numberOfInstances = 4 and numberOfCompletedInstances = 2 and "
        f"numberOfTerminatedInstances = 0 and loopCounter = 2 and {active}"
    )
    loop = times("4", numbers, sequential=sequential)
    assert said(start(), say("A", loop), say("B"), line("S", "A", "B")) == ["A", "A", "B"]


def test_a_completion_condition_takes_the_instances_away_that_still_run():
    inner = sub(
        "P1", start("PS"), catch("W", timer("duration", HOURS_IN_TURN)),
        say("A"), line("PS", "W", "A"), times("4", "=numberOfActiveInstances = 1"),
    )  # fmt: skip
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "A", "A", "B"]


def test_instances_that_end_by_terminate_are_completed():
    inner = sub("P1", start("PS"), say("A"), end("T", TERMINATE), line("PS", "A", "T"), times("3"))
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "A", "A", "B"]


def test_an_interrupting_boundary_event_ends_every_instance():
    inner = sub(
        "P1", start("PS"), catch("W", timer("duration", "PT2H")), say("A"), line("PS", "W", "A"),
        times("3"),
    )  # fmt: skip
    assert said(
        start(), inner, say("B"), boundary("X", "P1", HOUR), say("C"), line("S", "P1", "B"),
        line("X", "C"),
    ) == ["C"]  # fmt: skip


def test_an_event_sub_process_of_an_instance_is_of_that_instance_alone():
    inner = sub(
        "P1", start("PS"), catch("W", timer("duration", SOON_THEN_LATE)),
        say("A"), line("PS", "W", "A"), times("2"),
        event_sub("V", start("VS", HOUR), say("C"), line("VS", "C")),
    )  # fmt: skip
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "C", "B"]


# --- loops ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
def test_a_maximum_of_none_is_a_loop_that_is_never_done(before):
    loop = again("=true", "0", before=before)
    assert said(start(), say("A", loop), say("B"), line("S", "A", "B")) == ["B"]


def test_a_maximum_of_one_is_an_activity_done_once():
    assert said(start(), say("A", again("=true", "1")), say("B"), line("S", "A", "B")) == ["A", "B"]


def test_loops_lie_in_one_another():
    inner = sub(
        "P1", start("PS"), say("A", again("", "2")), say("C"), line("PS", "A", "C"), again("", "2")
    )
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == [
        "A", "A", "C", "A", "A", "C", "B",
    ]  # fmt: skip


def test_a_multi_instance_may_lie_in_a_loop():
    inner = sub(
        "P1", start("PS"), say("A", times("2")), line("PS", "A"), again("=loopCounter &lt; 2")
    )
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "A", "A", "A", "B"]


# --- ad hoc ---------------------------------------------------------------------------------------


def ad_hoc(*inner: str, condition: str = "", **attributes: str) -> str:
    tag = "bpmn:completionCondition"
    enough = f"<{tag}>{condition}</{tag}>" if condition else ""
    return node("adHocSubProcess", "P1", *inner, enough, **attributes)


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [("Parallel", ["A", "K", "C", "B"]), ("Sequential", ["A", "C", "K", "B"])],
)
def test_flows_inside_an_ad_hoc_sub_process_order_what_they_join(ordering, expected):
    inner = ad_hoc(say("A"), say("C"), say("K"), line("A", "C"), ordering=ordering)
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == expected


def test_gateways_decide_inside_an_ad_hoc_sub_process():
    inner = ad_hoc(
        say("A"), gate("X", "exclusive", default="X-C"), say("C"), say("K"), line("A", "X", "C"),
        flow("X", "K", "=false"),
    )  # fmt: skip
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "C", "B"]


@pytest.mark.parametrize("condition", ["=y", "=1"])
def test_a_completion_condition_that_is_neither_true_nor_false_is_an_incident(condition):
    inner = ad_hoc(say("A"), condition=condition)
    assert played(start(), inner, line("S", "P1"))["outcome"] == "incident"


def test_enough_cancels_what_still_waits_in_an_ad_hoc_sub_process():
    inner = ad_hoc(say("A"), node("userTask", "U"), condition="=true")
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "B"]


def test_what_must_not_be_cancelled_keeps_an_ad_hoc_sub_process_open():
    inner = ad_hoc(
        say("A"), node("userTask", "U"), condition="=true", cancelRemainingInstances="false"
    )
    answer = played(start(), inner, say("B"), line("S", "P1", "B"))
    assert (answer["outcome"], answer["trace"]) == ("waiting", ["A"])


def test_an_ad_hoc_sub_process_may_be_a_multi_instance_and_hold_one():
    inner = ad_hoc(say("A", times("2")), times("2"))
    assert said(start(), inner, say("B"), line("S", "P1", "B")) == ["A", "A", "A", "A", "B"]
