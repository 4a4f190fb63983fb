"""The short way for plain cells gives exactly what FEEL's unary tests give."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dmn.plain import plain
from engine.feel import parse_unary_tests

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


@given(CELLS, st.booleans(), VALUES)
def test_a_plain_cell_judges_as_feel_does(cell: str, negated: bool, value: object) -> None:
    tests = parse_unary_tests(f"not({cell})" if negated else cell)
    short = plain(tests)
    if short is not None and type(value) is short[0]:
        assert short[1](value) is (tests.test(value, {}) is True)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ['"a"', ">= 18", "[1..5]", '"a", "b"', "not(1, -2)", "true"])
def test_ordinary_cells_are_plain(cell: str) -> None:
    assert plain(parse_unary_tests(cell)) is not None


@pytest.mark.parametrize("cell", ["-", "> floor", "abs(?) < 3", '"a", 1', '@"P1D"', "null"])
def test_other_cells_are_left_to_feel(cell: str) -> None:
    assert plain(parse_unary_tests(cell)) is None
