"""Errors and escalations: who catches them, and what becomes of what lies between.

Source: BPMN 2.0.2, sections 10.5.6 (handling events) and 13.5.4 (error handling).
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    boundary,
    catch,
    escalation,
    event_sub,
    fork,
    on_escalation,
    played,
    said,
    say,
    sub,
    throw,
    times,
)
from tests.unit.bpmn.diagrams import (
    end,
    error,
    line,
    node,
    on_error,
    outputs,
    process,
    start,
    timer,
)

WAIT = timer("duration", "PT1H")
LONG = timer("duration", "PT9H")


def failing(name: str, code: str = "x") -> str:
    """A sub-process that ends in an error."""
    return sub(
        name, start(f"{name}S"), end(f"{name}E", on_error(code)), line(f"{name}S", f"{name}E")
    )


def handled(name: str, host: str, code: str = "", says: str = "") -> str:
    """An error boundary event and what it says."""
    said_ = says or f"{name}s"
    return boundary(name, host, on_error(code)) + say(said_) + line(name, said_)


def test_the_innermost_event_catches_an_error_even_without_a_code():
    assert said(
        start(),
        sub("P1", start("PS"), failing("P2"), handled("X", "P2"), line("PS", "P2")),
        handled("Y", "P1", "x"),
        say("C"),
        line("S", "P1", "C"),
        top=error("x"),
    ) == ["Xs", "C"]


def test_an_error_passes_an_event_that_catches_another_code():
    assert said(
        start(),
        sub("P1", start("PS"), failing("P2"), handled("X", "P2", "y"), line("PS", "P2")),
        handled("Y", "P1", "x"),
        line("S", "P1"),
        top=error("x") + error("y"),
    ) == ["Ys"]


def test_an_event_of_the_very_code_catches_an_error_before_one_without_a_code():
    assert said(
        start(),
        failing("P1"),
        handled("X", "P1"),
        handled("Y", "P1", "x"),
        line("S", "P1"),
        top=error("x"),
    ) == ["Ys"]


def test_an_event_sub_process_catches_an_error_before_the_edge_of_its_activity():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            end("PE", on_error("x")),
            line("PS", "PE"),
            event_sub("V", start("VS", on_error()), say("B"), line("VS", "B")),
        ),
        handled("Y", "P1", "x"),
        say("C"),
        line("S", "P1", "C"),
        top=error("x"),
    ) == ["B", "C"]


def rethrowing(code: str, again: str) -> str:
    """A sub-process whose event sub-process throws a further error."""
    return sub(
        "P1",
        start("PS"),
        end("PE", on_error(code)),
        line("PS", "PE"),
        event_sub(
            "V",
            start("VS", on_error(code)),
            say("B"),
            end("VE", on_error(again)),
            line("VS", "B", "VE"),
        ),
    )


@pytest.mark.parametrize("again", ["x", "y"])
def test_an_error_thrown_while_one_is_handled_goes_to_the_edge_of_the_activity(again):
    assert said(
        start(),
        rethrowing("x", again),
        handled("Y", "P1", again),
        line("S", "P1"),
        top=error("x") + error("y"),
    ) == ["B", "Ys"]


def test_an_error_thrown_behind_a_boundary_event_is_not_caught_by_the_activity_it_left():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            failing("P2"),
            boundary("X", "P2", on_error("x")),
            say("A"),
            end("PE", on_error("x")),
            line("PS", "P2"),
            line("X", "A", "PE"),
        ),
        handled("Y", "P1", "x"),
        line("S", "P1"),
        top=error("x"),
    ) == ["A", "Ys"]


def test_an_error_interrupts_everything_in_the_activity_it_leaves():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            fork("F", "PE", "W", "P2"),
            line("PS", "F"),
            end("PE", on_error("x")),
            catch("W", LONG),
            say("A"),
            line("W", "A"),
            sub("P2", start("QS"), catch("W2", LONG), say("A2"), line("QS", "W2", "A2")),
            boundary("Z", "P2", timer("duration", "PT2H"), interrupts=False),
            say("A3"),
            line("Z", "A3"),
        ),
        handled("Y", "P1"),
        line("S", "P1"),
        top=error("x"),
    ) == ["Ys"]


def test_an_error_event_sub_process_interrupts_its_scope_and_lets_it_go_on_as_if_completed():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            fork("F", "PE", "W"),
            line("PS", "F"),
            catch("W", LONG),
            say("A"),
            line("W", "A"),
            end("PE", on_error("x")),
            event_sub("V", start("VS", on_error("x")), say("B"), line("VS", "B")),
        ),
        say("C"),
        line("S", "P1", "C"),
        top=error("x"),
    ) == ["B", "C"]


def test_an_error_leaves_several_levels_at_once():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            sub("P2", start("QS"), failing("P3"), say("A"), line("QS", "P3", "A")),
            say("B"),
            line("PS", "P2", "B"),
        ),
        handled("Y", "P1", "x"),
        line("S", "P1"),
        top=error("x"),
    ) == ["Ys"]


def test_an_error_end_event_of_a_called_process_reaches_the_call_activity():
    assert said(
        start(),
        node("callActivity", "C", calledElement="Q"),
        handled("X", "C", "x"),
        line("S", "C"),
        top=error("x")
        + process("Q", start("QS"), say("A"), end("QE", on_error("x")), line("QS", "A", "QE")),
    ) == ["A", "Xs"]


def test_a_called_process_may_handle_its_errors_itself():
    assert said(
        start(),
        node("callActivity", "C", calledElement="Q"),
        handled("X", "C", "x"),
        say("B"),
        line("S", "C", "B"),
        top=error("x")
        + process(
            "Q",
            start("QS"),
            end("QE", on_error("x")),
            line("QS", "QE"),
            event_sub("V", start("VS", on_error("x")), say("A"), line("VS", "A")),
        ),
    ) == ["A", "B"]


@pytest.mark.parametrize("sequential", [True, False])
def test_an_error_in_one_instance_interrupts_the_whole_multi_instance(sequential):
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            catch("W", WAIT),
            end("PE", on_error("x")),
            line("PS", "W", "PE"),
            times("3", sequential=sequential),
        ),
        handled("X", "P1", "x"),
        line("S", "P1"),
        top=error("x"),
    ) == ["Xs"]


def test_an_error_may_be_handled_in_each_instance_of_a_multi_instance():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            end("PE", on_error("x")),
            line("PS", "PE"),
            event_sub("V", start("VS", on_error("x")), say("B"), line("VS", "B")),
            times("3"),
        ),
        say("C"),
        line("S", "P1", "C"),
        top=error("x"),
    ) == ["B", "B", "B", "C"]


@pytest.mark.parametrize("where", ["sub-process", "event sub-process", "called process"])
def test_an_uncaught_error_is_an_incident_wherever_it_is_thrown(where):
    throws = (start("PS"), end("PE", on_error("x")), line("PS", "PE"))
    top = error("x") + error("y")
    if where == "sub-process":
        parts = [sub("P1", *throws), handled("X", "P1", "y")]
    elif where == "called process":
        parts = [node("callActivity", "P1", calledElement="Q"), handled("X", "P1", "y")]
        top += process("Q", *throws)
    else:
        parts = [rethrowing("y", "x")]
    answer = played(start(), *parts, line("S", "P1"), top=top)
    assert answer["outcome"] == "incident"
    assert "nothing catches its error 'x'" in answer["reasons"][0]


def test_an_error_end_event_without_an_error_is_refused():
    answer = played(start(), end("E", "<bpmn:errorEventDefinition/>"), line("S", "E"))
    assert answer["outcome"] == "refused"


def test_an_error_or_cancel_event_that_does_not_interrupt_is_refused():
    for kind, trigger in (
        ("subProcess", on_error("x")),
        ("transaction", "<bpmn:cancelEventDefinition/>"),
    ):
        host = node(kind, "P1", start("PS"), say("A"), line("PS", "A"))
        edge = boundary("X", "P1", trigger, interrupts=False)
        answer = played(
            start(), host, edge, say("B"), line("S", "P1"), line("X", "B"), top=error("x")
        )
        assert answer["outcome"] == "refused", kind


# --- escalations -------------------------------------------------------------------------------


def test_an_escalation_without_a_code_is_caught_by_an_event_without_a_code():
    assert said(
        start(),
        sub("P1", start("PS"), end("PE", on_escalation()), line("PS", "PE")),
        boundary("X", "P1", on_escalation("e")),
        boundary("Y", "P1", on_escalation()),
        say("A"),
        say("B"),
        line("X", "A"),
        line("Y", "B"),
        line("S", "P1"),
        top=escalation("e"),
    ) == ["B"]


def test_an_escalation_that_no_code_fits_lets_its_sub_process_complete():
    assert said(
        start(),
        sub("P1", start("PS"), say("A"), end("PE", on_escalation("e")), line("PS", "A", "PE")),
        boundary("X", "P1", on_escalation("f")),
        say("B"),
        say("C"),
        line("X", "B"),
        line("S", "P1", "C"),
        top=escalation("e") + escalation("f"),
    ) == ["A", "C"]


def test_an_escalation_end_event_and_a_non_interrupting_event_complete_both_ways():
    assert sorted(
        said(
            start(),
            sub("P1", start("PS"), end("PE", on_escalation("e")), line("PS", "PE")),
            boundary("X", "P1", on_escalation("e"), interrupts=False),
            say("B"),
            say("C"),
            line("X", "B"),
            line("S", "P1", "C"),
            top=escalation("e"),
        )
    ) == ["B", "C"]


def test_an_interrupting_event_sub_process_ends_the_scope_whose_escalation_it_catches():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            throw("T", on_escalation("e")),
            say("A"),
            line("PS", "T", "A"),
            event_sub("V", start("VS", on_escalation("e")), say("B"), line("VS", "B")),
        ),
        say("C"),
        line("S", "P1", "C"),
        top=escalation("e"),
    ) == ["B", "C"]


def test_an_escalation_thrown_by_an_event_sub_process_goes_outwards():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            throw("T", on_escalation("e")),
            say("A"),
            line("PS", "T", "A"),
            event_sub(
                "V",
                start("VS", on_escalation("e"), isInterrupting="false"),
                say("B"),
                throw("VT", on_escalation("e")),
                line("VS", "B", "VT"),
            ),
        ),
        boundary("X", "P1", on_escalation("e"), interrupts=False),
        say("C"),
        line("X", "C"),
        line("S", "P1"),
        top=escalation("e"),
    ) in (["A", "B", "C"], ["B", "A", "C"], ["B", "C", "A"])


def test_an_escalation_comes_as_often_as_it_is_thrown():
    assert (
        said(
            start(),
            sub(
                "P1",
                start("PS"),
                throw("T1", on_escalation("e")),
                throw("T2", on_escalation("e")),
                line("PS", "T1", "T2"),
                times("2"),
            ),
            boundary("X", "P1", on_escalation("e"), interrupts=False),
            say("B"),
            line("X", "B"),
            line("S", "P1"),
            top=escalation("e"),
        )
        == ["B"] * 4
    )


def test_an_interrupting_escalation_of_one_instance_ends_the_whole_multi_instance():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            catch("W", WAIT),
            throw("T1", on_escalation("e")),
            say("A"),
            line("PS", "W", "T1", "A"),
            times("3"),
        ),
        boundary("X", "P1", on_escalation("e")),
        say("B"),
        line("X", "B"),
        line("S", "P1"),
        top=escalation("e"),
    ) == ["B"]


def test_an_escalation_leaves_several_levels_and_lets_them_go_on():
    assert sorted(
        said(
            start(),
            sub(
                "P1",
                start("PS"),
                node("callActivity", "C", calledElement="Q"),
                say("A"),
                line("PS", "C", "A"),
            ),
            boundary("X", "P1", on_escalation("e"), interrupts=False),
            say("B"),
            say("C1"),
            line("X", "B"),
            line("S", "P1", "C1"),
            top=escalation("e")
            + process(
                "Q", start("QS"), throw("QT", on_escalation("e")), say("Qs"), line("QS", "QT", "Qs")
            ),
        )
    ) == ["A", "B", "C1", "Qs"]


def test_what_an_escalation_carries_goes_to_the_event_that_catches_it():
    thrower = throw(
        "T",
        '<zeebe:ioMapping><zeebe:input source="=1 + 1" target="n"/></zeebe:ioMapping>',
        on_escalation("e"),
    )
    assert said(
        start(),
        sub("P1", start("PS"), thrower, line("PS", "T")),
        node(
            "boundaryEvent",
            "X",
            outputs(got="=n"),
            on_escalation("e"),
            attachedToRef="P1",
        ),
        node("exclusiveGateway", "G", default="no"),
        say("B"),
        say("C"),
        line("S", "P1"),
        line("X", "G"),
        '<bpmn:sequenceFlow id="yes" sourceRef="G" targetRef="B">'
        "<bpmn:conditionExpression>got = 2</bpmn:conditionExpression></bpmn:sequenceFlow>",
        '<bpmn:sequenceFlow id="no" sourceRef="G" targetRef="C"/>',
        top=escalation("e"),
    ) == ["B"]
