"""What lint says: English where it is said, French from a catalogue, figures kept apart.

The English words are the key of the French ones, as in gettext: a message stays readable where it
is made, and :file:`messages.fr.toml` holds its translation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


class Said(str):
    """A text in English that remembers its words and figures, so that it reads in French too.

    :ivar template: the English words, with the names of figures in braces.
    :ivar figures: texts, numbers, other messages, or anything with ``told(language)``.
    """

    __slots__ = ("figures", "template")

    template: str
    figures: Mapping[str, Any]

    def __new__(cls, template: str, figures: Mapping[str, Any]) -> Said:
        """Return the text, in English as a string."""
        text = super().__new__(cls, template.format(**figures))
        text.template, text.figures = template, figures
        return text


def said(template: str, /, **figures: Any) -> Said:
    """Return a message: ``said("no form has the id '{form_id}'.", form_id="check")``."""
    return Said(template, figures)


def told(text: str, language: str) -> str:
    """Return a message in ``en`` or ``fr``; what has no French stays as it is."""
    if not isinstance(text, Said):
        return _words(text, language)
    figures = {name: _figure(each, language) for name, each in text.figures.items()}
    return _words(text.template, language).format(**figures)


def _figure(figure: Any, language: str) -> Any:
    """Return a figure of a message: another message in its language, anything else as it is."""
    if isinstance(figure, Said):
        return told(figure, language)
    speaks = getattr(figure, "told", None)
    return speaks(language) if callable(speaks) else figure


def _words(template: str, language: str) -> str:
    return french().get(template, template) if language == "fr" else str(template)


@cache
def french() -> Mapping[str, str]:
    """Return the French words by the English ones."""
    source = files(__package__).joinpath("messages.fr.toml").read_text("utf-8")
    return tomllib.loads(source)
