"""Rows of people: keys, encrypted fields, the log of reads. No encryption here."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.errors import Conflict, NotFound
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
    """One version of an encrypted answer. ``id`` is the reference that processes see."""

    id: str
    owner: str
    key: str
    tier: Tier
    ciphertext: bytes
    case_id: str
    written_at: datetime
    written_by: str


@dataclass(frozen=True, slots=True)
class SensitiveRead:
    """Who read which sensitive fields of whom, when, and what for."""

    at: datetime
    account_id: str
    case_id: str
    owner: str
    tiers: tuple[Tier, ...]
    keys: tuple[str, ...]
    purpose: str


def new_id() -> str:
    """Return a fresh random id, 32 hex digits."""
    return uuid4().hex


def insert_person(uow: UnitOfWork, at: datetime, by: str) -> str:
    """Open a person's file and return its id."""
    person_id = new_id()
    uow.connection.execute(sa.insert(t.persons).values(id=person_id, created_at=at, created_by=by))
    return person_id


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
    uow: UnitOfWork, owners: Collection[str], keys: Collection[str]
) -> tuple[FieldRow, ...]:
    """Return the newest version of each of these keys."""
    f = t.tiered_fields.c
    newest = (
        sa.select(sa.func.max(f.seq))
        .where(f.owner.in_(sorted(owners)), f.key.in_(sorted(keys)))
        .group_by(f.key)
    )
    rows = uow.connection.execute(
        sa.select(t.tiered_fields).where(f.seq.in_(newest)).order_by(f.key)
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


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """A person's place in a household.

    :ivar relation: code such as ``head``, ``spouse``, ``child``.
    """

    household_id: str
    person_id: str
    relation: str


def open_household(uow: UnitOfWork, head: str, at: datetime) -> str:
    """Open a household around a person and return its id."""
    household_id = new_id()
    uow.connection.execute(sa.insert(t.households).values(id=household_id, created_at=at))
    add_member(uow, HouseholdMember(household_id, head, "head"), at)
    return household_id


def add_member(uow: UnitOfWork, member: HouseholdMember, at: datetime) -> None:
    """Add a person to a household.

    :raises Conflict: the person is or was a member of it.
    """
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(
                sa.insert(t.household_members).values(
                    household_id=member.household_id,
                    person_id=member.person_id,
                    relation=member.relation,
                    since=at,
                )
            )
    except IntegrityError:
        raise Conflict(
            f"Person {member.person_id} cannot join household {member.household_id}: one of the "
            "two does not exist, or the person is in it already. Nothing was changed."
        ) from None


def household_of(uow: UnitOfWork, person_id: str, at: datetime) -> tuple[HouseholdMember, ...]:
    """Return the members, at that moment, of the households that the person is in."""
    m = t.household_members.c
    mine = sa.select(m.household_id).where(
        m.person_id == person_id, sa.or_(m.until.is_(None), m.until > at)
    )
    rows = uow.connection.execute(
        sa.select(m.household_id, m.person_id, m.relation)
        .where(m.household_id.in_(mine), sa.or_(m.until.is_(None), m.until > at))
        .order_by(m.since, m.person_id)
    )
    return tuple(HouseholdMember(r.household_id, r.person_id, r.relation) for r in rows)
