"""Owners and their keys: made at the first need, destroyed by erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import NotFound
from engine.model import CaseRef, Tier
from engine.store import UnitOfWork
from handlers.people import store
from handlers.people.files.store import members
from handlers.people.vault import Vault


def person_owner(person_id: str) -> str:
    """Return the name under which a person owns a key."""
    return f"person:{person_id}"


def case_owner(case_id: str) -> str:
    """Return the name under which a case owns a key."""
    return f"case:{case_id}"


def owner_of(case: CaseRef, tier: Tier | None = None) -> str:
    """Return whose key protects something written in this case.

    The case's own for ``Tier.CASE`` and while nobody is known to be its subject; otherwise the
    subject's, so that erasing the person takes it along.
    """
    if case.subject is None or tier is Tier.CASE:
        return case_owner(case.id)
    return person_owner(case.subject)


def owners_of(uow: UnitOfWork, case: CaseRef) -> tuple[str, ...]:
    """Return everyone under whose key something of this case may lie.

    All files of the case's subject count: a person whose files were merged has several.
    """
    if case.subject is None:
        return (case_owner(case.id),)
    return (case_owner(case.id), *map(person_owner, members(uow, case.subject)))


@dataclass(frozen=True, slots=True)
class Keyring:
    """Finds, makes and destroys owners' keys."""

    vault: Vault

    def existing(self, uow: UnitOfWork, owner: str) -> bytes:
        """Return an owner's key.

        :raises NotFound: it was destroyed, or never made.
        :raises ConfigurationError: the site has another master key than the database.
        """
        row = store.read_key(uow, owner)
        if row is None or row.wrapped is None:
            raise NotFound("readable file of", owner)
        return self.vault.unwrap(owner, row.wrapped, row.master_fingerprint)

    def for_writing(self, uow: UnitOfWork, owner: str, at: datetime) -> bytes:
        """Return an owner's key, made now if the owner has none.

        :raises NotFound: it was destroyed: an erased file takes nothing more.
        :raises ConfigurationError: the site has another master key than the database.
        """
        if store.read_key(uow, owner) is None:
            known = store.any_fingerprint(uow)
            if known is not None:
                self.vault.check(known)
            key = self.vault.new_key()
            if store.insert_key(uow, store.KeyRow(owner, *self.vault.wrap(owner, key)), at):
                return key
        return self.existing(uow, owner)

    def erase_person(self, uow: UnitOfWork, person_id: str, at: datetime) -> None:
        """Destroy a person's key: fields, files and drafts under it stay, unreadable for good.

        :raises NotFound: there is no such person.
        """
        store.mark_erased(uow, person_id, at)
        store.destroy_key(uow, person_owner(person_id), at)
