"""What is done in an event sub-process is undone with the scope that it stands in.

Source: BPMN 2.0.2, sections 10.3.5 and 13.5.4 (an event sub-process runs in the context of its
enclosing sub-process), 10.7 and 13.5.5 (compensation of that sub-process).
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    ON_CANCEL,
    boundary,
    catch,
    escalation,
    event_sub,
    on_compensation,
    on_condition,
    on_escalation,
    on_signal,
    said,
    say,
    signal,
    sub,
    throw,
    undoable,
)
from tests.unit.bpmn.diagrams import end, line, node, start, timer

RAISED = on_escalation("raised")
DECLARED = escalation("raised")


def beside(*parts: str) -> str:
    """An event sub-process that an escalation starts and that interrupts nothing."""
    first = "B" if not parts else ""
    inner = (undoable("B"), line("VS", first)) if first else parts
    return event_sub("V", start("VS", RAISED, isInterrupting="false"), *inner)


def test_a_completed_sub_process_is_undone_with_its_event_sub_processes_the_last_first():
    inside = start("US") + undoable("A") + throw("T", RAISED) + undoable("C")
    trace = said(
        start("S"),
        sub("U", inside, line("US", "A", "T", "C"), beside()),
        throw("K", on_compensation()),
        line("S", "U", "K"),
        top=DECLARED,
    )
    assert trace == ["A", "C", "B", "undoB", "undoC", "undoA"]


@pytest.mark.parametrize(
    "last",
    [line("B", "BE") + end("BE"), line("B", "BW") + catch("BW", timer("duration", "P1D"))],
    ids=["completed", "running"],
)
def test_a_cancelled_transaction_undoes_what_its_event_sub_processes_did(last):
    inside = start("US") + undoable("A") + throw("T", RAISED)
    inside += catch("W", timer("duration", "PT1M")) + end("X", ON_CANCEL)
    trace = said(
        start("S"),
        node(
            "transaction",
            "U",
            inside,
            line("US", "A", "T", "W", "X"),
            beside(undoable("B"), line("VS", "B"), last),
        ),
        boundary("UC", "U", ON_CANCEL),
        say("Z"),
        line("S", "U"),
        line("UC", "Z"),
        top=DECLARED,
    )
    assert trace == ["A", "B", "undoB", "undoA", "Z"]


def test_an_event_sub_process_that_compensates_its_scope_undoes_its_own_work_first():
    inside = start("US") + undoable("A") + throw("T", RAISED)
    handler = beside(undoable("B"), throw("K", on_compensation()), line("VS", "B", "K"))
    trace = said(
        start("S"), sub("U", inside, line("US", "A", "T"), handler), line("S", "U"), top=DECLARED
    )
    assert trace == ["A", "B", "undoB", "undoA"]


def test_what_undoes_a_sub_process_is_not_undone_itself():
    handler = event_sub("V", start("VS", on_compensation()), undoable("B"), line("VS", "B"))
    trace = said(
        start("S"),
        sub("U", start("US"), undoable("A"), line("US", "A"), handler),
        throw("K", on_compensation()),
        throw("L", on_compensation()),
        line("S", "U", "K", "L"),
    )
    assert trace == ["A", "B"]


def test_of_event_sub_processes_whose_conditions_are_met_at_first_the_first_is_started():
    both = on_condition("=x = 1") + on_signal("Q")
    trace = said(
        start("S"),
        sub(
            "U",
            start("US"),
            say("A"),
            line("US", "A"),
            event_sub("V", start("VS", both), say("B"), line("VS", "B")),
            event_sub("W", start("WS", on_condition("=x = 1")), say("C"), line("WS", "C")),
        ),
        line("S", "U"),
        top=signal("Q"),
        x=1,
    )
    assert trace == ["B"]
