"""What independent suites combine: events, repetitions, levels and joins that meet one another.

Each is a plain diagram whose outcome BPMN 2.0.2 settles; the section is named where it is not the
obvious one.
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    boundary,
    catch,
    escalation,
    event_sub,
    fork,
    gate,
    on_compensation,
    on_escalation,
    on_link,
    on_signal,
    played,
    said,
    say,
    sets,
    signal,
    sub,
    throw,
    times,
    undoable,
)
from tests.unit.bpmn.diagrams import end, flow, line, message, node, start, timer

ESCALATED = on_escalation("e")
LEVELS = escalation("e") + escalation("f")
ERROR = '<bpmn:error id="err" errorCode="err"/>'
ON_ERROR = '<bpmn:errorEventDefinition errorRef="err"/>'
TERMINATE = "<bpmn:terminateEventDefinition/>"


def minutes(count: int) -> str:
    return timer("duration", f"PT{count}M")


def default(source: str, target: str) -> str:
    """A flow that its source names as its default, ``Else``."""
    return node("sequenceFlow", "Else", sourceRef=source, targetRef=target)


def test_an_event_sub_process_inside_an_event_sub_process_listens_while_that_runs():
    begins = start("WS", on_escalation("f"), isInterrupting="false")
    outer = event_sub(
        "V",
        start("VS", ESCALATED, isInterrupting="false"),
        say("B"),
        throw("T2", on_escalation("f")),
        say("C"),
        line("VS", "B", "T2", "C"),
        event_sub("W", begins, say("X"), line("WS", "X")),
    )
    trace = said(
        start("S"), throw("T1", ESCALATED), say("Z"), line("S", "T1", "Z"), outer, top=LEVELS
    )
    assert sorted(trace) == ["B", "C", "X", "Z"]
    assert trace.index("B") < trace.index("X")


def test_an_interrupting_event_sub_process_takes_over_its_own_instance_alone():
    inside = start("US") + say("A") + throw("T", ESCALATED) + say("N") + line("US", "A", "T", "N")
    inside += event_sub("V", start("VS", ESCALATED), say("B"), line("VS", "B"))
    trace = said(
        start("S"), sub("U", inside, times("2")), say("Z"), line("S", "U", "Z"), top=LEVELS
    )
    assert sorted(trace) == ["A", "A", "B", "B", "Z"]
    assert trace[-1] == "Z"


def test_a_terminate_end_ends_the_instance_it_stands_in_and_the_others_follow():
    inside = start("US") + say("A") + end("UE", TERMINATE) + line("US", "A", "UE")
    loop = times("3", sequential=True)
    assert said(start("S"), sub("U", inside, loop), say("Z"), line("S", "U", "Z")) == [*"AAAZ"]


def test_a_timer_at_the_edge_takes_every_instance_away():
    inside = start("US") + say("A") + catch("W", minutes(60)) + say("N") + line("US", "A", "W", "N")
    trace = said(
        start("S"),
        sub("U", inside, times("3")),
        boundary("BT", "U", minutes(1)),
        say("X"),
        say("Y"),
        line("S", "U", "X"),
        line("BT", "Y"),
    )
    assert trace == [*"AAAY"]


def test_an_error_caught_inside_and_thrown_again_is_caught_outside():
    inner = sub("I", start("IS"), say("A"), end("IE", ON_ERROR), line("IS", "A", "IE"))
    again = boundary("BI", "I", ON_ERROR) + say("H") + end("OE", ON_ERROR) + line("BI", "H", "OE")
    trace = said(
        start("S"),
        sub("O", start("OS"), inner, again, line("OS", "I")),
        boundary("BO", "O", ON_ERROR),
        say("Y"),
        line("S", "O"),
        line("BO", "Y"),
        top=ERROR,
    )
    assert trace == [*"AHY"]


def test_an_escalation_passes_levels_whose_events_name_another_code():
    inner = sub("I", start("IS"), throw("T", ESCALATED), say("N"), line("IS", "T", "N"))
    other = boundary("BI", "I", on_escalation("f")) + say("M") + line("BI", "M")
    trace = said(
        start("S"),
        sub("O", start("OS"), inner, other, line("OS", "I")),
        boundary("BO", "O", ESCALATED),
        say("Y"),
        line("S", "O"),
        line("BO", "Y"),
        top=LEVELS,
    )
    assert trace == ["Y"]


def test_what_is_compensated_last_in_first_out_includes_each_instance_of_a_sub_process():
    repeated = sub("U", start("US"), undoable("A"), line("US", "A"), times("2", sequential=True))
    trace = said(
        start("S"), undoable("C"), repeated, throw("K", on_compensation()), line("S", "C", "U", "K")
    )
    assert trace == ["C", "A", "A", "undoA", "undoA", "undoC"]


def test_an_activity_that_still_runs_is_not_compensated():
    trace = said(
        start("S"),
        fork("F", "A", "B"),
        undoable("A"),
        node("receiveTask", "B", messageRef="m"),
        boundary("BB", "B", on_compensation()),
        say("undoB", isForCompensation="true"),
        '<bpmn:association id="as" sourceRef="BB" targetRef="undoB"/>',
        throw("K", on_compensation()),
        end("TE", TERMINATE),
        line("S", "F"),
        line("A", "K", "TE"),
        top=message("m", '="x"'),
    )
    assert trace == ["A", "undoA"]


def test_an_inclusive_join_waits_for_a_branch_that_may_still_turn_away_or_arrive():
    trace = said(
        start("S"),
        gate("O", "inclusive"),
        say("A"),
        catch("W", minutes(1)),
        gate("X", "exclusive", default="Else"),
        say("B"),
        gate("J", "inclusive"),
        say("Z"),
        line("S", "O"),
        flow("O", "A", "=true"),
        flow("O", "W", "=true"),
        line("A", "J", "Z"),
        line("W", "X"),
        flow("X", "J", "=x = 1"),
        default("X", "B"),
        x=0,
    )
    assert trace == [*"ABZ"]


def test_an_inclusive_join_in_a_loop_waits_for_the_branches_of_its_own_round():
    trace = said(
        start("S"),
        gate("M", "exclusive"),
        sets("I", "n", "n + 1"),
        gate("O", "inclusive"),
        say("A"),
        say("B"),
        gate("J", "inclusive"),
        gate("X", "exclusive", default="Else"),
        say("Z"),
        line("S", "M", "I", "O"),
        flow("O", "A", "=true"),
        flow("O", "B", "=n > 1"),
        line("A", "J"),
        line("B", "J"),
        line("J", "X"),
        flow("X", "M", "=n < 2"),
        default("X", "Z"),
        n=0,
    )
    assert trace == [*"AABZ"]


def test_a_link_leads_back_as_a_flow_would():
    trace = said(
        start("S"),
        catch("L", on_link("again")),
        gate("M", "exclusive"),
        say("A"),
        sets("I", "n", "n + 1"),
        gate("X", "exclusive", default="Else"),
        throw("T", on_link("again")),
        say("Z"),
        line("S", "M"),
        line("L", "M", "A", "I", "X"),
        flow("X", "T", "=n < 2"),
        default("X", "Z"),
        n=0,
    )
    assert trace == [*"AAZ"]


def test_a_branch_that_interrupts_nothing_outlives_the_activity_it_began_beside():
    trace = said(
        start("S"),
        node("receiveTask", "R", messageRef="m"),
        boundary("B1", "R", minutes(1), interrupts=False),
        catch("W", minutes(10)),
        say("A"),
        boundary("B2", "R", minutes(2)),
        say("B"),
        line("S", "R"),
        line("B1", "W", "A"),
        line("B2", "B"),
        top=message("m", '="x"'),
    )
    assert trace == [*"BA"]


def test_one_event_may_throw_several_triggers_each_to_who_waits_for_it():
    trace = said(
        start("S"),
        fork("F", "C", "T"),
        catch("C", on_signal("s")),
        say("A"),
        throw("T", on_signal("s"), ESCALATED),
        say("B"),
        line("S", "F"),
        line("C", "A"),
        line("T", "B"),
        event_sub("V", start("VS", ESCALATED, isInterrupting="false"), say("X"), line("VS", "X")),
        top=signal("s") + LEVELS,
    )
    assert sorted(trace) == ["A", "B", "X"]


@pytest.mark.parametrize("trigger", [ON_ERROR, minutes(1)], ids=["error", "timer"])
def test_a_called_process_is_interrupted_at_the_edge_of_its_call(trigger):
    ends = end("QE", ON_ERROR) if trigger == ON_ERROR else catch("QE", minutes(60))
    called = start("QS") + say("Q") + ends + line("QS", "Q", "QE")
    trace = said(
        start("S"),
        node("callActivity", "C", calledElement="R"),
        boundary("BC", "C", trigger),
        say("Y"),
        say("N"),
        line("S", "C", "N"),
        line("BC", "Y"),
        top=f'{ERROR}<bpmn:process id="R" isExecutable="true">{called}</bpmn:process>',
    )
    assert trace == [*"QY"]


def test_a_token_left_over_at_a_parallel_join_is_told_and_not_lost():
    answer = played(
        start("S"),
        fork("F", "A", "B", "C"),
        say("A"),
        say("B"),
        say("C"),
        gate("M", "exclusive"),
        gate("J", "parallel"),
        say("Z"),
        line("S", "F"),
        line("A", "M"),
        line("B", "M"),
        line("M", "J", "Z"),
        line("C", "J"),
    )
    assert answer["outcome"] == "incident"
    assert answer["trace"].count("Z") == 1
