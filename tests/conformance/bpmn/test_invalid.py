"""Models that BPMN forbids are refused before they run; what is legal but stops says so."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    again,
    boundary,
    catch,
    event_sub,
    fork,
    gate,
    played,
    said,
    say,
    sub,
    times,
)
from tests.unit.bpmn.diagrams import (
    end,
    error,
    flow,
    line,
    message,
    node,
    on_error,
    on_message,
    process,
    start,
    timer,
)

HOUR = timer("duration", "PT1H")


def raw_flow(inner: str, **attributes: str) -> str:
    return node("sequenceFlow", "f1", inner, **{"sourceRef": "A", "targetRef": "B"} | attributes)


AB = (start(), say("A"), say("B"), line("S", "A"))
"""A start and two tasks, the second not reached yet."""

REFUSED = {
    # Section 8.4.13, 10.5: what sequence flows may join.
    "a flow into a start event": ((start(), say("A"), line("S", "A", "S")), "flow-end"),
    "a flow out of an end event": (
        (start(), end(), say("B"), line("S", "E", "B")),
        "flow-end",
    ),
    "a flow into a boundary event": (
        (*AB, boundary("X", "A", HOUR), line("B", "X"), line("A", "B")),
        "flow-end",
    ),
    "a flow out of a sub-process": (
        (start(), sub("P1", say("A")), say("B"), line("S", "P1", "B"), line("A", "B")),
        "flow-end",
    ),
    "a flow into a sub-process": (
        (start(), sub("P1", say("A"), say("B"), line("A", "B")), line("S", "P1"), line("S", "B")),
        "flow-end",
    ),
    "a flow to nowhere": ((*AB, line("A", "Z"), line("A", "B")), "flow-end"),
    "a flow to an annotation": (
        (*AB, line("A", "B"), node("textAnnotation", "T"), line("A", "T")),
        "flow-end",
    ),
    "a flow without a target": ((*AB, line("A", "B"), raw_flow("", targetRef="")), "flow-end"),
    "a flow into an event sub-process": (
        (start(), event_sub("V", start("VS", HOUR), say("A"), line("VS", "A")), line("S", "V")),
        "flow-end",
    ),
    "a flow without an id": (
        (*AB, '<bpmn:sequenceFlow sourceRef="A" targetRef="B"/>', line("A", "B")),
        "no-id",
    ),
    # Section 8.4.13, 10.6: conditions and defaults.
    "an empty condition": (
        (*AB, line("A", "B"), raw_flow("<bpmn:conditionExpression/>")),
        "no-condition",
    ),
    "two conditions of one flow": (
        (*AB, raw_flow("<bpmn:conditionExpression>=true</bpmn:conditionExpression>" * 2)),
        "wording",
    ),
    "a condition that is misspelt": (
        (*AB, raw_flow("<bpmn:conditionExpresion>=false</bpmn:conditionExpresion>")),
        "wording",
    ),
    "a condition in another language": (
        (*AB, raw_flow('<bpmn:conditionExpression language="lua">f(x)</bpmn:conditionExpression>')),
        "language",
    ),
    "a condition that does not parse": ((*AB, flow("A", "B", "=x ==== 1")), "feel"),
    "a condition behind a start event": ((start(), say("A"), flow("S", "A", "=true")), None),
    "a condition behind a parallel gateway": (
        (*AB, gate("G", "parallel"), line("A", "G"), flow("G", "B", "=true")),
        "flow-condition",
    ),
    "a condition behind an event-based gateway": (
        (*AB, gate("G", "eventBased"), catch("C", HOUR), line("A", "G"), flow("G", "C", "=true"),
         line("C", "B")),
        "flow-condition",
    ),
    "a default flow of somebody else": (
        (start(), say("A", default="S-A"), line("S", "A")),
        "default-flow",
    ),
    "a default flow with a condition": (
        (*AB, gate("G", "exclusive", default="G-B"), line("A", "G"), flow("G", "B", "=true")),
        "default-flow",
    ),
    "a gateway's flow without a condition beside others": (
        (*AB, say("C"), gate("G", "exclusive"), line("A", "G", "B"), flow("G", "C", "=x")),
        "no-condition",
    ),
    # Section 10.6.6: event-based gateways.
    "an event-based gateway before a task": (
        (start(), gate("G", "eventBased"), catch("C", HOUR), say("A"), line("S", "G", "C"),
         line("G", "A")),
        "event-gateway",
    ),
    "an event-based gateway before an event with another way in": (
        (*AB, gate("G", "eventBased"), catch("C", HOUR), catch("K", HOUR), line("A", "G", "C"),
         line("A", "C", "B"), line("G", "K")),
        "event-gateway",
    ),
    "an event-based gateway before a receive task with a boundary event": (
        (start(), gate("G", "eventBased"), node("receiveTask", "R", messageRef="M"),
         boundary("X", "R", HOUR), line("S", "G", "R"), say("A"), line("X", "A")),
        "event-gateway",
    ),
    "an event-based gateway before nothing": (
        (start(), gate("G", "eventBased"), line("S", "G")),
        "event-gateway",
    ),
    "a type of event-based gateway that does not exist": (
        (start(), gate("G", "eventBased", eventGatewayType="parallel"), catch("C", HOUR),
         line("S", "G", "C")),
        "wording",
    ),
    "a complex gateway that does not say when": (
        (start(), fork("F", "A", "B"), line("S", "F"), say("A"), say("B"), gate("G", "complex"),
         line("A", "G"), line("B", "G")),
        "complex-gateway",
    ),
    # Sections 10.2 and 13.3: activities.
    "an activity with a start quantity of 0": (
        (start(), say("A", startQuantity="0"), line("S", "A")),
        "unsupported-attribute",
    ),
    "an activity with a completion quantity of 0": (
        (start(), say("A", completionQuantity="0"), line("S", "A")),
        "unsupported-attribute",
    ),
    "a start quantity that is no number": (
        (start(), say("A", startQuantity="two"), line("S", "A")),
        "unsupported-attribute",
    ),
    "a call of an unknown process": (
        (start(), node("callActivity", "C", calledElement="Q"), line("S", "C")),
        "called",
    ),
    "a call of nothing": ((start(), node("callActivity", "C"), line("S", "C")), "called"),
    "a receive task without a message": (
        (start(), node("receiveTask", "R"), line("S", "R")),
        "message",
    ),
    "a loop that never would end": ((start(), say("A", again()), line("S", "A")), "loop"),
    "a negative maximum of a loop": (
        (start(), say("A", again("=true", "-1")), line("S", "A")),
        "loop",
    ),
    "a multi-instance without a number": (
        (start(), say("A", "<bpmn:multiInstanceLoopCharacteristics/>"), line("S", "A")),
        "loop",
    ),
    "a loop that is a multi-instance as well": (
        (start(), say("A", again("=false"), times("2")), line("S", "A")),
        "wording",
    ),
    "a behaviour of a multi-instance that does not exist": (
        (start(), say("A", times("2", behavior="Sometimes")), line("S", "A")),
        "loop",
    ),
    "a loop that is neither before nor after": (
        (start(), say("A", again("=true", "1").replace('"false"', '"yes"')), line("S", "A")),
        "wording",
    ),
    "an ordering that does not exist": (
        (start(), node("adHocSubProcess", "P1", say("A"), ordering="Random"), line("S", "P1")),
        "wording",
    ),
    "an ad-hoc sub-process with a start event": (
        (start(), node("adHocSubProcess", "P1", start("PS"), say("A"), line("PS", "A")),
         line("S", "P1")),
        "ad-hoc",
    ),
    # Sections 10.3.5 and 10.5.2: where things begin.
    "an empty process": ((), "start-event"),
    "an empty sub-process": ((start(), sub("P1"), line("S", "P1")), "start-event"),
    "a process that is one ring": ((say("A"), say("B"), line("A", "B", "A")), "start-event"),
    "a sub-process that is one ring": (
        (start(), sub("P1", say("A"), say("B"), line("A", "B", "A")), line("S", "P1")),
        "start-event",
    ),
    "a sub-process that a message starts": (
        (start(), sub("P1", start("PS", on_message()), say("A"), line("PS", "A")), line("S", "P1")),
        "start-event",
    ),
    "a task that nothing leads to beside a start event": (
        (start(), say("A"), say("B"), line("S", "A")),
        "unreached",
    ),
    "an end event that nothing leads to": ((start(), end(), say("A"), line("S", "A")), "unreached"),
    "an event sub-process without a trigger": (
        (start(), say("A"), line("S", "A"), event_sub("V", start("VS"), say("B"), line("VS", "B"))),
        "start-event",
    ),
    "a boundary event of a gateway": (
        (*AB, gate("G", "parallel"), line("A", "G", "B"), boundary("X", "G", HOUR), say("C"),
         line("X", "C")),
        "boundary",
    ),
    "a boundary event of nothing": (
        (*AB, line("A", "B"), boundary("X", "Z", HOUR), say("C"), line("X", "C")),
        "boundary",
    ),
    "an error event that does not interrupt": (
        (*AB, line("A", "B"), boundary("X", "A", on_error("x"), interrupts=False), say("C"),
         line("X", "C")),
        "boundary",
    ),
    # Chapter 9 and 11: what is no process.
    "a choreography's task": ((start(), node("choreographyTask", "A"), line("S", "A")), None),
    "two elements of one id": ((*AB, line("A", "B"), say("B")), "duplicate-id"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_bpmn_forbids_is_refused(what):
    parts, rule = REFUSED[what]
    answer = played(*parts, top=message() + error("x"))
    assert answer["outcome"] == "refused", answer
    assert rule is None or any(f"[bpmn.{rule}]" in reason for reason in answer["reasons"]), answer


@pytest.mark.parametrize("begins", [on_message(), HOUR])
def test_a_call_of_a_process_that_only_an_event_starts_is_refused(begins):
    called = process("Q", start("QS", begins), say("A"), line("QS", "A"))
    answer = played(
        start(),
        node("callActivity", "C", calledElement="Q"),
        line("S", "C"),
        top=message() + called,
    )
    assert answer["outcome"] == "refused"
    assert "nothing in Q begins when it is called" in answer["reasons"][0]


@pytest.mark.parametrize(("value", "expected"), [("1", ["B"]), ("0", ["A", "B"])])
def test_a_boolean_may_be_written_as_a_digit(value, expected):
    loop = again("=false").replace('testBefore="false"', f'testBefore="{value}"')
    assert said(start(), say("A", loop), say("B"), line("S", "A", "B")) == expected


def test_a_boundary_event_that_does_not_interrupt_may_say_so_with_a_digit():
    event = boundary("X", "W", HOUR).replace('cancelActivity="true"', 'cancelActivity="0"')
    assert said(
        start(),
        sub(
            "W", start("WS"), catch("C", timer("duration", "PT2H")), say("A"), line("WS", "C", "A")
        ),
        event,
        say("B"),
        line("S", "W"),
        line("X", "B"),
    ) == ["B", "A"]


# --- legal, and executed by the rules of tokens -------------------------------------------------


def two_ways(split: str, join: str) -> list[str]:
    """Two branches between gateways of two kinds; the second one's condition is false."""
    conditional = split not in {"parallel"}
    return [
        start(), gate("F", split), say("A"), say("B"), gate("J", join), say("C"), line("S", "F"),
        flow("F", "A", "=true" if conditional else ""),
        flow("F", "B", "=x" if conditional else ""),
        line("A", "J", "C"), line("B", "J"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("split", "join", "x", "expected"),
    [
        ("parallel", "exclusive", True, ["A", "B", "C", "C"]),
        ("parallel", "inclusive", True, ["A", "B", "C"]),
        ("inclusive", "exclusive", True, ["A", "B", "C", "C"]),
        ("inclusive", "parallel", True, ["A", "B", "C"]),
        ("exclusive", "inclusive", True, ["A", "C"]),
        ("inclusive", "inclusive", False, ["A", "C"]),
    ],
)
def test_gateways_of_two_kinds_follow_the_rules_of_tokens(split, join, x, expected):
    assert said(*two_ways(split, join), x=x) == expected


@pytest.mark.parametrize(("split", "x"), [("exclusive", True), ("inclusive", False)])
def test_a_parallel_join_of_branches_that_were_not_all_taken_is_an_incident(split, x):
    answer = played(*two_ways(split, "parallel"), x=x)
    assert (answer["outcome"], answer["trace"]) == ("incident", ["A"])
    assert "can no longer come" in answer["reasons"][0]


def test_a_parallel_gateway_in_a_ring_that_needs_itself_is_an_incident():
    answer = played(start(), gate("J", "parallel"), say("A"), line("S", "J", "A", "J"))
    assert (answer["outcome"], answer["trace"]) == ("incident", [])


@pytest.mark.parametrize("value", ["=null", "=y", "=1", '="true"', "=[true]"])
def test_a_condition_that_is_neither_true_nor_false_is_an_incident(value):
    answer = played(
        start(),
        gate("G", "exclusive", default="G-B"),
        say("A"),
        say("B"),
        line("S", "G", "B"),
        flow("G", "A", value),
    )
    assert (answer["outcome"], answer["trace"]) == ("incident", [])
    assert "neither true nor false" in answer["reasons"][0]


@pytest.mark.parametrize("value", ["null", "=y", "2.5", "-1", '="2"', "=[1, 2]", "=5001"])
def test_a_cardinality_that_is_no_number_of_instances_is_an_incident(value):
    answer = played(start(), say("A", times(value)), line("S", "A"))
    assert (answer["outcome"], answer["trace"]) == ("incident", [])


def test_an_activity_none_of_whose_conditional_flows_is_true_is_an_incident():
    answer = played(*AB, flow("A", "B", "=false"))
    assert answer["outcome"] == "incident"
    assert "no condition is true" in answer["reasons"][0]


def test_a_process_that_calls_itself_without_end_is_an_incident():
    answer = played(start(), node("callActivity", "C", calledElement="P"), line("S", "C"))
    assert answer["outcome"] == "incident"
    assert "deep" in answer["reasons"][0]
