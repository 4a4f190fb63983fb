"""Signals, escalations, errors, conditions, multiple events, starts by events, messages."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    boundary,
    catch,
    escalation,
    event_sub,
    fork,
    on_condition,
    on_escalation,
    on_signal,
    played,
    said,
    say,
    sets,
    signal,
    sub,
    throw,
    times,
)
from tests.unit.bpmn.diagrams import (
    end,
    error,
    line,
    message,
    node,
    on_error,
    on_message,
    process,
    start,
    timer,
)

WAIT = timer("duration", "PT1H")
LONG = timer("duration", "PT9H")

# --- signals -----------------------------------------------------------------------------------


def test_a_signal_reaches_every_catching_event_that_waits_for_it():
    assert said(
        start(),
        fork("F", "W", "C1", "C2"),
        line("S", "F"),
        catch("W", WAIT),
        throw("T", on_signal("G")),
        line("W", "T"),
        catch("C1", on_signal("G")),
        catch("C2", on_signal("G")),
        say("A"),
        say("B"),
        line("C1", "A"),
        line("C2", "B"),
        top=signal("G"),
    ) == ["A", "B"]


def test_a_signal_end_event_throws_its_signal():
    assert said(
        start(),
        fork("F", "E", "C1"),
        line("S", "F"),
        end("E", on_signal("G")),
        catch("C1", on_signal("G")),
        say("A"),
        line("C1", "A"),
        top=signal("G"),
    ) == ["A"]


def test_a_signal_that_nobody_awaits_is_lost():
    answer = played(
        start(),
        throw("T", on_signal("G")),
        catch("W", WAIT),
        catch("C1", on_signal("G")),
        line("S", "T", "W", "C1"),
        top=signal("G"),
    )
    assert answer["reasons"] == ["C1 waits"]


@pytest.mark.parametrize(("interrupts", "expected"), [(True, ["C", "B"]), (False, ["C", "B", "A"])])
def test_a_signal_boundary_event_interrupts_its_activity_or_not(interrupts, expected):
    assert (
        said(
            start(),
            fork("F", "P1", "W2"),
            line("S", "F"),
            sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A")),
            boundary("X", "P1", on_signal("G"), interrupts=interrupts),
            say("B"),
            say("C"),
            line("X", "B"),
            catch("W2", WAIT),
            throw("T", on_signal("G")),
            line("W2", "T", "C"),
            top=signal("G"),
        )
        == expected
    )


@pytest.mark.parametrize(("interrupts", "expected"), [("true", ["X"]), ("false", ["X", "A"])])
def test_a_signal_starts_an_event_sub_process(interrupts, expected):
    assert (
        said(
            start(),
            fork("F", "T", "W"),
            line("S", "F"),
            throw("T", on_signal("G")),
            catch("W", WAIT),
            say("A"),
            line("W", "A"),
            event_sub(
                "V",
                start("VS", on_signal("G"), isInterrupting=interrupts),
                say("X"),
                line("VS", "X"),
            ),
            top=signal("G"),
        )
        == expected
    )


def test_a_signal_starts_another_process_that_begins_with_it():
    assert said(
        start(),
        throw("T", on_signal("G")),
        say("A"),
        line("S", "T", "A"),
        top=signal("G") + process("Q", start("QS", on_signal("G")), say("B"), line("QS", "B")),
        loopback=True,
    ) == ["A", "B"]


# --- escalations -------------------------------------------------------------------------------


def escalating(interrupts: bool, *inside: str) -> tuple[str, ...]:
    return (
        start(),
        sub("P1", start("PS"), throw("T", on_escalation("e")), say("A"), line("PS", "T", "A")),
        boundary("X", "P1", on_escalation("e"), interrupts=interrupts),
        say("B"),
        say("C"),
        line("S", "P1", "C"),
        line("X", "B"),
        *inside,
    )


def test_an_interrupting_escalation_boundary_event_ends_its_sub_process():
    assert said(*escalating(True), top=escalation("e")) == ["B"]


def test_a_non_interrupting_escalation_boundary_event_lets_its_sub_process_go_on():
    assert sorted(said(*escalating(False), top=escalation("e"))) == ["A", "B", "C"]


def test_an_escalation_that_nothing_catches_passes_without_harm():
    assert said(
        start(), throw("T", on_escalation("e")), say("A"), line("S", "T", "A"), top=escalation("e")
    ) == ["A"]


def test_an_escalation_end_event_is_caught_by_code_before_it_is_caught_by_all():
    assert said(
        start(),
        sub("P1", start("PS"), end("PE", on_escalation("e")), line("PS", "PE")),
        boundary("X", "P1", on_escalation()),
        boundary("Y", "P1", on_escalation("e")),
        say("A"),
        say("B"),
        line("X", "A"),
        line("Y", "B"),
        line("S", "P1"),
        top=escalation("e"),
    ) == ["B"]


def test_an_escalation_goes_to_the_nearest_enclosing_scope():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            sub("P2", start("QS"), throw("T", on_escalation("e")), line("QS", "T")),
            line("PS", "P2"),
            event_sub(
                "V",
                start("VS", on_escalation("e"), isInterrupting="false"),
                say("X"),
                line("VS", "X"),
            ),
        ),
        boundary("Y", "P1", on_escalation("e")),
        say("B"),
        line("Y", "B"),
        line("S", "P1"),
        top=escalation("e"),
    ) == ["X"]


def test_an_escalation_leaves_a_called_process_and_reaches_its_caller():
    assert said(
        start(),
        node("callActivity", "C", calledElement="Q"),
        boundary("X", "C", on_escalation("e")),
        say("A"),
        line("S", "C"),
        line("X", "A"),
        top=escalation("e")
        + process("Q", start("QS"), end("QE", on_escalation("e")), line("QS", "QE")),
    ) == ["A"]


# --- errors ------------------------------------------------------------------------------------


def test_an_error_starts_an_event_sub_process_of_its_scope():
    assert said(
        start(),
        say("A"),
        end("E", on_error("x")),
        line("S", "A", "E"),
        event_sub("V", start("VS", on_error("x")), say("B"), line("VS", "B")),
        top=error("x"),
    ) == ["A", "B"]


def test_an_error_start_waits_for_its_error():
    assert said(
        start(),
        say("A"),
        line("S", "A"),
        event_sub("V", start("VS", on_error("x")), say("B"), line("VS", "B")),
        top=error("x"),
    ) == ["A"]


def test_an_error_event_without_code_catches_every_error():
    assert said(
        start(),
        sub("P1", start("PS"), end("PE", on_error("x")), line("PS", "PE")),
        boundary("X", "P1", on_error()),
        say("A"),
        line("X", "A"),
        line("S", "P1"),
        top=error("x"),
    ) == ["A"]


def test_an_error_that_nothing_catches_is_an_incident():
    answer = played(start(), end("E", on_error("x")), line("S", "E"), top=error("x"))
    assert answer["outcome"] == "incident"
    assert "nothing catches its error 'x'" in answer["reasons"][0]


def test_an_error_that_declares_no_code_is_caught_by_its_own_name():
    assert said(
        start(),
        sub("P1", start("PS"), end("PE", on_error("x")), line("PS", "PE")),
        boundary("X", "P1", on_error("x")),
        say("A"),
        line("X", "A"),
        line("S", "P1"),
        top='<bpmn:error id="Error_x" name="x"/>',
    ) == ["A"]


def test_an_error_caught_in_one_instance_of_a_multi_instance_ends_all_of_them():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            say("A"),
            end("PE", on_error("x")),
            line("PS", "A", "PE"),
            times("=3"),
        ),
        boundary("X", "P1", on_error("x")),
        say("B"),
        line("X", "B"),
        line("S", "P1"),
        top=error("x"),
        raced=True,
    )[-1:] == ["B"]


# --- conditions --------------------------------------------------------------------------------


def test_a_conditional_event_is_passed_at_once_when_its_condition_is_true():
    assert said(
        start(), catch("C", on_condition("=x > 1")), say("A"), line("S", "C", "A"), x=2
    ) == ["A"]


def test_a_conditional_event_waits_until_its_condition_becomes_true():
    assert said(
        start(),
        fork("F", "C", "W"),
        line("S", "F"),
        catch("C", on_condition("=x > 1")),
        say("A"),
        line("C", "A"),
        catch("W", WAIT),
        sets("N", "x", "2"),
        say("B"),
        line("W", "N", "B"),
        x=1,
    ) == ["B", "A"]


def test_a_conditional_boundary_event_interrupts_when_its_condition_becomes_true():
    assert said(
        start(),
        fork("F", "P1", "W2"),
        line("S", "F"),
        sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A")),
        boundary("X", "P1", on_condition("=x = 2")),
        say("B"),
        line("X", "B"),
        catch("W2", WAIT),
        sets("N", "x", "2"),
        line("W2", "N"),
        x=1,
    ) == ["B"]


def test_a_non_interrupting_conditional_event_happens_each_time_its_condition_becomes_true():
    assert said(
        start(),
        sets("N1", "x", "2"),
        catch("W", WAIT),
        sets("N2", "x", "3"),
        sets("N3", "x", "0"),
        sets("N4", "x", "2"),
        say("A"),
        line("S", "N1", "W", "N2", "N3", "N4", "A"),
        event_sub(
            "V",
            start("VS", on_condition("=x > 1"), isInterrupting="false"),
            say("B"),
            line("VS", "B"),
        ),
        x=0,
    ) == ["B", "A", "B"]


def test_a_condition_about_what_is_not_known_yet_is_not_met():
    assert (
        played(start(), catch("C", on_condition("=x > 1")), line("S", "C"))["outcome"] == "waiting"
    )


# --- multiple events ---------------------------------------------------------------------------


def test_one_trigger_of_a_multiple_event_is_enough():
    assert said(
        start(),
        catch("C", on_signal("G"), WAIT),
        say("A"),
        line("S", "C", "A"),
        top=signal("G"),
    ) == ["A"]


def test_a_parallel_multiple_event_needs_all_of_its_triggers():
    parts = (
        start(),
        fork("F", "C", "W"),
        line("S", "F"),
        catch("C", on_signal("G"), WAIT, parallelMultiple="true"),
        say("A"),
        line("C", "A"),
        catch("W", LONG),
        say("B"),
        throw("T", on_signal("G")),
        line("W", "B", "T"),
    )
    assert said(*parts, top=signal("G")) == ["B", "A"]


def test_a_multiple_end_event_throws_everything_it_names():
    assert said(
        start(),
        sub("P1", start("PS"), end("PE", on_signal("G"), on_escalation("e")), line("PS", "PE")),
        line("S", "F"),
        fork("F", "P1", "C"),
        catch("C", on_signal("G")),
        say("A"),
        line("C", "A"),
        boundary("X", "P1", on_escalation("e"), interrupts=False),
        say("B"),
        line("X", "B"),
        top=signal("G") + escalation("e"),
    ) == ["A", "B"]


@pytest.mark.parametrize("interrupts", [True, False])
def test_a_multiple_boundary_event_catches_each_of_its_triggers(interrupts):
    assert said(
        start(),
        sub("P1", start("PS"), catch("W", LONG), say("A"), line("PS", "W", "A")),
        boundary("X", "P1", on_signal("G"), WAIT, interrupts=interrupts),
        say("B"),
        line("X", "B"),
        line("S", "P1"),
        top=signal("G"),
    ) == (["B"] if interrupts else ["B", "A"])


def test_a_multiple_boundary_event_catches_errors_beside_what_it_awaits():
    assert said(
        start(),
        sub("P1", start("PS"), end("PE", on_error("x")), line("PS", "PE")),
        boundary("X", "P1", on_error("x"), LONG),
        say("B"),
        line("X", "B"),
        line("S", "P1"),
        top=error("x"),
    ) == ["B"]


def test_a_multiple_start_begins_an_event_sub_process():
    assert said(
        start(),
        catch("W", LONG),
        say("A"),
        line("S", "W", "A"),
        event_sub("V", start("VS", on_signal("G"), WAIT), say("B"), line("VS", "B")),
        top=signal("G"),
    ) == ["B"]


def test_an_event_refers_to_a_trigger_declared_beside_the_processes():
    wait = WAIT.replace("<bpmn:timerEventDefinition", '<bpmn:timerEventDefinition id="TD"').replace(
        'xsi:type="bpmn:tFormalExpression"', ""
    )
    assert said(
        start(),
        catch("C", "<bpmn:eventDefinitionRef>TD</bpmn:eventDefinitionRef>"),
        say("A"),
        line("S", "C", "A"),
        top=wait,
    ) == ["A"]


# --- starts and messages -----------------------------------------------------------------------


@pytest.mark.parametrize("trigger", [on_message("M"), on_signal("G"), WAIT, on_condition("=true")])
def test_a_process_begins_at_the_event_that_starts_it(trigger):
    assert said(start("S", trigger), say("A"), line("S", "A"), top=message("M") + signal("G")) == [
        "A"
    ]


def test_a_timer_start_event_begins_a_process_at_each_of_its_moments():
    assert said(start("S", timer("cycle", "R3/PT1H")), say("A"), line("S", "A")) == ["A", "A", "A"]


def test_a_message_starts_the_process_that_begins_with_it():
    assert said(
        start(),
        throw("T", on_message("M")),
        say("A"),
        line("S", "T", "A"),
        loopback=True,
        top='<bpmn:message id="M" name="M"/>'
        + process("Q", start("QS", on_message("M")), say("B"), line("QS", "B")),
    ) == ["A", "B"]


def test_an_instantiating_receive_task_begins_its_process():
    assert said(
        start(),
        throw("T", on_message("M")),
        line("S", "T"),
        loopback=True,
        top='<bpmn:message id="M" name="M"/>'
        + process(
            "Q",
            node("receiveTask", "R", messageRef="M", instantiate="true"),
            say("B"),
            line("R", "B"),
        ),
    ) == ["B"]


def test_two_processes_answer_one_another():
    assert said(
        start(),
        throw("T", on_message("M")),
        catch("C", on_message("N")),
        say("A"),
        line("S", "T", "C", "A"),
        loopback=True,
        top='<bpmn:message id="M" name="M"/><bpmn:message id="N" name="N"/>'
        + process(
            "Q",
            start("QS", on_message("M")),
            say("B"),
            end("QE", on_message("N")),
            line("QS", "B", "QE"),
        ),
    ) == ["B", "A"]


def test_an_event_based_gateway_goes_on_with_the_first_event_alone():
    assert said(
        start(),
        node("eventBasedGateway", "G1"),
        catch("C", on_signal("G")),
        catch("W", WAIT),
        say("A"),
        say("B"),
        line("S", "G1", "C", "A"),
        line("G1", "W", "B"),
        top=signal("G"),
    ) == ["B"]


def test_a_condition_may_be_offered_behind_an_event_based_gateway():
    assert said(
        start(),
        node("eventBasedGateway", "G1"),
        catch("C", on_condition("=x = 1")),
        catch("W", WAIT),
        say("A"),
        say("B"),
        line("S", "G1", "C", "A"),
        line("G1", "W", "B"),
        x=1,
    ) == ["A"]


def test_a_terminate_end_event_ends_everything_in_its_scope_alone():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            fork("PF", "PT", "W"),
            line("PS", "PF"),
            catch("W", WAIT),
            say("A"),
            line("W", "A"),
            end("PT", "<bpmn:terminateEventDefinition/>"),
        ),
        say("B"),
        line("S", "P1", "B"),
    ) == ["B"]
