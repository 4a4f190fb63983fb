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


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """Something to say.

    :ivar code: stable id of what is said, such as ``no-variable``.
    :ivar figures: what it speaks of, by the names that its words use.
    """

    code: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def told(self, language: str = "en") -> str:
        """Return the message in words; English for a language that FEEL does not speak."""
        words = LANGUAGES.get(language, ENGLISH)
        figures = {name: _told(figure, language) for name, figure in self.figures.items()}
        return words[self.code].format(**figures)

    def __str__(self) -> str:
        return self.told()


NOTHING = Message("nothing")
"""The empty message, for a figure that has nothing to add."""


def _told(figure: Any, language: str) -> Any:
    if isinstance(figure, Message):
        return figure.told(language)
    if isinstance(figure, tuple):
        return Message("or").told(language).join(str(_told(one, language)) for one in figure)
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
