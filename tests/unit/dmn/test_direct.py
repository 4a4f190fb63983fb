"""A decision laid out for speed decides as the general evaluation does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import DecisionModel, evaluate, read_decisions
from engine.errors import DecisionError
from tests.unit.dmn.support import decision, dmn, table

RULES = [
    ['"a"', "> 10", "true", '"one"', "1"],
    ['"b", "c"', "[10..20)", "-", '"two"', "2"],
    ['not("a")', "<= 20", "false", '"three"', "-3"],
    ["-", ">= 30", "true", '"one"', "[1, 2]"],
    ['"z"', "not(5, 7)", "-", "null", "4"],
    ['"a"', "]0..1[", "-", '"two"', "5"],
]
POLICIES = [
    'hitPolicy="UNIQUE"',
    'hitPolicy="FIRST"',
    'hitPolicy="ANY"',
    'hitPolicy="RULE ORDER"',
    'hitPolicy="COLLECT"',
    'hitPolicy="OUTPUT ORDER"',
    'hitPolicy="PRIORITY"',
]


def model(policy: str) -> DecisionModel:
    body = table(
        ["level", "amount", "urgent"],
        ["plan", "share"],
        RULES,
        attributes=policy,
        values=['"two", "one", "three", null'],
    )
    return read_decisions(dmn(decision(body)), "t.dmn")


MODELS = {policy: model(policy) for policy in POLICIES}


def outcome(decisions: DecisionModel, context: dict[str, object]) -> object:
    try:
        result = evaluate(decisions, "D", context)
    except DecisionError as error:
        return str(error)
    return result.value, result.reasons, result.warnings


VALUES = st.one_of(
    st.sampled_from(["a", "b", "c", "z", "", "A", True, False, None, 5, 10.0]),
    st.sampled_from([Decimal(n) for n in ("0", "1", "5", "10", "10.0", "20", "30", "Infinity")]),
    st.sampled_from([Decimal("NaN"), Decimal("-Infinity"), Decimal("0.5"), Decimal("1e3")]),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-5, max_value=40, places=1),
    st.text(max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(POLICIES),
    st.dictionaries(st.sampled_from(["level", "amount", "urgent"]), VALUES, min_size=2),
)
def test_a_direct_decision_gives_what_the_general_evaluation_gives(
    policy: str, context: dict[str, object]
) -> None:
    laid_out = MODELS[policy]
    assert "D" in laid_out.direct
    assert outcome(laid_out, context) == outcome(replace(laid_out, direct={}), context)


@pytest.mark.parametrize(
    "rules",
    [
        [['"a"', "> limit", "-", '"one"', "1"]],
        [['"a"', "> 1", "-", "level", "1"]],
        [['"a"', "> 1", "-", "now()", "1"]],
        [['["a", "b"]', "> 1", "-", '"one"', "1"]],
        [["-", "-", "-", '"one"', "1"]],
    ],
)
def test_what_is_not_constants_is_left_to_the_general_evaluation(rules: list[list[str]]) -> None:
    body = table(["level", "amount", "urgent"], ["plan", "share"], rules)
    assert read_decisions(dmn(decision(body)), "t.dmn").direct == {}


def test_a_decision_that_requires_another_is_left_to_the_general_evaluation() -> None:
    body = table(["level"], ["plan"], [['"a"', '"one"']])
    source = dmn(decision("", id="O", name="o"), decision(body, requires=["O"]))
    assert read_decisions(source, "t.dmn").direct == {}


def test_the_reason_of_a_direct_decision_keeps_the_inputs_it_saw() -> None:
    body = table(["level"], ["plan"], [['"a"', '"one"', "the note"]])
    context = {"level": "a"}
    result = evaluate(read_decisions(dmn(decision(body)), "t.dmn"), "D", context)
    context["level"] = "b"
    (reason,) = result.reasons
    assert reason is result.reasons[0]
    assert reason.inputs == {"level": "a"}
    assert reason.rules == ({"id": "Rule_1", "index": 1, "annotation": "the note"},)
