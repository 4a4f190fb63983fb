"""Rows of people: keys, encrypted fields, the log of reads. No encryption here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.errors import NotFound
from engine.model import Tier
from engine.store import UnitOfWork
from handlers.people import tables as t


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An owner's key, wrapped; ``wrapped`` is ``None`` once it was destroyed."""

    owner: str
    wrapped: bytes | None
    master_fingerprint: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One version of an encrypted answer. ``id`` is the reference that processes see.

    :ivar case_id: the case in which it was answered; ``None`` for the page of the person's file.
    """

    id: str
    owner: str
    key: str
    tier: Tier
    ciphertext: bytes
    case_id: str | None
    written_at: datetime
    written_by: str


@dataclass(frozen=True, slots=True)
class SensitiveRead:
    """Who read which sensitive fields of whom, when, and what for."""

    at: datetime
    account_id: str
    case_id: str | None
    owner: str
    tiers: tuple[Tier, ...]
    keys: tuple[str, ...]
    purpose: str


def new_id() -> str:
    """Return a fresh random id, 32 hex digits."""
    return uuid4().hex


def read_key(uow: UnitOfWork, owner: str) -> KeyRow | None:
    """Return an owner's wrapped key, or ``None`` if the owner has none yet."""
    k = t.data_keys.c
    row = uow.connection.execute(
        sa.select(k.owner, k.wrapped, k.master_fingerprint).where(k.owner == owner)
    ).first()
    if row is None:
        return None
    wrapped = None if row.wrapped is None else bytes(row.wrapped)
    return KeyRow(row.owner, wrapped, row.master_fingerprint)


def any_fingerprint(uow: UnitOfWork) -> str | None:
    """Return the fingerprint of the master key that this database was written with."""
    fingerprint: str | None = uow.connection.execute(
        sa.select(t.data_keys.c.master_fingerprint).limit(1)
    ).scalar()
    return fingerprint


def insert_key(uow: UnitOfWork, key: KeyRow, at: datetime) -> bool:
    """Write an owner's first key; ``False`` if another transaction was faster."""
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(
                sa.insert(t.data_keys).values(
                    owner=key.owner,
                    wrapped=key.wrapped,
                    master_fingerprint=key.master_fingerprint,
                    created_at=at,
                )
            )
    except IntegrityError:
        return False
    return True


def count_keys_but(uow: UnitOfWork, fingerprint: str) -> int:
    """Return how many keys are wrapped with another master key than this."""
    k = t.data_keys.c
    return int(
        uow.connection.execute(
            sa.select(sa.func.count())
            .select_from(t.data_keys)
            .where(k.master_fingerprint != fingerprint)
        ).scalar_one()
    )


def keys_but(uow: UnitOfWork, fingerprint: str, limit: int) -> tuple[KeyRow, ...]:
    """Return some keys that are wrapped with another master key than this, by owner."""
    k = t.data_keys.c
    rows = uow.connection.execute(
        sa.select(k.owner, k.wrapped, k.master_fingerprint)
        .where(k.master_fingerprint != fingerprint)
        .order_by(k.owner)
        .limit(limit)
    )
    return tuple(
        KeyRow(r.owner, None if r.wrapped is None else bytes(r.wrapped), r.master_fingerprint)
        for r in rows
    )


def rewrap_key(uow: UnitOfWork, row: KeyRow, wrapped: bytes | None, fingerprint: str) -> None:
    """Write a key wrapped anew, unless it was destroyed or wrapped by somebody else meanwhile."""
    k = t.data_keys.c
    same = k.wrapped.is_(None) if row.wrapped is None else k.wrapped.is_not(None)
    uow.connection.execute(
        sa.update(t.data_keys)
        .where(k.owner == row.owner, k.master_fingerprint == row.master_fingerprint, same)
        .values(wrapped=wrapped, master_fingerprint=fingerprint)
    )


def destroy_key(uow: UnitOfWork, owner: str, at: datetime) -> bool:
    """Make everything under this owner's key unreadable; ``False`` if it was already."""
    k = t.data_keys.c
    result = uow.connection.execute(
        sa.update(t.data_keys)
        .where(k.owner == owner, k.wrapped.is_not(None))
        .values(wrapped=None, destroyed_at=at)
    )
    return result.rowcount == 1


def mark_erased(uow: UnitOfWork, person_id: str, at: datetime) -> None:
    """Note on the person's row when the file was erased.

    :raises NotFound: there is no such person.
    """
    result = uow.connection.execute(
        sa.update(t.persons).where(t.persons.c.id == person_id).values(erased_at=at)
    )
    if result.rowcount != 1:
        raise NotFound("person", person_id)


def insert_fields(uow: UnitOfWork, rows: Sequence[FieldRow]) -> None:
    """Write new versions of encrypted answers."""
    values = [
        {
            "id": row.id,
            "owner": row.owner,
            "key": row.key,
            "tier": row.tier.value,
            "ciphertext": row.ciphertext,
            "case_id": row.case_id,
            "written_at": row.written_at,
            "written_by": row.written_by,
        }
        for row in rows
    ]
    if values:
        uow.connection.execute(sa.insert(t.tiered_fields), values)


