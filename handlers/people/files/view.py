"""What one reader sees of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.model import Tier
from handlers.people.consents import Consent, Purpose
from handlers.people.duplicates.store import Pair
from handlers.people.files.store import PersonCase, PersonRow
from handlers.people.households import HouseholdMember
from handlers.people.profile import Identifier


@dataclass(frozen=True, slots=True)
class PersonView:
    """What one reader sees of a person.

    :ivar entries: open entries by key.
    :ivar may_change: whether the reader may change the file.
    :ivar tiers: what is open to the reader at all; a closed tier's entries are not told.
    :ivar cases: those that the reader sees.
    :ivar agreed: whether the person agrees now, by purpose.
    :ivar pairs: suspected and decided pairs whose other file the reader sees too.
    """

    row: PersonRow
    files: tuple[str, ...]
    entries: Mapping[str, Any]
    identifiers: tuple[Identifier, ...]
    tiers: frozenset[Tier]
    may_change: bool
    cases: tuple[PersonCase, ...]
    household: tuple[HouseholdMember, ...]
    consents: tuple[Consent, ...]
    agreed: Mapping[Purpose, bool]
    pairs: tuple[Pair, ...]

    @property
    def name(self) -> str:
        """The name to show; empty where it is not open or not known."""
        return full_name(self.entries)


def full_name(entries: Mapping[str, Any]) -> str:
    """Return the name of a file's entries, in Latin letters where they are known."""
    latin = [str(entries[key]) for key in ("given_names", "family_name") if entries.get(key)]
    arabic = [str(entries[k]) for k in ("given_names_ar", "family_name_ar") if entries.get(k)]
    return " ".join(latin or arabic)
