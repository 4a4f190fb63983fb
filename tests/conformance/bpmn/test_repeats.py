"""Standard loops, multi-instances, ad-hoc sub-processes."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    again,
    boundary,
    on_signal,
    played,
    said,
    say,
    sets,
    signal,
    sub,
    times,
)
from tests.unit.bpmn.diagrams import end, error, line, node, on_error, start, user


def test_a_standard_loop_goes_on_while_its_condition_is_true():
    assert said(start(), say("A", again("=loopCounter &lt; 3")), line("S", "A")) == ["A", "A", "A"]


def test_a_loop_that_tests_after_is_done_once_at_least():
    assert said(start(), say("A", again("=false")), say("B"), line("S", "A", "B")) == ["A", "B"]


def test_a_loop_that_tests_before_may_not_be_done_at_all():
    assert said(start(), say("A", again("=false", before=True)), say("B"), line("S", "A", "B")) == [
        "B"
    ]


@pytest.mark.parametrize("before", [True, False])
def test_a_loop_ends_at_its_maximum(before):
    assert said(start(), say("A", again("=true", "2", before=before)), line("S", "A")) == ["A", "A"]


def test_a_loop_may_have_a_maximum_alone():
    assert said(start(), say("A", again("", "2")), line("S", "A")) == ["A", "A"]


def test_a_loop_sees_what_its_turns_have_written():
    inner = sub(
        "P1",
        start("PS"),
        sets("N", "n", "n + 1"),
        say("A"),
        line("PS", "N", "A"),
        again("=n &lt; 2"),
    )
    assert said(start(), inner, line("S", "P1"), n=0) == ["A", "A"]


def test_a_loop_keeps_a_new_variable_for_its_process():
    loop = again("=n &lt; 2")
    inner = sub(
        "P1", start("PS"), sets("N", "n", "if n = null then 1 else n + 1"), line("PS", "N"), loop
    )
    assert said(start(), inner, say("A"), line("S", "P1", "A")) == ["A"]


def test_a_loop_condition_that_is_neither_true_nor_false_is_an_incident():
    assert played(start(), say("A", again("=x")), line("S", "A"))["outcome"] == "incident"


def test_a_loop_without_condition_and_maximum_is_refused():
    assert played(start(), say("A", again()), line("S", "A"))["outcome"] == "refused"


@pytest.mark.parametrize("sequential", [True, False])
def test_a_multi_instance_has_as_many_instances_as_its_cardinality_says(sequential):
    assert said(
        start(), say("A", times("=n", sequential=sequential)), say("B"), line("S", "A", "B"), n=3
    ) == [
        "A",
        "A",
        "A",
        "B",
    ]


def test_a_multi_instance_of_none_is_passed():
    assert said(start(), say("A", times("0")), say("B"), line("S", "A", "B")) == ["B"]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_ends_a_multi_instance_early(sequential):
    loop = times(
        "3", "=numberOfCompletedInstances >= 2".replace(">", "&gt;"), sequential=sequential
    )
    assert said(start(), say("A", loop), say("B"), line("S", "A", "B")) == ["A", "A", "B"]


MI_EVENT = '<bpmn:signalEventDefinition id="SD" signalRef="G"/>'


@pytest.mark.parametrize(("behaviour", "count"), [("None", 3), ("One", 1), ("All", 0)])
def test_a_multi_instance_throws_for_each_instance_for_the_first_or_never(behaviour, count):
    loop = times(
        "3",
        behavior=behaviour,
        **{f"{behaviour.lower()}BehaviorEventRef": "SD"} if behaviour != "All" else {},
    )
    trace = said(
        start(),
        say("A", loop),
        boundary("X", "A", on_signal("G"), interrupts=False),
        say("B"),
        line("S", "A"),
        line("X", "B"),
        top=signal("G") + MI_EVENT,
    )
    assert trace.count("A") == 3
    assert trace.count("B") == count


def test_a_multi_instance_of_complex_behaviour_throws_where_a_condition_is_true():
    condition = "<bpmn:condition>=numberOfCompletedInstances = 2</bpmn:condition>"
    thrown = f'<bpmn:event id="XE">{on_signal("G")}</bpmn:event>'
    extra = f"<bpmn:complexBehaviorDefinition>{condition}{thrown}</bpmn:complexBehaviorDefinition>"
    trace = said(
        start(),
        say("A", times("3", behavior="Complex", extra=extra)),
        boundary("X", "A", on_signal("G"), interrupts=False),
        say("B"),
        line("S", "A"),
        line("X", "B"),
        top=signal("G"),
    )
    assert (trace.count("A"), trace.count("B")) == (3, 1)


def test_an_interrupting_event_ends_the_multi_instance_that_threw_it():
    trace = said(
        start(),
        say("A", times("3", sequential=True, behavior="One")),
        say("C"),
        boundary("X", "A", "<bpmn:signalEventDefinition/>"),
        say("B"),
        line("S", "A", "C"),
        line("X", "B"),
    )
    assert trace == ["A", "B"]


def ad_hoc(*inner: str, condition: str = "", **attributes: str) -> str:
    enough = (
        f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else ""
    )
    return node("adHocSubProcess", "P1", *inner, enough, **attributes)


@pytest.mark.parametrize("ordering", ["Parallel", "Sequential"])
def test_the_activities_of_an_ad_hoc_sub_process_are_done_without_flows(ordering):
    assert said(
        start(), ad_hoc(say("A"), say("B"), ordering=ordering), say("C"), line("S", "P1", "C")
    ) == [
        "A",
        "B",
        "C",
    ]


@pytest.mark.parametrize("ordering", ["Parallel", "Sequential"])
def test_an_ad_hoc_sub_process_ends_when_its_completion_condition_is_true(ordering):
    inner = ad_hoc(say("A"), say("B"), say("C"), condition="=true", ordering=ordering)
    assert said(start(), inner, say("K"), line("S", "P1", "K")) == ["A", "K"]


def test_an_ad_hoc_sub_process_that_does_not_cancel_lets_what_began_end():
    inner = ad_hoc(say("A"), say("B"), condition="=true", cancelRemainingInstances="false")
    assert said(start(), inner, say("K"), line("S", "P1", "K")) == ["A", "B", "K"]


def test_the_activities_of_an_ad_hoc_sub_process_may_be_done_again_until_it_is_enough():
    inner = ad_hoc(sets("N", "n", "n + 1"), say("A"), condition="=n &gt;= 2", ordering="Sequential")
    assert said(start(), inner, line("S", "P1"), n=0) == ["A"]


def test_a_sequential_ad_hoc_sub_process_waits_for_one_activity_at_a_time():
    inner = ad_hoc(user("U"), user("V"), ordering="Sequential")
    assert played(start(), inner, line("S", "P1"))["reasons"] == ["U waits"]


def test_an_error_leaves_a_loop():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            say("A"),
            end("PE", on_error("x")),
            line("PS", "A", "PE"),
            again("=true"),
        ),
        boundary("X", "P1", on_error("x")),
        say("B"),
        line("S", "P1"),
        line("X", "B"),
        top=error("x"),
    ) == ["A", "B"]
