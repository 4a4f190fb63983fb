"""Opening encrypted rows: what an erased owner wrote is left out, never an error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.store import UnitOfWork
from handlers.people import store
from handlers.people.keyring import Keyring, person_owner
from handlers.people.vault import open_value

Opened = tuple[store.FieldRow, Any]


def place(owner: str, key: str, reference: str) -> str:
    """Return what a field's ciphertext is bound to.

    JSON, because keys come from forms: no two places may be spelled alike.
    """
    return json.dumps(["field", owner, key, reference])


@dataclass(frozen=True, slots=True)
class Reading:
    """Decrypts rows. Decides nothing: whoever calls it has asked who may read."""

    keyring: Keyring

    def open(self, uow: UnitOfWork, rows: Iterable[store.FieldRow]) -> list[Opened]:
        """Return the rows whose owner still has a key, each with its value."""
        opened = []
        keys: dict[str, bytes | None] = {}
        for row in rows:
            if row.owner not in keys:
                keys[row.owner] = self._key_unless_erased(uow, row.owner)
            key = keys[row.owner]
            if key is not None:
                bound = place(row.owner, row.key, row.id)
                opened.append((row, open_value(key, row.ciphertext, bound)))
        return opened

    def person(
        self,
        uow: UnitOfWork,
        person_ids: Sequence[str],
        keys: Sequence[str],
        beginning: str | None = None,
    ) -> Mapping[str, Mapping[str, Opened]]:
        """Return the newest rows of persons with their values, by person, then key.

        :param keys: only these, and those that begin with ``beginning``.
        """
        owners = {person_owner(person_id): person_id for person_id in person_ids}
        found: dict[str, dict[str, Opened]] = {person_id: {} for person_id in person_ids}
        for row, value in self.open(uow, store.newest_fields(uow, owners, keys, beginning)):
            found[owners[row.owner]][row.key] = (row, value)
        return found

    def _key_unless_erased(self, uow: UnitOfWork, owner: str) -> bytes | None:
        try:
            return self.keyring.existing(uow, owner)
        except NotFound:
            return None
