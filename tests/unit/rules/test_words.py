"""Everything that lint says is said in French too."""

from __future__ import annotations

import string

from engine.rules import french, said, told
from tests.unit.rules.sources import computed, texts


def figures(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_message_and_remedy_has_french_words() -> None:
    missing = {text: file for text, file in texts().items() if text not in french()}
    assert missing == {}


def test_no_message_is_put_together_where_french_cannot_follow() -> None:
    assert list(computed()) == []


def test_the_french_words_are_of_messages_that_are_said() -> None:
    assert sorted(french().keys() - texts().keys()) == []


def test_french_and_english_speak_of_the_same_figures() -> None:
    wrong = [
        english
        for english, words in french().items()
        if "{" in english and ": {" not in english and figures(english) != figures(words)
    ]
    assert [text for text in wrong if figures(text)] == []


def test_a_message_inside_a_message_is_told_in_its_language() -> None:
    text = said("its {what} is written in '{language}'.", what=said("script"), language="lua")
    assert text == "its script is written in 'lua'."
    assert told(text, "fr") == "script : le texte est écrit en « lua »."


def test_a_figure_that_happens_to_be_a_word_of_lint_stays_as_it_is() -> None:
    assert told(said("no handler is called '{name}'.", name="form"), "fr") == (
        "aucun gestionnaire ne s'appelle « form »."
    )
