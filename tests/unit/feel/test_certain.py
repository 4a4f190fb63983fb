"""Lint tells what an expression fails at whatever its variables hold."""

from __future__ import annotations

import pytest

from engine.dmn import check
from engine.feel import certain_warnings, parse, parse_unary_tests
from tests.unit.bpmn.diagrams import bpmn, end, line, node, start
from tests.unit.bpmn.play import compiled
from tests.unit.dmn.support import decision, dmn, literal, table


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('date("2026-02-30")', "2026-02-30"),
        ('x + date("2026-02-30").year', "2026-02-30"),
        ("if x then 1 / 0 else 2", "division by zero"),
        ('for i in x return number("a") + i', "'a' is not a number"),
        ('@"soon" > x', "'soon' is not a date"),
        ('{a: x, b: 1 + "b"}', "a number and a string"),
        ("function(n) n + 1 / 0", "division by zero"),
        ("abs(x, 1 / 0)", "division by zero"),
    ],
)
def test_a_part_that_reads_no_variable_and_fails_is_told(source: str, reason: str) -> None:
    warning = certain_warnings(parse(source).tree)[0]
    assert reason in str(warning)


@pytest.mark.parametrize(
    "source",
    [
        "x.y + z",
        'now() + "a"',
        "if true then 1 else 1 / 0",
        "get or else(null, 1)",
        "x = null",
        "[x][1 + 1]",
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a+)+b")',
    ],
)
def test_what_depends_on_variables_the_present_or_the_budget_is_not_told(source: str) -> None:
    assert certain_warnings(parse(source).tree) == ()


def test_a_cell_is_looked_at_too_and_one_reason_is_told_once() -> None:
    tests = parse_unary_tests('> date("x"), < date("x"), - 1')
    assert len(certain_warnings(tests.tree)) == 1


def test_lint_of_a_table_warns_of_it_in_both_languages() -> None:
    body = table(["x"], ["y"], [["> 1 / 0", "1"], ["-", "1"]], attributes='hitPolicy="FIRST"')
    [finding] = [f for f in check(dmn(decision(body)), "t.dmn") if f.rule == "dmn.null"]
    assert (finding.severity, finding.line) == ("warning", 7)
    assert "rule 1, input 'x' is null in part: a division by zero." in finding.message
    assert "une division par zéro" in finding.told("fr")
    assert not [f for f in check(dmn(decision(literal("x / y"))), "t.dmn") if f.rule == "dmn.null"]


def test_lint_of_a_diagram_warns_of_it() -> None:
    script = '<zeebe:script expression="=date(&quot;2026-02-30&quot;)" resultVariable="day"/>'
    source = bpmn(start(), node("scriptTask", "Compute", script), end(), line("S", "Compute", "E"))
    [finding] = [f for f in compiled(source).findings if f.rule == "bpmn.feel-null"]
    assert (finding.severity, finding.element) == ("warning", "Compute")
    assert "a day that the calendar does not have" in finding.message
