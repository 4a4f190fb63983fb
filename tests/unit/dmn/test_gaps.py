"""Gaps: what lint tells is not covered is not, and what small tables leave open is told."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import check
from engine.feel import parse
from tests.unit.dmn.support import decide, decision, dmn, table

NAMES = ["amount", "assistance", "first"]


def source_of(
    *rows: list[str],
    inputs: list[str] = NAMES,
    policy: str = "UNIQUE",
    listed: str = "",
    kind: str = "",
    **options: object,
) -> bytes:
    rules = [[*row, "1"] for row in rows]
    text = table(
        inputs[: len(rows[0])],
        ["y"],
        rules,
        attributes=f'hitPolicy="{policy}"',
        **options,  # type: ignore[arg-type]
    )
    if listed:
        values = f"<inputValues><text>{listed}</text></inputValues></input>"
        text = text.replace("</input>", values, 1)
    if kind:
        text = text.replace("<inputExpression", f'<inputExpression typeRef="{kind}"', 1)
    return dmn(decision(text))


def told(source: bytes, rule: str = "dmn.gap") -> list[str]:
    found = [f for f in check(source, "t.dmn") if f.rule == rule]
    assert all(f.severity == "warning" and f.remedy and f.line for f in found)
    return [finding.message for finding in found]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["< 1000"], ["> 1000"]], "nothing covers amount = 1000."),
        ([["<= 10"], [">= 11"]], "nothing covers amount = 10.5."),
        ([[">= 0"]], "nothing covers amount = -1."),
        ([["[0..10]"], ["< 0"]], "nothing covers amount = 11."),
        ([["not(5)"]], "nothing covers amount = 5."),
        (
            [["< 1000", "-"], [">= 1000", '"business"'], ["> 1000", '"social"']],
            'nothing covers amount = 1000, assistance = "social".',
        ),
        (
            [["-", '"social"', "true"], ["-", '"business"', "-"]],
            'nothing covers assistance = "social", first = false.',
        ),
        ([["-", 'not("a")'], ["> 5", '"a"']], 'nothing covers amount = 5, assistance = "a".'),
        ([["5", '"a"'], ["-", 'not("a")']], None),
        ([["5", '"a"'], ["6", 'not("a")']], 'nothing covers amount = 5, assistance = "other".'),
        ([['< @"2026-01-01"'], ['> date("2026-01-01")']], "nothing covers amount = 2026-01-01."),
        ([['<= @"2026-01-01"'], ['> @"2026-01-02"']], "nothing covers amount = 2026-01-02."),
        ([['< @"P1Y"'], ['> @"P1Y"']], "nothing covers amount = P1Y."),
        ([['< @"P1D"'], ['>= @"P3D"']], "nothing covers amount = P1D."),
    ],
)
def test_a_gap_is_told_with_an_input_that_falls_into_it(
    rows: list[list[str]], message: str | None
) -> None:
    assert told(source_of(*rows)) == ([] if message is None else [message])


@pytest.mark.parametrize(
    "rows",
    [
        [["<= 1000"], ["> 1000"]],
        [["< 0"], ["0"], ["(0..5)"], ["[5..6], > 6"]],
        [["1"], ["2"], ["3"]],
        [["-", '"social"'], ["-", '"business", "employment"']],
        [["-", "-", "true"], ["-", "-", "false"]],
        [["< 5", '"a"'], ["> 7", '"b"'], ["-", "-"]],
        [['<= @"2026-01-01"'], ['>= @"2026-01-02"']],
        [["< limit"], ["> 5"]],
        [["string length(?) > 3"], ['"a"']],
        [['< "m"'], ['> "n"']],
        [["< 5, null"], [">= 5"]],
        [["5"], ['"a"']],
    ],
)
def test_tables_that_cover_what_they_can_or_cannot_be_judged_are_left_alone(
    rows: list[list[str]],
) -> None:
    assert told(source_of(*rows)) == []


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_no_match_is_an_answer_where_any_number_of_rules_may_match(policy: str) -> None:
    assert told(source_of(["> 5"], policy=policy)) == []


def test_no_match_is_an_answer_where_there_is_a_default_output() -> None:
    assert told(source_of(["> 5"], defaults=["0"])) == []
    assert told(source_of(["> 5"], policy="FIRST")) == ["nothing covers amount = 5."]


def test_listed_input_values_are_all_that_may_come() -> None:
    assert told(source_of([">= 50"], ["< 50"], listed="[0..100]")) == []
    assert told(source_of([">= 50"], listed="[0..100]")) == ["nothing covers amount = 0."]
    three = '"social", "business", "employment"'
    assert told(source_of(['"social"'], ['"business"'], listed=three)) == [
        'nothing covers amount = "employment".'
    ]
    assert told(source_of(['not("social")'], ['"social"'], listed=three)) == []


def test_columns_that_read_the_same_variable_are_not_combined() -> None:
    rows = [["< 5", "true"], [">= 5", "false"]]
    assert told(source_of(*rows, inputs=["amount", "amount < 5"])) == []
    assert told(source_of(*rows, inputs=["case.amount", "case.first"])) == [
        "nothing covers case.amount = 5, case.first = true."
    ]
    assert told(source_of(*rows, inputs=["case", "case.first"])) == []


def test_a_computed_number_may_not_take_every_value() -> None:
    assert told(source_of([">= 0"], inputs=["count(children)"])) == []


def test_a_cell_that_nothing_passes_is_told() -> None:
    rule = "dmn.unreachable"
    assert told(source_of(["[5..1]"], ["-"]), rule) == [
        "rule 1 never fires: nothing passes its cell for amount."
    ]
    assert told(source_of(['"d"'], ["-"], listed='"a", "b"'), rule) == [
        "rule 1 never fires: nothing passes its cell for amount."
    ]
    assert told(source_of(["null"], ["(1..2)"], ["-"]), rule) == []
    assert told(source_of(["not(null)"], ["5"], ["> limit"]), rule) == []


def test_a_wide_table_is_judged_in_bounded_time() -> None:
    names = [f"n{column}" for column in range(40)]
    rows = [
        ["-"] * column + [f"[{column}..{column + 9}]"] + ["-"] * (39 - column)
        for column in range(40)
    ] + [[f"> {row}" for _ in range(40)] for row in range(60)]
    before = time.process_time()
    check(source_of(*rows, inputs=names), "t.dmn")
    assert time.process_time() - before < 10


NUMBERS = st.sampled_from(["-", "< 1", "<= 1", "1", "> 1", ">= 2", "[1..2]", "(1..2)", "not(1)"])
TEXTS = st.sampled_from(["-", '"a"', '"b"', '"a", "b"', 'not("a")'])
FLAGS = st.sampled_from(["-", "true", "false"])
NUMBERS_TRIED = [Decimal(text) for text in ("0", "1", "1.5", "2", "3")]
NAMING_ALL = ["[1..2]", '"a", "b"', "true"]
"""A rule that names every constant, so that every class of values is tried."""


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NUMBERS, TEXTS, FLAGS).map(list), max_size=6))
def test_what_is_told_is_open_and_what_is_not_told_is_covered(rows: list[list[str]]) -> None:
    source = source_of(*rows, NAMING_ALL, policy="FIRST")
    messages = told(source)
    if messages:
        pairs = re.findall(r"(\w+) = (.+?)(?=, \w+ =|\.$)", messages[0])
        opened = {name: parse(text).evaluate({}) for name, text in pairs}
        anything = {"amount": Decimal(7), "assistance": "a", "first": True}
        assert decide(source, {**anything, **opened}).value is None
        return
    for amount, assistance, first in product(NUMBERS_TRIED, ("a", "b"), (True, False)):
        context = {"amount": amount, "assistance": assistance, "first": first}
        assert decide(source, context).value == Decimal(1)
