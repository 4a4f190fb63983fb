"""Every cell of table 10.93: each trigger in each position runs, or is refused.

Source: BPMN 2.0.2, table 10.93 (types of events and their markers).
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    ON_CANCEL,
    boundary,
    catch,
    escalation,
    event_sub,
    fork,
    on_compensation,
    on_condition,
    on_escalation,
    on_link,
    on_signal,
    played,
    said,
    say,
    signal,
    sub,
    throw,
    undoable,
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
    start,
    timer,
)

TRIGGERS = {
    "none": (),
    "message": (on_message("M"),),
    "timer": (timer("duration", "PT2H"),),
    "conditional": (on_condition("=n > 0"),),
    "signal": (on_signal("G"),),
    "error": (on_error("x"),),
    "escalation": (on_escalation("e"),),
    "compensation": (on_compensation(),),
    "cancel": (ON_CANCEL,),
    "link": (on_link("l"),),
    "terminate": (TERMINATE,),
    "multiple": (on_signal("G"), on_message("M")),
}
THROWABLE = ("message", "signal", "error", "escalation", "multiple")
TOP = signal("G") + error("x") + escalation("e") + message("M", '="k"')
LONG = timer("duration", "PT9H")
SOON = timer("duration", "PT1H")


def thrower(trigger: str) -> str:
    """What brings a trigger about after an hour: an end event, or nothing but time."""
    inner = TRIGGERS[trigger] if trigger in THROWABLE else ()
    return catch("Soon", SOON) + end("Thrown", *inner) + line("Soon", "Thrown")


def at_start(trigger: str) -> tuple[str, ...]:
    return (start("S", *TRIGGERS[trigger]), say("A"), line("S", "A"))


def event_sub_process(trigger: str, interrupts: str) -> tuple[str, ...]:
    begins = start("VS", *TRIGGERS[trigger], isInterrupting=interrupts)
    return (
        start(),
        fork("F", "Soon", "W"),
        line("S", "F"),
        thrower(trigger),
        catch("W", LONG),
        say("Late"),
        line("W", "Late"),
        event_sub("V", begins, say("A"), line("VS", "A")),
    )


def caught(trigger: str) -> tuple[str, ...]:
    return (
        start(),
        fork("F", "Soon", "C"),
        line("S", "F"),
        thrower(trigger if trigger not in {"error", "escalation"} else "none"),
        catch("C", *TRIGGERS[trigger]),
        say("A"),
        line("C", "A"),
    )


def at_edge(trigger: str, interrupts: bool) -> tuple[str, ...]:
    joined = '<bpmn:association id="to" sourceRef="X" targetRef="A"/>'
    compensates = trigger == "compensation"
    inside = (
        start("PS"),
        fork("F", "Soon", "W"),
        line("PS", "F"),
        thrower(trigger),
        catch("W", LONG),
        say("Late"),
        line("W", "Late"),
    )
    return (
        start(),
        sub("P1", *inside),
        boundary("X", "P1", *TRIGGERS[trigger], interrupts=interrupts),
        say("A", **({"isForCompensation": "true"} if compensates else {})),
        joined if compensates else line("X", "A"),
        throw("T", on_compensation()) if compensates else throw("T"),
        line("S", "P1", "T"),
    )


def thrown(trigger: str, kind: str) -> tuple[str, ...]:
    """An event that throws in a sub-process, and all that could catch it."""
    inside = (
        start("PS"),
        fork("F", "U", "Soon"),
        line("PS", "F"),
        catch("Soon", SOON),
        undoable("U"),
        node(kind, "T", *TRIGGERS[trigger]),
        line("U", "T"),
    )
    more = (catch("L", on_link("l")),) if (trigger, kind[:3]) == ("link", "int") else ()
    edges = [("x", on_error("x")), ("e", on_escalation("e")), ("G", on_signal("G")),
             ("M", on_message("M"))]  # fmt: skip
    caught_by = "".join(
        boundary(f"on{name}", "P1", inner) + say(f"by{name}") + line(f"on{name}", f"by{name}")
        for name, inner in edges
    )
    return (start(), sub("P1", *inside, *more), caught_by, say("A"), line("S", "P1", "A"))


RUNS = {
    "start": ({"none", "message", "timer", "conditional", "signal", "multiple"}, at_start),
    "interrupting event sub-process": (
        {"message", "timer", "conditional", "signal", "error", "escalation", "multiple"},
        lambda trigger: event_sub_process(trigger, "true"),
    ),
    "non-interrupting event sub-process": (
        {"message", "timer", "conditional", "signal", "escalation", "multiple"},
        lambda trigger: event_sub_process(trigger, "false"),
    ),
    "catch": ({"message", "timer", "conditional", "signal", "multiple"}, caught),
    "interrupting edge": (
        {
            "message", "timer", "conditional", "signal", "error", "escalation", "compensation",
            "multiple",
        },
        lambda trigger: at_edge(trigger, True),
    ),
    "non-interrupting edge": (
        {"message", "timer", "conditional", "signal", "escalation", "multiple"},
        lambda trigger: at_edge(trigger, False),
    ),
    "throw": (
        {"none", "message", "signal", "escalation", "compensation", "link", "multiple"},
        lambda trigger: thrown(trigger, "intermediateThrowEvent"),
    ),
    "end": (
        {
            "none", "message", "signal", "error", "escalation", "compensation", "terminate",
            "multiple",
        },
        lambda trigger: thrown(trigger, "endEvent"),
    ),
}  # fmt: skip
ELSEWHERE = {
    ("interrupting event sub-process", "compensation"),
    ("non-interrupting edge", "compensation"),
    ("interrupting edge", "cancel"),
    ("end", "cancel"),
    ("catch", "link"),
}
"""Cells that only make sense together with another; see test_transactions and test_flows."""
CELLS = [
    (where, trigger) for where in RUNS for trigger in TRIGGERS if (where, trigger) not in ELSEWHERE
]
CAUGHT = {
    "message": "byM", "signal": "byG", "error": "byx", "escalation": "bye", "multiple": "byG",
    "compensation": "undoU",
}  # fmt: skip


REFUSALS = {f"bpmn.{rule}]" for rule in ("unsupported-event", "start-event", "boundary", "cancel")}


def expected(where: str, trigger: str) -> list[str]:
    if where in {"start", "catch"}:
        return ["A"]
    if where in {"throw", "end"}:
        said_ = CAUGHT.get(trigger, "A")
        return ["U", said_] + ["A"] * (said_ == "undoU")
    if trigger == "compensation":
        return ["Late", "A"]
    if where.startswith("non"):
        return ["A"] * (2 if trigger == "multiple" else 1) + ["Late"]
    return ["A"]


@pytest.mark.parametrize(("where", "trigger"), CELLS)
def test_a_trigger_runs_where_bpmn_has_it_and_is_refused_elsewhere(where, trigger):
    runs, draw = RUNS[where]
    parts = draw(trigger)
    if trigger not in runs:
        answer = played(*parts, top=TOP, n=1)
        assert answer["outcome"] == "refused", answer
        assert {reason.rsplit("[")[-1] for reason in answer["reasons"]} <= REFUSALS
        return
    trace = said(*parts, top=TOP, n=1, loopback=trigger in {"message", "multiple"})
    assert trace == expected(where, trigger)
