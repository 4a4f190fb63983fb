"""The state: small, canonical, versioned; reading it back changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import bpmn
from engine.bpmn.interpreter import take
from engine.bpmn.journal import Journal
from engine.bpmn.state import read_state, write_state
from engine.errors import StateUnreadable
from engine.feel import YearsMonths
from engine.model import StartProcess
from tests.unit.bpmn.diagrams import (
    bpmn as diagram,
)
from tests.unit.bpmn.diagrams import (
    each,
    end,
    flow,
    inputs,
    line,
    message,
    node,
    on_message,
    process,
    start,
    timer,
    user,
)
from tests.unit.bpmn.play import CASE, NOW, Play, compiled

EVERYTHING = diagram(
    start(),
    node("parallelGateway", "Fork"),
    node(
        "subProcess",
        "Block",
        inputs(own="=1"),
        start("BS"),
        user("Votes", inputs(shown="=own"), each("=members", "member", "=vote", "votes")),
        node(
            "boundaryEvent",
            "Nudge",
            timer("cycle", "R5/P1M"),
            attachedToRef="Votes",
            cancelActivity="false",
        ),
        user("Nudged"),
        line("BS", "Votes"),
        line("Nudge", "Nudged"),
        node(
            "subProcess",
            "Aside",
            start("AS", timer("duration", "P2M"), isInterrupting="false"),
            user("Look"),
            line("AS", "Look"),
            triggeredByEvent="true",
        ),
    ),
    node("callActivity", "Call", inputs(x="=amount"), calledElement="Q"),
    node("eventBasedGateway", "Wait"),
    node("intermediateCatchEvent", "Got", on_message()),
    node("intermediateCatchEvent", "Late", timer("duration", "P3M")),
    node("inclusiveGateway", "Meet"),
    user("After"),
    end(),
    line("S", "Fork", "Block", "Meet", "After", "E"),
    line("Fork", "Call", "Meet"),
    line("Fork", "Wait", "Got", "Meet"),
    line("Wait", "Late", "Meet"),
    top=message()
    + process(
        "Q", start("QS"), user("Pay", each("=[1, 2]", "n", sequential=True)), line("QS", "Pay")
    ),
)

Step = tuple[str, Callable[[Play], Play]]
STEPS: list[Step] = [
    ("nudge", lambda play: play.fire("Nudge")),
    ("aside", lambda play: play.fire("AS")),
    ("vote", lambda play: play.complete("Votes", vote="a")),
    ("pay", lambda play: play.complete("Pay", paid=True)),
    ("pay again", lambda play: play.complete("Pay")),
    ("got", lambda play: play.send("Got", answer=5)),
    ("vote again", lambda play: play.complete("Votes", vote="b")),
    ("look", lambda play: play.complete("Look")),
    ("nudged", lambda play: play.complete("Nudged")),
    ("after", lambda play: play.complete("After")),
]


def test_a_case_read_back_between_all_steps_goes_as_one_that_never_rested():
    publication = compiled(EVERYTHING)
    play = Play(publication, members=["x", "y"], amount=Decimal("1.50"))
    restless = read_state(publication, play.state, bpmn.StepContext(CASE, NOW))
    for name, step in STEPS:
        before = play.last
        command = _command_of(play, step)
        restless.journal = Journal(restless.next_activation)
        restless.context = bpmn.StepContext(CASE, play.now)
        outcome = take(restless, command)
        assert outcome.events == play.last.events, name
        assert outcome.state == play.last.state, name
        assert play.last is not before
    assert play.done


def _command_of(play: Play, step: Callable[[Play], Play]):
    taken = []
    original = play.do
    play.do = lambda command: taken.append(command) or original(command)  # type: ignore[method-assign]
    step(play)
    del play.do
    return taken[0]


def test_writing_what_was_read_gives_the_same_bytes():
    publication = compiled(EVERYTHING)
    play = Play(publication, members=["x", "y"], amount=1)
    for _, step in STEPS:
        case = read_state(publication, play.state, bpmn.StepContext(CASE, NOW))
        assert write_state(case) == play.state
        step(play)


EPOCH = datetime(1900, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone itself
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=8)
    | st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
    )
    | st.dates(min_value=date(1900, 1, 1))
    | st.datetimes(min_value=EPOCH, timezones=st.just(UTC)).map(lambda d: d.replace(microsecond=0))
    | st.timedeltas(min_value=timedelta(days=-99), max_value=timedelta(days=9999))
    | st.integers(-1000, 1000).map(YearsMonths),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(min_size=1, max_size=6) | st.just("typename"), inner, max_size=3)
    ),
    max_leaves=8,
)
PLAIN = compiled(diagram(start(), user("T"), line("S", "T")))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=4))
def test_every_feel_value_comes_back_exactly(variables):
    outcome = bpmn.start(PLAIN, StartProcess(variables), bpmn.StepContext(CASE, NOW))
    found = dict(bpmn.variables_at(PLAIN, outcome.state, None))
    found.pop("scheme", None)
    variables.pop("scheme", None)
    assert found == variables


def test_a_newer_or_damaged_state_is_told_and_not_guessed():
    play = Play(PLAIN)
    newer = json.loads(play.state) | {"version": 2}
    with pytest.raises(StateUnreadable, match="version 2"):
        bpmn.positions(PLAIN, json.dumps(newer).encode())
    for damaged in (b"", b"{", b"[]", b"{}", play.state.replace(b'"at":"T"', b'"at":"Gone"')):
        with pytest.raises(StateUnreadable):
            bpmn.positions(PLAIN, damaged)


def test_what_opens_and_closes_within_one_step_never_reaches_the_service():
    source = diagram(
        start(),
        node("subProcess", "Block", start("BS"), node("task", "T"), line("BS", "T")),
        node("boundaryEvent", "Late", timer("duration", "P1D"), attachedToRef="Block"),
        end(),
        end("E2"),
        line("S", "Block", "E"),
        line("Late", "E2"),
    )
    outcome = Play(compiled(source)).last
    assert outcome.timers == ()
    assert outcome.withdrawn == ()


def test_the_same_steps_give_the_same_bytes():
    first, second = (Play(compiled(EVERYTHING), members=["x"], amount=1) for _ in range(2))
    assert first.state == second.state
    assert first.last == second.last


def test_an_activation_is_the_same_over_retries_and_new_at_each_entry():
    source = diagram(
        start(),
        node("exclusiveGateway", "Which"),
        user("A"),
        line("S", "Which"),
        flow("Which", "A", "=go"),
        flow("Which", "E", "=stop"),
        end(),
    )
    play = Play(compiled(source))
    activation = play.at("Which", "incidents").activation
    play.retry("Which")
    assert play.at("Which", "incidents").activation == activation


def test_positions_tell_what_waits_where():
    play = Play(compiled(EVERYTHING), members=["x", "y"], amount=1)
    found = {
        (p.element_id, p.waits, p.on_the_side) for p in bpmn.positions(play.publication, play.state)
    }
    assert ("Votes", "task", False) in found
    assert ("Nudge", "timer", True) in found
    assert ("Block", "", False) in found
    assert ("Wait", "", False) in found
    assert ("Got", "message", True) in found
