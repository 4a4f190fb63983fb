"""engine.feel and feelin give the same values, save where a list says otherwise and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.bench.feel.node import NoNode, feelin
from tests.conformance.feelin.values import (
    CONTEXT,
    differences,
    expressions,
    ours,
    shown,
    theirs,
)

PAGE = Path(__file__).parents[2] / "docs" / "feel.md"


@pytest.fixture(scope="module")
def in_feelin() -> dict[str, Any]:
    listed = expressions()
    try:
        outcomes = feelin("values", listed, CONTEXT)
    except NoNode as reason:
        pytest.skip(f"feelin cannot be run: {reason}")
    return {one: theirs(outcome) for one, outcome in zip(listed, outcomes, strict=True)}


def test_the_list_has_two_hundred_expressions_each_once() -> None:
    listed = expressions()
    assert len(listed) >= 200
    assert len(set(listed)) == len(listed)


def test_values_are_feelins_save_for_the_listed_differences(in_feelin: dict[str, Any]) -> None:
    found = {one: shown(value) for one, value in in_feelin.items() if ours(one) != value}
    assert found == {one: told["feelin"] for one, told in differences().items()}


@pytest.mark.parametrize("expression", differences())
def test_a_listed_difference_states_our_value_and_a_reason_that_the_page_tells(
    expression: str,
) -> None:
    told = differences()[expression]
    assert shown(ours(expression)) == told["ours"]
    text = PAGE.read_text("utf-8")
    assert told["reason"] in text
    assert f"`{expression}`" in text
