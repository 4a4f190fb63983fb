"""Event sub-processes: what starts them, what they end, and who waits for them.

Source: BPMN 2.0.2, sections 10.3.5 (sub-process), 10.5.6 and 13.5.4 (event sub-processes).
"""

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
    TERMINATE,
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
TWO = timer("duration", "PT2H")
LONG = timer("duration", "PT9H")


def beside(
    trigger: str, *inside: str, name: str = "V", says: str = "B", goes_on: bool = True
) -> str:
    """A non-interrupting event sub-process that says something."""
    return event_sub(
        name,
        start(f"{name}S", trigger, isInterrupting="false" if goes_on else "true"),
        say(says),
        line(f"{name}S", says),
        *inside,
    )


def test_a_non_interrupting_event_sub_process_runs_several_times_at_once():
    assert said(
        start(),
        throw("T1", on_signal("G")),
        throw("T2", on_signal("G")),
        say("A"),
        line("S", "T1", "T2", "A"),
        event_sub(
            "V",
            start("VS", on_signal("G"), isInterrupting="false"),
            catch("W", WAIT),
            say("B"),
            line("VS", "W", "B"),
        ),
        top=signal("G"),
    ) == ["A", "B", "B"]


def test_a_scope_is_completed_only_when_its_running_event_sub_processes_are():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            throw("T", on_signal("G")),
            say("A"),
            line("PS", "T", "A"),
            event_sub(
                "V",
                start("VS", on_signal("G"), isInterrupting="false"),
                catch("W", WAIT),
                say("B"),
                line("VS", "W", "B"),
            ),
        ),
        say("C"),
        line("S", "P1", "C"),
        top=signal("G"),
    ) == ["A", "B", "C"]


def test_an_interrupting_event_sub_process_ends_its_siblings_and_further_listening():
    assert said(
        start(),
        fork("F", "T", "W", "P1"),
        line("S", "F"),
        catch("W", LONG),
        say("A"),
        line("W", "A"),
        sub("P1", start("PS"), catch("PW", LONG), say("A1"), line("PS", "PW", "A1")),
        throw("T", on_signal("G")),
        beside(TWO, name="U", says="C"),
        event_sub(
            "V", start("VS", on_signal("G")), catch("VW", LONG), say("B"), line("VS", "VW", "B")
        ),
        top=signal("G"),
    ) == ["B"]


def test_an_interrupting_event_sub_process_ends_runs_of_others():
    assert said(
        start(),
        catch("W", LONG),
        line("S", "W"),
        event_sub(
            "U",
            start("US", WAIT, isInterrupting="false"),
            say("C"),
            catch("UW", LONG),
            say("C2"),
            line("US", "C", "UW", "C2"),
        ),
        beside(TWO, goes_on=False),
    ) == ["C", "B"]


def test_an_event_sub_process_may_hold_another():
    assert said(
        start(),
        catch("W", LONG),
        say("A"),
        line("S", "W", "A"),
        event_sub(
            "V",
            start("VS", WAIT, isInterrupting="false"),
            say("B"),
            catch("VW", timer("duration", "PT4H")),
            say("B2"),
            line("VS", "B", "VW", "B2"),
            beside(WAIT, name="U", says="C"),
        ),
    ) == ["B", "C", "B2", "A"]


def test_an_inner_event_sub_process_interrupts_the_outer_one_alone():
    assert said(
        start(),
        catch("W", LONG),
        say("A"),
        line("S", "W", "A"),
        event_sub(
            "V",
            start("VS", WAIT, isInterrupting="false"),
            say("B"),
            catch("VW", LONG),
            say("B2"),
            line("VS", "B", "VW", "B2"),
            beside(WAIT, name="U", says="C", goes_on=False),
        ),
    ) == ["B", "C", "A"]


def test_an_event_sub_process_ends_normally_and_its_activity_goes_on_by_its_flows():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            catch("W", LONG),
            say("A"),
            line("PS", "W", "A"),
            beside(WAIT, goes_on=False),
        ),
        boundary("X", "P1", on_error()),
        say("Y"),
        line("X", "Y"),
        say("C"),
        line("S", "P1", "C"),
    ) == ["B", "C"]


