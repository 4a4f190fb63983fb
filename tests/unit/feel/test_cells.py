"""Decision tables' input cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.errors import FeelError
from engine.feel import parse_unary_tests


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("-", None, True),
        ("", 5, True),
        ('"social"', "social", True),
        ('"social", "employment"', "employment", True),
        ('not("social", "employment")', "business", True),
        ('not("social")', "social", False),
        ("> 1000", 1200, True),
        ("[18..25)", 25, False),
        ("< 18, > 65", 70, True),
        ("not(< 18)", 17, False),
        ("null", None, True),
        ("> 5", None, None),
        ("true", True, True),
        ("true", False, False),
        ("not(true)", False, True),
        ("? > 3 and ? < 6", 5, True),
        ("string length(?) > 3", "abcd", True),
        ("limit", 10, True),
        ("< limit", 9, True),
        ("[1, 2, 3]", 2, True),
        ("allowed", "b", True),
        ('contains(?, "x")', None, None),
        ('not(contains(?, "x"))', "axb", False),
        ("even(?)", 4, True),
        ('@"2026-01-01"', "other", None),
    ],
)
def test_a_cell_passes_what_it_says(cell: str, value: object, passes: bool | None) -> None:
    tests = parse_unary_tests(cell)
    assert tests.test(value, {"limit": 10, "allowed": ["a", "b"]}) is passes


def test_a_cell_names_the_variables_it_reads() -> None:
    assert parse_unary_tests("< limit, count(rows)").free_names == {"limit", "rows"}


def test_a_cell_that_does_not_parse_says_where() -> None:
    with pytest.raises(FeelError) as caught:
        parse_unary_tests("> 5,,")
    assert caught.value.position == 4


CELLS = """
5 ; "a" ; true ; -5 ; > 5 ; [1..5) ; (1..5] ; 1, 3, > 7 ; not("a", "b") ; not(< 5) ; != 5
@"2026-01-01" ; < @"2026-01-01" ; ["a".."c"] ; [5..1] ; "a", 5 ; null ; not(null) ; [1..null]
"""


@pytest.mark.parametrize(
    "cell", [c.strip() for c in CELLS.replace("\n", ";").split(";") if c.strip()]
)
def test_the_short_cut_of_a_cell_agrees_with_the_general_way(cell: str) -> None:
    tests = parse_unary_tests(cell)
    inputs = (None, True, False, "a", "b", "z", date(2026, 1, 1), date(2025, 1, 1), -5, *range(9))
    for value in inputs:
        given = Decimal(value) if type(value) is int else value
        assert tests.test(given, {}) is tests.test_with_warnings(given, {})[0]
