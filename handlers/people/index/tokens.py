"""Blind index: keyed hashes of what people are recognised by.

A token is HMAC-SHA-256 under the site's search key, cut to 128 bits: without the key, which is no
part of the database, nobody can try names against it. Its kind stands beside it in clear (it
ranks candidates); equal tokens of two people say that something is equal, not what.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import date

from handlers.people.names import name_keys
from handlers.people.profile import Profile

TOKEN_BYTES = 16
WEIGHTS = {"i": 50, "t": 8, "b": 6, "n": 6, "k": 4, "p": 2, "y": 1}
"""Weight in ranking candidates by kind: identifier, telephone, birth date, name, its skeleton and
sound, birth year."""

Clue = tuple[str, str]
"""Kind and text of what is hashed."""


def token(secret: bytes, clue: Clue) -> str:
    """Return the token of a clue, 32 hex digits."""
    kind, text = clue
    digest = hmac.digest(secret, f"{kind}\0{text}".encode(), "sha256")
    return digest[:TOKEN_BYTES].hex()


def clues_of(profile: Profile) -> frozenset[Clue]:
    """Return everything that a person is found by."""
    found = {key for name in profile.names for key in name_keys(name)}
    found |= {("i", each.normal) for each in profile.identifiers if each.normal}
    if profile.birth_date:
        found.add(("b", profile.birth_date.isoformat()))
    if profile.birth_year:
        found.add(("y", str(profile.birth_year)))
    if len(profile.phone) >= 6:
        found.add(("t", profile.phone))
    return frozenset(found)


def clues_for(profile: Profile) -> frozenset[Clue]:
    """Return what is looked for to find this person: their own clues, and a swapped birth date."""
    found = set(clues_of(profile))
    if profile.birth_date and (other := swapped(profile.birth_date)):
        found.add(("b", other.isoformat()))
    return frozenset(found)


def swapped(day: date) -> date | None:
    """Return the date with day and month exchanged; ``None`` if there is none, or no other.

    >>> swapped(date(1990, 3, 7)), swapped(date(1990, 3, 17)), swapped(date(1990, 3, 3))
    (datetime.date(1990, 7, 3), None, None)
    """
    if day.day > 12 or day.day == day.month:
        return None
    return date(day.year, day.day, day.month)


def weighty(clues: Iterable[Clue]) -> bool:
    """Tell whether clues say enough to look somebody up: more than a birth year."""
    return any(kind != "y" for kind, _ in clues)