def test_each_instance_has_event_sub_processes_of_its_own():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            catch("W", LONG),
            say("A"),
            line("PS", "W", "A"),
            beside(WAIT, goes_on=False),
            times("3"),
        ),
        say("C"),
        line("S", "P1", "C"),
    ) == ["B", "B", "B", "C"]


def test_a_signal_starts_event_sub_processes_at_every_level_that_waits():
    assert sorted(
        said(
            start(),
            sub(
                "P1",
                start("PS"),
                node("callActivity", "C", calledElement="Q"),
                line("PS", "C"),
                beside(on_signal("G"), name="V1", says="B1"),
            ),
            line("S", "P1"),
            beside(on_signal("G"), name="V2", says="B2"),
            top=signal("G")
            + process(
                "Q",
                start("QS"),
                throw("T", on_signal("G")),
                line("QS", "T"),
                beside(on_signal("G"), name="V3", says="B3"),
            ),
        )
    ) == ["B1", "B2", "B3"]


def test_a_condition_starts_an_event_sub_process_when_data_changes_elsewhere():
    assert said(
        start(),
        fork("F", "P1", "W"),
        line("S", "F"),
        sub(
            "P1",
            start("PS"),
            catch("PW", LONG),
            say("A"),
            line("PS", "PW", "A"),
            beside(on_condition("=n > 2")),
        ),
        catch("W", WAIT),
        sets("N", "n", "3"),
        line("W", "N"),
        n=1,
    ) == ["B", "A"]


def test_a_condition_that_is_true_already_starts_an_event_sub_process_once():
    assert said(
        start(),
        catch("W", WAIT),
        sets("N", "m", "3"),
        say("A"),
        line("S", "W", "N", "A"),
        beside(on_condition("=n = 1")),
        n=1,
    ) == ["B", "A"]


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_message_starts_an_event_sub_process(goes_on):
    assert said(
        start(),
        throw("T", on_message("M")),
        catch("W", WAIT),
        say("A"),
        line("S", "T", "W", "A"),
        beside(on_message("M"), goes_on=goes_on),
        top=message("M", '="k"'),
        loopback=True,
    ) == (["B", "A"] if goes_on else ["B"])


def test_a_terminate_end_event_in_an_event_sub_process_ends_that_alone():
    assert said(
        start(),
        catch("W", LONG),
        say("A"),
        line("S", "W", "A"),
        event_sub(
            "V",
            start("VS", WAIT, isInterrupting="false"),
            fork("VF", "VW", "B"),
            line("VS", "VF"),
            catch("VW", WAIT),
            say("C"),
            line("VW", "C"),
            say("B"),
            end("VE", TERMINATE),
            line("B", "VE"),
        ),
    ) == ["B", "A"]


def test_a_terminate_end_event_ends_running_event_sub_processes_of_its_scope():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            catch("W", TWO),
            say("A"),
            end("PE", TERMINATE),
            line("PS", "W", "A", "PE"),
            event_sub(
                "V",
                start("VS", WAIT, isInterrupting="false"),
                say("B"),
                catch("VW", LONG),
                say("B2"),
                line("VS", "B", "VW", "B2"),
            ),
        ),
        say("C"),
        line("S", "P1", "C"),
    ) == ["B", "A", "C"]


def test_the_end_events_of_an_event_sub_process_throw_to_the_outside():
    assert sorted(
        said(
            start(),
            sub(
                "P1",
                start("PS"),
                catch("W", LONG),
                line("PS", "W"),
                event_sub(
                    "V",
                    start("VS", WAIT),
                    fork("VF", "E1", "E2"),
                    line("VS", "VF"),
                    end("E1", on_signal("G")),
                    end("E2", on_escalation("e")),
                ),
            ),
            boundary("X", "P1", on_signal("G"), interrupts=False),
            boundary("Y", "P1", on_escalation("e"), interrupts=False),
            say("A"),
            say("B"),
            say("C"),
            line("X", "A"),
            line("Y", "B"),
            line("S", "P1", "C"),
            top=signal("G") + escalation("e"),
        )
    ) == ["A", "B", "C"]


