"""Rows of consents: one record a purpose and decision, dated, never overwritten."""

from __future__ import annotations

from collections.abc import Collection
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

    :ivar case_id: the case in which it was asked; ``None`` for the page of the person's file.
    :ivar recipient: id of the organisation that data may be shared with; empty where the purpose
        was agreed to as a whole.
    :ivar recorded_at: since when it holds, aware UTC.
    :ivar ended_at: when a later decision took its place; ``None`` while it holds.
    :ivar sheet_document: id of the signed sheet.
    """

    id: str
    person_id: str
    case_id: str | None
    purpose: Purpose
    given: bool
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    sheet_document: str | None
    recipient: str = ""


def consents_of(uow: UnitOfWork, person_id: str) -> tuple[Consent, ...]:
    """Return every decision of a person, the oldest first."""
    c = consents.c
    rows = uow.connection.execute(
        sa.select(consents).where(c.person_id == person_id).order_by(c.recorded_at, c.purpose)
    )
    return tuple(_consent(row._mapping) for row in rows)


def current_consent(
    uow: UnitOfWork, person_id: str, purpose: Purpose, recipient: str = ""
) -> Consent | None:
    """Return the decision that holds now in one file, or ``None`` if the person was never asked."""
    return next(iter(current_consents(uow, [person_id], purpose, recipient)), None)


def current_consents(
    uow: UnitOfWork, person_ids: Collection[str], purpose: Purpose, recipient: str = ""
) -> tuple[Consent, ...]:
    """Return the decisions that hold now in these files, the newest first."""
    c = consents.c
    rows = uow.connection.execute(
        sa.select(consents)
        .where(
            c.person_id.in_(sorted(person_ids)),
            c.purpose == purpose.value,
            c.recipient == recipient,
            c.ended_at.is_(None),
        )
        .order_by(c.recorded_at.desc(), c.id)
    )
    return tuple(_consent(row._mapping) for row in rows)


def record_consent(uow: UnitOfWork, consent: Consent) -> None:
    """Write a decision; the one that held until now ends at the same moment."""
    c = consents.c
    uow.connection.execute(
        sa.update(consents)
        .where(
            c.person_id == consent.person_id,
            c.purpose == consent.purpose.value,
            c.recipient == consent.recipient,
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
            recipient=consent.recipient,
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
