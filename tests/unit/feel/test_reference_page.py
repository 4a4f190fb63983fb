"""The designers' page says what the engine does: each of its examples is run."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.feel import FeelError, equal, parse
from engine.feel.limits import DEFAULT, MAX_CHAIN, MAX_NESTING, MAX_SOURCE_CHARS
from engine.feel.registry import BUILTINS

PAGE = Path(__file__).parents[3] / "docs" / "feel.md"
NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)
ROW = re.compile(r"^\| `(.+?)`[ °*]* \| `(.+)` \|$", re.MULTILINE)
EXAMPLES = ROW.findall(PAGE.read_text("utf-8"))


@pytest.mark.parametrize(("expression", "value"), EXAMPLES)
def test_an_example_gives_the_value_beside_it(expression: str, value: str) -> None:
    result = parse(expression).evaluate({}, now=NOW)
    expected = parse(value).evaluate({})
    assert equal(result, expected) is True, result
    assert type(result) is type(expected)


def test_every_built_in_has_an_example() -> None:
    shown = " ".join(expression for expression, _ in EXAMPLES)
    missing = [name for name in BUILTINS if f"{name}(" not in shown]
    assert missing == []


def test_the_page_states_the_budget_that_is_set() -> None:
    text = PAGE.read_text("utf-8").replace(" ", " ")
    limits = (MAX_SOURCE_CHARS, MAX_NESTING, MAX_CHAIN, *DEFAULT.__getstate__())  # type: ignore[attr-defined]
    for limit in limits:
        assert f"| {limit:,} |".replace(",", " ") in text


MESSAGES = re.findall(
    r"^\| `(.+?)` \| ([A-Z'].+|[a-z].+) \| (.+) \|$",
    PAGE.read_text("utf-8").partition("## What is said")[2].partition("\n## ")[0],
    re.MULTILINE,
)


@pytest.mark.parametrize(("expression", "english", "french"), MESSAGES)
def test_a_message_reads_as_the_page_says_in_both_languages(
    expression: str, english: str, french: str
) -> None:
    assert (_said(expression, "en"), _said(expression, "fr")) == (english, french)


def test_the_page_shows_messages() -> None:
    assert len(MESSAGES) == 6


def _said(expression: str, language: str) -> str:
    try:
        compiled = parse(expression)
    except FeelError as error:
        return error.told(language)
    return compiled.evaluate_with_warnings({}, language=language)[1][0]
