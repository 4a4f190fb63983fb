"""Requirement graphs: decisions, drawn inputs, knowledge models, services, imports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.dmn import check, evaluate, read_decisions
from engine.errors import DecisionError
from tests.unit.dmn.support import NAMESPACE, decide, decision, dmn, literal, table

KNOWLEDGE = """
<businessKnowledgeModel id="Half" name="half of"><variable name="half of"/><encapsulatedLogic>
<formalParameter name="the amount" typeRef="number"/>
<literalExpression><text>the amount / 2</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>"""
ARROW = '<knowledgeRequirement><requiredKnowledge href="#Half"/></knowledgeRequirement>'


def test_required_decisions_are_evaluated_first_and_each_once() -> None:
    source = dmn(
        decision(literal("base * 2"), id="Twice", name="twice the base"),
        decision(literal("twice the base + 1"), id="Left", name="left", requires=["Twice"]),
        decision(literal("twice the base + 2"), id="Right", name="right", requires=["Twice"]),
        decision(literal("left + right"), id="Sum", name="sum", requires=["Left", "Right"]),
    )
    result = decide(source, {"base": 5}, "Sum")
    assert result.value == Decimal(23)
    assert [reason.decision_id for reason in result.reasons] == ["Twice", "Left", "Right", "Sum"]
    assert result.reasons[0].inputs == {"base": Decimal(5)}
    assert read_decisions(source, "t.dmn").inputs("Sum") == {"base"}


def test_a_required_decision_is_read_by_its_id_too_as_camunda_does() -> None:
    source = dmn(
        decision(literal('"north"'), id="Decision_Region", name="Region of the project"),
        decision(
            table(["Decision_Region"], ["y"], [['"north"', "1"]]), requires=["Decision_Region"]
        ),
    )
    assert decide(source, {}).value == Decimal(1)


def test_a_circle_is_found_and_never_followed() -> None:
    source = dmn(
        decision(literal("b"), id="A", name="a", requires=["B"]),
        decision(literal("a"), id="B", name="b", requires=["A"]),
    )
    assert {f.rule for f in check(source, "t.dmn")} == {"dmn.circle"}
    with pytest.raises(DecisionError, match="requires itself"):
        decide(source, {}, "A")


def test_a_knowledge_model_is_called_by_its_name_and_coerces_its_arguments() -> None:
    body = f'<decision id="D" name="d">{ARROW}{literal("half of(half of([40]))")}</decision>'
    assert decide(dmn(KNOWLEDGE, body), {}).value == Decimal(10)


def test_a_boxed_invocation_gives_arguments_by_name() -> None:
    invocation = f"""<invocation>{literal("half of")}
        <binding><parameter name="the amount"/>{literal("total")}</binding></invocation>"""
    body = f'<decision id="D" name="d">{ARROW}{invocation}</decision>'
    assert decide(dmn(KNOWLEDGE, body), {"total": 9}).value == Decimal("4.5")


@pytest.mark.parametrize("arrow", ["", '<requiredKnowledge href="#F"/>'])
def test_a_knowledge_model_may_call_itself_within_its_bound(arrow: str) -> None:
    requirement = f"<knowledgeRequirement>{arrow}</knowledgeRequirement>" if arrow else ""
    model = (
        '<businessKnowledgeModel id="F" name="fact"><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal("if n < 2 then 1 else n * fact(n - 1)")}'
        f"</encapsulatedLogic>{requirement}</businessKnowledgeModel>"
    )
    source = dmn(model)
    assert not check(source, "t.dmn")
    assert decide(source, {"n": 5}, "F").value == Decimal(120)
    assert decide(source, {"n": 400}, "F").value > Decimal("1E860")
    with pytest.raises(DecisionError, match=r"inside one another|call one another"):
        decide(source, {"n": 5_000}, "F")


def test_an_import_without_a_name_brings_its_names_and_types_as_they_are() -> None:
    library = dmn(
        '<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>',
        '<businessKnowledgeModel id="B" name="twice"><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal("n * 2")}'
        "</encapsulatedLogic></businessKnowledgeModel>",
        own="urn:lib",
    )
    source = dmn(
        f'<import name="" namespace="urn:lib" importType="{NAMESPACE}"/>',
        '<decision id="D" name="d"><variable name="d" typeRef="tAge"/><knowledgeRequirement>'
        '<requiredKnowledge href="urn:lib#B"/></knowledgeRequirement>'
        f"{literal('twice(4)')}</decision>",
    )
    model = read_decisions(source, "t.dmn", {"lib.dmn": library})
    assert evaluate(model, "D", {}).value == Decimal(8)


def test_a_knowledge_model_can_be_asked_for_by_itself() -> None:
    assert decide(dmn(KNOWLEDGE), {"the amount": 9}, "Half").value == Decimal("4.5")


@pytest.mark.parametrize(
    "typed",
    [
        '<encapsulatedLogic typeRef="number">',
        '<variable name="one" typeRef="number"/><encapsulatedLogic>',
        '<variable name="one" typeRef="tOne"/><encapsulatedLogic>',
    ],
)
def test_a_knowledge_models_result_is_held_to_its_declared_type(typed: str) -> None:
    def said(source: str) -> object:
        function = (
            '<itemDefinition name="tOne"><functionItem outputTypeRef="number"/></itemDefinition>'
        )
        logic = f"{typed}{literal(source)}</encapsulatedLogic>"
        knowledge = f'<businessKnowledgeModel id="B" name="one">{logic}</businessKnowledgeModel>'
        return decide(dmn(function, knowledge), {}, "B").value

    assert said("[1]") == Decimal(1)
    assert said('"a"') is None


def test_a_table_in_a_knowledge_model_gives_a_reason_of_its_own() -> None:
    inner = table(["level"], ["y"], [['"social"', "260000"]])
    knowledge = f"""<businessKnowledgeModel id="Ceiling" name="ceiling"><encapsulatedLogic>
        <formalParameter name="level"/>{inner}</encapsulatedLogic></businessKnowledgeModel>"""
    arrow = ARROW.replace("Half", "Ceiling")
    body = f'<decision id="D" name="d">{arrow}{literal("""ceiling("social")""")}</decision>'
    result = decide(dmn(knowledge, body), {})
    assert result.value == Decimal(260000)
    assert [reason.decision_id for reason in result.reasons] == ["Ceiling", "D"]
    assert result.reasons[0].rules[0]["id"] == "Rule_1"


def test_a_drawn_input_of_the_wrong_type_is_null_and_says_so() -> None:
    source = dmn(
        '<inputData id="I" name="age"><variable name="age" typeRef="number"/></inputData>',
        '<decision id="D" name="d"><informationRequirement><requiredInput href="#I"/>'
        f"</informationRequirement>{literal('age')}</decision>",
    )
    result = decide(source, {"age": "old"})
    assert result.value is None
    assert any("a string is no number" in warning for warning in result.warnings)
    assert decide(source, {"age": 7}).value == Decimal(7)
    assert any("no variable 'age'" in warning for warning in decide(source, {}).warnings)


def test_allowed_values_of_an_item_definition_hold_for_inputs() -> None:
    source = dmn(
        '<itemDefinition name="tLevel"><typeRef>string</typeRef><allowedValues>'
        '<text>"social", "business"</text></allowedValues></itemDefinition>',
        '<inputData id="I" name="level"><variable name="level" typeRef="tLevel"/></inputData>',
        '<decision id="D" name="d"><informationRequirement><requiredInput href="#I"/>'
        f"</informationRequirement>{literal('level')}</decision>",
    )
    assert decide(source, {"level": "social"}).value == "social"
    assert decide(source, {"level": "buisness"}).value is None


def test_a_decision_service_takes_its_parameters_and_nothing_else() -> None:
    source = dmn(
        decision(literal("rate"), id="Rate", name="rate"),
        decision(literal("rate * 2"), id="Out", name="out", requires=["Rate"]),
        '<decisionService id="S" name="serve"><outputDecision href="#Out"/>'
        '<inputDecision href="#Rate"/></decisionService>',
        '<decision id="D" name="d"><knowledgeRequirement><requiredKnowledge href="#S"/>'
        f"</knowledgeRequirement>{literal('serve(4)')}</decision>",
    )
    assert decide(source, {"rate": 1}).value == Decimal(8)
    assert decide(source, {"rate": 3}, "S").value == Decimal(6)


def test_an_import_is_found_by_its_namespace_and_read_through_its_name() -> None:
    other = dmn(decision(literal('"hello"'), id="Say", name="say it"), own="urn:other")
    source = dmn(
        '<import namespace="urn:other" name="far" importType="DMN"/>',
        '<decision id="D" name="d"><informationRequirement>'
        '<requiredDecision href="urn:other#Say"/></informationRequirement>'
        f"{literal('far.say it')}</decision>",
    )
    model = read_decisions(source, "t.dmn", {"other.dmn": other})
    assert set(model.decisions) == {"D"}
    assert evaluate(model, "D", {}).value == "hello"
    assert {f.rule for f in check(source, "t.dmn")} == {"dmn.import", "dmn.missing-requirement"}


def test_two_files_that_import_each_other_are_refused_not_followed() -> None:
    one = dmn('<import namespace="urn:two" name="two" importType="DMN"/>', own="urn:one")
    two = dmn('<import namespace="urn:one" name="one" importType="DMN"/>', own="urn:two")
    findings = check(one, "one.dmn", {"two.dmn": two})
    assert [(f.rule, f.file) for f in findings] == [("dmn.import", "two.dmn")]


def test_the_moment_is_the_callers_and_without_one_it_is_null() -> None:
    model = read_decisions(dmn(decision(literal("today()"))), "t.dmn")
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    assert evaluate(model, "D", {}, now=moment).value == date(2026, 11, 23)
    assert evaluate(model, "D", {}).value is None


@pytest.mark.parametrize(
    "elements",
    [
        ['<decision id="D" name="d"/>'],
        [
            '<businessKnowledgeModel id="Half" name="half of"/>',
            f'<decision id="D" name="d">{ARROW}{literal("half of(1)")}</decision>',
        ],
    ],
)
def test_what_has_no_logic_is_refused_by_lint_and_null_when_asked(elements: list[str]) -> None:
    source = dmn(*elements)
    assert "dmn.empty" in {f.rule for f in check(source, "t.dmn") if f.severity == "error"}
    result = decide(source, {})
    assert result.value is None
    assert any("has no" in warning for warning in result.warnings)
