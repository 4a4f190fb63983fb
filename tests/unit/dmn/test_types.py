"""Item definitions: what a declared type takes, what it makes null (DMN 1.5, 7.3.3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.dmn import DecisionResult
from engine.feel import FeelFunction
from tests.unit.dmn.support import decide, dmn, literal, text


def item(name: str, kind: str, *, allowed: str = "", whole: str = "", many: bool = False) -> str:
    """Return an item definition on another type."""
    tests = text("allowedValues", allowed) if allowed else ""
    tests += text("typeConstraint", whole) if whole else ""
    flag = ' isCollection="true"' if many else ""
    return f'<itemDefinition name="{name}"{flag}><typeRef>{kind}</typeRef>{tests}</itemDefinition>'


def structure(name: str, components: str, more: str = "") -> str:
    return f'<itemDefinition name="{name}">{components}{more}</itemDefinition>'


def component(name: str, kind: str) -> str:
    return f'<itemComponent name="{name}"><typeRef>{kind}</typeRef></itemComponent>'


def typed(source: str, kind: str, *definitions: str) -> DecisionResult:
    body = f'<variable name="d" typeRef="{kind}"/>{literal(source)}'
    return decide(dmn(*definitions, f'<decision id="D" name="d">{body}</decision>'), {})


LETTER = item("tLetter", "string", allowed='"a", "b"')


@pytest.mark.parametrize(("source", "fits"), [('"b"', True), ('"a"', False), ('"c"', False)])
def test_a_type_that_narrows_another_keeps_the_others_values_too(source: str, fits: bool) -> None:
    narrowed = item("tNarrow", "tLetter", allowed='"b", "c"')
    assert (typed(source, "tNarrow", LETTER, narrowed).value is not None) is fits


@pytest.mark.parametrize(
    ("source", "fits"), [("5", True), ("-1", False), ("10", False), ("null", False)]
)
def test_allowed_values_and_a_constraint_both_hold(source: str, fits: bool) -> None:
    both = item("tBoth", "number", allowed="> 0", whole="< 10")
    assert (typed(source, "tBoth", both).value is not None) is fits


@pytest.mark.parametrize(
    ("source", "fits"), [("[1, 2]", True), ("[1]", False), ("[1, 9]", False), ('["a", 2]', False)]
)
def test_of_a_collection_allowed_values_are_of_each_item_and_a_constraint_of_the_whole(
    source: str, fits: bool
) -> None:
    kind = item("tList", "number", allowed="< 5", whole="count(?) > 1", many=True)
    assert (typed(source, "tList", kind).value is not None) is fits


@pytest.mark.parametrize(
    ("source", "fits"), [('["a"]', True), ('["a", "a", "a"]', False), ('["c"]', False)]
)
def test_a_type_that_names_a_collection_narrows_its_items_and_the_whole(
    source: str, fits: bool
) -> None:
    listed = item("tList", "string", many=True)
    named = item("tNamed", "tList", allowed='"a", "b"', whole="count(?) < 3")
    assert (typed(source, "tNamed", listed, named).value is not None) is fits


def test_a_structure_is_held_to_its_own_constraint() -> None:
    parts = component("from-day", "number") + component("to", "number")
    span = structure("tSpan", parts, text("typeConstraint", "?.from-day <= ?.to"))
    assert typed("{from-day: 1, to: 2}", "tSpan", span).value == {"from-day": 1, "to": 2}
    assert typed("{from-day: 3, to: 2}", "tSpan", span).value is None


def test_a_type_within_itself_is_checked_on_every_level() -> None:
    chain = structure("tChain", component("n", "number") + component("next", "tChain"))
    good, bad = "{n: 1, next: {n: 2, next: null}}", '{n: 1, next: {n: "2", next: null}}'
    assert typed(good, "tChain", chain).value is not None
    assert typed(bad, "tChain", chain).value is None
    assert typed("1", "tSelf", item("tSelf", "tSelf")).value == Decimal(1)


FUNCTION = (
    '<itemDefinition name="tFunction"><functionItem outputTypeRef="number">'
    '<parameters name="a" typeRef="number"/><parameters name="b" typeRef="number"/>'
    "</functionItem></itemDefinition>"
)


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        ("function(a: number, b: number) a + b", True),
        ("function(x, y) x", True),
        ("function(a) a", False),
        ("function(a: string, b: string) a", False),
        ("5", False),
    ],
)
def test_a_function_type_checks_the_parameters(source: str, fits: bool) -> None:
    value = typed(source, "tFunction", FUNCTION).value
    assert isinstance(value, FeelFunction) is fits


def test_a_service_declared_as_a_function_returns_that_functions_result() -> None:
    service = (
        '<inputData id="A" name="a"/><inputData id="B" name="b"/>'
        '<decision id="Sum" name="total"><informationRequirement><requiredInput href="#A"/>'
        '</informationRequirement><informationRequirement><requiredInput href="#B"/>'
        f"</informationRequirement>{literal('a + b')}</decision>"
        '<decisionService id="S" name="add"><variable name="add" typeRef="tFunction"/>'
        '<outputDecision href="#Sum"/><inputData href="#A"/><inputData href="#B"/>'
        "</decisionService>"
    )
    calling = (
        '<decision id="D" name="d"><knowledgeRequirement><requiredKnowledge href="#S"/>'
        f"</knowledgeRequirement>{literal('add(b: 2, a: 1)')}</decision>"
    )
    source = dmn(FUNCTION, service, calling)
    assert decide(source, {}).value == Decimal(3)
    assert decide(source, {"a": 4, "b": 5}, "S").value == Decimal(9)


def test_why_a_value_does_not_fit_names_the_type_and_never_the_value() -> None:
    [warning] = typed('"secret"', "tLetter", LETTER).warnings
    assert "a string is not among the values that tLetter allows" in warning
    [warning] = typed("12345", "tLetter", LETTER).warnings
    assert "a number is no tLetter" in warning
