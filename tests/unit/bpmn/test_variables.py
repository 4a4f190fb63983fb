"""FEEL against the variables that can be there: what is misspelt, what comes too late."""

from __future__ import annotations

import json

import pytest

from engine import bpmn
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
    script,
    start,
    user,
)
from tests.unit.bpmn.play import HANDLERS

RULES = {
    "bpmn.unknown-variable",
    "bpmn.unknown-constant",
    "bpmn.decision-variable",
    "bpmn.form-variable",
}


def unknown(*parts: str, top: str = "", **forms: list[dict[str, object]]) -> list[tuple[str, str]]:
    """Element and remedy of every finding about a variable."""
    files = {"p.bpmn": diagram(*parts, top=top)} | {
        f"{name}.form": json.dumps({"id": name, "components": components}).encode()
        for name, components in forms.items()
    }
    found = bpmn.lint(
        files,
        "P",
        handlers=HANDLERS,
        constants={"ceiling": 10},
        country="CM",
        time_zone="Africa/Douala",
    )
    assert [f for f in found if f.severity == "error"] == []
    return [(f.element, f.remedy.split(".")[0]) for f in found if f.rule in RULES]


def field(key: str, **more: object) -> dict[str, object]:
    return {"type": "number", "key": key, "label": key, **more}


def form(form_id: str) -> str:
    return f'<zeebe:formDefinition formId="{form_id}"/>'


def through(*ids: str) -> str:
    return line("S", *ids, "E")


def test_a_name_that_nothing_writes_is_told_with_what_was_probably_meant() -> None:
    found = unknown(start(), script("A", "1", "amount"), script("B", "amont * 2", "x"), end(),
                    through("A", "B"))  # fmt: skip
    assert found == [("B", "Did you mean 'amount'?")]


def test_a_name_that_is_written_only_afterwards_is_not_there() -> None:
    found = unknown(start(), script("A", "later", "x"), script("B", "1", "later"), end(),
                    through("A", "B"))  # fmt: skip
    assert [element for element, _ in found] == ["A"]


def test_what_a_loop_writes_is_there_the_next_time() -> None:
    again = node("exclusiveGateway", "G", default="G-E")
    parts = (start(), script("A", "later", "x"), script("B", "1", "later"), again, end())
    assert unknown(*parts, through("A", "B", "G"), flow("G", "A", "=x")) == []


def test_what_a_parallel_branch_writes_may_be_there() -> None:
    fork, join = node("parallelGateway", "F"), node("parallelGateway", "J")
    parts = (start(), fork, script("A", "b", "a"), script("B", "a", "b"), join, end())
    assert unknown(*parts, through("F", "A", "J"), flow("F", "B"), flow("B", "J")) == []


def test_a_forms_answers_are_there_after_its_task_and_in_its_outputs() -> None:
    task = user("T", form("f"), outputs(kept="=amount"))
    parts = (start(), task, script("A", "kept + amount", "x"), end(), through("T", "A"))
    assert [e for e, _ in unknown(*parts, f=[field("amount")])] == ["A"]


def test_a_forms_condition_reads_its_own_fields_and_what_is_there() -> None:
    hidden = field("b", conditional={"hide": "=a > before and not(elsewhere)"})
    parts = (start(), script("A", "1", "before"), user("T", form("f")), end(), through("A", "T"))
    assert [e for e, _ in unknown(*parts, f=[field("a"), hidden])] == ["T"]


def test_a_handlers_outputs_are_what_its_signature_names() -> None:
    spec = next(s for s in HANDLERS.values() if s.outputs and not s.required)
    name = min(spec.outputs)
    call = node(
        "serviceTask",
        "H",
        f'<zeebe:taskDefinition type="{spec.name}"/>',
        outputs(kept=f"={name}", lost="=not_of_it"),
    )
    assert [e for e, _ in unknown(start(), call, end(), through("H"))] == ["H"]


def test_an_item_is_seen_inside_its_multi_instance_only() -> None:
    loop = each("=[1,2]", "one", "=twice", "all")
    many = node(
        "subProcess",
        "M",
        loop + start("S2") + script("A", "one * 2", "twice") + end("E2") + line("S2", "A", "E2"),
    )
    parts = (start(), many, script("B", "sum(all) + one", "x"), end(), through("M", "B"))
    assert [e for e, _ in unknown(*parts)] == ["B"]


@pytest.mark.parametrize(("copies", "found"), [("true", []), ("false", ["C"])])
def test_a_called_process_sees_what_its_callers_pass(copies: str, found: list[str]) -> None:
    call = node(
        "callActivity",
        "X",
        f'<zeebe:calledElement processId="Q" propagateAllParentVariables="{copies}"/>',
        inputs(passed="=mine"),
    )
    inner = (start("S2"), script("C", "passed + mine", "made"), end("E2"), line("S2", "C", "E2"))
    parts = (start(), script("A", "1", "mine"), call, script("B", "made", "y"), end())
    got = unknown(*parts, through("A", "X", "B"), top=process("Q", *inner))
    assert [e for e, _ in got] == found


def test_after_a_message_any_name_may_be_there_but_not_a_misspelt_one() -> None:
    caught = node("intermediateCatchEvent", "M1", on_message())
    parts = (
        start(),
        script("A", "1", "amount_granted"),
        caught,
        script("B", "from_outside", "x"),
        script("C", "amount_grantd", "y"),
        end(),
    )
    assert unknown(*parts, through("A", "M1", "B", "C"), top=message()) == [
        ("C", "Did you mean 'amount_granted'?")
    ]


def test_an_entry_that_the_scheme_or_the_case_does_not_have_is_told() -> None:
    parts = (start(), script("A", "scheme.cieling + scheme.ceiling", "x"), end(), through("A"))
    assert unknown(*parts) == [("A", "Did you mean 'ceiling'?")]
    parts = (start(), script("A", "case.reference + case.nam", "x"), end(), through("A"))
    assert [e for e, _ in unknown(*parts)] == ["A"]


def test_the_items_of_a_filter_and_the_names_of_a_loop_are_no_variables() -> None:
    text = "[{a: 1}][a = 1].a + sum(for i in [1] return i) + count([1][item > 0])"
    assert unknown(start(), script("A", text, "x"), end(), through("A")) == []
