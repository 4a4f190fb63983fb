"""How likely two files are of one person. Pure; nothing is decided here.

Weights are ours and cautious: a score orders what people look at, it merges nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.people.index.tokens import swapped
from handlers.people.names import likeness
from handlers.people.profile import Profile

SUSPECT = 70
"""Least score of a suspicion, of 100."""

NAME_SHARE, BIRTH_SHARE = 70, 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is alike in two files.

    :ivar score: 0 to 100.
    :ivar name: likeness of the names, 0 to 100.
    :ivar birth: ``same``, ``swapped`` (day and month), ``year``, ``different``, ``unknown``.
    :ivar identifiers: numbers that both have: type and country.
    """

    score: int
    name: int
    birth: str
    identifiers: tuple[tuple[str, str], ...]


_BIRTH = {"same": 1.0, "swapped": 0.85, "year": 0.5, "unknown": 0.4, "different": 0.0}


def compare(one: Profile, other: Profile) -> Comparison:
    """Compare two files.

    An identifier that both have weighs as much as all the rest; two that differ for one type and
    country say nothing, since papers are renewed.
    """
    name = max((likeness(a, b) for a in one.names for b in other.names), default=0.0)
    birth = compare_births(one, other)
    shared = _shared(one, other)
    score = NAME_SHARE * name / 100 + BIRTH_SHARE * _BIRTH[birth]
    if one.gender and other.gender and {one.gender, other.gender} == {"female", "male"}:
        score -= 15
    if shared:
        score = max(90.0, score)
    return Comparison(round(max(0.0, score)), round(name), birth, shared)


def compare_births(one: Profile, other: Profile) -> str:
    """Return how two birth dates agree."""
    if one.birth_date and other.birth_date:
        if one.birth_date == other.birth_date:
            return "same"
        if swapped(one.birth_date) == other.birth_date:
            return "swapped"
    if one.birth_year is None or other.birth_year is None:
        return "unknown"
    return "year" if one.birth_year == other.birth_year else "different"


def _shared(one: Profile, other: Profile) -> tuple[tuple[str, str], ...]:
    theirs = {(i.kind, i.country, i.normal) for i in other.identifiers if i.normal}
    mine = {(i.kind, i.country, i.normal) for i in one.identifiers if i.normal}
    return tuple(sorted((kind, country) for kind, country, _ in mine & theirs))
