"""Keeps the blind index and the suspected duplicates in step with people's files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.store import UnitOfWork
from handlers.people.attributes import IDENTIFIER
from handlers.people.duplicates.compare import SUSPECT, compare
from handlers.people.duplicates.store import suspect, undecided_or_new
from handlers.people.files.store import members
from handlers.people.index.store import candidates, everyone, replace_tokens
from handlers.people.index.tokens import clues_for, clues_of, token, weighty
from handlers.people.profile import KEYS, Profile, profile_of, recognisable
from handlers.people.reading import Reading
from handlers.people.secrets import KeyFile

LEAST_WEIGHT = 8
MOST_COMPARED = 25
"""Candidates that are decrypted when a file changes: bounds the work of one answer."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Writes what people are found by.

    :ivar search_keys: the key of the blind index and those it replaced.
    """

    reading: Reading
    search_keys: KeyFile

    def refresh(self, uow: UnitOfWork, person_id: str, at: datetime) -> None:
        """Index one file as it stands now, and note whom it could be a duplicate of."""
        profile = self.index(uow, person_id)
        clues = clues_for(profile)
        if not weighty(clues):
            return
        roots = candidates(
            uow, self.tokens(clues), seen=everyone(), least=LEAST_WEIGHT, limit=MOST_COMPARED
        )
        own = set(members(uow, person_id))
        for root in roots:
            if root not in own and undecided_or_new(uow, person_id, root):
                score = compare(profile, self.profile(uow, root)).score
                suspect(uow, person_id, root, score if score >= SUSPECT else None, at)

    def index(self, uow: UnitOfWork, person_id: str) -> Profile:
        """Write what one file is found by, under the current key, and return its profile."""
        profile = self.own_profile(uow, person_id)
        key = self.search_keys.current
        tokens = {token(key.secret, clue): clue[0] for clue in clues_of(profile)}
        replace_tokens(uow, person_id, key.fingerprint, tokens)
        return profile

    def tokens(self, clues: frozenset[tuple[str, str]]) -> frozenset[str]:
        """Return the tokens of clues under every key that something may be indexed with."""
        return frozenset(
            token(key.secret, clue) for key in self.search_keys.known() for clue in clues
        )

    def profile(self, uow: UnitOfWork, person_id: str) -> Profile:
        """Return a person as all of their files together show them; the root's own word first."""
        values: dict[str, object] = {}
        files = self.reading.person(uow, members(uow, person_id), KEYS, IDENTIFIER)
        for told in reversed(list(files.values())):
            values |= recognisable(told.values())
        return profile_of(values)

    def own_profile(self, uow: UnitOfWork, person_id: str) -> Profile:
        """Return a person as this one file alone shows them."""
        told = self.reading.person(uow, [person_id], KEYS, IDENTIFIER)[person_id]
        return profile_of(recognisable(told.values()))
