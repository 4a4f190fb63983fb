"""Rows of consents: one record a purpose and decision, dated, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.people.tables import consents


class Purpose(StrEnum):
    """What a person may consent to, each apart from the others.

    Sources: consent before submission (domain file, D: RIAT); a separate opt-in for the
    promotion of successful experiences (E: W12, W21).
    """

    PROCESSING = "processing"
    SHARING = "sharing"
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's decision about one purpose.

    :ivar recorded_at: since when it holds, aware UTC.
    :ivar ended_at: when a later decision took its place; ``None`` while it holds.
    :ivar sheet_document: id of the signed sheet.
    """

    id: str
    person_id: str
    case_id: str
    purpose: Purpose
    given: bool
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    sheet_document: str | None


def consents_of(uow: UnitOfWork, person_id: str) -> tuple[Consent, ...]:
    """Return every decision of a person, the oldest first."""
    c = consents.c
    rows = uow.connection.execute(
        sa.select(consents).where(c.person_id == person_id).order_by(c.recorded_at, c.purpose)
    )
    return tuple(_consent(row._mapping) for row in rows)


def current_consent(uow: UnitOfWork, person_id: str, purpose: Purpose) -> Consent | None:
    """Return the decision that holds now, or ``None`` if the person was never asked."""
    c = consents.c
    row = uow.connection.execute(
        sa.select(consents).where(
            c.person_id == person_id, c.purpose == purpose.value, c.ended_at.is_(None)
        )
    ).first()
    return None if row is None else _consent(row._mapping)


def record_consent(uow: UnitOfWork, consent: Consent) -> None:
    """Write a decision; the one that held until now ends at the same moment."""
    c = consents.c
    uow.connection.execute(
        sa.update(consents)
        .where(
            c.person_id == consent.person_id,
            c.purpose == consent.purpose.value,
            c.ended_at.is_(None),
        )
        .values(ended_at=consent.recorded_at)
    )
    uow.connection.execute(
        sa.insert(consents).values(
            id=consent.id,
            person_id=consent.person_id,
            case_id=consent.case_id,
            purpose=consent.purpose.value,
            given=consent.given,
            recorded_at=consent.recorded_at,
            recorded_by=consent.recorded_by,
            sheet_document=consent.sheet_document,
        )
    )


def _consent(m: sa.RowMapping) -> Consent:
    values = {column.name: m[column] for column in consents.c}
    values["purpose"] = Purpose(values["purpose"])
    return Consent(**values)
