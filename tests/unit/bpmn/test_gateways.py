"""Gateways: who waits for whom, and which flows are taken."""

from __future__ import annotations

import pytest

from tests.unit.bpmn.diagrams import (
    bpmn,
    end,
    flow,
    line,
    message,
    node,
    on_message,
    script,
    start,
    timer,
    user,
)
from tests.unit.bpmn.play import Play, compiled

PARALLEL = bpmn(
    start(),
    node("parallelGateway", "Fork"),
    user("A"),
    user("B"),
    node("parallelGateway", "Meet"),
    user("After"),
    end(),
    line("S", "Fork", "A", "Meet", "After", "E"),
    line("Fork", "B", "Meet"),
)


def test_a_parallel_join_waits_for_every_flow():
    play = Play(compiled(PARALLEL))
    assert play.open("tasks") == ["A", "B"]
    play.complete("A")
    assert play.open("tasks") == ["B"]
    play.complete("B")
    assert play.open("tasks") == ["After"]
    assert play.happened("element.entered").count("Meet") == 1
    assert play.complete("After").done


def test_no_stale_copy_overwrites_a_newer_value_at_a_join():
    play = Play(compiled(PARALLEL), status="pending", steps=["one"])
    play.complete("A", status="approved", steps=["one", "two", "three"])
    play.complete("B", other=1)
    assert play.variables["status"] == "approved"
    assert play.variables["steps"] == ("one", "two", "three")


def test_two_tokens_by_one_flow_do_not_complete_a_parallel_join():
    source = bpmn(
        start(),
        node("parallelGateway", "Fork"),
        node("exclusiveGateway", "Merge"),
        user("A"),
        user("B"),
        node("parallelGateway", "Meet"),
        user("After"),
        end(),
        line("S", "Fork", "Merge", "A", "Meet", "After", "E"),
        '<bpmn:sequenceFlow id="second" sourceRef="Fork" targetRef="Merge"/>',
        line("Fork", "B", "Meet"),
    )
    play = Play(compiled(source))
    assert play.open("tasks") == ["A", "A", "B"]
    play.complete("A").complete("A")
    assert play.open("tasks") == ["B"]
    play.complete("B")
    assert play.open("tasks") == ["After"]


def test_two_flows_between_the_same_elements_are_two_flows():
    source = bpmn(
        start(),
        node("parallelGateway", "Fork"),
        node("parallelGateway", "Meet"),
        end(),
        line("S", "Fork", "Meet", "E"),
        '<bpmn:sequenceFlow id="second" sourceRef="Fork" targetRef="Meet"/>',
    )
    play = Play(compiled(source))
    assert play.done
    assert play.happened("element.entered").count("Meet") == 1


INCLUSIVE = bpmn(
    start(),
    node("inclusiveGateway", "Which", default="Which-None"),
    user("A"),
    user("B"),
    user("None"),
    node("inclusiveGateway", "Meet"),
    user("After"),
    end(),
    line("S", "Which"),
    flow("Which", "A", "=a"),
    flow("Which", "B", "=b"),
    flow("Which", "None"),
    line("A", "Meet", "After", "E"),
    line("B", "Meet"),
    line("None", "Meet"),
)


@pytest.mark.parametrize(
    ("a", "b", "tasks"),
    [
        (True, True, ["A", "B"]),
        (True, False, ["A"]),
        (False, False, ["None"]),
    ],
)
def test_an_inclusive_gateway_waits_for_what_it_started_and_no_more(a, b, tasks):
    play = Play(compiled(INCLUSIVE), a=a, b=b)
    assert play.open("tasks") == tasks
    for task in tasks:
        assert "After" not in play.open("tasks")
        play.complete(task)
    assert play.open("tasks") == ["After"]


def test_an_inclusive_join_waits_for_a_token_that_can_still_come_later():
    source = bpmn(
        start(),
        node("parallelGateway", "Fork"),
        user("Quick"),
        user("Slow"),
        node("exclusiveGateway", "Turn", default="Turn-E2"),
        node("inclusiveGateway", "Meet"),
        user("After"),
        end(),
        end("E2"),
        line("S", "Fork", "Quick", "Meet", "After", "E"),
        line("Fork", "Slow", "Turn"),
        flow("Turn", "Meet", "=come"),
        flow("Turn", "E2"),
    )
    stays_away = Play(compiled(source), come=False).complete("Quick")
    assert stays_away.open("tasks") == ["Slow"]
    assert stays_away.complete("Slow").open("tasks") == ["After"]
    comes = Play(compiled(source), come=True).complete("Quick").complete("Slow")
    assert comes.open("tasks") == ["After"]
    assert comes.complete("After").done


