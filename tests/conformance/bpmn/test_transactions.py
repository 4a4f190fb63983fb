"""Compensation of what was repeated, and transactions.

Source: BPMN 2.0.2, sections 10.7 (compensation), 10.3.5 (transaction) and 13.5.5.
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    ON_CANCEL,
    again,
    boundary,
    catch,
    escalation,
    event_sub,
    fork,
    on_compensation,
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
    undoable,
)
from tests.unit.bpmn.diagrams import each, end, error, line, node, on_error, start, timer

WAIT = timer("duration", "PT1H")
LONG = timer("duration", "PT9H")
UNDO_ALL = throw("T", on_compensation())


def repeated(name: str, loop: str, *inside: str, undo: str = "") -> str:
    """A repeated sub-process that says its name, and what undoes each of its instances."""
    parts = inside or (say(name), line(f"{name}S", name))
    return (
        sub(f"{name}P", start(f"{name}S"), *parts, loop)
        + boundary(f"{name}C", f"{name}P", on_compensation())
        + (undo or say(f"undo{name}", isForCompensation="true"))
        + f'<bpmn:association id="{name}_to" sourceRef="{name}C" targetRef="undo{name}"/>'
    )


REPEATED = {
    "parallel": times("3"),
    "sequential": times("3", sequential=True),
    "loop": again("loopCounter &lt; 3"),
}


@pytest.mark.parametrize("how", sorted(REPEATED))
def test_a_handler_at_the_edge_of_what_is_repeated_is_invoked_once_for_each_instance(how):
    assert said(
        start(),
        repeated("A", REPEATED[how]),
        UNDO_ALL,
        say("B"),
        line("S", "AP", "T", "B"),
    ) == ["A"] * 3 + ["undoA"] * 3 + ["B"]


def test_a_repeated_task_is_compensated_once_for_each_instance():
    assert said(
        start(),
        say("A", times("2")),
        boundary("AC", "A", on_compensation()),
        say("undoA", isForCompensation="true"),
        '<bpmn:association id="to" sourceRef="AC" targetRef="undoA"/>',
        UNDO_ALL,
        line("S", "A", "T"),
    ) == ["A", "A", "undoA", "undoA"]


def test_a_handler_has_the_data_of_the_instance_that_it_undoes():
    """The last first: 3, then 2, then 1."""
    undo = sub(
        "undoA",
        start("US"),
        sets("N", "seen", "seen + string(item)"),
        line("US", "N"),
        isForCompensation="true",
    )
    assert said(
        start(),
        repeated("A", each('=["1", "2", "3"]', "item", sequential=True), undo=undo),
        UNDO_ALL,
        node("exclusiveGateway", "G", default="no"),
        say("Right"),
        say("Wrong"),
        line("S", "AP", "T", "G"),
        '<bpmn:sequenceFlow id="yes" sourceRef="G" targetRef="Right">'
        '<bpmn:conditionExpression>seen = "321"</bpmn:conditionExpression></bpmn:sequenceFlow>',
        '<bpmn:sequenceFlow id="no" sourceRef="G" targetRef="Wrong"/>',
        seen="",
    ) == ["A", "A", "A", "Right"]


@pytest.mark.parametrize("with_handler", [True, False])
def test_the_instances_of_a_multi_instance_that_was_interrupted_are_not_compensated(with_handler):
    many = sub(
        "AP",
        start("AS"),
        undoable("A"),
        catch("AW", WAIT),
        line("AS", "A", "AW"),
        times("3", sequential=True),
    )
    if with_handler:
        many += (
            boundary("PC", "AP", on_compensation())
            + say("undoP", isForCompensation="true")
            + '<bpmn:association id="P_to" sourceRef="PC" targetRef="undoP"/>'
        )
    assert said(
        start(),
        many,
        boundary("X", "AP", timer("duration", "PT90M")),
        UNDO_ALL,
        line("S", "AP"),
        line("X", "T"),
    ) == ["A", "A"]


def test_instances_are_compensated_only_once_the_whole_multi_instance_is_completed():
    assert said(
        start(),
        fork("F", "AP", "W"),
        line("S", "F"),
        sub(
            "AP",
            start("AS"),
            undoable("A"),
            catch("AW", WAIT),
            line("AS", "A", "AW"),
            times("2", sequential=True),
        ),
        catch("W", timer("duration", "PT90M")),
        UNDO_ALL,
        catch("W2", WAIT),
        throw("T2", on_compensation()),
        line("W", "T", "W2", "T2"),
    ) == ["A", "A", "undoA", "undoA"]


def test_a_multi_instance_that_had_nothing_to_do_has_nothing_to_undo():
    assert said(
        start(), repeated("A", times("0")), UNDO_ALL, say("B"), line("S", "AP", "T", "B")
    ) == ["B"]


def test_nested_sub_processes_are_compensated_from_the_inside_the_last_first():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            undoable("A"),
            sub("P2", start("QS"), undoable("B"), undoable("C"), line("QS", "B", "C")),
            undoable("A2"),
            line("PS", "A", "P2", "A2"),
        ),
        UNDO_ALL,
        line("S", "P1", "T"),
    ) == ["A", "B", "C", "A2", "undoA2", "undoC", "undoB", "undoA"]


def test_a_sub_process_that_failed_is_not_compensated():
    assert said(
        start(),
        sub("P1", start("PS"), undoable("A"), end("PE", on_error("x")), line("PS", "A", "PE")),
        boundary("X", "P1", on_error("x")),
        UNDO_ALL,
        say("B"),
        line("S", "P1"),
        line("X", "T", "B"),
        top=error("x"),
    ) == ["A", "B"]


def test_compensation_inside_a_sub_process_undoes_what_was_done_there_alone():
    assert said(
        start(),
        undoable("A"),
        sub(
            "P1", start("PS"), undoable("B"), throw("PT", on_compensation()), line("PS", "B", "PT")
        ),
        say("C"),
        line("S", "A", "P1", "C"),
    ) == ["A", "B", "undoB", "C"]


def test_a_compensation_throw_may_name_a_sub_process():
    assert said(
        start(),
        undoable("A"),
        sub("P1", start("PS"), undoable("B"), line("PS", "B")),
        throw("T", on_compensation("P1")),
        line("S", "A", "P1", "T"),
    ) == ["A", "B", "undoB"]


def test_compensating_what_was_never_done_changes_nothing():
    assert said(
        start(),
        node("exclusiveGateway", "G", default="no"),
        undoable("A"),
        throw("T", on_compensation("A")),
        say("B"),
        line("S", "G"),
        '<bpmn:sequenceFlow id="yes" sourceRef="G" targetRef="A">'
        "<bpmn:conditionExpression>false</bpmn:conditionExpression></bpmn:sequenceFlow>",
        '<bpmn:sequenceFlow id="no" sourceRef="G" targetRef="T"/>',
        line("A", "T", "B"),
    ) == ["B"]


def test_an_event_that_throws_several_triggers_may_compensate_among_them():
    assert sorted(
        said(
            start(),
            undoable("A"),
            fork("F", "T", "C"),
            line("S", "A", "F"),
            throw("T", on_compensation(), on_signal("G")),
            catch("C", on_signal("G")),
            say("B"),
            say("D1"),
            line("C", "B"),
            line("T", "D1"),
            top=signal("G"),
        )
    ) == ["A", "B", "D1", "undoA"]


def test_an_activity_interrupted_by_its_boundary_event_is_not_compensated():
    assert said(
        start(),
        sub("P1", start("PS"), say("A"), catch("W", LONG), line("PS", "A", "W")),
        boundary("PC", "P1", on_compensation()),
        say("undoP", isForCompensation="true"),
        '<bpmn:association id="to" sourceRef="PC" targetRef="undoP"/>',
        boundary("X", "P1", WAIT),
        UNDO_ALL,
        say("B"),
        line("S", "P1"),
        line("X", "T", "B"),
    ) == ["A", "B"]


# --- transactions ------------------------------------------------------------------------------


def transaction(*inner: str, loop: str = "") -> tuple[str, ...]:
    return (
        start(),
        node("transaction", "X", start("XS"), *inner, loop),
        say("Done"),
        line("S", "X", "Done"),
        boundary("XC", "X", ON_CANCEL),
        say("Cancelled"),
        line("XC", "Cancelled"),
    )


def test_a_cancelled_transaction_undoes_completed_sub_processes_too():
    assert said(
        *transaction(
            sub("P1", start("PS"), undoable("A"), line("PS", "A")),
            undoable("B"),
            end("XE", ON_CANCEL),
            line("XS", "P1", "B", "XE"),
        )
    ) == ["A", "B", "undoB", "undoA", "Cancelled"]


def running_beside_a_cancellation(running: str, *more: str) -> tuple[str, ...]:
    """A transaction that is cancelled after an hour, while something in it still runs."""
    return transaction(
        fork("XF", "P1", "B"),
        line("XS", "XF"),
        running,
        *more,
        undoable("B"),
        catch("BW", WAIT),
        end("XE", ON_CANCEL),
        line("B", "BW", "XE"),
    )


STILL_RUNNING = (undoable("A"), say("A2"), catch("W", LONG), undoable("A3"))


def test_cancelling_a_transaction_undoes_the_completed_portions_of_a_sub_process_still_running():
    """10.7: the active one is cancelled; only its completed portions are compensated."""
    running = sub("P1", start("PS"), *STILL_RUNNING, line("PS", "A", "A2", "W", "A3"))
    assert said(*running_beside_a_cancellation(running)) == [
        "B", "A", "A2", "undoA", "undoB", "Cancelled",
    ]  # fmt: skip


def test_a_cancelled_sub_process_is_undone_from_inside_never_by_its_own_handler():
    """Its handler and its compensation event sub-process are enabled once it is completed."""
    handler = event_sub("V", start("VS", on_compensation()), say("X2"), line("VS", "X2"))
    running = sub("P1", start("PS"), *STILL_RUNNING, line("PS", "A", "A2", "W", "A3"), handler)
    own = (
        boundary("PC", "P1", on_compensation())
        + say("undoP", isForCompensation="true")
        + '<bpmn:association id="P_to" sourceRef="PC" targetRef="undoP"/>'
    )
    assert said(*running_beside_a_cancellation(running, own)) == [
        "B", "A", "A2", "undoA", "undoB", "Cancelled",
    ]  # fmt: skip


def test_cancelling_a_transaction_undoes_the_instances_done_of_a_multi_instance_still_running():
    running = sub(
        "P1",
        start("PS"),
        undoable("A"),
        catch("W", timer("duration", "PT40M")),
        line("PS", "A", "W"),
        times("3", sequential=True),
    )
    assert said(*running_beside_a_cancellation(running)) == [
        "B", "A", "A", "undoA", "undoA", "undoB", "Cancelled",
    ]  # fmt: skip


def test_a_cancellation_undoes_what_a_compensation_under_way_had_not_undone_yet():
    slow = sub(
        "undoC",
        start("US"),
        catch("UW", LONG),
        say("late"),
        line("US", "UW", "late"),
        isForCompensation="true",
    )
    running = sub(
        "P1",
        start("PS"),
        undoable("A"),
        say("C"),
        boundary("CC", "C", on_compensation()),
        slow,
        '<bpmn:association id="C_to" sourceRef="CC" targetRef="undoC"/>',
        throw("PT", on_compensation()),
        line("PS", "A", "C", "PT"),
    )
    assert said(*running_beside_a_cancellation(running)) == [
        "B", "A", "C", "undoA", "undoB", "Cancelled",
    ]  # fmt: skip


def test_a_compensation_that_takes_time_is_over_before_a_transaction_is_left():
    undo = sub(
        "undoA",
        start("US"),
        catch("UW", WAIT),
        say("undone"),
        line("US", "UW", "undone"),
        isForCompensation="true",
    )
    assert said(
        *transaction(
            say("A"),
            boundary("AC", "A", on_compensation()),
            undo,
            '<bpmn:association id="to" sourceRef="AC" targetRef="undoA"/>',
            end("XE", ON_CANCEL),
            line("XS", "A", "XE"),
        )
    ) == ["A", "undone", "Cancelled"]


def test_the_instance_of_a_transaction_that_is_cancelled_ends_the_whole_multi_instance():
    assert said(
        *transaction(
            undoable("A"),
            catch("W", WAIT),
            end("XE", ON_CANCEL),
            line("XS", "A", "W", "XE"),
            loop=times("2", sequential=True),
        )
    ) == ["A", "undoA", "Cancelled"]


def test_a_transaction_may_be_interrupted_at_its_edge_without_compensation():
    assert said(
        *transaction(undoable("A"), catch("W", LONG), line("XS", "A", "W")),
        boundary("XT", "X", WAIT),
        say("Late"),
        line("XT", "Late"),
    ) == ["A", "Late"]


def test_a_transaction_tells_of_an_escalation_and_goes_on():
    assert sorted(
        said(
            *transaction(throw("T", on_escalation("e")), line("XS", "T")),
            boundary("XX", "X", on_escalation("e"), interrupts=False),
            say("Told"),
            line("XX", "Told"),
            top=escalation("e"),
        )
    ) == ["Done", "Told"]


def test_a_cancel_end_event_may_stand_beside_other_triggers():
    assert sorted(
        said(
            *transaction(
                undoable("A"), end("XE", ON_CANCEL, on_signal("G")), line("XS", "A", "XE")
            ),
            boundary("XX", "X", on_signal("G"), interrupts=False),
            say("Told"),
            line("XX", "Told"),
            top=signal("G"),
        )
    ) == ["A", "Cancelled", "Told", "undoA"]


def test_a_transaction_within_a_transaction_is_cancelled_alone():
    inner = (
        node(
            "transaction",
            "Y",
            start("YS"),
            undoable("B"),
            end("YE", ON_CANCEL),
            line("YS", "B", "YE"),
        )
        + boundary("YC", "Y", ON_CANCEL)
        + say("Inner")
        + line("YC", "Inner")
    )
    assert said(*transaction(undoable("A"), inner, line("XS", "A", "Y"))) == [
        "A", "B", "undoB", "Inner", "Done",
    ]  # fmt: skip


def test_an_event_sub_process_of_a_transaction_may_cancel_what_it_interrupts_by_an_error():
    parts = transaction(
        undoable("A"),
        end("XE", on_error("x")),
        line("XS", "A", "XE"),
        event_sub(
            "V",
            start("VS", on_error("x")),
            throw("VT", on_compensation()),
            say("B"),
            line("VS", "VT", "B"),
        ),
    )
    assert said(*parts, top=error("x")) == ["A", "undoA", "B", "Done"]


def test_a_cancel_start_or_catch_event_is_refused():
    for bad in (catch("C", ON_CANCEL), throw("C", ON_CANCEL)):
        assert played(start(), bad, line("S", "C"))["outcome"] == "refused"