def test_an_error_in_a_non_interrupting_event_sub_process_is_caught_beside_it():
    assert said(
        start(),
        sub(
            "P1",
            start("PS"),
            catch("W", LONG),
            say("A"),
            line("PS", "W", "A"),
            event_sub(
                "V",
                start("VS", WAIT, isInterrupting="false"),
                end("VE", on_error("x")),
                line("VS", "VE"),
            ),
            event_sub("U", start("US", on_error("x")), say("B"), line("US", "B")),
        ),
        boundary("X", "P1", on_error("x")),
        say("Y"),
        say("C"),
        line("X", "Y"),
        line("S", "P1", "C"),
        top=error("x"),
    ) == ["B", "C"]


def test_an_event_sub_process_sees_and_changes_the_variables_of_its_scope():
    assert said(
        start(),
        catch("W", LONG),
        node("exclusiveGateway", "G1", default="no"),
        say("A"),
        say("Z"),
        line("S", "W", "G1"),
        '<bpmn:sequenceFlow id="yes" sourceRef="G1" targetRef="A">'
        "<bpmn:conditionExpression>n = 8</bpmn:conditionExpression></bpmn:sequenceFlow>",
        '<bpmn:sequenceFlow id="no" sourceRef="G1" targetRef="Z"/>',
        event_sub(
            "V", start("VS", WAIT, isInterrupting="false"), sets("N", "n", "n + 1"), line("VS", "N")
        ),
        n=7,
    ) == ["A"]


def test_an_event_sub_process_starts_by_any_of_several_triggers_as_often_as_they_come():
    assert said(
        start(),
        catch("W", TWO),
        throw("T", on_signal("G")),
        catch("W2", LONG),
        say("A"),
        line("S", "W", "T", "W2", "A"),
        event_sub(
            "V",
            start("VS", on_signal("G"), WAIT, isInterrupting="false"),
            say("B"),
            line("VS", "B"),
        ),
        top=signal("G"),
    ) == ["B", "B", "A"]


def test_an_event_sub_process_may_need_all_of_its_triggers():
    assert said(
        start(),
        catch("W", TWO),
        say("A"),
        throw("T", on_signal("G")),
        catch("W2", LONG),
        say("A2"),
        line("S", "W", "A", "T", "W2", "A2"),
        event_sub(
            "V",
            start("VS", on_signal("G"), WAIT, parallelMultiple="true", isInterrupting="true"),
            say("B"),
            line("VS", "B"),
        ),
        top=signal("G"),
    ) == ["A", "B"]


@pytest.mark.parametrize(
    "starts",
    [
        start("VS"),
        start("VS", WAIT) + start("VS2", TWO),
        start("VS", on_error("x"), isInterrupting="false"),
        start("VS", "<bpmn:cancelEventDefinition/>"),
        start("VS", TERMINATE),
        start("VS", '<bpmn:linkEventDefinition name="l"/>'),
        "",
    ],
)
def test_an_event_sub_process_without_exactly_one_start_by_a_trigger_is_refused(starts):
    answer = played(
        start(),
        say("A"),
        line("S", "A"),
        event_sub("V", starts, say("B"), *(["".join([line("VS", "B")])] if starts else [])),
        top=error("x"),
    )
    assert answer["outcome"] == "refused"


def test_an_event_sub_process_with_flows_is_refused():
    answer = played(start(), say("A"), line("S", "A", "V"), beside(WAIT))
    assert answer["outcome"] == "refused"


def test_a_signal_that_starts_its_own_sender_ends_at_one_incident_with_nothing_piled_up():
    """Each that was started is over before the next begins; so the step's limit comes soon."""
    answer = played(
        start(),
        throw("T", on_signal("G")),
        line("S", "T"),
        event_sub(
            "V",
            start("VS", on_signal("G"), isInterrupting="false"),
            throw("VT", on_signal("G")),
            line("VS", "VT"),
        ),
        top=signal("G"),
    )
    assert answer["outcome"] == "incident"
    [reason] = answer["reasons"]
    assert reason.startswith("VT: one step passed 10000 elements")
