"""Any file of DMN's elements, however they are put together: values or errors, never a crash."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import check, evaluate, read_decisions
from engine.errors import DecisionError
from tests.unit.dmn.support import NAMESPACE, NOW, decide, decision, dmn, literal, text

SOURCES = st.sampled_from(
    ["1", "x", "x + 1", "[1, 2]", '"a"', "null", "{a: x}", "f(x)", "f", "x(1)", "item > 1", "D0",
     "lib.D1", "lib.f(2)", "function(a) a", "for i in x return i", "?", "1 +", "", "p.a-b",
     "f(f)", "D1.a", '@"2020-01-01"', "sort(x, f)", "partial"]
).map(literal)  # fmt: skip
NAMES = st.sampled_from(["x", "f", "a-b", "D0", "", "item", "if"])
TYPES = st.sampled_from(["", ' typeRef="number"', ' typeRef="tA"', ' typeRef="lib.tA"'])


def entry(name: str, body: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{body}</contextEntry>"


def boxed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Boxed expressions made of others."""
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"<list>{''.join(parts)}</list>"),
        st.lists(st.builds(entry, NAMES, inner), max_size=3).map(
            lambda parts: f"<context>{''.join(parts)}</context>"
        ),
        st.builds("<conditional><if>{}</if><then>{}</then><else>{}</else></conditional>".format,
                  inner, inner, inner),
        st.builds("<filter><in>{}</in><match>{}</match></filter>".format, inner, inner),
        st.builds('<for iteratorVariable="x"><in>{}</in><return>{}</return></for>'.format,
                  inner, inner),
        st.builds('<some iteratorVariable="x"><in>{}</in><satisfies>{}</satisfies></some>'.format,
                  inner, inner),
        st.builds('<functionDefinition><formalParameter name="x"{}/>{}</functionDefinition>'.format,
                  TYPES, inner),
        st.builds('<invocation>{}<binding><parameter name="{}"/>{}</binding></invocation>'.format,
                  inner, NAMES, inner),
        st.builds('<relation><column name="{}"/><row>{}</row></relation>'.format, NAMES, inner),
        st.builds("<decisionTable hitPolicy='{}'><input><inputExpression><text>x</text>"
                  "</inputExpression></input><output name='a'/><rule>{}{}</rule></decisionTable>"
                  .format, st.sampled_from(["ANY", "COLLECT", "PRIORITY", "odd"]),
                  st.sampled_from(["-", "> 1", "not(", "?"]).map(lambda s: text("inputEntry", s)),
                  st.sampled_from(["x", "1", "f(x)"]).map(lambda s: text("outputEntry", s))),
    )  # fmt: skip


LOGIC = st.recursive(SOURCES, boxed, max_leaves=8)
ARROWS = st.lists(
    st.sampled_from(
        [
            *(f'<informationRequirement><requiredDecision href="{to}"/></informationRequirement>'
              for to in ("#D0", "#D1", "urn:a#D0", "urn:b#D1", "#None")),
            *(f'<knowledgeRequirement><requiredKnowledge href="{to}"/></knowledgeRequirement>'
              for to in ("#F", "#S", "urn:a#F", "urn:b#F", "urn:b#S")),
            '<informationRequirement><requiredInput href="#X"/></informationRequirement>',
        ]
    ),
    max_size=4,
).map("".join)  # fmt: skip
DEFINITIONS = st.lists(
    st.sampled_from(
        [
            '<itemDefinition name="tA"><typeRef>tA</typeRef></itemDefinition>',
            '<itemDefinition name="tB" isCollection="true"><typeRef>tB</typeRef></itemDefinition>',
            '<itemDefinition name="tA"><itemComponent name="a-b"><typeRef>tA</typeRef>'
            "</itemComponent></itemDefinition>",
            '<itemDefinition name="tA"><typeRef>lib.tA</typeRef><allowedValues><text>1, x(</text>'
            "</allowedValues></itemDefinition>",
            '<itemDefinition name="tA"><functionItem outputTypeRef="tA"><parameters name="x" '
            'typeRef="tA"/></functionItem></itemDefinition>',
        ]
    ),
    max_size=2,
).map("".join)  # fmt: skip


