"""Rows of what begins cases: start events by name, and starts that are due, owned by no case.

Only the newest deployment of a scheme begins cases, so its rows replace those of the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.model import JobStatus, StartTrigger
from engine.store import tables as t
from engine.store.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class StartEventRow:
    """A start event that something outside may reach.

    :ivar name: of the message or signal; ``""`` of a condition.
    """

    scheme: str
    element_id: str
    trigger: StartTrigger
    name: str


@dataclass(frozen=True, slots=True)
class StartJobRow:
    """A case that is to be started.

    :ivar deployment_id: the deployment that a timer belongs to; ``None`` where the newest one at
        the time starts it. :ivar payload: canonical JSON: the timer's progress, or what has come.
    :ivar attempt: attempts that failed.
    """

    id: int
    scheme: str
    deployment_id: str | None
    element_id: str
    trigger: StartTrigger
    payload: bytes
    status: JobStatus
    due_at: datetime
    attempt: int
    last_error: str | None


def replace_start_events(uow: UnitOfWork, scheme: str, rows: Sequence[StartEventRow]) -> None:
    """Write what begins cases of a scheme from now on."""
    e = t.start_events.c
    uow.connection.execute(sa.delete(t.start_events).where(e.scheme == scheme))
    if rows:
        uow.connection.execute(
            sa.insert(t.start_events),
            [
                {
                    "scheme": scheme,
                    "element_id": row.element_id,
                    "trigger": row.trigger,
                    "name": row.name,
                }
                for row in rows
            ],
        )


def begun_by(uow: UnitOfWork, trigger: StartTrigger, name: str) -> tuple[StartEventRow, ...]:
    """Return the start events that this message, signal or evaluation of conditions reaches."""
    e = t.start_events.c
    rows = uow.connection.execute(
        sa.select(t.start_events)
        .where(e.trigger == trigger, e.name == name)
        .order_by(e.scheme, e.element_id)
    )
    return tuple(
        StartEventRow(row.scheme, row.element_id, StartTrigger(row.trigger), row.name)
        for row in rows
    )


def insert_start(
    uow: UnitOfWork,
    *,
    scheme: str,
    element_id: str,
    trigger: StartTrigger,
    due_at: datetime,
    payload: bytes,
    deployment_id: str | None = None,
) -> StartJobRow:
    """Write a start that is due at a moment."""
    values = {
        "scheme": scheme,
        "deployment_id": deployment_id,
        "element_id": element_id,
        "trigger": trigger,
        "payload": payload,
        "status": JobStatus.WAITING,
        "due_at": due_at,
        "attempt": 0,
        "last_error": None,
    }
    result = uow.connection.execute(sa.insert(t.start_jobs).values(values))
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row always has one
    return StartJobRow(id=int(key[0]), **values)  # type: ignore[arg-type]


def _rows(uow: UnitOfWork, query: sa.Select[Any]) -> tuple[StartJobRow, ...]:
    found = []
    for row in uow.connection.execute(query):
        values = {column.name: row._mapping[column] for column in t.start_jobs.c}
        values["trigger"] = StartTrigger(values["trigger"])
        values["status"] = JobStatus(values["status"])
        found.append(StartJobRow(**values))
    return tuple(found)


def due_starts(uow: UnitOfWork, now: datetime, limit: int) -> tuple[StartJobRow, ...]:
    """Return starts whose moment has come, the longest due first; nothing is locked."""
    j = t.start_jobs.c
    query = sa.select(t.start_jobs).where(j.status == JobStatus.WAITING, j.due_at <= now)
    return _rows(uow, query.order_by(j.due_at, j.id).limit(limit))


def all_starts(uow: UnitOfWork, scheme: str | None = None) -> tuple[StartJobRow, ...]:
    """Return every start that is to come or has failed, by moment."""
    j = t.start_jobs.c
    query = sa.select(t.start_jobs).order_by(j.due_at, j.id)
    return _rows(uow, query if scheme is None else query.where(j.scheme == scheme))


def next_start(uow: UnitOfWork) -> datetime | None:
    """Return the moment of the next start."""
    j = t.start_jobs.c
    moment: datetime | None = uow.connection.execute(
        sa.select(j.due_at).where(j.status == JobStatus.WAITING).order_by(j.due_at).limit(1)
    ).scalar()
    return moment


def _as_read(job: StartJobRow) -> sa.ColumnElement[bool]:
    """The exactly-once guard: the row as it was read, neither fired nor failed since."""
    j = t.start_jobs.c
    return sa.and_(
        j.id == job.id,
        j.due_at == job.due_at,
        j.attempt == job.attempt,
        j.status == job.status,
    )


def update_start(uow: UnitOfWork, job: StartJobRow, **values: object) -> bool:
    """Change a start if it is still as it was read; tell whether it was."""
    result = uow.connection.execute(sa.update(t.start_jobs).where(_as_read(job)).values(**values))
    return result.rowcount == 1


def delete_start(uow: UnitOfWork, job: StartJobRow) -> bool:
    """Delete a start if it is still as it was read; tell whether it was."""
    result = uow.connection.execute(sa.delete(t.start_jobs).where(_as_read(job)))
    return result.rowcount == 1


def take_timers(uow: UnitOfWork, scheme: str) -> tuple[StartJobRow, ...]:
    """Delete the timers of a scheme's earlier deployment and return them.

    One that fires at this moment is waited for, and returned as it is after that.
    """
    j = t.start_jobs.c
    here = sa.and_(j.scheme == scheme, j.deployment_id.is_not(None))
    uow.connection.execute(sa.select(j.id).where(here).with_for_update())
    rows = _rows(uow, sa.select(t.start_jobs).where(here).order_by(j.id))
    uow.connection.execute(sa.delete(t.start_jobs).where(here))
    return rows


def revive(uow: UnitOfWork, now: datetime, *, scheme: str = "", ids: Iterable[int] = ()) -> int:
    """Make failed starts due again: those of a scheme, or those of these ids; return how many."""
    j = t.start_jobs.c
    which = j.scheme == scheme if scheme else j.id.in_(list(ids))
    result = uow.connection.execute(
        sa.update(t.start_jobs)
        .where(which, j.status == JobStatus.INCIDENT)
        .values(status=JobStatus.WAITING, due_at=now, attempt=0)
    )
    return int(result.rowcount)
