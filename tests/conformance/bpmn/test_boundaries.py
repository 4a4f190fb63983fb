"""Boundary events of every host, links, messages and signals within a case, multiple events.

Source: BPMN 2.0.2, sections 10.5.4 (intermediate events), 10.5.5 (link, message, signal, multiple)
and 13.5.3 (intermediate boundary events).
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    again,
    boundary,
    catch,
    escalation,
    event_sub,
    fork,
    on_condition,
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
)
from tests.conformance.bpmn_trace import run
from tests.unit.bpmn.diagrams import (
    bpmn,
    end,
    flow,
    line,
    message,
    node,
    on_message,
    process,
    start,
    timer,
)

SOON = timer("duration", "PT1H")
LONG = timer("duration", "PT9H")
KEYED = message("M", '="k"')
CALLED = process("Q", start("QS"), catch("QW", LONG), say("Later"), line("QS", "QW", "Later"))
LATE = (start("PS"), catch("PW", LONG), say("Late"), line("PS", "PW", "Late"))
HOSTS = {
    "receive task": node("receiveTask", "H", messageRef="M"),
    "sub-process": sub("H", *LATE),
    "transaction": node("transaction", "H", *LATE),
    "call activity": node("callActivity", "H", calledElement="Q"),
    "ad-hoc sub-process": node("adHocSubProcess", "H", catch("PW", LONG)),
    "multi-instance": sub("H", *LATE, times("3")),
    "sequential multi-instance": sub("H", *LATE, times("3", sequential=True)),
    "loop": sub("H", *LATE, again("true")),
    "called multi-instance": node("callActivity", "H", times("2"), calledElement="Q"),
}


@pytest.mark.parametrize("host", sorted(HOSTS))
def test_an_interrupting_boundary_event_ends_its_activity_and_all_that_runs_in_it(host):
    assert said(
        start(),
        HOSTS[host],
        boundary("X", "H", SOON),
        say("A"),
        say("B"),
        line("S", "H", "B"),
        line("X", "A"),
        top=KEYED + CALLED,
    ) == ["A"]


@pytest.mark.parametrize("host", sorted(set(HOSTS) - {"receive task", "loop"}))
def test_a_non_interrupting_boundary_event_lets_its_activity_go_on(host):
    trace = said(
        start(),
        HOSTS[host],
        boundary("X", "H", SOON, interrupts=False),
        say("A"),
        say("B"),
        line("S", "H", "B"),
        line("X", "A"),
        top=KEYED + CALLED,
    )
    assert trace[0] == "A"
    assert trace[-1] == "B"
    assert trace.count("A") == trace.count("B") == 1


def test_the_flows_of_an_interrupting_event_are_taken_instead_of_the_activity_s_own():
    assert said(
        start(),
        sub("H", *LATE),
        boundary("X", "H", SOON),
        node("exclusiveGateway", "J"),
        say("A"),
        say("B"),
        line("S", "H", "B", "J"),
        line("X", "A", "J"),
        say("C"),
        line("J", "C"),
    ) == ["A", "C"]


def test_a_boundary_event_may_lead_back_to_its_own_activity():
    assert said(
        start(),
        sub("H", start("PS"), say("A"), catch("PW", LONG), line("PS", "A", "PW")),
        boundary("X", "H", SOON),
        sets("N", "n", "n + 1"),
        node("exclusiveGateway", "G", default="G-E"),
        end("E"),
        line("S", "H"),
        line("X", "N", "G"),
        flow("G", "H", "=n < 3"),
        flow("G", "E"),
        n=0,
    ) == ["A", "A", "A"]


def test_what_a_non_interrupting_event_started_goes_on_after_its_activity_was_interrupted():
    assert said(
        start(),
        sub("H", *LATE),
        boundary("X", "H", SOON, interrupts=False),
        boundary("Y", "H", timer("duration", "PT2H")),
        catch("W", timer("duration", "PT4H")),
        say("A"),
        say("B"),
        line("S", "H"),
        line("X", "W", "A"),
        line("Y", "B"),
    ) == ["B", "A"]


def test_boundary_events_of_different_triggers_wait_side_by_side():
    assert said(
        start(),
        fork("F", "H", "W"),
        line("S", "F"),
        sub("H", *LATE),
        boundary("X1", "H", on_signal("G"), interrupts=False),
        boundary("X2", "H", on_condition("=n = 2"), interrupts=False),
        boundary("X3", "H", on_escalation("e"), interrupts=False),
        boundary("X4", "H", timer("duration", "PT3H")),
        say("A1"),
        say("A2"),
        say("A3"),
        say("A4"),
        line("X1", "A1"),
        line("X2", "A2"),
        line("X3", "A3"),
        line("X4", "A4"),
        catch("W", SOON),
        sets("N", "n", "2"),
        catch("W2", SOON),
        throw("T", on_signal("G")),
        line("W", "N", "W2", "T"),
        top=signal("G") + escalation("e"),
        n=1,
    ) == ["A2", "A1", "A4"]


def test_boundary_events_at_several_levels_are_interrupted_from_the_outside():
    assert said(
        start(),
        sub(
            "P1",
            start("S1"),
            sub("P2", *LATE),
            boundary("X2", "P2", timer("duration", "PT2H")),
            say("A2"),
            line("S1", "P2"),
            line("X2", "A2"),
        ),
        boundary("X1", "P1", SOON),
        say("A1"),
        line("S", "P1"),
        line("X1", "A1"),
    ) == ["A1"]


@pytest.mark.parametrize("interrupts", [True, False])
def test_a_message_comes_to_the_edge_of_an_activity(interrupts):
    assert said(
        start(),
        fork("F", "H", "T"),
        line("S", "F"),
        sub("H", *LATE),
        boundary("X", "H", on_message("M"), interrupts=interrupts),
        say("A"),
        line("X", "A"),
        throw("T", on_message("M")),
        top=KEYED,
        loopback=True,
    ) == (["A"] if interrupts else ["A", "Late"])


# --- signals and messages ----------------------------------------------------------------------


def test_a_signal_is_caught_at_every_level_and_in_called_processes():
    assert sorted(
        said(
            start(),
            fork("F", "W", "C1", "P1", "Call", "H"),
            line("S", "F"),
            catch("W", SOON),
            end("T", on_signal("G")),
            line("W", "T"),
            catch("C1", on_signal("G")),
            say("A1"),
            line("C1", "A1"),
            sub("P1", start("S1"), catch("C2", on_signal("G")), say("A2"), line("S1", "C2", "A2")),
            node("callActivity", "Call", calledElement="Q2"),
            sub("H", *LATE),
            boundary("X", "H", on_signal("G")),
            say("A4"),
            line("X", "A4"),
            event_sub(
                "V",
                start("VS", on_signal("G"), isInterrupting="false"),
                say("A5"),
                line("VS", "A5"),
            ),
            top=signal("G")
            + process("Q2", start("QS"), catch("QC", on_signal("G")), say("A3"),
                      line("QS", "QC", "A3")),
        )
    ) == ["A1", "A2", "A3", "A4", "A5"]  # fmt: skip


def test_signals_of_one_name_are_one_signal_whatever_their_ids():
    assert said(
        start(),
        fork("F", "T", "C"),
        line("S", "F"),
        throw("T", on_signal("G1")),
        catch("C", on_signal("G2")),
        say("A"),
        line("C", "A"),
        top='<bpmn:signal id="G1" name="same"/><bpmn:signal id="G2" name="same"/>',
    ) == ["A"]


def test_a_signal_may_be_awaited_again_after_it_came():
    assert said(
        start(),
        fork("F", "W", "C1"),
        line("S", "F"),
        catch("C1", on_signal("G")),
        say("A"),
        catch("C2", on_signal("G")),
        say("B"),
        line("C1", "A", "C2", "B"),
        catch("W", SOON),
        throw("T1", on_signal("G")),
        catch("W2", SOON),
        throw("T2", on_signal("G")),
        line("W", "T1", "W2", "T2"),
        top=signal("G"),
    ) == ["A", "B"]


@pytest.mark.parametrize("sender", ["intermediateThrowEvent", "endEvent", "sendTask"])
def test_a_message_is_received_once_by_one_who_waits(sender):
    inner, attributes = ((), {"messageRef": "M"}) if sender == "sendTask" else (
        (on_message("M"),), {}
    )  # fmt: skip
    answer = played(
        start(),
        fork("F", "T", "C1", "C2"),
        line("S", "F"),
        node(sender, "T", *inner, **attributes),
        catch("C1", on_message("M")),
        catch("C2", on_message("M")),
        say("A"),
        node("exclusiveGateway", "J"),
        line("C1", "J", "A"),
        line("C2", "J"),
        top=KEYED,
        loopback=True,
    )
    assert answer["outcome"] == "waiting"
    assert answer["trace"] == ["A"]


def test_a_message_sent_before_somebody_waits_is_kept_for_them():
    assert said(
        start(),
        throw("T", on_message("M")),
        catch("W", timer("duration", "PT30M")),
        node("receiveTask", "R", messageRef="M"),
        say("A"),
        line("S", "T", "W", "R", "A"),
        top=KEYED,
        loopback=True,
    ) == ["A"]


# --- links -------------------------------------------------------------------------------------


def test_several_links_may_lead_to_one_target():
    assert said(
        start(),
        fork("F", "A", "B"),
        line("S", "F"),
        say("A"),
        say("B"),
        throw("L1", on_link("l")),
        throw("L2", on_link("l")),
        line("A", "L1"),
        line("B", "L2"),
        catch("L3", on_link("l")),
        say("C"),
        line("L3", "C"),
    ) in (["A", "B", "C", "C"], ["A", "C", "B", "C"])


def test_links_may_make_a_loop():
    assert said(
        start(),
        node("exclusiveGateway", "J"),
        say("A"),
        sets("N", "n", "n + 1"),
        node("exclusiveGateway", "G", default="G-E"),
        throw("L1", on_link("again")),
        catch("L2", on_link("again")),
        end("E"),
        line("S", "J", "A", "N", "G"),
        flow("G", "L1", "=n < 3"),
        flow("G", "E"),
        line("L2", "J"),
        n=0,
    ) == ["A", "A", "A"]


def test_a_parallel_join_takes_the_token_of_a_link_as_that_of_a_flow():
    assert said(
        start(),
        fork("F", "A", "B"),
        line("S", "F"),
        say("A"),
        say("B"),
        throw("L1", on_link("l")),
        catch("L2", on_link("l")),
        node("parallelGateway", "J"),
        say("C"),
        line("A", "L1"),
        line("L2", "J", "C"),
        line("B", "J"),
    ) == ["A", "B", "C"]


@pytest.mark.parametrize("inner", [True, False])
def test_a_link_into_or_out_of_a_sub_process_is_refused(inner):
    inside = catch("L2", on_link("l")) if inner else throw("L1", on_link("l"))
    outside = throw("L1", on_link("l")) if inner else catch("L2", on_link("l"))
    answer = played(
        start(),
        sub("P1", inside, say("B"), line("L2", "B") if inner else line("B", "L1")),
        outside,
        say("A"),
        line("S", "P1", "A"),
        line("A", "L1") if inner else line("L2", "A"),
    )
    assert answer["outcome"] == "refused"


# --- events in ad-hoc sub-processes, multiple events -------------------------------------------


def test_events_may_wait_and_be_thrown_in_an_ad_hoc_sub_process():
    assert said(
        start(),
        node(
            "adHocSubProcess",
            "H",
            catch("W", SOON),
            say("A"),
            throw("T", on_escalation("e")),
            line("W", "A", "T"),
            say("B"),
        ),
        boundary("X", "H", on_escalation("e"), interrupts=False),
        say("C"),
        say("Z"),
        line("X", "C"),
        line("S", "H", "Z"),
        top=escalation("e"),
    ) in (["B", "A", "C", "Z"], ["B", "A", "Z", "C"])


def test_a_throwing_multiple_event_throws_everything_it_names():
    assert sorted(
        said(
            start(),
            sub("H", start("PS"), throw("T", on_signal("G"), on_escalation("e")), say("A"),
                line("PS", "T", "A")),
            boundary("X", "H", on_signal("G"), interrupts=False),
            boundary("Y", "H", on_escalation("e"), interrupts=False),
            say("B"),
            say("C"),
            line("S", "H"),
            line("X", "B"),
            line("Y", "C"),
            top=signal("G") + escalation("e"),
        )
    ) == ["A", "B", "C"]  # fmt: skip


def test_each_trigger_of_a_non_interrupting_multiple_event_comes_for_itself():
    assert said(
        start(),
        fork("F", "H", "W"),
        line("S", "F"),
        sub("H", *LATE),
        boundary("X", "H", on_signal("G"), timer("cycle", "R2/PT2H"), interrupts=False),
        say("A"),
        line("X", "A"),
        catch("W", SOON),
        throw("T", on_signal("G")),
        line("W", "T"),
        top=signal("G"),
    ) == ["A", "A", "A", "Late"]


def test_a_parallel_multiple_boundary_event_needs_all_of_its_triggers():
    assert said(
        start(),
        fork("F", "H", "W"),
        line("S", "F"),
        sub("H", *LATE),
        node(
            "boundaryEvent", "X", on_signal("G"), SOON, attachedToRef="H", parallelMultiple="true"
        ),
        say("A"),
        line("X", "A"),
        catch("W", timer("duration", "PT2H")),
        say("B"),
        throw("T", on_signal("G")),
        line("W", "B", "T"),
        top=signal("G"),
    ) == ["B", "A"]


def test_events_may_refer_to_several_triggers_declared_beside_the_processes():
    declared = (
        '<bpmn:signalEventDefinition id="D1" signalRef="G"/>'
        '<bpmn:escalationEventDefinition id="D2" escalationRef="e"/>'
    )
    refer = "<bpmn:eventDefinitionRef>{}</bpmn:eventDefinitionRef>"
    both = refer.format("D1") + refer.format("D2")
    assert sorted(
        said(
            start(),
            sub("H", start("PS"), end("PE", both), line("PS", "PE")),
            boundary("X", "H", refer.format("D1"), interrupts=False),
            boundary("Y", "H", refer.format("D2"), interrupts=False),
            say("A"),
            say("B"),
            line("S", "H"),
            line("X", "A"),
            line("Y", "B"),
            top=signal("G") + escalation("e") + declared,
        )
    ) == ["A", "B"]


@pytest.mark.parametrize(
    "bad",
    [
        boundary("X", "Nowhere", SOON),
        boundary("X", "S", SOON),
        boundary("X", "A"),
        boundary("X", "A", "<bpmn:eventDefinitionRef>None</bpmn:eventDefinitionRef>"),
        boundary("X", "A", on_signal("None")),
        boundary("X", "A", on_link("l")),
        boundary("X", "A", SOON) + line("A", "X"),
    ],
)
def test_a_boundary_event_that_cannot_come_is_refused(bad):
    answer = played(start(), say("A"), bad, say("B"), line("S", "A"), line("X", "B"))
    assert answer["outcome"] == "refused"
    assert all(", X: " in reason or ", A-X: " in reason for reason in answer["reasons"]), answer


# --- what is due as the activity begins ----------------------------------------------------------

INSTANT = {
    "task": say("A"),
    "sub-process": sub("A", start("AS"), say("A1"), line("AS", "A1")),
    "multi-instance": say("A", times("2")),
    "loop": say("A", again("loopCounter &lt; 2")),
}


@pytest.mark.parametrize("interrupts", [True, False])
@pytest.mark.parametrize("host", sorted(INSTANT))
def test_a_condition_that_is_true_as_the_activity_begins_happens_before_its_work(host, interrupts):
    """10.5.5: it is asked when the event begins to wait; an activity without duration has begun."""
    trace = said(
        start(),
        INSTANT[host],
        boundary("X", "A", on_condition("=true"), interrupts=interrupts),
        say("B"),
        say("C"),
        line("S", "A", "B"),
        line("X", "C"),
    )
    assert trace.count("C") == 1
    assert ("B" in trace) is not interrupts
    assert any(text.startswith("A") for text in trace) is not interrupts


def test_one_of_several_triggers_that_is_a_true_condition_happens_as_the_activity_begins():
    assert said(
        start(),
        say("A"),
        boundary("X", "A", on_condition("=true"), timer("duration", "PT1H")),
        say("C"),
        line("S", "A"),
        line("X", "C"),
    ) == ["C"]


def test_a_condition_that_the_activity_itself_makes_true_by_its_end_comes_too_late():
    assert said(
        start(),
        sets("A", "n", "2"),
        boundary("X", "A", on_condition("=n = 2")),
        say("B"),
        say("C"),
        line("S", "A", "B"),
        line("X", "C"),
        n=1,
    ) == ["B"]


def test_a_timer_that_is_due_as_the_activity_begins_interrupts_it_if_that_takes_any_time():
    """The clock, not the step, fires it: what takes no time at all is over before."""
    slow = sub("A", start("AS"), catch("W", SOON), say("A1"), line("AS", "W", "A1"))
    for host, expected in ((slow, ["C"]), (say("A"), ["A", "B"])):
        answer = run(
            bpmn(
                start(),
                host,
                boundary("X", "A", timer("duration", "PT0S")),
                say("B"),
                say("C"),
                line("S", "A", "B"),
                line("X", "C"),
            ),
            "case.bpmn",
            variables={},
        )
        assert (answer["outcome"], answer["trace"]) == ("completed", expected)
