"""What lint says of a DMN file: every fault with its element, line and remedy; never a crash."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import check, evaluate, read_decisions
from engine.dmn.document import SIZE_LIMIT_BYTES
from engine.errors import DecisionError
from tests.unit.dmn.support import decide, decision, dmn, literal, table, text

GOOD = dmn(decision(table(["x"], ["y"], [["> 1", '"a"'], ["<= 1", '"b"']])))


def rules_of(source: bytes) -> set[str]:
    return {finding.rule for finding in check(source, "t.dmn")}


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"no xml at all", "dmn.not-xml"),
        (b"", "dmn.not-xml"),
        (b"<a/>", "dmn.not-dmn"),
        (b'<definitions xmlns="http://example.org/other"/>', "dmn.not-dmn"),
        (b'<!DOCTYPE d [<!ENTITY e "x">]>' + GOOD.split(b"\n", 1)[1], "dmn.dtd"),
        ('<!DOCTYPE d []><definitions xmlns="u"/>'.encode("utf-16"), "dmn.dtd"),
        (b" " * (SIZE_LIMIT_BYTES + 1), "dmn.too-large"),
    ],
)
def test_what_cannot_be_read_safely_is_refused_with_a_remedy(source: bytes, rule: str) -> None:
    (finding,) = check(source, "t.dmn")
    assert (finding.rule, finding.severity, finding.file) == (rule, "error", "t.dmn")
    assert finding.remedy
    with pytest.raises(DecisionError, match=rf"t\.dmn.*\[{rule}\]"):
        read_decisions(source, "t.dmn")


def test_an_external_entity_is_never_opened() -> None:
    source = (
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><definitions>&e;</definitions>'
    )
    assert rules_of(source) == {"dmn.dtd"}


def test_a_good_file_has_no_findings() -> None:
    assert check(GOOD, "t.dmn") == ()


def test_a_cell_that_does_not_parse_is_told_by_rule_column_position_and_line() -> None:
    source = dmn(decision(table(["x"], ["y"], [["1", "2"], ["> ", "3"], ["4", "3 +"]])))
    cell, output = check(source, "t.dmn")
    assert "rule 2, input 'x' does not read as FEEL: > — Character 2" in cell.message
    assert (cell.rule, cell.element) == ("dmn.feel", "Rule_2")
    assert cell.line == 1 + source.split(b"\n").index(b'<rule id="Rule_2">') + 1
    assert "rule 3, output 1" in output.message
    with pytest.raises(DecisionError, match="rule 2, input 'x' does not read"):
        decide(source, {"x": 9})


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ('hitPolicy="SOMETIMES"', "dmn.hit-policy"),
        ('hitPolicy="PRIORITY"', "dmn.hit-policy"),
        ('hitPolicy="COLLECT" aggregation="MEDIAN"', "dmn.aggregation"),
        ('hitPolicy="FIRST" aggregation="SUM"', "dmn.aggregation"),
    ],
)
def test_a_hit_policy_without_meaning_is_found(attributes: str, rule: str) -> None:
    assert rules_of(dmn(decision(table(["x"], ["y"], [["-", "1"]], attributes=attributes)))) == {
        rule
    }


def test_a_table_with_an_unknown_hit_policy_never_decides() -> None:
    source = dmn(decision(table(["x"], ["y"], [["-", "1"]], attributes='hitPolicy="SOMETIMES"')))
    with pytest.raises(DecisionError, match="Choose one of UNIQUE, FIRST"):
        decide(source, {})


def test_a_rule_with_a_cell_too_few_is_found_and_never_fires() -> None:
    source = dmn(decision(table(["x", "z"], ["y"], [["-", "-", "1"]]))).replace(
        text("inputEntry", "-").encode(), b"", 1
    )
    assert rules_of(source) == {"dmn.cells"}
    with pytest.raises(DecisionError, match="rule 1 has 1 input and 1 output cells"):
        decide(source, {})


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (table(["  "], ["y"], [["-", "1"]]), "dmn.empty"),
        (table(["x"], [], [["-"]]), "dmn.outputs"),
        (table(["x"], ["y", "y"], [["-", "1", "2"]]), "dmn.outputs"),
        (table(["x"], ["y"], []), "dmn.no-rules"),
        ("", "dmn.empty"),
        (literal(""), "dmn.empty"),
        (literal("flor(x)"), "dmn.unknown-function"),
        (text("literalExpression", "x", ' expressionLanguage="groovy"'), "dmn.language"),
        (text("literalExpression", "x", ' typeRef="tWhat"'), "dmn.unknown-type"),
    ],
)
def test_every_other_fault_is_found(body: str, rule: str) -> None:
    assert rules_of(dmn(decision(body))) == {rule}


def test_a_misspelt_function_comes_with_a_suggestion() -> None:
    (finding,) = check(dmn(decision(literal("flor(x)"))), "t.dmn")
    assert finding.message.endswith("did you mean 'floor'?")


def test_a_word_without_quotes_is_a_warning_unless_it_is_a_variable_the_table_reads() -> None:
    rules = [["social, x", "business creation"], ["-", "x"]]
    findings = check(dmn(decision(table(["x"], ["y"], rules))), "t.dmn")
    assert [f.rule for f in findings] == ["dmn.bare-word"] * 2
    assert "rule 1, input 1 is the word social" in findings[0].message
    assert "rule 1, output 1 is the word business creation" in findings[1].message


def test_ids_used_twice_and_arrows_to_nowhere_are_found() -> None:
    source = dmn(decision(literal("1")), decision(literal("2"), requires=["Gone"]))
    assert rules_of(source) == {"dmn.duplicate-id", "dmn.missing-requirement"}


def test_a_variable_that_no_drawn_input_supplies_is_a_warning() -> None:
    source = dmn(
        '<inputData id="I" name="region"/>',
        '<decision id="D" name="d"><informationRequirement><requiredInput href="#I"/>'
        f"</informationRequirement>{literal('[region, regoin, scheme.ceiling]')}</decision>",
    )
    (finding,) = check(source, "t.dmn")
    assert (finding.rule, finding.severity) == ("dmn.unknown-name", "warning")
    assert "'regoin'" in finding.message
    assert finding.message.endswith("did you mean 'region'?")


def test_a_plain_cell_of_another_type_than_its_column_is_a_warning() -> None:
    source = dmn(decision(table(["x"], ["y"], [['"18"', "5"]])))
    source = source.replace(b"<inputExpression>", b'<inputExpression typeRef="number">')
    source = source.replace(b'name="y"', b'name="y" typeRef="string"')
    assert [(f.rule, f.severity) for f in check(source, "t.dmn")] == [("dmn.type", "warning")] * 2


def test_a_file_that_nests_without_end_is_refused() -> None:
    depth = 5_000
    body = "<list>" * depth + "</list>" * depth
    assert rules_of(dmn(decision(body))) <= {"dmn.not-xml", "dmn.too-deep"}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_any_text_in_any_cell_gives_a_value_or_an_error(one: str, two: str, three: str) -> None:
    clean = ["".join(c for c in part if c.isprintable()) for part in (one, two, three)]
    source = dmn(decision(table([clean[2]], ["y"], [[clean[0], clean[1]]])))
    check(source, "t.dmn")
    with suppress(DecisionError):
        evaluate(read_decisions(source, "t.dmn"), "D", {"x": 1})


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 10_000))
def test_any_damage_to_a_file_gives_findings_never_a_crash(noise: bytes, at: int) -> None:
    place = at % len(GOOD)
    check(GOOD[:place] + noise + GOOD[place + len(noise) :], "t.dmn")
