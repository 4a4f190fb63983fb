"""Nothing that is typed crashes, hangs, or reaches beyond the values given."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FeelError
from engine.feel import Limits, parse, parse_unary_tests, to_text

CONTEXT = {"x": [1, 2, 3], "y": {"a": 1, "b": [{"a": 2}]}, "a": "text", "?": 5}
WORDS = [
    *[
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "..",
        ".",
        "+",
        "-",
        "*",
        "/",
        "**",
        "<",
        "<=",
        "=",
        "!=",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "satisfies",
    ],
    *[
        "every",
        "and",
        "or",
        "not",
        "between",
        "instance",
        "of",
        "function",
        "1",
        "0",
        "10",
        "1e6000",
        "x",
        "y",
        "item",
        "partial",
        "null",
    ],
    *[
        "true",
        "?",
        ":",
        "a",
        "list",
        "count",
        "sum",
        "string",
        "sort",
        "replace",
        "matches",
        "concatenate",
        "date",
        "time",
    ],
    *["duration", "1..3", "[1..3]", "->", "get", '"a"', '@"P1D"', '@"2020-01-01"', '"(a+)+"'],
]
DOUBLING = "for i in 1..60 return if i = 1 then [1] else [partial[i - 1], partial[i - 1]]"


@pytest.mark.parametrize(
    "source",
    [
        "for i in 1..1000000000 return i",
        "some a in 1..1000, b in 1..1000 satisfies false",
        "for i in 1..2000 return partial",
        f"string({DOUBLING})",
        f"({DOUBLING}) = ({DOUBLING})",
        DOUBLING,
        'for i in 1..60 return if i = 1 then "ab" else partial[i - 1] + partial[i - 1]',
        "{f: function(n) f(n + 1), r: f(1)}.r",
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a+)+b")',
        'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "(a|aa)+c", "")',
    ],
)
def test_what_would_run_away_ends_with_an_error_soon(source: str) -> None:
    started = time.monotonic()
    with pytest.raises(FeelError, match="needs more than") as caught:
        parse(source).evaluate({})
    assert caught.value.source == source
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "source",
    ["(" * 3000, "[" * 3000 + "]" * 3000, "-" * 3000 + "1", "1" + "+1" * 3000, "a" + ".a" * 3000],
)
def test_deep_sources_are_refused_with_a_position(source: str) -> None:
    with pytest.raises(FeelError) as caught:
        parse(source)
    assert caught.value.position is not None


def test_a_smaller_budget_can_be_asked_for() -> None:
    expression = parse("for i in 1..100 return i")
    with pytest.raises(FeelError, match="10 steps"):
        expression.evaluate_with_warnings({}, limits=Limits(steps=10))


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("1 +", 3),
        ("if a then b", 11),
        ('"abc', 0),
        ("a == b", 3),
        ("[1, 2", 5),
        ("a & b", 2),
        ("", 0),
        ("{a: 1, a: 2}", 7),
        ("x instance of nothing", 14),
        ("f(a: 1, 2)", 8),
        ("1 /* open", 2),
        ("9e9999", 0),
    ],
)
def test_what_does_not_parse_says_where(source: str, position: int) -> None:
    with pytest.raises(FeelError) as caught:
        parse(source)
    assert caught.value.position == position
    assert caught.value.source == source


def test_python_is_out_of_reach() -> None:
    for source in ("a.__class__", "x[1].append", "y.keys", "__import__", "count.__globals__"):
        assert parse(source).evaluate(CONTEXT) is None


def _try(source: str) -> None:
    now = datetime(2026, 1, 15, tzinfo=UTC)
    with suppress(FeelError):
        value, _ = parse(source, ["a-b", "x y"]).evaluate_with_warnings(CONTEXT, now=now)
        to_text(value)
    with suppress(FeelError):
        assert parse_unary_tests(source).test(5, CONTEXT) in {True, False, None}


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_words_of_the_language_are_a_value_or_an_error(words: list[str]) -> None:
    _try(" ".join(words))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_value_or_an_error(text: str) -> None:
    _try(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab(|)*+?{1,2}[^-]\\dpLu$.", max_size=12), st.text(max_size=20))
def test_any_pattern_is_a_verdict_null_or_an_error(pattern: str, text: str) -> None:
    source = '[matches(t, p), replace(t, p, "$1"), split(t, p)]'
    with suppress(FeelError):  # the budget of moves
        parse(source).evaluate({"t": text, "p": pattern})
