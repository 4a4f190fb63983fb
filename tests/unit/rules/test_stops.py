"""Why a case stopped is told in three languages, by an id that history keeps."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bpmn.expressions import Stuck
from engine.feel import parse
from engine.rules.stops import LANGUAGES, Stop, stops, told, told_incident

ENGINE = Path(__file__).parents[3] / "engine"


def figures(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Every incident that the engine raises by an id written out: where, the id, its figures."""
    for path in sorted(ENGINE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in {"Stuck", "failed"} and isinstance(node.args[0], ast.Constant):
                names = {each.arg for each in node.keywords if each.arg}
                if all(each.arg for each in node.keywords):
                    yield f"{path.name}:{node.lineno}", str(node.args[0].value), names


@pytest.mark.parametrize("message_id", stops())
def test_every_message_has_words_in_each_language_about_the_same_figures(message_id: str) -> None:
    words = stops()[message_id]
    assert {"code", *words} == {"code", *LANGUAGES}
    assert len({frozenset(figures(words[language])) for language in LANGUAGES}) == 1


def test_every_incident_that_is_raised_has_words_for_its_figures() -> None:
    found = list(raised())
    assert len(found) > 20
    for where, message_id, names in found:
        assert figures(stops()[message_id]["en"]) == names, where
        assert "code" in stops()[message_id], where


def test_what_history_keeps_reads_the_same_as_what_was_said() -> None:
    stuck = Stuck("flow-condition", flow="F", text="x > 1", why=Stop("missing", {"names": "x"}))
    kept = stuck.stop.as_data()
    assert told(kept, "en") == stuck.message
    assert "Inconnu ici : x." in told(kept, "fr")
    assert "غير معروف هنا: x." in told(kept, "ar")


def test_feel_s_own_words_are_kept_in_the_languages_that_it_speaks() -> None:
    with pytest.raises(Exception) as error:
        parse("1 +")
    kept = Stop("not-computed", {"text": "1 +", "error": error.value}).as_data()
    assert set(kept["figures"]["error"]) == {"en", "fr"}
    assert told(kept, "fr") != told(kept, "en")


def test_an_incident_tells_values_and_remedies_in_each_language() -> None:
    said = {**Stop("no-date").as_data(), "values": {"due": "tomorrow"}, "missing": ["zone"]}
    assert told_incident("Wait", said, "en").endswith(
        "Here due is tomorrow, zone is not known. "
        "An operator can retry, set a variable, or move the token."
    )
    assert "Ici, due vaut tomorrow, zone est inconnu." in told_incident("Wait", said, "fr")
    assert "due = tomorrow، zone غير معروف" in told_incident("Wait", said, "ar")
