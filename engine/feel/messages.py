"""What FEEL says when something is wrong: a code and figures, told in English or French.

A message is made where the trouble is and put in words where a person reads it. The words are in
:mod:`english` and :mod:`french`, by code; figures are texts, numbers and other messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import FeelError
from engine.feel.english import ENGLISH
from engine.feel.french import FRENCH
from engine.feel.values import NoFeelValue, kind_of

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "fr": FRENCH}
"""The words by code, by language. Any other language is told in English."""


_DATA = frozenset({"text", "key", "pattern", "char", "flag", "number"})
"""Figures that hold a piece of a value, in whatever message they stand."""

_DATA_OF: Mapping[str, frozenset[str]] = {
    "numbers-not-finite": frozenset({"one", "other"}),
    "no-zone": frozenset({"name"}),
    "no-item": frozenset({"index"}),
    "no-position": frozenset({"position"}),
    "list-too-short": frozenset({"length"}),
    "not-a-context": frozenset({"name"}),
    "pattern.class": frozenset({"name"}),
}
"""Figures that do so in one message, by its code."""

HIDDEN = "…"
"""Stands for a piece of a value where values are not told."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """Something to say.

    :ivar code: stable id of what is said, such as ``no-variable``.
    :ivar figures: what it speaks of, by the names that its words use.
    """

    code: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def told(self, language: str = "en", *, values: bool = True) -> str:
        """Return the message in words; English for a language that FEEL does not speak.

        :param values: pieces of values may be told; else only kinds, names and places.
        """
        words = LANGUAGES.get(language, ENGLISH)
        data = frozenset() if values else _DATA | _DATA_OF.get(self.code, frozenset())
        figures = {
            name: HIDDEN if name in data else _told(figure, language, values)
            for name, figure in self.figures.items()
        }
        return words[self.code].format(**figures)

    def __str__(self) -> str:
        return self.told()


NOTHING = Message("nothing")
"""The empty message, for a figure that has nothing to add."""


def _told(figure: Any, language: str, values: bool) -> Any:
    if isinstance(figure, Message):
        return figure.told(language, values=values)
    if isinstance(figure, tuple):
        words = [str(_told(one, language, values)) for one in figure]
        return Message("or").told(language).join(words)
    return figure


def a_kind(name: str) -> Message:
    """Return a kind of value with its article, ``a number``, for a sentence to speak of."""
    code = f"kind.{name}"
    return Message(code) if code in ENGLISH else Message("kind.other", {"name": name})


def a(value: object) -> Message:
    """Return the kind of a value with its article."""
    return a_kind(kind_of(value))


def odd_value(error: NoFeelValue) -> Message:
    """Return why a Python value is none of FEEL's."""
    path = error.figures["path"]
    where = Message("value.at", {"path": path}) if path else Message("value.whole")
    return Message(error.code, {**error.figures, "where": where})


def located(error: FeelError, position: int) -> FeelError:
    """Return the error, which is at this position if it is at none yet."""
    if error.position is None:
        error.position = position
    return error


def feel_error(
    code: str, *, source: str = "", position: int | None = None, **figures: Any
) -> FeelError:
    """Return an error that reads in either language."""
    message = Message(code, figures)
    return FeelError(
        str(message),
        source=source,
        position=position,
        code=code,
        figures=figures,
        told=message.told,
    )
