"""The engine's field sink: answers that are personal data, encrypted, readable by tier."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.errors import StateUnreadable
from engine.model import Actor, CaseRef, Tier
from engine.ports import Clock, TieredValue, Written
from engine.store import UnitOfWork
from handlers.people import store
from handlers.people.access import Access
from handlers.people.attributes import is_indexed
from handlers.people.directory import Directory
from handlers.people.files.store import insert_person
from handlers.people.keyring import Keyring, owner_of, owners_of
from handlers.people.reading import Opened, Reading, place
from handlers.people.vault import decrypt, encrypt, seal_value


@dataclass(frozen=True, slots=True)
class PersonalFields:
    """Implements :class:`engine.ports.FieldSink` on the tables of people."""

    keyring: Keyring
    access: Access
    clock: Clock
    directory: Directory

    @property
    def reading(self) -> Reading:
        """Opens rows, whoever reads them."""
        return Reading(self.keyring)

    def write(
        self,
        unit_of_work: UnitOfWork,
        case: CaseRef,
        fields: Mapping[str, TieredValue],
        actor: Actor,
    ) -> Written:
        """Store these answers as new versions; open the person's file if the case has none.

        Older versions stay until the person is erased.

        :raises NotFound: the person was erased.
        """
        case = self._with_subject(unit_of_work, case, fields.values(), actor)
        now = self.clock.now()
        rows: list[store.FieldRow] = []
        commitments: dict[str, str] = {}
        for key, field in fields.items():
            owner = owner_of(case, field.tier)
            data_key = self.keyring.for_writing(unit_of_work, owner, now)
            reference = store.new_id()
            sealed = seal_value(data_key, field.value, place(owner, key, reference))
            commitments[key] = sealed.commitment
            rows.append(
                store.FieldRow(
                    id=reference,
                    owner=owner,
                    key=key,
                    tier=field.tier,
                    ciphertext=sealed.ciphertext,
                    case_id=case.id,
                    written_at=now,
                    written_by=actor.account_id,
                )
            )
        store.insert_fields(unit_of_work, rows)
        if case.subject is not None and any(is_indexed(row.key) for row in rows):
            self.directory.refresh(unit_of_work, case.subject, now)
        return Written(case.subject, {row.key: row.id for row in rows}, commitments)

    def read(
        self,
        unit_of_work: UnitOfWork,
        case: CaseRef,
        keys: Sequence[str],
        reader: Actor,
        purpose: str = "fields.read",
    ) -> Mapping[str, Any]:
        """Return the newest value of those keys that the reader's tiers open.

        :param purpose: what for, a code such as ``payment-order``; stands in the log of reads.

        What is closed to the reader, was never written or was erased is left out alike.
        """
        if not keys:
            return {}
        rows = store.newest_fields(unit_of_work, owners_of(unit_of_work, case), keys)
        opened = self._open_for(unit_of_work, case, rows, reader, purpose)
        return {row.key: value for row, value in opened}

    def read_references(
        self, unit_of_work: UnitOfWork, case: CaseRef, references: Sequence[str], reader: Actor
    ) -> Mapping[str, Any]:
        """Return, by reference id, the very versions that process variables point to."""
        if not references:
            return {}
        rows = store.fields_by_reference(unit_of_work, owners_of(unit_of_work, case), references)
        opened = self._open_for(unit_of_work, case, rows, reader)
        return {row.id: value for row, value in opened}

    def read_for(
        self, unit_of_work: UnitOfWork, case: CaseRef, keys: Sequence[str], purpose: str
    ) -> Mapping[str, Any]:
        """Return values that the engine itself needs, whatever their tier; logged as ``system``.

        :param purpose: what for, a code such as ``notices.send``.
        """
        rows = store.newest_fields(unit_of_work, owners_of(unit_of_work, case), keys)
        opened = self.reading.open(unit_of_work, rows)
        entries = [(row.owner, row.key, row.tier) for row, _ in opened]
        self.access.log_sensitive(unit_of_work, case, "system", entries, purpose)
        return {row.key: value for row, value in opened}

    def read_written_here(
        self,
        unit_of_work: UnitOfWork,
        case: CaseRef,
        keys: Sequence[str],
        purpose: str,
        *,
        after: datetime | None = None,
    ) -> Mapping[str, Any]:
        """Return, like :meth:`read_for`, only what this very case wrote.

        :param after: only what was written later than that; whenever it was, if left out.
        """
        rows = [
            row
            for row in store.newest_fields(unit_of_work, owners_of(unit_of_work, case), keys)
            if row.case_id == case.id and (after is None or row.written_at > after)
        ]
        opened = self.reading.open(unit_of_work, rows)
        entries = [(row.owner, row.key, row.tier) for row, _ in opened]
        self.access.log_sensitive(unit_of_work, case, "system", entries, purpose)
        return {row.key: value for row, value in opened}

    def read_chosen(
        self,
        unit_of_work: UnitOfWork,
        case: CaseRef,
        keys: Sequence[str],
        tiers: Collection[Tier],
        reader: Actor,
        purpose: str,
    ) -> Mapping[str, Any]:
        """Return values that were chosen for a reader outside the case; every one is logged.

        Whoever calls it has asked whether this reader may read them. Identity is the person's; of
        the rest only what this very case wrote.

        :param tiers: those of which values may be given at all.
        """
        rows = [
            row for row in self._own_rows(unit_of_work, case, keys) if row.tier in frozenset(tiers)
        ]
        opened = self.reading.open(unit_of_work, rows)
        entries = [(row.owner, row.key, row.tier) for row, _ in opened]
        self.access.log(unit_of_work, case, reader.account_id, entries, purpose)
        return {row.key: value for row, value in opened}

    def tiers_written(
        self, unit_of_work: UnitOfWork, case: CaseRef, keys: Sequence[str]
    ) -> Mapping[str, Tier]:
        """Return of which tier each key is that :meth:`read_chosen` would find, without reading."""
        return {row.key: row.tier for row in self._own_rows(unit_of_work, case, keys)}

    def all_written(self, unit_of_work: UnitOfWork, case: CaseRef) -> Mapping[str, Tier]:
        """Return the tier by key of all that :meth:`read_chosen` could find, without reading."""
        return {row.key: row.tier for row in self._own_rows(unit_of_work, case, None)}

    def _own_rows(
        self, uow: UnitOfWork, case: CaseRef, keys: Sequence[str] | None
    ) -> list[store.FieldRow]:
        if keys is not None and not keys:
            return []
        rows = store.newest_fields(uow, owners_of(uow, case), keys)
        return [row for row in rows if row.case_id == case.id or row.tier is Tier.IDENTITY]

    def seal(self, unit_of_work: UnitOfWork, case: CaseRef, plain: bytes) -> bytes:
        """Encrypt free text or a draft under the person's key, or the case's.

        The result names its owner: it opens later even if the case found its subject meanwhile.
        """
        owner = owner_of(case)
        key = self.keyring.for_writing(unit_of_work, owner, self.clock.now())
        return owner.encode() + b"\n" + encrypt(key, plain, _sealed_place(owner, case))

    def unseal(self, unit_of_work: UnitOfWork, case: CaseRef, sealed: bytes) -> bytes:
        """Give back what :meth:`seal` was given.

        :raises NotFound: the key was destroyed (the person was erased).
        :raises StateUnreadable: it was damaged, or belongs to another case.
        """
        name, separator, body = sealed.partition(b"\n")
        owner = name.decode("utf-8", "replace")
        if not separator or owner not in owners_of(unit_of_work, case):
            raise StateUnreadable(
                f"A sealed text of case {case.id} was not written in this case. "
                "Restore it from a backup."
            )
        key = self.keyring.existing(unit_of_work, owner)
        return decrypt(key, body, _sealed_place(owner, case))

    def _with_subject(
        self, uow: UnitOfWork, case: CaseRef, fields: Iterable[TieredValue], actor: Actor
    ) -> CaseRef:
        personal = any(field.tier is not Tier.CASE for field in fields)
        if case.subject is not None or not personal:
            return case
        person_id = insert_person(uow, self.clock.now(), actor.account_id)
        return replace(case, subject=person_id)

    def _open_for(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        rows: Sequence[store.FieldRow],
        reader: Actor,
        purpose: str = "fields.read",
    ) -> list[Opened]:
        opener = _Opener(uow, self.access, case, reader)
        opened = self.reading.open(uow, [row for row in rows if opener.may_open(row)])
        entries = [(row.owner, row.key, row.tier) for row, _ in opened]
        self.access.log_sensitive(uow, case, reader.account_id, entries, purpose)
        return opened


class _Opener:
    """Decides row by row what a reader may open in a case.

    Identity is one, whichever case it was told in. What else another case about the same person
    wrote stays with those who may open it there: linking a case to a person shares nothing more.
    """

    def __init__(self, uow: UnitOfWork, access: Access, case: CaseRef, reader: Actor) -> None:
        self._uow = uow
        self._access = access
        self._case = case
        self._reader = reader
        self._tiers: dict[str, frozenset[Tier]] = {}

    def may_open(self, row: store.FieldRow) -> bool:
        if row.tier not in self._in(self._case.id):
            return False
        if row.case_id in (None, self._case.id) or row.tier is Tier.IDENTITY:
            return True
        return row.tier in self._in(str(row.case_id))

    def _in(self, case_id: str) -> frozenset[Tier]:
        if case_id not in self._tiers:
            self._tiers[case_id] = self._access.tiers_in(self._uow, case_id, self._reader)
        return self._tiers[case_id]


def _sealed_place(owner: str, case: CaseRef) -> str:
    return json.dumps(["sealed", owner, case.id])
