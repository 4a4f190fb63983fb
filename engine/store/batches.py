"""Rows of migrations in bulk: a batch, and one item for each of its cases.

What is still to be done is a job of each case as well; pausing takes the jobs away and resuming
writes them again. The item says what became of the case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import JobKind, JobStatus
from engine.store import tables as t
from engine.store.jobs import JobRow, job_from_row
from engine.store.store import UnitOfWork

CHUNK = 500


class BatchStatus(StrEnum):
    """Where a batch is: ``running ⇄ paused``, both ``→ cancelled``; running without waiting items
    it is done."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class ItemStatus(StrEnum):
    """Where a case of a batch is: ``waiting → moved | refused | failed | cancelled``.

    What was refused or failed can be made to wait again.
    """

    WAITING = "waiting"
    MOVED = "moved"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A migration in bulk.

    :ivar reason: why, sealed under the batch's own key.
    """

    id: str
    scheme: str
    from_deployment: str
    to_deployment: str
    mapping: Mapping[str, str]
    reason: bytes
    status: BatchStatus
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One case of a batch.

    :ivar detail: why it was refused or failed. :ivar at: when it was tried last.
    """

    case_id: str
    reference: str
    status: ItemStatus
    detail: Mapping[str, Any]
    at: datetime | None


def insert_batch(uow: UnitOfWork, batch: BatchRow, case_ids: Sequence[str], now: datetime) -> None:
    """Write a batch with an item and a job for each case."""
    values = {name: getattr(batch, name) for name in BatchRow.__slots__}
    values["mapping"] = json.dumps(dict(batch.mapping), sort_keys=True)
    uow.connection.execute(sa.insert(t.migration_batches).values(**values))
    items = [
        {"batch_id": batch.id, "case_id": c, "status": ItemStatus.WAITING, "detail": "{}"}
        for c in case_ids
    ]
    for start in range(0, len(items), CHUNK):
        uow.connection.execute(sa.insert(t.migration_items), items[start : start + CHUNK])
    _insert_jobs(uow, batch.id, case_ids, now)


def _insert_jobs(uow: UnitOfWork, batch_id: str, case_ids: Sequence[str], now: datetime) -> None:
    jobs = [
        {
            "case_id": case_id,
            "activation": 0,
            "element_id": batch_id,
            "kind": JobKind.MIGRATION,
            "payload": b"{}",
            "status": JobStatus.WAITING,
            "due_at": now,
            "attempt": 0,
            "retries": 3,
        }
        for case_id in case_ids
    ]
    for start in range(0, len(jobs), CHUNK):
        uow.connection.execute(sa.insert(t.jobs), jobs[start : start + CHUNK])


def _delete_jobs(uow: UnitOfWork, batch_id: str) -> None:
    j = t.jobs.c
    uow.connection.execute(
        sa.delete(t.jobs).where(j.kind == JobKind.MIGRATION, j.element_id == batch_id)
    )


def read_batch(uow: UnitOfWork, batch_id: str, *, lock: bool = False) -> BatchRow:
    """Return a batch.

    :param lock: until the transaction ends, for whoever changes its status.
    :raises NotFound: there is none.
    """
    query = sa.select(t.migration_batches).where(t.migration_batches.c.id == batch_id)
    row = uow.connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("migration batch", batch_id)
    return _batch(row)


def batches_of(uow: UnitOfWork, scheme: str | None = None) -> tuple[BatchRow, ...]:
    """Return the batches of a scheme or of all, the newest first."""
    b = t.migration_batches.c
    query = sa.select(t.migration_batches).order_by(b.created_at.desc(), b.id).limit(100)
    if scheme is not None:
        query = query.where(b.scheme == scheme)
    return tuple(_batch(row) for row in uow.connection.execute(query))


def _batch(row: sa.Row[Any]) -> BatchRow:
    values = dict(row._mapping)
    values["mapping"] = json.loads(values["mapping"])
    values["status"] = BatchStatus(values["status"])
    values["reason"] = bytes(values["reason"])
    return BatchRow(**values)