EVENTS = bpmn(
    start(),
    node("eventBasedGateway", "Wait"),
    node("intermediateCatchEvent", "Answered", on_message()),
    node("intermediateCatchEvent", "TooLate", timer("duration", "P14D")),
    user("Read"),
    user("Remind"),
    end(),
    line("S", "Wait", "Answered", "Read", "E"),
    line("Wait", "TooLate", "Remind", "E"),
    top=message(),
)


def test_the_first_event_behind_an_event_based_gateway_wins():
    play = Play(compiled(EVENTS))
    assert play.open("timers") == ["TooLate"]
    assert play.open("subscriptions") == ["Answered"]
    play.send("Answered", answer="yes")
    assert play.open("timers") == []
    assert play.open("tasks") == ["Read"]
    assert play.variables == {"answer": "yes"}
    assert "Wait-Answered" in play.happened("flow.taken")
    assert "TooLate" not in play.happened("element.entered")


def test_the_timer_behind_an_event_based_gateway_withdraws_the_message():
    play = Play(compiled(EVENTS)).fire("TooLate")
    assert play.open("subscriptions") == []
    assert play.open("tasks") == ["Remind"]
    assert play.complete("Remind").done


def test_a_condition_that_is_neither_true_nor_false_is_an_incident_to_retry():
    source = bpmn(
        start(),
        node("exclusiveGateway", "Which"),
        user("A"),
        user("B"),
        flow("S", "Which"),
        flow("Which", "A", "=amount > 100"),
        flow("Which", "B", "=amount < 50"),
    )
    play = Play(compiled(source))
    incident = play.at("Which", "incidents")
    assert incident.code == "expression"
    assert "amount" in incident.message
    stuck = Play(compiled(source), amount=75)
    assert stuck.at("Which", "incidents").code == "no-true-flow"
    stuck.retry("Which")
    assert stuck.at("Which", "incidents").code == "no-true-flow"
    assert stuck.happened("incident.resolved") == ["Which"]
    assert stuck.happened("element.entered") == ["S", "Which"]


def test_several_flows_leaving_a_task_are_taken_together():
    source = bpmn(
        start(),
        user("T"),
        user("A"),
        user("B"),
        user("C"),
        line("S", "T", "A"),
        flow("T", "B", "=yes"),
        flow("T", "C", "=not(yes)"),
    )
    assert Play(compiled(source), yes=True).complete("T").open("tasks") == ["A", "B"]


def test_a_loop_through_an_exclusive_gateway_gives_a_new_activation_each_time():
    source = bpmn(
        start(),
        user("Work"),
        node("exclusiveGateway", "Good", default="Good-Work"),
        end(),
        line("S", "Work", "Good"),
        flow("Good", "Work"),
        flow("Good", "E", "=good"),
    )
    play = Play(compiled(source))
    first = play.at("Work").activation
    play.complete("Work", good=False)
    assert play.at("Work").activation > first
    assert play.complete("Work", good=True).done


def test_a_loop_that_never_waits_stops_as_an_incident():
    source = bpmn(
        start(),
        script("Count", "=n + 1", "n"),
        node("exclusiveGateway", "Enough", default="Enough-Count"),
        end(),
        line("S", "Count", "Enough"),
        flow("Enough", "Count"),
        flow("Enough", "E", "=n > 6000"),
    )
    play = Play(compiled(source), n=0)
    assert play.waiting["incidents"]
    [incident] = play.waiting["incidents"].values()
    assert incident.code == "step-limit"
    assert play.retry(incident.element_id).done


def test_a_join_that_can_never_complete_is_told_as_a_deadlock():
    source = bpmn(
        start(),
        node("exclusiveGateway", "Which", default="Which-B"),
        user("A"),
        user("B"),
        node("parallelGateway", "Meet"),
        end(),
        line("S", "Which"),
        flow("Which", "A", "=a"),
        flow("Which", "B"),
        line("A", "Meet", "E"),
        line("B", "Meet"),
    )
    play = Play(compiled(source), a=True).complete("A")
    assert play.at("Meet", "incidents").code == "deadlock"
    assert play.retry("Meet").at("Meet", "incidents").code == "deadlock"
    assert play.cancel().waiting["incidents"] == {}
    assert play.happened("case.cancelled")
