"""Rows of due work: timers, handlers' calls, messages on their way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.model import JobKind, JobStatus
from engine.store import tables as t
from engine.store.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class JobRow:
    """Due work.

    :ivar payload: canonical JSON: the call's arguments and actor, or the message.
    :ivar attempt: attempts already begun.
    """

    id: int
    case_id: str
    activation: int
    element_id: str
    kind: JobKind
    handler: str | None
    payload: bytes
    status: JobStatus
    due_at: datetime
    attempt: int
    retries: int
    lease_until: datetime | None
    last_error: str | None


def insert_job(
    uow: UnitOfWork,
    *,
    case_id: str,
    activation: int,
    element_id: str,
    kind: JobKind,
    due_at: datetime,
    payload: bytes = b"{}",
    handler: str | None = None,
    retries: int = 3,
    attempt: int = 0,
    last_error: str | None = None,
) -> int:
    """Write a job and return its id."""
    result = uow.connection.execute(
        sa.insert(t.jobs).values(
            case_id=case_id,
            activation=activation,
            element_id=element_id,
            kind=kind,
            handler=handler,
            payload=payload,
            status=JobStatus.WAITING,
            due_at=due_at,
            attempt=attempt,
            retries=retries,
            last_error=last_error,
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row always has one
    return int(key[0])


def job_from_row(row: sa.Row[*tuple[Any, ...]]) -> JobRow:
    """Build a job from a row with all columns of ``jobs``."""
    values = {column.name: row._mapping[column] for column in t.jobs.c}
    values["kind"] = JobKind(values["kind"])
    values["status"] = JobStatus(values["status"])
    return JobRow(**values)


def read_job(uow: UnitOfWork, job_id: int) -> JobRow | None:
    """Return a job, or ``None`` if its row is gone."""
    row = uow.connection.execute(sa.select(t.jobs).where(t.jobs.c.id == job_id)).first()
    return None if row is None else job_from_row(row)


def due_jobs(
    uow: UnitOfWork, now: datetime, limit: int, handlers: Collection[str] | None = None
) -> tuple[JobRow, ...]:
    """Return waiting jobs whose moment has come, the longest due first; nothing is locked.

    Cases that only move to another version come last: thousands of them must not hide a timer.

    :param handlers: of calls, only those to these handlers.
    """
    j = t.jobs.c
    query = sa.select(t.jobs).where(j.status == JobStatus.WAITING, j.due_at <= now)
    if handlers is not None:
        query = query.where(sa.or_(j.kind != JobKind.HANDLER, j.handler.in_(sorted(handlers))))
    found: list[JobRow] = []
    for kind in (j.kind != JobKind.MIGRATION, j.kind == JobKind.MIGRATION):
        if len(found) < limit:
            ordered = query.where(kind).order_by(j.due_at, j.id).limit(limit - len(found))
            found += [job_from_row(row) for row in uow.connection.execute(ordered)]
    return tuple(found)


def next_due(uow: UnitOfWork) -> datetime | None:
    """Return the moment of the next waiting job."""
    j = t.jobs.c
    moment: datetime | None = uow.connection.execute(
        sa.select(j.due_at).where(j.status == JobStatus.WAITING).order_by(j.due_at).limit(1)
    ).scalar()
    return moment


def update_job(uow: UnitOfWork, job: JobRow, **values: object) -> bool:
    """Change a job if it is still at the attempt and status that were read; tell whether it was."""
    j = t.jobs.c
    here = (j.id == job.id, j.attempt == job.attempt, j.status == job.status)
    result = uow.connection.execute(sa.update(t.jobs).where(*here).values(**values))
    return result.rowcount == 1


def pause_jobs(uow: UnitOfWork, case_id: str) -> None:
    """Keep a case's waiting jobs from being looked at; the case is locked.

    Its migration goes on: that, too, is an operator's order.
    """
    j = t.jobs.c
    here = (j.case_id == case_id, j.status == JobStatus.WAITING, j.kind != JobKind.MIGRATION)
    uow.connection.execute(sa.update(t.jobs).where(*here).values(status=JobStatus.PAUSED))


def paused_jobs(uow: UnitOfWork, case_id: str, kind: JobKind) -> tuple[JobRow, ...]:
    """Return the paused jobs of a case that are of one kind."""
    j = t.jobs.c
    here = (j.case_id == case_id, j.status == JobStatus.PAUSED, j.kind == kind)
    rows = uow.connection.execute(sa.select(t.jobs).where(*here).order_by(j.id))
    return tuple(job_from_row(row) for row in rows)


def unpause_jobs(uow: UnitOfWork, case_id: str) -> None:
    """Let a case's paused jobs wait again: those whose moment has passed run now."""
    j = t.jobs.c
    uow.connection.execute(
        sa.update(t.jobs)
        .where(j.case_id == case_id, j.status == JobStatus.PAUSED)
        .values(status=JobStatus.WAITING)
    )


def delete_job(uow: UnitOfWork, job: JobRow) -> bool:
    """Delete a job if it is still at the attempt that was read: the exactly-once guard."""
    j = t.jobs.c
    result = uow.connection.execute(
        sa.delete(t.jobs).where(j.id == job.id, j.attempt == job.attempt)
    )
    return result.rowcount == 1


def release_expired(uow: UnitOfWork, horizon: datetime, now: datetime) -> int:
    """Make due again what was dispatched under a lease that ends before ``horizon``."""
    j = t.jobs.c
    result = uow.connection.execute(
        sa.update(t.jobs)
        .where(j.status == JobStatus.DISPATCHED, j.lease_until < horizon)
        .values(status=JobStatus.WAITING, due_at=now, lease_until=None)
    )
    return int(result.rowcount)


def jobs_of(uow: UnitOfWork, case_id: str) -> tuple[JobRow, ...]:
    """Return the jobs of a case, the oldest first."""
    rows = uow.connection.execute(
        sa.select(t.jobs).where(t.jobs.c.case_id == case_id).order_by(t.jobs.c.id)
    )
    return tuple(job_from_row(row) for row in rows)
