"""A test against a bound that has no value is unknown, never passed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import parse, parse_unary_tests


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_a_cell_whose_bound_has_no_value_does_not_fire(operator: str) -> None:
    assert parse_unary_tests(f"{operator} limit").test(Decimal(5), {"limit": None}) is not True
    assert parse_unary_tests(f"{operator} limit").test(Decimal(5), {}) is not True


def test_a_cell_whose_bound_is_known_fires_as_written() -> None:
    for cell, fires in (("> limit", True), (">= limit", True), ("< limit", False)):
        assert parse_unary_tests(cell).test(Decimal(5), {"limit": Decimal(4)}) is fires


def test_an_open_ended_range_still_contains() -> None:
    assert parse("5 in (> 4)").evaluate({}) is True
    assert parse("5 in (< 4)").evaluate({}) is False
