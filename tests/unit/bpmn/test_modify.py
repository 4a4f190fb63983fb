"""Changing a case by hand: what goes, what comes, and what is refused because it is not sound."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import bpmn
from engine.bpmn.state import read_state, write_state
from engine.errors import CaseEnded, ChangeRefused, Conflict, NotFound
from engine.model import CaseStatus
from tests.unit.bpmn.blocks import BITS, drawn, named, shapes
from tests.unit.bpmn.diagrams import bpmn as diagram
from tests.unit.bpmn.diagrams import (
    each,
    end,
    flow,
    inputs,
    line,
    message,
    node,
    on_message,
    outputs,
    process,
    service,
    start,
    timer,
    user,
)
from tests.unit.bpmn.play import CASE, NOW, Play, compiled


def boundary(host: str, *inner: str, **attributes: str) -> str:
    return node("boundaryEvent", f"{host}b", *inner, attachedToRef=host, **attributes)


def row(*elements: str, ids: tuple[str, ...]) -> Play:
    """A case at the first of some elements in a row."""
    return Play(compiled(diagram(start(), *elements, end(), line("S", *ids, "E"))))


def phased() -> Play:
    """A case in the first of two sub-processes, each with a deadline and two tasks."""
    one = node(
        "subProcess",
        "One",
        start("s1"),
        user("A"),
        user("B"),
        end("e1"),
        line("s1", "A", "B", "e1"),
    )
    two = node(
        "subProcess",
        "Two",
        inputs(doubled="=2 * amount"),
        start("s2"),
        user("C"),
        user("Do"),
        end("e2"),
        line("s2", "C", "Do", "e2"),
    )
    parts = (
        one,
        two,
        boundary("Two", timer("duration", "P5D")),
        end("late"),
        line("Twob", "late"),
        line("S", "One", "Two", "E"),
    )
    return Play(compiled(diagram(start(), *parts, end())), amount=4)


def refused(play: Play, origin: str, target: str | None) -> str:
    before = play.state
    with pytest.raises(ChangeRefused) as caught:
        play.move(origin, target)
    assert play.state == before
    return caught.value.code


# --- moving -----------------------------------------------------------------------------------


def test_moved_token_takes_its_task_timers_and_messages_with_it() -> None:
    watched = user("A") + boundary("A", timer("duration", "P1D")) + end("late") + line("Ab", "late")
    play = row(watched, user("B"), ids=("A", "B"))
    assert (play.open("tasks"), play.open("timers")) == (["A"], ["Ab"])
    play.move("A", "B")
    assert (play.open("tasks"), play.open("timers")) == (["B"], [])
    assert play.happened("element.cancelled") == ["A"]
    assert play.complete("B").done


def test_token_moved_back_does_the_step_again_under_a_new_activation() -> None:
    play = row(user("A"), user("B"), ids=("A", "B"))
    first = play.at("A").activation
    play.complete("A").move("B", "A")
    assert play.open("tasks") == ["A"]
    assert play.at("A").activation > first
    assert play.complete("A").complete("B").done


def test_target_gets_its_variables_before_it_begins() -> None:
    asks = service("Call", "check", inputs(amount="=sum"))
    play = row(user("A"), asks, ids=("A", "Call"))
    play.move("A", "Call", sum=7)
    assert play.at("Call", "calls").arguments == {"amount": 7}
    assert play.variables["sum"] == 7


def test_sub_processes_around_the_target_are_opened_with_their_inputs_and_deadlines() -> None:
    play = phased().move("A", "Do")
    assert (play.open("tasks"), play.open("timers")) == (["Do"], ["Twob"])
    inside = bpmn.variables_at(play.publication, play.state, play.at("Do").activation)
    assert inside["doubled"] == 8
    assert play.happened("element.cancelled") == ["A", "One"]
    assert play.complete("Do").done


def test_sub_process_left_empty_is_cancelled_and_not_completed() -> None:
    play = phased().move("A", "E")
    assert play.done
    assert "One" in play.happened("element.cancelled")
    assert "Two" not in play.happened("element.entered")


def test_whole_sub_process_moved_into_itself_begins_anew() -> None:
    play = phased().complete("A").move("One", "A")
    assert play.open("tasks") == ["A"]
    assert play.happened("element.entered").count("One") == 2


def test_token_leaves_a_called_process_and_its_call_with_it() -> None:
    called = process("Q", start("qs"), user("Inner"), end("qe"), line("qs", "Inner", "qe"))
    call = node("callActivity", "Call", '<zeebe:calledElement processId="Q"/>')
    parts = (start(), call, user("After"), end(), line("S", "Call", "After", "E"))
    play = Play(compiled(diagram(*parts, top=called)))
    assert refused(play, "Call", "Inner") == "called-process"
    assert play.move("Inner", "After").open("tasks") == ["After"]
    assert play.happened("element.cancelled") == ["Inner", "Call"]


def test_token_moves_within_its_own_instance_and_the_others_stay() -> None:
    inside = (start("s"), user("A"), user("B"), end("e"), line("s", "A", "B", "e"))
    play = row(node("subProcess", "Each", each("=[1, 2]"), *inside), ids=("Each",))
    play.move("A", "B")
    assert play.open("tasks") == ["A", "B"]
    assert refused(play, "A", "E") == "instance"
    play.complete("A").complete("B").complete("B")
    assert play.done


def test_case_withdrawn_by_mistake_goes_back_and_can_be_withdrawn_again() -> None:
    withdrawal = node(
        "subProcess",
        "Withdrawal",
        start("Asked", on_message("M")),
        user("Close"),
        end("we"),
        line("Asked", "Close", "we"),
        triggeredByEvent="true",
    )
    parts = (start(), user("A"), end(), withdrawal, line("S", "A", "E"))
    play = Play(compiled(diagram(*parts, top=message())))
    play.send("Asked")
    assert (play.open("tasks"), play.open("subscriptions")) == (["Close"], [])
    play.move("Close", "A")
    assert (play.open("tasks"), play.open("subscriptions")) == (["A"], ["Asked"])
    assert play.send("Asked").open("tasks") == ["Close"]
    assert play.complete("Close").done


# --- joins ------------------------------------------------------------------------------------


def forked(kind: str = "parallel") -> Play:
    """A case in both branches of a fork."""
    parts = (
        *(start(), user("First"), node("parallelGateway", "Fork")),
        *(user("A"), user("B"), node(f"{kind}Gateway", "Meet"), user("Last"), end()),
        line("S", "First", "Fork", "A", "Meet", "Last", "E") + line("Fork", "B", "Meet"),
    )
    return Play(compiled(diagram(*parts))).complete("First")


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
@pytest.mark.parametrize(("moved", "other"), [("A", "B"), ("B", "A")])
def test_token_moved_before_a_join_stands_for_its_own_branch(kind, moved, other) -> None:
    play = forked(kind).move(moved, "Meet")
    assert play.open("tasks") == [other]
    assert play.complete(other).open("tasks") == ["Last"]
    assert play.complete("Last").done


def test_token_that_waits_at_a_join_goes_back_with_the_one_it_waits_for() -> None:
    play = forked().complete("A")
    waiting, late = play.standing("Meet"), play.standing("B")
    assert (waiting.activation, waiting.flow, waiting.waits) == (None, "A-Meet", "join")
    play.change(
        bpmn.MoveTokens(
            (
                bpmn.TokenMove(flow=waiting.flow),
                bpmn.TokenMove(activation=late.activation, target="First"),
            )
        )
    )
    assert play.open("tasks") == ["First"]
    play.complete("First").complete("A").complete("B")
    assert play.complete("Last").done


def test_join_that_can_no_longer_be_complete_says_so_at_once() -> None:
    play = forked().complete("A").move("B")
    assert play.at("Meet", "incidents").code == "deadlock"
    play.change(bpmn.MoveTokens((bpmn.TokenMove(target="B"),)))
    assert play.open("tasks") == ["B"]


def test_further_token_is_added_beside_those_that_are_there() -> None:
    play = row(user("A"), user("B"), ids=("A", "B"))
    play.change(bpmn.MoveTokens((bpmn.TokenMove(target="B"),)))
    assert play.open("tasks") == ["A", "B"]
    assert not play.complete("B").done
    assert play.complete("A").complete("B").done


# --- refused ----------------------------------------------------------------------------------


def test_targets_that_only_their_own_beginning_can_start_are_refused() -> None:
    inside = (start("ms"), user("M1"), end("me"), line("ms", "M1", "me"))
    aside = node(
        "subProcess",
        "Aside",
        start("ev", timer("duration", "P1D")),
        user("Z"),
        end("ze"),
        line("ev", "Z", "ze"),
        triggeredByEvent="true",
    )
    free = node("adHocSubProcess", "Free", user("F"))
    edge = boundary("A", timer("duration", "P1D")) + end("late") + line("Ab", "late")
    play = row(
        user("A"),
        edge,
        node("subProcess", "Each", each("=[1]"), *inside),
        aside,
        free,
        ids=("A", "Each", "Free"),
    )
    codes = {name: refused(play, "A", name) for name in ("Ab", "Aside", "Z", "ev", "M1", "F")}
    assert codes == {
        "Ab": "boundary",
        "Aside": "event-sub-process",
        "Z": "event-sub-process",
        "ev": "start-event",
        "M1": "multi-instance",
        "F": "ad-hoc",
    }
    allowed = bpmn.targets(play.publication, play.state, play.at("A", "tasks").activation)
    assert set(allowed) == {"S", "A", "Each", "Free", "E", "late"}
    with pytest.raises(NotFound):
        play.move("A", "Nowhere")


def test_last_token_is_not_taken_away_and_nothing_is_no_change() -> None:
    play = row(user("A"), ids=("A",))
    assert refused(play, "A", None) == "empty"
    with pytest.raises(ChangeRefused, match="neither"):
        play.change(bpmn.MoveTokens((bpmn.TokenMove(),)))


def test_what_waits_beside_another_element_goes_with_it_only() -> None:
    parts = node("eventBasedGateway", "Which")
    parts += node("intermediateCatchEvent", "Due", timer("duration", "P1D"))
    parts += node("receiveTask", "Got", messageRef="M")
    tail = end("e2") + line("S", "Which", "Due", "E") + line("Which", "Got", "e2")
    play = Play(compiled(diagram(start(), parts, end(), tail, top=message())))
    with pytest.raises(ChangeRefused) as caught:
        move = bpmn.TokenMove(activation=play.at("Due").activation, target="E")
        play.change(bpmn.MoveTokens((move,)))
    assert caught.value.code == "beside"
    assert play.move("Which", "E").done
    assert all(not rows for rows in play.waiting.values())


def test_several_running_sub_processes_are_told_apart_by_their_activation() -> None:
    inside = (start("s"), user("A"), user("B"), end("e"), line("s", "A", "B", "e"))
    play = row(node("subProcess", "Each", each("=[1, 2]"), *inside), ids=("Each",))
    further = bpmn.TokenMove(target="B")
    with pytest.raises(ChangeRefused) as caught:
        play.change(bpmn.MoveTokens((further,)))
    assert caught.value.code == "several"
    instance = play.standing("A").within[-1]
    play.change(bpmn.MoveTokens((bpmn.TokenMove(target="B", within=instance),)))
    assert play.open("tasks") == ["A", "A", "B"]


def test_change_of_what_is_gone_or_over_changes_nothing() -> None:
    play = row(user("A"), user("B"), ids=("A", "B"))
    place = play.standing("A")
    play.complete("A")
    with pytest.raises(Conflict, match="any more"):
        play.change(bpmn.MoveTokens((bpmn.TokenMove(place.activation, target="B"),)))
    with pytest.raises(Conflict, match="any more"):
        play.change(bpmn.SetVariables(place.activation, {"a": 1}))
    play.complete("B")
    with pytest.raises(CaseEnded):
        play.change(bpmn.MoveTokens((bpmn.TokenMove(target="B"),)))


def test_sub_process_whose_input_cannot_be_computed_refuses_the_move() -> None:
    holder = node(
        "subProcess",
        "In",
        inputs(f="=function(x) x"),
        *(start("s"), user("B"), end("e"), line("s", "B", "e")),
    )
    play = row(user("A"), holder, ids=("A", "In"))
    assert refused(play, "A", "B") == "inputs"


# --- variables --------------------------------------------------------------------------------


def test_variable_is_set_where_it_is_and_else_in_the_process() -> None:
    play = phased().complete("A").complete("B")
    at_c = play.at("C").activation
    play.change(bpmn.SetVariables(at_c, {"doubled": 9, "amount": 5, "fresh": "x"}))
    assert (play.variables["amount"], play.variables["fresh"]) == (5, "x")
    assert "doubled" not in play.variables
    assert bpmn.variables_at(play.publication, play.state, at_c)["doubled"] == 9
    scopes = [e.data["scope"] for e in play.last.events if e.kind == "variables.changed"]
    assert sorted(scopes) == ["P", "Two"]


def test_values_before_are_told_for_the_scope_that_would_change() -> None:
    play = phased().complete("A").complete("B")
    change = bpmn.SetVariables(play.at("C").activation, {"doubled": 9, "fresh": 1})
    assert bpmn.values_before(play.publication, play.state, change) == {"doubled": 8}


def test_conditional_event_notices_a_variable_that_is_set() -> None:
    condition = (
        '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
        "=ready</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    play = row(node("intermediateCatchEvent", "Wait", condition), ids=("Wait",))
    assert play.change(bpmn.SetVariables(None, {"ready": True})).done


def test_incident_is_over_once_the_variable_is_right_and_it_is_retried() -> None:
    gate = node("exclusiveGateway", "Which") + end("other")
    flows = line("S", "Which") + flow("Which", "E", "=amount > 5") + flow("Which", "other", "=no")
    play = Play(compiled(diagram(start(), gate, end(), flows)), amount=1, no=False)
    incident = play.at("Which", "incidents")
    play.change(bpmn.SetVariables(incident.activation, {"amount": 6}))
    assert play.retry("Which").done


def test_value_for_a_step_not_begun_is_not_lost_in_its_inputs() -> None:
    mapped = service("Call", "send", inputs(address="=where"), outputs(x="=1"))
    looped = node("exclusiveGateway", "Which") + end("other")
    flows = flow("Which", "Call", "=where != null") + flow("Which", "other", "=no")
    parts = (start(), looped, mapped, end(), flows, line("S", "Which"), line("Call", "E"))
    play = Play(compiled(diagram(*parts)), no=False)
    stuck = play.at("Which", "incidents").activation
    play.change(bpmn.SetVariables(stuck, {"where": "here"})).retry("Which")
    assert play.at("Call", "calls").arguments == {"address": "here"}


# --- at random --------------------------------------------------------------------------------


def entered_and_left(play: Play) -> tuple[set[object], set[object], Counter[object]]:
    counts: Counter[object] = Counter(
        (e.kind, e.activation) for e in play.events if e.kind.startswith("element.")
    )
    entered = {a for kind, a in counts if kind == "element.entered"}
    left = {a for kind, a in counts if kind in {"element.completed", "element.cancelled"}}
    return entered, left, counts


def check_whole(play: Play) -> None:
    """What the service holds and what the state holds are the same, each once."""
    rested = read_state(play.publication, play.state, bpmn.StepContext(CASE, NOW))
    assert write_state(rested) == play.state
    positions = bpmn.positions(play.publication, play.state)
    for kind, waits in (("tasks", "task"), ("calls", "call"), ("timers", "timer")):
        assert set(play.waiting[kind]) == {p.activation for p in positions if p.waits == waits}
    assert set(play.waiting["incidents"]) == {p.activation for p in positions if p.incident}
    entered, left, counts = entered_and_left(play)
    assert set(counts.values()) <= {1}
    live = {p.activation for p in positions}
    assert entered - left <= live
    assert not left & live


def random_change(play: Play, chance) -> bpmn.MoveTokens:
    places = bpmn.standing_tokens(play.publication, play.state)
    place = chance.choice(places)
    origin = (place.activation, place.flow)
    try:
        names = bpmn.targets(play.publication, play.state, *origin)
    except ChangeRefused:
        names = ()
    target = chance.choice([*names, None]) if names else None
    if chance.random() < 0.3 and target is not None:
        origin = (None, None)
    return bpmn.MoveTokens((bpmn.TokenMove(*origin, target),))


@settings(max_examples=120, deadline=None)
@given(shapes(8), st.booleans(), st.randoms(use_true_random=False))
def test_random_moves_leave_every_case_readable_with_each_token_once(shape, odd, chance) -> None:
    bits = {f"bit{n}": odd for n in range(BITS)}
    play = Play(compiled(drawn(named(shape))), **bits)
    moved = 0
    for _ in range(60):
        if play.status is not CaseStatus.ACTIVE:
            break
        check_whole(play)
        if moved < 8 and chance.random() < 0.5:
            moved += 1
            before = play.state
            try:
                play.change(random_change(play, chance))
            except ChangeRefused:
                assert play.state == before
            continue
        choices = [("complete", e) for e in play.open("tasks")]
        choices += [("fire", e) for e in play.open("timers")]
        if not choices:
            assert play.waiting["incidents"]
            break
        what, element = chance.choice(choices)
        getattr(play, what)(element)
    if play.done:
        entered, left, counts = entered_and_left(play)
        assert entered == left
        assert set(counts.values()) == {1}
        assert all(not rows for rows in play.waiting.values())


# --- what incidents tell ------------------------------------------------------------------------


def stopped(play: Play, element_id: str) -> tuple[str, dict[str, object]]:
    event = next(e for e in play.events if e.kind == "incident.raised")
    assert event.element_id == element_id
    return play.at(element_id, "incidents").message, dict(event.data)


def test_gateway_without_a_true_flow_tells_its_conditions_with_their_values_and_remedies() -> None:
    gate = node("exclusiveGateway", "Which") + end("other")
    flows = line("S", "Which") + flow("Which", "E", "=amount > 5") + flow("Which", "other", "=no")
    play = Play(compiled(diagram(start(), gate, end(), flows)), amount=1, no=False)
    message, kept = stopped(play, "Which")
    assert "amount > 5" in message
    assert "Here amount is 1, no is false." in message
    assert "retry, set a variable, or move the token" in message
    conditions = "Which-E: amount > 5; Which-other: no"
    assert kept == {
        "code": "no-true-flow",
        "said": {"id": "no-true-flow", "figures": {"conditions": conditions}},
        "expressions": ("amount > 5", "no"),
        "values": {"amount": 1, "no": False},
    }


@pytest.mark.parametrize(
    ("inner", "code", "text"),
    [
        (inputs(f="=function(x) x + amount"), "expression", "function(x) x + amount"),
        (outputs(f="=function(x) x + amount"), "expression", "function(x) x + amount"),
        (each("=amount"), "expression", "amount"),
    ],
)
def test_failing_mapping_or_loop_tells_its_expression_and_values(inner, code, text) -> None:
    play = Play(
        compiled(diagram(start(), node("task", "T", inner), end(), line("S", "T", "E"))), amount=3
    )
    message, kept = stopped(play, "T")
    assert (kept["code"], kept["expressions"]) == (code, (text,))
    assert kept["values"] == {"amount": 3}
    assert "amount is 3" in message


def test_failing_timer_tells_the_variable_that_is_no_date() -> None:
    wait = node("intermediateCatchEvent", "Wait", timer("date", "=due_on"))
    play = Play(compiled(diagram(start(), wait, end(), line("S", "Wait", "E"))), due_on="tomorrow")
    message, kept = stopped(play, "Wait")
    assert (kept["expressions"], kept["values"]) == (("due_on",), {"due_on": "tomorrow"})
    assert "due_on is tomorrow" in message


def test_error_nobody_catches_tells_its_code_and_remedies() -> None:
    play = row(service("Call", "send", inputs(address="=1")), ids=("Call",))
    play.throw("Call", "refused")
    message, kept = stopped(play, "Call")
    assert "error 'refused'" in message
    assert "move the token" in message
    assert kept["code"] == "uncaught-error"
    assert play.move("Call", "E").done
    assert play.waiting["incidents"] == {}