def newest_fields(
    uow: UnitOfWork,
    owners: Collection[str],
    keys: Collection[str] | None = None,
    beginning: str | None = None,
) -> tuple[FieldRow, ...]:
    """Return what each owner's newest versions are, one a key and case, the oldest first.

    A reader who may not open what another case wrote still reads what their own did.

    :param keys: only these; all of them if left out.
    :param beginning: and those that begin so.
    """
    f = t.tiered_fields.c
    newest = (
        sa.select(sa.func.max(f.seq))
        .where(f.owner.in_(sorted(owners)))
        .group_by(f.owner, f.key, f.case_id)
    )
    if keys is not None:
        named: sa.ColumnElement[bool] = f.key.in_(sorted(keys))
        if beginning is not None:
            named = sa.or_(named, f.key.startswith(beginning, autoescape=True))
        newest = newest.where(named)
    rows = uow.connection.execute(
        sa.select(t.tiered_fields).where(f.seq.in_(newest)).order_by(f.seq)
    )
    return tuple(_field(row._mapping) for row in rows)


def written_since(
    uow: UnitOfWork, owners: Collection[str], keys: Collection[str], moment: datetime
) -> bool:
    """Tell whether any of these entries was written after a moment; nothing is decrypted."""
    f = t.tiered_fields.c
    return bool(
        uow.connection.execute(
            sa.select(
                sa.exists().where(
                    f.owner.in_(sorted(owners)), f.key.in_(sorted(keys)), f.written_at > moment
                )
            )
        ).scalar()
    )


def every_field(uow: UnitOfWork, owners: Collection[str]) -> tuple[FieldRow, ...]:
    """Return every version of everything under these owners' keys, the oldest first."""
    f = t.tiered_fields.c
    rows = uow.connection.execute(
        sa.select(t.tiered_fields).where(f.owner.in_(sorted(owners))).order_by(f.seq)
    )
    return tuple(_field(row._mapping) for row in rows)


def fields_by_reference(
    uow: UnitOfWork, owners: Collection[str], references: Collection[str]
) -> tuple[FieldRow, ...]:
    """Return the versions that these reference ids name, of these owners only."""
    f = t.tiered_fields.c
    rows = uow.connection.execute(
        sa.select(t.tiered_fields)
        .where(f.owner.in_(sorted(owners)), f.id.in_(sorted(references)))
        .order_by(f.seq)
    )
    return tuple(_field(row._mapping) for row in rows)


def _field(m: sa.RowMapping) -> FieldRow:
    f = t.tiered_fields.c
    return FieldRow(
        id=m[f.id],
        owner=m[f.owner],
        key=m[f.key],
        tier=Tier(m[f.tier]),
        ciphertext=bytes(m[f.ciphertext]),
        case_id=m[f.case_id],
        written_at=m[f.written_at],
        written_by=m[f.written_by],
    )


def insert_sensitive_read(uow: UnitOfWork, read: SensitiveRead) -> None:
    """Append to the log of reads."""
    uow.connection.execute(
        sa.insert(t.sensitive_reads).values(
            at=read.at,
            account_id=read.account_id,
            case_id=read.case_id,
            owner=read.owner,
            tiers=" ".join(sorted(read.tiers)),
            keys=json.dumps(sorted(read.keys)),
            purpose=read.purpose,
        )
    )


def sensitive_reads(uow: UnitOfWork, case_id: str) -> tuple[SensitiveRead, ...]:
    """Return the log of reads of one case, the oldest first."""
    r = t.sensitive_reads.c
    rows = uow.connection.execute(
        sa.select(t.sensitive_reads).where(r.case_id == case_id).order_by(r.at, r.id)
    )
    return _reads(rows)


def reads_of_owners(uow: UnitOfWork, owners: Collection[str]) -> tuple[SensitiveRead, ...]:
    """Return the log of reads of what lies under these owners' keys, the newest first."""
    r = t.sensitive_reads.c
    rows = uow.connection.execute(
        sa.select(t.sensitive_reads)
        .where(r.owner.in_(sorted(owners)))
        .order_by(r.at.desc(), r.id.desc())
    )
    return _reads(rows)


def latest_reads(
    uow: UnitOfWork, *, account_id: str | None, offset: int, limit: int
) -> tuple[tuple[SensitiveRead, ...], int]:
    """Return a page of the whole log, the newest first, and how long the log is.

    :param account_id: only what this account read.
    """
    r = t.sensitive_reads.c
    condition = sa.true() if account_id is None else r.account_id == account_id
    rows = uow.connection.execute(
        sa.select(t.sensitive_reads)
        .where(condition)
        .order_by(r.at.desc(), r.id.desc())
        .offset(offset)
        .limit(limit)
    )
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(t.sensitive_reads).where(condition)
    ).scalar_one()
    return _reads(rows), total


def _reads(rows: Iterable[sa.Row[Any]]) -> tuple[SensitiveRead, ...]:
    return tuple(
        SensitiveRead(
            row.at,
            row.account_id,
            row.case_id,
            row.owner,
            tuple(Tier(tier) for tier in row.tiers.split()),
            tuple(json.loads(row.keys)),
            row.purpose,
        )
        for row in rows
    )


def is_read_only(uow: UnitOfWork) -> bool:
    """Tell whether nothing written here will be kept (``Store.snapshot``)."""
    options = uow.connection.get_execution_options()
    return bool(options.get("passerelle_read_only", False))