def counts_of(uow: UnitOfWork, batch_id: str) -> dict[ItemStatus, int]:
    """Return how many cases of a batch are where."""
    i = t.migration_items.c
    rows = uow.connection.execute(
        sa.select(i.status, sa.func.count()).where(i.batch_id == batch_id).group_by(i.status)
    ).all()
    found = {ItemStatus(status): count for status, count in rows}
    return {status: found.get(status, 0) for status in ItemStatus}


def items_of(
    uow: UnitOfWork, batch_id: str, statuses: Iterable[ItemStatus] | None = None, limit: int = 500
) -> tuple[ItemRow, ...]:
    """Return the cases of a batch by reference, all or those that are where it says."""
    i, c = t.migration_items.c, t.cases.c
    query = (
        sa.select(i.case_id, c.reference, i.status, i.detail, i.at)
        .join(t.cases, c.id == i.case_id)
        .where(i.batch_id == batch_id)
        .order_by(c.reference)
        .limit(limit)
    )
    if statuses is not None:
        query = query.where(i.status.in_(list(statuses)))
    return tuple(
        ItemRow(r.case_id, r.reference, ItemStatus(r.status), json.loads(r.detail), r.at)
        for r in uow.connection.execute(query)
    )


def set_item(
    uow: UnitOfWork,
    batch_id: str,
    case_id: str,
    status: ItemStatus,
    detail: Mapping[str, Any],
    at: datetime,
) -> None:
    """Write what became of a case."""
    i = t.migration_items.c
    uow.connection.execute(
        sa.update(t.migration_items)
        .where(i.batch_id == batch_id, i.case_id == case_id)
        .values(status=status, detail=json.dumps(dict(detail), sort_keys=True), at=at)
    )


def stop_batch(uow: UnitOfWork, batch_id: str, status: BatchStatus) -> None:
    """Pause or cancel a batch: none of its cases moves any more."""
    _delete_jobs(uow, batch_id)
    _set_status(uow, batch_id, status)
    if status is BatchStatus.CANCELLED:
        i = t.migration_items.c
        uow.connection.execute(
            sa.update(t.migration_items)
            .where(i.batch_id == batch_id, i.status == ItemStatus.WAITING)
            .values(status=ItemStatus.CANCELLED)
        )


def continue_batch(
    uow: UnitOfWork, batch_id: str, now: datetime, again: Iterable[ItemStatus] = ()
) -> int:
    """Let a batch go on, with what is to be tried again; return how many cases wait now."""
    i = t.migration_items.c
    uow.connection.execute(
        sa.update(t.migration_items)
        .where(i.batch_id == batch_id, i.status.in_(list(again)))
        .values(status=ItemStatus.WAITING, detail="{}")
    )
    _delete_jobs(uow, batch_id)
    waiting = uow.connection.execute(
        sa.select(i.case_id)
        .where(i.batch_id == batch_id, i.status == ItemStatus.WAITING)
        .order_by(i.case_id)
    ).scalars()
    case_ids = list(waiting)
    _insert_jobs(uow, batch_id, case_ids, now)
    _set_status(uow, batch_id, BatchStatus.RUNNING)
    return len(case_ids)


def _set_status(uow: UnitOfWork, batch_id: str, status: BatchStatus) -> None:
    b = t.migration_batches.c
    uow.connection.execute(
        sa.update(t.migration_batches).where(b.id == batch_id).values(status=status)
    )


def jobs_of_batch(uow: UnitOfWork, batch_id: str, limit: int = 100) -> tuple[JobRow, ...]:
    """Return jobs of a batch that wait, the oldest first."""
    j = t.jobs.c
    rows = uow.connection.execute(
        sa.select(t.jobs)
        .where(
            j.kind == JobKind.MIGRATION,
            j.element_id == batch_id,
            j.status == JobStatus.WAITING,
        )
        .order_by(j.id)
        .limit(limit)
    )
    return tuple(job_from_row(row) for row in rows)
