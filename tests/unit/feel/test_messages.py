"""Every message reads in English and in French, and says what is wrong."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine.feel
from engine.errors import FeelError
from engine.feel import parse
from engine.feel.english import ENGLISH
from engine.feel.french import FRENCH

SOURCES = sorted(Path(engine.feel.__file__).parent.glob("*.py"))
MAKERS = {"Failure", "Message", "feel_error", "warn", "error", "NoFeelValue", "_wrong", "nearest"}


def figures(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def literals() -> Iterator[str]:
    """Yield the codes and prefixes of codes that the modules write."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in MAKERS:
                prefix = "pattern." if name == "_wrong" else ""
                for one in node.args:
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        yield prefix + one.value


def test_both_languages_say_the_same_things_of_the_same_figures() -> None:
    assert ENGLISH.keys() == FRENCH.keys()
    for code, words in ENGLISH.items():
        assert figures(words) == figures(FRENCH[code]), code


def test_what_is_said_is_in_the_catalogue_and_all_of_it_is_said() -> None:
    written = set(literals())
    assert written <= ENGLISH.keys()
    made_up = ("kind.", "write.", "did-you-mean")  # Of a kind, a character; a default.
    assert [c for c in ENGLISH if c not in written and not c.startswith(made_up)] == []


@pytest.mark.parametrize(
    ("source", "code", "position"),
    [
        ("1 +", "expected-value", 3),
        ("if a then b", "expected", 11),
        ("x instance of strng", "expected-type", 14),
        ("a & b", "odd-character", 2),
        ("{f: function(n) f(n + 1), r: f(1)}.r", "budget.depth", 17),
        ("1 + count(for i in 1..1000000 return i)", "budget.steps", 10),
        ('"a" + string(for i in 1..400000 return "ab")', "budget.steps", 13),
    ],
)
def test_an_error_has_a_code_a_position_and_two_languages(
    source: str, code: str, position: int
) -> None:
    with pytest.raises(FeelError) as caught:
        parse(source).evaluate({})
    assert (caught.value.code, caught.value.position) == (code, position)
    assert caught.value.told("en") == str(caught.value)
    assert caught.value.told("fr") != str(caught.value)
    assert caught.value.told("ar") == str(caught.value)


@pytest.mark.parametrize(
    ("source", "english", "french"),
    [
        ("cuont([1])", "did you mean 'count'", "vouliez-vous dire « count »"),
        ("amuont + 1", "did you mean 'amount'", "vouliez-vous dire « amount »"),
        ("odd", "is a Python object", "est un object de Python"),
        ('substring("a")', "substring(…): takes", "substring(…) : prend"),
        ('abs("a")', "must be a number", "doit être un nombre"),
        ('matches("a", "(")', "that is not closed", "qui n'est pas fermé"),
    ],
)
def test_a_warning_reads_in_either_language(source: str, english: str, french: str) -> None:
    context = {"amount": 1, "odd": object()}
    expression = parse(source)
    assert english in expression.evaluate_with_warnings(context)[1][0]
    assert french in expression.evaluate_with_warnings(context, language="fr")[1][0]
