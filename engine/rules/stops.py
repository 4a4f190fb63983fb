"""Why a case stopped: an id and figures, put in words in English, French or Arabic when read.

The words are in :file:`stops.toml`. History and the table of incidents keep the id and the figures
alone, so that one incident reads in the language of whoever looks at it, today and in ten years.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "fr", "ar")
MOST_VALUES = 8
"""Variables of which an incident's sentence tells, at most."""


@cache
def stops() -> Mapping[str, Mapping[str, str]]:
    """Return the words of every message by its id, by language; ``code`` is the incident's."""
    return tomllib.loads(files(__package__).joinpath("stops.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Stop:
    """Something an incident says.

    :ivar id: of its words. :ivar figures: texts and numbers, other messages, and what reads in
        several languages of itself (anything with ``told(language)``).
    """

    id: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The kind of incident; see :class:`engine.model.IncidentRaised`."""
        return stops()[self.id]["code"]

    def as_data(self) -> dict[str, Any]:
        """Return it as history keeps it: texts, and mappings of such."""
        return {
            "id": self.id,
            "figures": {name: _kept(figure) for name, figure in self.figures.items()},
        }

    def told(self, language: str) -> str:
        """Return it in words; in English where it has none of that language."""
        return told(self.as_data(), language)


def _kept(figure: Any) -> Any:
    if isinstance(figure, Stop):
        return figure.as_data()
    speaks = getattr(figure, "told", None)
    return {each: speaks(each) for each in ("en", "fr")} if callable(speaks) else str(figure)


def told(kept: Mapping[str, Any], language: str) -> str:
    """Return in words what history keeps of a message.

    :param kept: as :meth:`Stop.as_data` gives it.
    """
    words = stops()[kept["id"]]
    figures = {name: _figure(figure, language) for name, figure in kept["figures"].items()}
    return " ".join(words.get(language, words["en"]).format(**figures).split())


def _figure(figure: Any, language: str) -> str:
    if not isinstance(figure, Mapping):
        return str(figure)
    if "id" in figure:
        return told(figure, language)
    return str(figure.get(language, figure.get("en", "")))


def told_incident(element_id: str, said: Mapping[str, Any], language: str) -> str:
    """Return an incident in words: where, why, the values that were read, what can be done.

    :param said: as in :class:`engine.model.IncidentRaised`.
    """
    values, missing = said.get("values", {}), said.get("missing", ())
    shown = [told_as("value", language, name=name, value=text) for name, text in values.items()]
    shown += [told_as("no-value", language, name=name) for name in missing]
    comma = "، " if language == "ar" else ", "
    here = told_as("here", language, values=comma.join(shown[:MOST_VALUES])) if shown else ""
    end = told_as("remedies", language) if said.get("remedies", True) else ""
    return f"{element_id}: " + " ".join(filter(None, (told(said, language), here, end)))


def told_as(message_id: str, language: str, **figures: Any) -> str:
    """Return a message of this id in words."""
    return Stop(message_id, figures).told(language)
