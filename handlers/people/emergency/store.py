"""Rows of emergency accesses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.people import tables as t

_A = t.emergency_accesses.c


class Verdict(StrEnum):
    """What the review of an emergency access came to."""

    ACCEPTED = "accepted"
    NOT_JUSTIFIED = "not-justified"


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """Somebody opened a file out of turn.

    :ivar until: when it closes by itself.
    :ivar reason: sealed under the person's key.
    :ivar verdict: ``None`` until it was reviewed.
    """

    id: str
    person_id: str
    account_id: str
    at: datetime
    until: datetime
    reason: bytes
    verdict: Verdict | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None


def insert_emergency(uow: UnitOfWork, access: EmergencyAccess) -> None:
    """Write an emergency access."""
    uow.connection.execute(
        sa.insert(t.emergency_accesses).values(
            id=access.id,
            person_id=access.person_id,
            account_id=access.account_id,
            at=access.at,
            until=access.until,
            reason=access.reason,
        )
    )


def open_emergencies(
    uow: UnitOfWork, person_ids: Collection[str], account_id: str, now: datetime
) -> tuple[EmergencyAccess, ...]:
    """Return the accesses of an account to these files that last now."""
    rows = uow.connection.execute(
        sa.select(t.emergency_accesses).where(
            _A.person_id.in_(sorted(person_ids)),
            _A.account_id == account_id,
            _A.at <= now,
            _A.until > now,
        )
    )
    return tuple(_access(row) for row in rows)


def read_emergency(uow: UnitOfWork, access_id: str) -> EmergencyAccess | None:
    """Return an emergency access, or ``None``."""
    row = uow.connection.execute(sa.select(t.emergency_accesses).where(_A.id == access_id)).first()
    return None if row is None else _access(row)


def review(uow: UnitOfWork, access_id: str, verdict: Verdict, at: datetime, by: str) -> bool:
    """Write the verdict; ``False`` if there is one. What was not justified ends now."""
    values: dict[str, object] = {"verdict": verdict.value, "reviewed_at": at, "reviewed_by": by}
    if verdict is Verdict.NOT_JUSTIFIED:
        values["until"] = sa.case((_A.until > at, at), else_=_A.until)
    written = uow.connection.execute(
        sa.update(t.emergency_accesses)
        .where(_A.id == access_id, _A.verdict.is_(None))
        .values(**values)
    )
    return written.rowcount == 1


def emergencies(
    uow: UnitOfWork,
    *,
    person_ids: Collection[str] | None = None,
    account_id: str | None = None,
    limit: int = 200,
) -> tuple[EmergencyAccess, ...]:
    """Return emergency accesses, those that wait for a review first, then the newest."""
    query = sa.select(t.emergency_accesses)
    if person_ids is not None:
        query = query.where(_A.person_id.in_(sorted(person_ids)))
    if account_id is not None:
        query = query.where(_A.account_id == account_id)
    rows = uow.connection.execute(
        query.order_by(_A.verdict.is_not(None), _A.at.desc(), _A.id).limit(limit)
    )
    return tuple(_access(row) for row in rows)


def waiting_for_review(uow: UnitOfWork) -> int:
    """Return how many emergency accesses nobody has reviewed."""
    return int(
        uow.connection.execute(
            sa.select(sa.func.count()).select_from(t.emergency_accesses).where(_A.verdict.is_(None))
        ).scalar_one()
    )


def _access(row: sa.Row[tuple[object, ...]]) -> EmergencyAccess:
    values = dict(row._mapping)
    verdict = values["verdict"]
    return EmergencyAccess(
        **{
            **values,
            "reason": bytes(values["reason"]),
            "verdict": None if verdict is None else Verdict(verdict),
        }
    )
