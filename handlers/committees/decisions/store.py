"""Rows of committees' decisions and signed minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.store import UnitOfWork
from handlers.committees import tables as t
from handlers.payments import as_amount


class Outcome(StrEnum):
    """What a body decides of a file."""

    APPROVED = "approved"
    ADJOURNED = "adjourned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a body decided of a file, final.

    :ivar conditional: whether it has conditions, which the case keeps encrypted.
    :ivar present: voting members in the room, those recused left out.
    """

    file_id: str
    session_id: str
    outcome: Outcome
    amount_minor: int | None
    currency: str | None
    next_session_id: str | None
    conditional: bool
    votes_for: int
    votes_against: int
    abstentions: int
    present: int
    recused: int
    decided_at: datetime
    decided_by: str

    @property
    def amount(self) -> Decimal | None:
        """The amount approved, with the currency's digits."""
        return as_amount(self.amount_minor, self.currency)


def insert_decision(uow: UnitOfWork, decision: Decision) -> bool:
    """Write a decision; ``False`` if the file has one."""
    values = {column.name: getattr(decision, column.name) for column in t.committee_decisions.c}
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(sa.insert(t.committee_decisions).values(values))
    except IntegrityError:
        return False
    return True


def decisions_of(uow: UnitOfWork, file_ids: Collection[str]) -> Mapping[str, Decision]:
    """Return the decision by file."""
    d = t.committee_decisions
    rows = uow.connection.execute(sa.select(d).where(d.c.file_id.in_(sorted(file_ids))))
    return {
        row.file_id: Decision(**{**row._mapping, "outcome": Outcome(row.outcome)}) for row in rows
    }


@dataclass(frozen=True, slots=True)
class Minutes:
    """Signed minutes.

    :ivar content: canonical JSON bytes of all they say; file numbers, no names.
    :ivar digest: SHA-256 of the content, hex; each case's history keeps it.
    """

    session_id: str
    number: str
    content: bytes
    digest: str
    signed_at: datetime
    signed_by: str


def insert_minutes(uow: UnitOfWork, signed: Minutes, annex: Mapping[str, bytes]) -> None:
    """Write signed minutes and their annex: a sealed name by file."""
    values = {column.name: getattr(signed, column.name) for column in t.minutes.c}
    uow.connection.execute(sa.insert(t.minutes).values(values))
    rows = [
        {"session_id": signed.session_id, "file_id": file_id, "sealed": sealed}
        for file_id, sealed in annex.items()
    ]
    if rows:
        uow.connection.execute(sa.insert(t.minutes_annex), rows)


def read_minutes(uow: UnitOfWork, session_id: str) -> Minutes | None:
    """Return a session's minutes, or ``None`` before they are signed."""
    row = uow.connection.execute(
        sa.select(t.minutes).where(t.minutes.c.session_id == session_id)
    ).first()
    if row is None:
        return None
    return Minutes(**{**row._mapping, "content": bytes(row.content)})


def annex_of(uow: UnitOfWork, session_id: str) -> Mapping[str, bytes]:
    """Return the sealed name by file."""
    a = t.minutes_annex.c
    rows = uow.connection.execute(sa.select(a.file_id, a.sealed).where(a.session_id == session_id))
    return {row.file_id: bytes(row.sealed) for row in rows}