@st.composite
def files(draw: Any, own: str, other: str) -> bytes:
    """Draw a file that imports another, and is imported by it."""
    imported = f'<import name="lib" namespace="{other}" importType="{NAMESPACE}"/>'
    elements = [draw(st.sampled_from(["", imported])), draw(DEFINITIONS)]
    elements.append(f'<inputData id="X" name="x"><variable name="x"{draw(TYPES)}/></inputData>')
    for key in ("D0", "D1"):
        variable = f'<variable name="{key}"{draw(TYPES)}/>'
        body = f"{variable}{draw(ARROWS)}{draw(LOGIC)}"
        elements.append(f'<decision id="{key}" name="{key}">{body}</decision>')
    logic = f'<encapsulatedLogic><formalParameter name="x"{draw(TYPES)}/>{draw(LOGIC)}'
    elements.append(
        f'<businessKnowledgeModel id="F" name="f">{logic}</encapsulatedLogic>{draw(ARROWS)}'
        '</businessKnowledgeModel><decisionService id="S" name="s"><outputDecision href="#D0"/>'
        '<encapsulatedDecision href="#D1"/><inputData href="#X"/></decisionService>'
    )
    return dmn(*elements, own=own)


@settings(max_examples=150, deadline=None)
@given(files("urn:a", "urn:b"), files("urn:b", "urn:a"), st.sampled_from([None, 1, [1, 2], "a"]))
def test_any_two_files_that_may_import_each_other_give_values_findings_or_errors(
    one: bytes, other: bytes, value: object
) -> None:
    others = {"b.dmn": other}
    assert all(finding.file in {"a.dmn", "b.dmn"} for finding in check(one, "a.dmn", others))
    with suppress(DecisionError):
        model = read_decisions(one, "a.dmn", others)
        for key in ("D0", "D1", "F", "S"):
            with suppress(DecisionError):
                evaluate(model, key, {"x": value}, now=NOW)


def test_knowledge_models_of_several_files_that_call_each_other_end_in_an_error() -> None:
    def model(own: str, other: str) -> bytes:
        return dmn(
            f'<import name="lib" namespace="{other}" importType="{NAMESPACE}"/>',
            '<businessKnowledgeModel id="F" name="f"><encapsulatedLogic><formalParameter '
            f'name="again"/>{literal("again(again)")}</encapsulatedLogic><knowledgeRequirement>'
            f'<requiredKnowledge href="{other}#F"/></knowledgeRequirement>'
            "</businessKnowledgeModel>",
            '<decision id="D" name="d"><knowledgeRequirement><requiredKnowledge href="#F"/>'
            f"</knowledgeRequirement>{literal('f(f)')}</decision>",
            own=own,
        )

    read = read_decisions(model("urn:a", "urn:b"), "a.dmn", {"b.dmn": model("urn:b", "urn:a")})
    assert any("comes back to this file" in finding.message for finding in read.findings)
    with pytest.raises(DecisionError, match=r"inside one another|call one another"):
        evaluate(read, "D", {})


def test_the_tests_of_a_type_are_paid_for_by_the_decision() -> None:
    body = (
        '<itemDefinition name="tSlow" isCollection="true"><typeRef>number</typeRef><allowedValues>'
        "<text>every n in 1..1000 satisfies n + ? != 0</text></allowedValues></itemDefinition>"
    )
    typed = f'<variable name="d" typeRef="tSlow"/>{literal("for i in 1..5000 return i")}'
    with pytest.raises(DecisionError, match="more than 200000 steps"):
        decide(dmn(body, f'<decision id="D" name="d">{typed}</decision>'), {})


@pytest.mark.parametrize("tag", ["context", "list", "conditional", "functionDefinition"])
def test_boxed_expressions_that_nest_without_end_are_refused(tag: str) -> None:
    inside = {
        "context": ("<context><contextEntry>", "</contextEntry></context>"),
        "list": ("<list>", "</list>"),
        "conditional": ("<conditional><if>", "</if></conditional>"),
        "functionDefinition": ("<functionDefinition>", "</functionDefinition>"),
    }[tag]
    source = dmn(decision(inside[0] * 1_000 + literal("1") + inside[1] * 1_000))
    assert any(finding.severity == "error" for finding in check(source, "t.dmn"))
    with pytest.raises(DecisionError):
        decide(source, {})
