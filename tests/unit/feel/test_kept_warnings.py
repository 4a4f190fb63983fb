"""Warnings that history keeps name kinds, names and places, and never a piece of a value."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FeelError
from engine.feel import builtin_names, parse, parse_unary_tests

SECRET, NUMBER = "Zebu[7Q", Decimal("-987654321.25")
OPERATIONS = [
    *[
        f"{left} {sign} {right}"
        for sign in ("+", "-", "*", "/", "**", "<", "=", "between 1 and")
        for left, right in (("t", "n"), ("n", "t"), ("n", "n"), ("c", "t"))
    ],
    "[1][n]",
    "[1, 2][t]",
    "t.a",
    "c.b",
    "n()",
    "for i in n..t return i",
    "t in [n..n]",
    "(-n) ** n ** n",
    "[t..n]",
    '@"P1D" * t',
    "(function(a: number) a)(t)",
    "some x in n..t satisfies x",
]
CALLS = [
    f"{name}({', '.join(arguments)})"
    for name in sorted(builtin_names())
    for arguments in (
        *[(one,) for one in "tncl"],
        *[(one, other) for one in "tncl" for other in "tn"],
        *[("t", "t", one) for one in "tn"],
        *[("l", "n", one) for one in "tn"],
        ("t", "t", "t", "t"),
    )
]
CONTEXT = {"t": SECRET, "n": NUMBER, "c": {"a": SECRET}, "l": [SECRET, NUMBER]}


def silent(text: str) -> bool:
    """Return whether a text has no piece of a value of three characters or more."""
    pieces = (SECRET, "987654321")
    return not any(piece[i : i + 3] in text for piece in pieces for i in range(len(piece) - 2))


def told(source: str, *, values: bool) -> tuple[str, ...]:
    found: list[str] = []
    with suppress(FeelError):
        for language in ("en", "fr"):
            expression = parse(source, CONTEXT)
            found += expression.evaluate_with_warnings(CONTEXT, language=language, values=values)[1]
    return tuple(found)


@pytest.mark.parametrize("sources", [OPERATIONS, CALLS], ids=["operations", "calls"])
def test_no_operation_and_no_built_in_lets_a_value_into_a_kept_warning(sources: list[str]) -> None:
    kept = {source: told(source, values=False) for source in sources}
    assert sum(map(len, kept.values())) > len(sources) // 2
    assert not {source: texts for source, texts in kept.items() if not all(map(silent, texts))}


def test_a_designer_who_tries_out_is_told_the_value() -> None:
    assert any(SECRET in text for text in told("date(t)", values=True))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*OPERATIONS, *CALLS]), min_size=1, max_size=3))
def test_neither_does_an_expression_made_of_several(parts: list[str]) -> None:
    source = f"[{', '.join(parts)}]"
    assert all(map(silent, told(source, values=False)))


def test_a_cell_keeps_its_warnings_silent_too() -> None:
    _, warnings = parse_unary_tests("date(?) > n").judged(SECRET, CONTEXT)
    assert warnings
    assert all(silent(one.told(values=False)) for one in warnings)
