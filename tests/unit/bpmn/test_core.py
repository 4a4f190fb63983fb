"""The core: start, tasks, gateways, service tasks, state between steps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import CaseEnded, Conflict, NotFound
from engine.model import CaseStatus, CompleteActivity, TriggerEvent
from tests.unit.bpmn.diagrams import bpmn, end, flow, line, node, script, service, start, user
from tests.unit.bpmn.play import Play, compiled

CHOICE = bpmn(
    start(),
    user("Ask"),
    node("exclusiveGateway", "Which", default="Which-Small"),
    service("Big", "check"),
    script("Small", "=amount + 1", "amount"),
    end(),
    line("S", "Ask", "Which"),
    flow("Which", "Big", "=amount > 100"),
    flow("Which", "Small"),
    line("Big", "E"),
    line("Small", "E"),
)


def test_a_case_waits_at_a_user_task_and_ends_after_it():
    play = Play(compiled(CHOICE), amount=1)
    assert play.open("tasks") == ["Ask"]
    play.complete("Ask")
    assert play.done
    assert play.variables == {"amount": Decimal(2)}
    assert play.happened("element.entered") == ["S", "Ask", "Which", "Small", "E"]
    assert play.happened("flow.taken") == ["S-Ask", "Ask-Which", "Which-Small", "Small-E"]


def test_a_service_task_waits_for_its_call():
    play = Play(compiled(CHOICE), amount=1).complete("Ask", amount=101)
    assert play.open("calls") == ["Big"]
    assert play.at("Big").local
    play.complete("Big", given=True)
    assert play.done
    assert play.variables["given"] is True


def test_completing_what_is_over_says_so():
    play = Play(compiled(CHOICE), amount=101)
    activation = play.at("Ask").activation
    play.complete("Ask")
    with pytest.raises(NotFound):
        play.do(CompleteActivity(activation))
    play.complete("Big")
    with pytest.raises(CaseEnded):
        play.do(CompleteActivity(activation))


def test_triggering_a_user_task_is_a_conflict():
    play = Play(compiled(CHOICE), amount=101)
    with pytest.raises(Conflict, match="Ask is waiting for task"):
        play.do(TriggerEvent(play.at("Ask").activation))


def test_cancelling_withdraws_every_token():
    play = Play(compiled(CHOICE), amount=101).cancel()
    assert play.status is CaseStatus.CANCELLED
    assert play.open("tasks") == []
    assert play.happened("element.cancelled") == ["Ask"]
