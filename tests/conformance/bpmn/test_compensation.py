"""Compensation and transactions."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    ON_CANCEL,
    boundary,
    catch,
    event_sub,
    fork,
    on_compensation,
    played,
    said,
    say,
    sub,
    throw,
    times,
    undoable,
)
from tests.unit.bpmn.diagrams import end, error, line, node, on_error, start, timer

WAIT = timer("duration", "PT1H")


def test_what_was_done_is_compensated_the_last_first():
    assert said(
        start(),
        undoable("A"),
        undoable("B"),
        throw("T", on_compensation()),
        say("C"),
        line("S", "A", "B", "T", "C"),
    ) == ["A", "B", "undoB", "undoA", "C"]


def test_a_compensation_may_name_the_one_activity_that_is_undone():
    assert said(
        start(),
        undoable("A"),
        undoable("B"),
        throw("T", on_compensation("A")),
        say("C"),
        line("S", "A", "B", "T", "C"),
    ) == ["A", "B", "undoA", "C"]


def test_what_was_not_completed_is_not_compensated():
    assert said(
        start(),
        undoable("A"),
        throw("T", on_compensation()),
        undoable("B"),
        line("S", "A", "T", "B"),
    ) == ["A", "undoA", "B"]


def test_nothing_is_compensated_twice():
    assert said(
        start(),
        undoable("A"),
        throw("T", on_compensation()),
        throw("T2", on_compensation()),
        line("S", "A", "T", "T2"),
    ) == ["A", "undoA"]


def test_what_was_done_several_times_is_compensated_as_often():
    assert said(
        start(),
        fork("F", "X", "Y"),
        node("task", "X"),
        node("task", "Y"),
        undoable("A"),
        line("S", "F"),
        line("X", "A"),
        line("Y", "A"),
        line("A", "W"),
        catch("W", WAIT),
        throw("T", on_compensation()),
        line("W", "T"),
    ) == ["A", "A", "undoA", "undoA"]


def test_a_compensation_end_event_compensates_and_ends():
    assert said(start(), undoable("A"), end("E", on_compensation()), line("S", "A", "E")) == [
        "A",
        "undoA",
    ]


def test_a_compensation_that_is_not_waited_for_lets_its_token_go_on():
    trace = said(
        start(),
        undoable("A"),
        throw("T", on_compensation(waits=False)),
        say("C"),
        line("S", "A", "T", "C"),
    )
    assert sorted(trace) == ["A", "C", "undoA"]


def test_a_completed_sub_process_is_compensated_by_what_was_done_in_it():
    assert said(
        start(),
        sub("P1", start("PS"), undoable("A"), undoable("B"), line("PS", "A", "B")),
        throw("T", on_compensation()),
        say("C"),
        line("S", "P1", "T", "C"),
    ) == ["A", "B", "undoB", "undoA", "C"]


def test_a_sub_process_with_a_handler_is_compensated_by_it_alone():
    assert said(
        start(),
        sub("P1", start("PS"), undoable("A"), line("PS", "A")),
        boundary("PC", "P1", on_compensation()),
        say("undoP", isForCompensation="true"),
        '<bpmn:association id="PA" sourceRef="PC" targetRef="undoP"/>',
        throw("T", on_compensation()),
        line("S", "P1", "T"),
    ) == ["A", "undoP"]


def test_a_compensation_event_sub_process_compensates_its_completed_sub_process():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            undoable("A"),
            line("PS", "A"),
            event_sub(
                "V",
                start("VS", on_compensation()),
                say("X"),
                throw("VT", on_compensation()),
                say("Y"),
                line("VS", "X", "VT", "Y"),
            ),
        ),
        throw("T", on_compensation("P1")),
        say("C"),
        line("S", "P1", "T", "C"),
    ) == ["A", "X", "undoA", "Y", "C"]


def test_a_compensation_event_sub_process_does_not_start_by_itself():
    inner = event_sub("V", start("VS", on_compensation()), say("X"), line("VS", "X"))
    assert said(
        start(), sub("P1", start("PS"), say("A"), line("PS", "A"), inner), line("S", "P1")
    ) == ["A"]


def test_an_error_event_sub_process_may_compensate_what_was_done_in_its_scope():
    assert said(
        start(),
        undoable("A"),
        end("E", on_error("x")),
        line("S", "A", "E"),
        event_sub(
            "V",
            start("VS", on_error("x")),
            throw("T", on_compensation()),
            say("B"),
            line("VS", "T", "B"),
        ),
        top=error("x"),
    ) == ["A", "undoA", "B"]


def test_a_compensation_that_waits_for_something_is_waited_for():
    assert said(
        start(),
        say("A"),
        boundary("AC", "A", on_compensation()),
        sub(
            "H",
            start("HS"),
            catch("W", WAIT),
            say("undo"),
            line("HS", "W", "undo"),
            isForCompensation="true",
        ),
        '<bpmn:association id="AA" sourceRef="AC" targetRef="H"/>',
        throw("T", on_compensation()),
        say("B"),
        line("S", "A", "T", "B"),
    ) == ["A", "undo", "B"]


@pytest.mark.parametrize("sequential", [True, False])
def test_the_instances_of_a_multi_instance_are_compensated_each(sequential):
    assert said(
        start(),
        sub("P1", start("PS"), undoable("A"), line("PS", "A"), times("2", sequential=sequential)),
        throw("T", on_compensation()),
        say("B"),
        line("S", "P1", "T", "B"),
    ) == ["A", "A", "undoA", "undoA", "B"]


def transaction(*inner: str) -> tuple[str, ...]:
    return (
        start(),
        node("transaction", "X", start("XS"), *inner),
        say("Done"),
        line("S", "X", "Done"),
        boundary("XC", "X", ON_CANCEL),
        say("Cancelled"),
        line("XC", "Cancelled"),
    )


def test_a_cancelled_transaction_compensates_what_was_done_and_leaves_by_its_cancel_event():
    assert said(
        *transaction(undoable("A"), undoable("B"), end("XE", ON_CANCEL), line("XS", "A", "B", "XE"))
    ) == ["A", "B", "undoB", "undoA", "Cancelled"]


def test_a_cancelled_transaction_stops_what_still_runs_in_it():
    assert said(
        *transaction(
            fork("XF", "A", "W"),
            line("XS", "XF"),
            undoable("A"),
            catch("W", WAIT),
            say("Late"),
            line("W", "Late"),
            end("XE", ON_CANCEL),
            line("A", "XE"),
        )
    ) == ["A", "undoA", "Cancelled"]


def test_a_transaction_that_succeeds_goes_on_as_a_sub_process():
    assert said(*transaction(undoable("A"), line("XS", "A"))) == ["A", "Done"]


def test_an_error_leaves_a_transaction_without_compensation():
    parts = transaction(undoable("A"), end("XE", on_error("x")), line("XS", "A", "XE"))
    assert said(
        *parts,
        boundary("XX", "X", on_error("x")),
        say("Failed"),
        line("XX", "Failed"),
        top=error("x"),
    ) == [
        "A",
        "Failed",
    ]


def test_a_completed_transaction_can_be_compensated_later():
    assert said(
        *transaction(undoable("A"), line("XS", "A")),
        throw("T", on_compensation()),
        line("Done", "T"),
    ) == ["A", "Done", "undoA"]


def test_a_cancel_end_event_outside_a_transaction_is_refused():
    assert played(start(), end("E", ON_CANCEL), line("S", "E"))["outcome"] == "refused"


def test_a_transaction_that_can_be_cancelled_needs_a_cancel_event():
    inner = node("transaction", "X", start("XS"), end("XE", ON_CANCEL), line("XS", "XE"))
    assert played(start(), inner, line("S", "X"))["outcome"] == "refused"


def test_a_compensation_event_without_a_handler_is_refused():
    answer = played(start(), say("A"), boundary("B", "A", on_compensation()), line("S", "A"))
    assert answer["outcome"] == "refused"


@pytest.mark.parametrize("called", [False, True])
def test_a_compensation_event_sub_process_of_a_process_is_refused_unless_that_is_called(called):
    """10.7.1: it undoes a completed activity; a process is one only where another calls it."""
    handler = event_sub("V", start("VS", on_compensation()), say("X"), line("VS", "X"))
    holder = node("process", "Q", start("QS"), say("A"), line("QS", "A"), handler)
    if called:
        call = node("callActivity", "C", '<zeebe:calledElement processId="Q"/>')
        assert said(
            start(), call, throw("T", on_compensation()), line("S", "C", "T"), top=holder
        ) == ["A", "X"]
        return
    answer = played(start(), say("A"), line("S", "A"), handler)
    assert answer["outcome"] == "refused"
    assert "V: it undoes a whole process that nothing calls" in answer["reasons"][0]
