"""Timers, messages, boundary events and event sub-processes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import DeploymentRefused
from engine.model import CaseStatus
from tests.unit.bpmn.diagrams import (
    TERMINATE,
    bpmn,
    end,
    error,
    inputs,
    line,
    message,
    node,
    on_error,
    on_message,
    outputs,
    properties,
    script,
    service,
    start,
    timer,
    user,
)
from tests.unit.bpmn.play import NOW, Play, compiled


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def one_timer(kind: str, text: str) -> bytes:
    return bpmn(
        start(),
        node("intermediateCatchEvent", "Wait", timer(kind, text)),
        end(),
        line("S", "Wait", "E"),
    )


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("duration", "P1M", at(2026, 2, 28)),
        ("duration", "P1M2DT3H", at(2026, 3, 2, 12)),
        ("duration", "=duration(&quot;P1M&quot;)", at(2026, 2, 28)),
        ("duration", "=waiting", at(2026, 2, 3)),
        ("date", "2026-03-01T10:00:00Z", at(2026, 3, 1, 10)),
        ("date", "2026-03-01", at(2026, 2, 28, 23)),  # midnight in Douala is 23:00 UTC
        ("date", "=now() + duration(&quot;P1D&quot;)", at(2026, 2, 1)),
        ("cycle", "R3/P1M", at(2026, 2, 28)),
    ],
)
def test_a_timer_is_due_at_the_calendars_moment(kind, text, due):
    play = Play(compiled(one_timer(kind, text)), waiting="P3D")
    assert play.at("Wait", "timers").due == due
    assert play.fire("Wait").done


def test_a_timer_that_is_no_time_is_an_incident():
    play = Play(compiled(one_timer("duration", "=waiting")), waiting="soon")
    assert play.at("Wait", "incidents").code == "expression"


BOUNDARY = bpmn(
    start(),
    user("Work"),
    node(
        "boundaryEvent",
        "Monthly",
        timer("cycle", "R3/P1M"),
        attachedToRef="Work",
        cancelActivity="false",
    ),
    node("boundaryEvent", "Late", timer("duration", "P1Y"), attachedToRef="Work"),
    user("Visit"),
    user("Escalate"),
    end(),
    end("E2"),
    end("E3"),
    line("S", "Work", "E"),
    line("Monthly", "Visit", "E2"),
    line("Late", "Escalate", "E3"),
)


def test_a_monthly_cycle_from_the_31st_never_drifts():
    play = Play(compiled(BOUNDARY))
    dues = []
    for _ in range(3):
        dues.append(play.at("Monthly", "timers").due)
        play.fire("Monthly")
    assert dues == [at(2026, 2, 28), at(2026, 3, 31), at(2026, 4, 30)]
    assert play.open("timers") == ["Late"]
    assert play.open("tasks") == ["Visit", "Visit", "Visit", "Work"]


def test_missed_moments_of_a_cycle_do_not_fire_in_a_burst():
    play = Play(compiled(BOUNDARY))
    play.now = at(2026, 6, 10)
    play.fire("Monthly")
    assert play.at("Monthly", "timers").due == at(2026, 6, 30)
    play.fire("Monthly").fire("Monthly")
    assert play.open("timers") == ["Late"]


def test_an_interrupting_timer_withdraws_the_task_and_its_other_events():
    play = Play(compiled(BOUNDARY)).fire("Late")
    assert play.open("tasks") == ["Escalate"]
    assert play.open("timers") == []
    assert play.happened("element.cancelled") == ["Work"]
    assert play.complete("Escalate").done


def test_completing_the_task_withdraws_its_timers():
    play = Play(compiled(BOUNDARY)).complete("Work")
    assert play.done
    assert play.open("timers") == []


def test_the_case_waits_for_what_a_boundary_event_started():
    play = Play(compiled(BOUNDARY)).fire("Monthly").complete("Work")
    assert play.open("tasks") == ["Visit"]
    assert play.complete("Visit").done


def test_two_correlation_keys_are_both_named():
    top = (
        '<bpmn:message id="M" name="payment"/>'
        '<bpmn:correlationProperty id="c1" name="case"><bpmn:correlationPropertyRetrievalExpression'
        ' messageRef="M"><bpmn:messagePath>case.id</bpmn:messagePath>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
        '<bpmn:correlationProperty id="c2" name="tranche">'
        "<bpmn:correlationPropertyRetrievalExpression"
        ' messageRef="M"><bpmn:messagePath>tranche</bpmn:messagePath>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    source = bpmn(
        start(), node("receiveTask", "Paid", messageRef="M"), end(), line("S", "Paid", "E"), top=top
    )
    wanted = Play(compiled(source), tranche=2).at("Paid", "subscriptions")
    assert wanted.message == "payment"
    assert dict(wanted.keys) == {"case": "case-1", "tranche": 2}


def test_a_correlation_key_without_a_value_is_an_incident():
    source = bpmn(
        start(),
        node("receiveTask", "Paid", messageRef="M"),
        line("S", "Paid"),
        top=message(key="=payment"),
    )
    play = Play(compiled(source))
    assert play.at("Paid", "incidents").code == "expression"
    assert "payment" in play.at("Paid", "incidents").message


def test_a_thrown_message_carries_its_mappings_and_key():
    source = bpmn(
        start(),
        node(
            "intermediateThrowEvent",
            "Tell",
            on_message(),
            inputs(what="=status"),
            properties(timeToLive="P1D"),
        ),
        node("sendTask", "Again", inputs(what="static"), messageRef="M"),
        end("E", on_message()),
        line("S", "Tell", "Again", "E"),
        top=message(),
    )
    play = Play(compiled(source), status="done")
    assert [m.variables for m in play.messages] == [{"what": "done"}, {"what": "static"}, {}]
    assert [m.time_to_live_s for m in play.messages] == [86400, 3600, 3600]
    assert all(dict(m.keys) == {"key": "case-1"} for m in play.messages)
    assert play.variables == {"status": "done"}


WITHDRAWAL = bpmn(
    start(),
    user("Work"),
    end(),
    line("S", "Work", "E"),
    node(
        "subProcess",
        "Withdrawal",
        start(
            "Withdrawn",
            on_message(),
            '<zeebe:formDefinition formId="withdraw"/>',
            properties(candidateGroups="officer, adviser"),
        ),
        user("Confirm"),
        end("WE"),
        line("Withdrawn", "Confirm", "WE"),
        triggeredByEvent="true",
    ),
    node(
        "subProcess",
        "Yearly",
        start("YearOver", timer("cycle", "R2/P1Y"), isInterrupting="false"),
        user("Report"),
        end("YE"),
        line("YearOver", "Report", "YE"),
        triggeredByEvent="true",
    ),
    top=message(),
)
FORM = b'{"id": "withdraw", "components": []}'


def test_an_interrupting_event_sub_process_takes_over_the_case():
    play = Play(compiled(WITHDRAWAL, withdraw__form=FORM))
    wanted = play.at("Withdrawn", "subscriptions")
    assert wanted.form_id == "withdraw"
    assert wanted.candidate_groups == ("officer", "adviser")
    play.send("Withdrawn", reason_code="returned")
    assert play.open("tasks") == ["Confirm"]
    assert play.open("timers") == []
    assert play.variables == {"reason_code": "returned"}
    assert play.complete("Confirm").done


def test_an_event_sub_process_that_does_not_interrupt_runs_beside_and_again():
    play = Play(compiled(WITHDRAWAL, withdraw__form=FORM))
    play.fire("YearOver").fire("YearOver")
    assert play.open("tasks") == ["Report", "Report", "Work"]
    assert play.open("timers") == []
    play.complete("Work")
    assert play.status is CaseStatus.ACTIVE
    assert play.complete("Report").complete("Report").done
    assert play.open("subscriptions") == []


def test_waiting_event_sub_processes_do_not_keep_a_case_open():
    play = Play(compiled(WITHDRAWAL, withdraw__form=FORM)).complete("Work")
    assert play.done
    assert play.open("subscriptions") == play.open("timers") == []


ERRORS = bpmn(
    start(),
    node(
        "subProcess",
        "Block",
        start("BS"),
        service("Call", "check"),
        node("exclusiveGateway", "Ok", default="Ok-BE"),
        end("Fail", on_error("refused")),
        end("BE"),
        line("BS", "Call", "Ok", "BE"),
        '<bpmn:sequenceFlow id="bad" sourceRef="Ok" targetRef="Fail">'
        "<bpmn:conditionExpression>=bad = true</bpmn:conditionExpression></bpmn:sequenceFlow>",
    ),
    node("boundaryEvent", "Refused", on_error("refused"), attachedToRef="Block"),
    node("boundaryEvent", "Other", on_error(), attachedToRef="Block"),
    user("A"),
    user("B"),
    end(),
    line("S", "Block", "E"),
    line("Refused", "A"),
    line("Other", "B"),
    top=error("refused"),
)


def test_an_error_end_event_goes_to_the_event_of_its_code():
    play = Play(compiled(ERRORS)).complete("Call", bad=True)
    assert play.open("tasks") == ["A"]
    assert play.happened("element.cancelled") == ["Block"]


def test_a_handlers_error_goes_to_the_event_that_catches_it_with_its_variables():
    play = Play(compiled(ERRORS)).throw("Call", "broken", detail=7)
    assert play.open("tasks") == ["B"]
    assert play.variables == {"detail": 7}
    assert play.open("calls") == []


def test_an_uncaught_error_is_an_incident_and_can_be_retried():
    source = bpmn(start(), service("Call", "check"), end(), line("S", "Call", "E"))
    play = Play(compiled(source)).throw("Call", "broken")
    assert play.at("Call", "incidents").code == "uncaught-error"
    assert play.open("calls") == []
    play.retry("Call")
    assert play.open("calls") == ["Call"]
    assert play.complete("Call").done


def test_an_uncaught_error_end_is_an_incident_never_a_success():
    source = bpmn(start(), end("Fail", on_error("x")), line("S", "Fail"), top=error("x"))
    play = Play(compiled(source))
    assert play.at("Fail", "incidents").code == "uncaught-error"
    assert play.status is CaseStatus.ACTIVE


def test_an_error_starts_its_event_sub_process_only_when_it_is_thrown():
    source = bpmn(
        start(),
        service("Call", "check"),
        user("Beside"),
        end(),
        line("S", "Call", "E"),
        line("S", "Beside"),
        node(
            "subProcess",
            "Rescue",
            start("Failed", on_error("x")),
            user("Repair"),
            line("Failed", "Repair"),
            triggeredByEvent="true",
        ),
        top=error("x"),
    )
    play = Play(compiled(source))
    assert "Rescue" not in play.happened("element.entered")
    play.throw("Call", "x")
    assert play.open("tasks") == ["Repair"]
    assert play.complete("Repair").done


def test_a_terminate_end_ends_its_own_process_and_nothing_around_it():
    source = bpmn(
        start(),
        node(
            "subProcess",
            "Block",
            start("BS"),
            user("One"),
            user("Two"),
            end("Stop", TERMINATE),
            line("BS", "One", "Stop"),
            line("BS", "Two"),
        ),
        user("After"),
        line("S", "Block", "After"),
    )
    play = Play(compiled(source)).complete("One")
    assert play.open("tasks") == ["After"]
    assert "Two" in play.happened("element.cancelled")


def test_a_message_with_output_mappings_gives_only_these():
    source = bpmn(
        start(),
        node("intermediateCatchEvent", "Got", on_message(), outputs(kept="=secret + 1")),
        end(),
        line("S", "Got", "E"),
        top=message(),
    )
    play = Play(compiled(source)).send("Got", secret=1)
    assert play.done
    assert play.variables == {"kept": 2}


def test_now_is_the_steps_moment():
    source = bpmn(start(), script("T", "=now()", "when"), line("S", "T"))
    assert Play(compiled(source)).variables["when"] == NOW


def test_an_error_in_the_handling_of_an_error_goes_outside():
    source = bpmn(
        start(),
        node(
            "subProcess",
            "Block",
            start("BS"),
            service("Call", "check"),
            line("BS", "Call"),
            node(
                "subProcess",
                "Rescue",
                start("Failed", on_error("x")),
                service("Repair", "check"),
                line("Failed", "Repair"),
                triggeredByEvent="true",
            ),
        ),
        node("boundaryEvent", "Outside", on_error("x"), attachedToRef="Block"),
        user("After"),
        line("S", "Block"),
        line("Outside", "After"),
        top=error("x"),
    )
    play = Play(compiled(source)).throw("Call", "x")
    assert play.open("calls") == ["Repair"]
    assert play.throw("Repair", "x").open("tasks") == ["After"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("duration", "P9999Y"),
        ("duration", "-P1D"),
        ("cycle", "R0/P1D"),
        ("cycle", "R3/PT0.1S"),
        ("cycle", "P1M2D and more"),
        ("date", "9999-12-31T23:00:00-10:00"),
        ("date", "2026-02-30"),
    ],
)
def test_a_time_that_no_calendar_holds_is_refused_or_an_incident(kind, text):
    try:
        play = Play(compiled(one_timer(kind, text)))
    except DeploymentRefused:
        return
    assert play.at("Wait", "incidents").code == "expression"


def test_a_short_cycle_that_was_missed_for_a_year_goes_on_at_once():
    source = BOUNDARY.replace(b"R3/P1M", b"R/PT1S")
    play = Play(compiled(source))
    play.now = at(2026, 12, 31)
    play.fire("Monthly")
    assert (play.at("Monthly", "timers").due - play.now).total_seconds() == 1


def test_a_completed_case_says_so_last():
    play = Play(compiled(BOUNDARY)).complete("Work")
    assert play.events[-1].kind == "case.completed"


def test_a_message_that_does_not_interrupt_is_taken_as_often_as_it_comes():
    source = bpmn(
        start(),
        user("Work"),
        node(
            "boundaryEvent",
            "Asked",
            on_message(),
            attachedToRef="Work",
            cancelActivity="false",
        ),
        user("Answer"),
        line("S", "Work"),
        line("Asked", "Answer"),
        top=message(),
    )
    play = Play(compiled(source)).send("Asked", n=1).send("Asked", n=2)
    assert play.open("tasks") == ["Answer", "Answer", "Work"]
    assert play.open("subscriptions") == ["Asked"]
    assert play.variables == {"n": 2}
    assert play.complete("Work").open("subscriptions") == []


def test_an_interrupting_message_withdraws_a_running_called_process():
    source = bpmn(
        start(),
        node("callActivity", "Call", calledElement="Q"),
        node("boundaryEvent", "Stopped", on_message(), attachedToRef="Call"),
        user("After"),
        line("S", "Call"),
        line("Stopped", "After"),
        top=message()
        + '<bpmn:process id="Q">'
        + start("QS")
        + user("Deep")
        + line("QS", "Deep")
        + "</bpmn:process>",
    )
    play = Play(compiled(source)).send("Stopped")
    assert play.open("tasks") == ["After"]
    assert play.happened("element.cancelled") == ["Deep", "Call"]


def test_cancelling_a_case_leaves_nothing_waiting_at_any_depth():
    play = Play(compiled(WITHDRAWAL, withdraw__form=FORM)).fire("YearOver").cancel()
    assert all(not rows for rows in play.waiting.values())
    assert play.events[-1].kind == "case.cancelled"
