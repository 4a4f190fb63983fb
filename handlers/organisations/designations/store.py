"""Rows of designations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.organisations import tables as t


class Mode(StrEnum):
    """How an organisation came to be asked."""

    TABLE = "table"
    MANUAL = "manual"


class Outcome(StrEnum):
    """What became of a designation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Designation:
    """One organisation asked to take one case.

    :ivar ended_at: when it was answered; ``None`` while the answer is awaited.
    :ivar reason_code: why it was declined, one of the form's codes.
    """

    id: int
    case_id: str
    organisation_id: str
    mode: Mode
    made_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    reason_code: str | None


def add_designation(
    uow: UnitOfWork,
    case_id: str,
    organisation_id: str,
    mode: Mode,
    made_at: datetime,
    outcome: Outcome | None = None,
) -> None:
    """Write that an organisation is asked, or, with an outcome, that it was settled at once."""
    uow.connection.execute(
        sa.insert(t.designations).values(
            case_id=case_id,
            organisation_id=organisation_id,
            mode=mode,
            made_at=made_at,
            ended_at=made_at if outcome else None,
            outcome=outcome,
        )
    )


def open_designation(uow: UnitOfWork, case_id: str, organisation_id: str) -> bool:
    """Tell whether an organisation was offered a case and has not answered."""
    d = t.designations.c
    found = uow.connection.execute(
        sa.select(d.id).where(
            d.case_id == case_id, d.organisation_id == organisation_id, d.ended_at.is_(None)
        )
    ).first()
    return found is not None


def end_designation(
    uow: UnitOfWork,
    case_id: str,
    organisation_id: str,
    outcome: Outcome,
    ended_at: datetime,
    reason_code: str | None = None,
) -> bool:
    """Write what became of an open offer; ``False`` if there is none: it ends once."""
    d = t.designations.c
    done = uow.connection.execute(
        sa.update(t.designations)
        .where(d.case_id == case_id, d.organisation_id == organisation_id, d.ended_at.is_(None))
        .values(outcome=outcome, ended_at=ended_at, reason_code=reason_code)
    )
    return bool(done.rowcount)


def designations_of_case(uow: UnitOfWork, case_id: str) -> tuple[Designation, ...]:
    """Return who was asked to take a case, the oldest first."""
    d = t.designations.c
    rows = uow.connection.execute(
        sa.select(t.designations).where(d.case_id == case_id).order_by(d.id)
    )
    return tuple(designation_from(row._mapping) for row in rows)


def designation_from(row: sa.RowMapping) -> Designation:
    """Return a row as a designation."""
    values = {column.name: row[column] for column in t.designations.c}
    values["mode"] = Mode(values["mode"])
    values["outcome"] = Outcome(values["outcome"]) if values["outcome"] else None
    return Designation(**values)
