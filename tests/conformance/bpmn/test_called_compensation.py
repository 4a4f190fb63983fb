"""Compensation of what was done in a called process.

Source: BPMN 2.0.2, sections 10.7 and 13.5.5: a completed activity is undone by its own handler, or
else by undoing what was done in it, the last first.
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    ON_CANCEL,
    boundary,
    catch,
    event_sub,
    on_compensation,
    said,
    say,
    sets,
    sub,
    throw,
    times,
    undoable,
)
from tests.unit.bpmn.diagrams import end, line, node, process, script, start, timer

WAIT = timer("duration", "PT1H")
CALLED = process("Q", start("QS"), undoable("A"), undoable("B"), line("QS", "A", "B"))


def call(name: str, called: str = "Q", *inner: str) -> str:
    return node("callActivity", name, *inner, calledElement=called)


def test_a_called_process_is_compensated_step_by_step_the_last_first():
    assert said(
        start(),
        undoable("C"),
        call("P1"),
        throw("T", on_compensation()),
        say("Z"),
        line("S", "C", "P1", "T", "Z"),
        top=CALLED,
    ) == ["C", "A", "B", "undoB", "undoA", "undoC", "Z"]


def test_a_call_with_a_handler_of_its_own_is_compensated_by_it_alone():
    assert said(
        start(),
        call("P1"),
        boundary("PC", "P1", on_compensation()),
        say("undoP", isForCompensation="true"),
        '<bpmn:association id="PA" sourceRef="PC" targetRef="undoP"/>',
        throw("T", on_compensation()),
        line("S", "P1", "T"),
        top=CALLED,
    ) == ["A", "B", "undoP"]


def test_a_compensation_may_name_one_of_two_calls():
    assert said(
        start(),
        call("P1"),
        call("P2", "R"),
        throw("T", on_compensation("P2")),
        line("S", "P1", "P2", "T"),
        top=CALLED + process("R", start("RS"), undoable("X"), line("RS", "X")),
    ) == ["A", "B", "X", "undoX"]


def test_a_compensation_end_that_does_not_wait_lets_the_called_steps_be_undone_beside_it():
    trace = said(
        start(),
        call("P1"),
        throw("T", on_compensation(waits=False)),
        say("C"),
        line("S", "P1", "T", "C"),
        top=CALLED,
    )
    assert sorted(trace) == ["A", "B", "C", "undoA", "undoB"]
    assert trace.index("undoB") < trace.index("undoA")


def test_calls_within_sub_processes_within_calls_are_undone_from_inside():
    inner = sub("P2", start("P2S"), call("P3", "R"), undoable("B"), line("P2S", "P3", "B"))
    assert said(
        start(),
        sub("P0", start("P0S"), call("P1"), line("P0S", "P1")),
        throw("T", on_compensation()),
        say("Z"),
        line("S", "P0", "T", "Z"),
        top=process("Q", start("QS"), undoable("A"), inner, line("QS", "A", "P2"))
        + process("R", start("RS"), undoable("X"), line("RS", "X")),
    ) == ["A", "X", "B", "undoB", "undoX", "undoA", "Z"]


@pytest.mark.parametrize("sequential", [True, False])
def test_each_instance_of_a_multi_instance_call_is_compensated(sequential):
    trace = said(
        start(),
        call("P1", "R", times("2", sequential=sequential)),
        throw("T", on_compensation()),
        say("Z"),
        line("S", "P1", "T", "Z"),
        top=process("R", start("RS"), undoable("X"), line("RS", "X")),
    )
    assert trace == ["X", "X", "undoX", "undoX", "Z"]


def test_a_cancelled_transaction_undoes_the_processes_that_it_called():
    assert said(
        start(),
        node(
            "transaction",
            "X",
            start("XS"),
            call("P1"),
            end("XE", ON_CANCEL),
            line("XS", "P1", "XE"),
        ),
        boundary("XC", "X", ON_CANCEL),
        say("Cancelled"),
        line("S", "X"),
        line("XC", "Cancelled"),
        top=CALLED,
    ) == ["A", "B", "undoB", "undoA", "Cancelled"]


def test_a_compensation_event_sub_process_of_the_called_process_undoes_it():
    handler = event_sub(
        "V",
        start("VS", on_compensation()),
        say("X"),
        throw("VT", on_compensation()),
        say("Y"),
        line("VS", "X", "VT", "Y"),
    )
    assert said(
        start(),
        call("P1"),
        throw("T", on_compensation()),
        line("S", "P1", "T"),
        top=process("Q", start("QS"), undoable("A"), line("QS", "A"), handler),
    ) == ["A", "X", "undoA", "Y"]


def test_a_handler_in_a_called_process_sees_its_variables_as_they_were_and_changes_none_outside():
    undo = script("undoA", "seat + 100", "seat")
    task = (
        say("A")
        + boundary("AC", "A", on_compensation())
        + undo.replace('id="undoA"', 'id="undoA" isForCompensation="true"')
        + '<bpmn:association id="AA" sourceRef="AC" targetRef="undoA"/>'
    )
    shown = "".join(
        say(name) + f'<bpmn:sequenceFlow id="G-{name}" sourceRef="G" targetRef="{name}">'
        f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>"
        for name, condition in (("same", "seat = 7"), ("other", "seat != 7"))
    )
    assert said(
        start(),
        call("P1", "Q", '<zeebe:ioMapping><zeebe:input source="=1" target="seat"/>'
             '<zeebe:output source="=seat" target="given"/></zeebe:ioMapping>'),
        sets("Set", "seat", "7"),
        throw("T", on_compensation()),
        node("exclusiveGateway", "G"),
        shown,
        line("S", "P1", "Set", "T", "G"),
        top=process("Q", start("QS"), task, line("QS", "A")),
    ) == ["A", "same"]  # fmt: skip


def test_the_undoing_of_a_called_process_may_wait():
    task = (
        say("A")
        + boundary("AC", "A", on_compensation())
        + sub(
            "H",
            start("HS"),
            catch("W", WAIT),
            say("undo"),
            line("HS", "W", "undo"),
            isForCompensation="true",
        )
        + '<bpmn:association id="AA" sourceRef="AC" targetRef="H"/>'
    )
    assert said(
        start(),
        call("P1"),
        throw("T", on_compensation()),
        say("Z"),
        line("S", "P1", "T", "Z"),
        top=process("Q", start("QS"), task, line("QS", "A")),
    ) == ["A", "undo", "Z"]
