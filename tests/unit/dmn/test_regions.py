"""Rules that can match together, or never: found before the table decides."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dmn import check
from engine.dmn.regions import region
from engine.feel import parse_unary_tests
from tests.unit.dmn.support import decision, dmn, table

NUMBERS = st.sampled_from(["1", "-2", "3.50", "18", "0"])
OPENING, CLOSING = st.sampled_from("[("), st.sampled_from("])")
ONE_NUMBER = st.one_of(
    NUMBERS,
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), NUMBERS),
    st.builds("{}{}..{}{}".format, OPENING, NUMBERS, NUMBERS, CLOSING),
)
ONE_TEXT = st.sampled_from(['"a"', '"b"', '""'])
CELLS = st.one_of(
    st.lists(ONE_NUMBER, min_size=1, max_size=3), st.lists(ONE_TEXT, min_size=1, max_size=3)
).map(", ".join)
VALUES = st.one_of(
    st.sampled_from([Decimal(text) for text in ("1", "1.0", "-2", "2", "3.5", "18", "99")]),
    st.sampled_from(["a", "b", "", "c"]),
    st.booleans(),
)


def found(policy: str, *rows: list[str]) -> list[str]:
    cells = [[*row, "1"] for row in rows]
    inputs = ["a", "b"][: len(rows[0])]
    source = dmn(decision(table(inputs, ["y"], cells, attributes=f'hitPolicy="{policy}"')))
    rules = {"dmn.overlap", "dmn.masked"}
    return [finding.message for finding in check(source, "t.dmn") if finding.rule in rules]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["< 18"], [">= 18"]),
        (["[0..5)"], ["[5..9]"]),
        (['"social"'], ['"business", "employment"']),
        (['not("social")'], ['"social"']),
        (["true"], ["false"]),
        (["-", '"x"'], ["-", '"y"']),
        (["> limit"], ["> 3"]),
    ],
)
def test_rules_that_exclude_one_another_or_are_not_known_are_left_alone(
    one: list[str], other: list[str]
) -> None:
    assert found("UNIQUE", one, other) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["<= 18"], [">= 18"]),
        (["-"], ['"x"']),
        (['"a", "b"'], ['"b"']),
        (['not("a")'], ['"b"']),
        (["-", '"x"'], ["> 3", "-"]),
    ],
)
def test_rules_that_can_both_match_under_unique_are_a_warning(
    one: list[str], other: list[str]
) -> None:
    assert found("UNIQUE", one, other) == ["rules 1 and 2 can both match; UNIQUE allows one."]


def test_a_rule_that_first_never_reaches_is_a_warning() -> None:
    assert found("FIRST", [">= 10"], ["[20..30]"], ["< 5"]) == [
        "rule 2 never fires: rule 1 matches before it."
    ]
    assert found("FIRST", ["-", '"x"'], ["1", '"x"']) == [
        "rule 2 never fires: rule 1 matches before it."
    ]
    assert found("FIRST", ["[20..30]"], [">= 10"], ["-"]) == []


@given(CELLS, CELLS, st.booleans(), VALUES)
def test_an_input_that_passes_both_cells_is_in_both_regions(
    one: str, other: str, negated: bool, value: object
) -> None:
    first, second = parse_unary_tests(f"not({one})" if negated else one), parse_unary_tests(other)
    mine, theirs = region(first), region(second)
    if mine is None or theirs is None or mine.kind is not theirs.kind:
        return
    passed = [
        tests.test(value, {}) is True and type(value) is mine.kind for tests in (first, second)
    ]
    if all(passed):
        assert mine.meets(theirs)
    if mine.holds(theirs) and passed[1]:
        assert passed[0]
