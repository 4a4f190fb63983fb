"""Rows of committees' sessions and of who was in the room."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from handlers.committees import tables as t


class SessionStatus(StrEnum):
    """Where a session is: ``called → open → closed``, or ``cancelled`` before it opens."""

    CALLED = "called"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Session:
    """A meeting of a body. :ivar number: what people call it, ``CF-CM-2026-003``."""

    id: str
    body_id: str
    number: str
    status: SessionStatus
    planned_for: datetime
    place: str
    called_at: datetime
    called_by: str
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """One stay of a member in a session; ``left_at`` is ``None`` while they are in the room."""

    account_id: str
    arrived_at: datetime
    left_at: datetime | None


def insert_session(uow: UnitOfWork, session: Session) -> None:
    """Write a session."""
    values = {column.name: getattr(session, column.name) for column in t.committee_sessions.c}
    uow.connection.execute(sa.insert(t.committee_sessions).values(values))


def sessions_of(
    uow: UnitOfWork, body_ids: Collection[str], status: SessionStatus | None = None
) -> tuple[Session, ...]:
    """Return the sessions of these bodies, the latest first."""
    s = t.committee_sessions.c
    query = (
        sa.select(t.committee_sessions)
        .where(s.body_id.in_(sorted(body_ids)))
        .order_by(s.planned_for.desc(), s.number.desc())
    )
    if status is not None:
        query = query.where(s.status == status.value)
    return tuple(_session(row._mapping) for row in uow.connection.execute(query))


def read_session(uow: UnitOfWork, session_id: str, *, lock: bool = False) -> Session:
    """Return a session.

    :param lock: so that nothing else of it changes until the transaction ends.
    :raises NotFound: there is none.
    """
    query = sa.select(t.committee_sessions).where(t.committee_sessions.c.id == session_id)
    row = uow.connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("committee session", session_id)
    return _session(row._mapping)


def update_session(uow: UnitOfWork, session: Session, **values: object) -> None:
    """Change columns of a session that the caller has locked."""
    uow.connection.execute(
        sa.update(t.committee_sessions)
        .where(t.committee_sessions.c.id == session.id)
        .values(**values)
    )


def _session(m: sa.RowMapping) -> Session:
    values = {column.name: m[column] for column in t.committee_sessions.c}
    values["status"] = SessionStatus(values["status"])
    return Session(**values)


def insert_attendance(uow: UnitOfWork, session_id: str, account_id: str, at: datetime) -> None:
    """Note that a member entered the room."""
    uow.connection.execute(
        sa.insert(t.attendances).values(session_id=session_id, account_id=account_id, arrived_at=at)
    )


def end_attendance(uow: UnitOfWork, session_id: str, at: datetime, account_id: str | None) -> int:
    """Note that a member, or everybody, left the room; return how many were in it."""
    a = t.attendances.c
    query = sa.update(t.attendances).where(a.session_id == session_id, a.left_at.is_(None))
    if account_id is not None:
        query = query.where(a.account_id == account_id)
    return int(uow.connection.execute(query.values(left_at=at)).rowcount)


def attendances_of(uow: UnitOfWork, session_id: str) -> tuple[Attendance, ...]:
    """Return who was in the room from when to when, in order."""
    a = t.attendances.c
    rows = uow.connection.execute(
        sa.select(a.account_id, a.arrived_at, a.left_at)
        .where(a.session_id == session_id)
        .order_by(a.id)
    )
    return tuple(Attendance(row.account_id, row.arrived_at, row.left_at) for row in rows)
