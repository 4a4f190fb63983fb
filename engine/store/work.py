"""Rows of what waits in a case: work items, jobs, incidents, subscriptions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import (
    IncidentRaised,
    JobKind,
    JobStatus,
    TaskOpened,
    WorkItemStatus,
)
from engine.store import tables as t
from engine.store.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class WorkItemRow:
    """A work item. Its public id is ``case_id-activation``."""

    case_id: str
    activation: int
    element_id: str
    name: str
    form_id: str | None
    phase: str | None
    status: WorkItemStatus
    assignee: str | None
    candidate_users: tuple[str, ...]
    separate_from: tuple[str, ...]
    reason_required: bool
    priority: int
    due_at: datetime | None
    follow_up_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    draft: bytes | None
    draft_at: datetime | None

    @property
    def id(self) -> str:
        """The id that pages and programs use."""
        return f"{self.case_id}-{self.activation}"


def parse_work_item_id(work_item_id: str) -> tuple[str, int]:
    """Split a public id into case and activation.

    :raises NotFound: it has not the shape of one.
    """
    case_id, dash, activation = work_item_id.rpartition("-")
    if not dash or not activation.isdecimal() or len(activation) > 9:
        raise NotFound("task", work_item_id)
    return case_id, int(activation)


def work_item_from_row(row: sa.Row[*tuple[Any, ...]]) -> WorkItemRow:
    """Build a work item from a row with all columns of ``work_items``."""
    values = {column.name: row._mapping[column] for column in t.work_items.c}
    values["status"] = WorkItemStatus(values["status"])
    values["candidate_users"] = tuple(json.loads(values["candidate_users"]))
    values["separate_from"] = tuple(json.loads(values["separate_from"]))
    return WorkItemRow(**values)


def read_work_item(uow: UnitOfWork, case_id: str, activation: int) -> WorkItemRow:
    """Return one work item.

    :raises NotFound: there is none.
    """
    w = t.work_items.c
    row = uow.connection.execute(
        sa.select(t.work_items).where(w.case_id == case_id, w.activation == activation)
    ).first()
    if row is None:
        raise NotFound("task", f"{case_id}-{activation}")
    return work_item_from_row(row)


def work_item_roles(uow: UnitOfWork, case_id: str, activation: int) -> frozenset[str]:
    """Return the candidate groups of a work item."""
    g = t.work_item_groups.c
    rows = uow.connection.execute(
        sa.select(g.role).where(g.case_id == case_id, g.activation == activation)
    )
    return frozenset(row.role for row in rows)


def insert_work_items(
    uow: UnitOfWork,
    case_id: str,
    tasks: Sequence[TaskOpened],
    now: datetime,
    reopened: Sequence[int] = (),
) -> None:
    """Open work items and their candidate groups.

    :param reopened: activations whose incident is over: their items open again, as new.
    """
    if not tasks:
        return
    if again := {task.activation for task in tasks} & set(reopened):
        _forget(uow, case_id, sorted(again))
    uow.connection.execute(
        sa.insert(t.work_items),
        [
            {
                "case_id": case_id,
                "activation": task.activation,
                "element_id": task.element_id,
                "name": task.name,
                "form_id": task.form_id,
                "phase": task.phase,
                "status": WorkItemStatus.OPEN,
                "assignee": task.assignee,
                "candidate_users": json.dumps(task.candidate_users),
                "separate_from": json.dumps(task.separate_from),
                "reason_required": task.reason_required,
                "priority": task.priority,
                "due_at": task.due,
                "follow_up_at": task.follow_up,
                "opened_at": now,
            }
            for task in tasks
        ],
    )
    groups = [
        {"case_id": case_id, "activation": task.activation, "role": role}
        for task in tasks
        for role in dict.fromkeys(task.candidate_groups)
    ]
    if groups:
        uow.connection.execute(sa.insert(t.work_item_groups), groups)


def _forget(uow: UnitOfWork, case_id: str, activations: Sequence[int]) -> None:
    w, g = t.work_items.c, t.work_item_groups.c
    for table, c in ((t.work_item_groups, g), (t.work_items, w)):
        uow.connection.execute(
            sa.delete(table).where(c.case_id == case_id, c.activation.in_(activations))
        )


def update_work_item(uow: UnitOfWork, item: WorkItemRow, **values: object) -> None:
    """Change columns of one work item."""
    w = t.work_items.c
    uow.connection.execute(
        sa.update(t.work_items)
        .where(w.case_id == item.case_id, w.activation == item.activation)
        .values(**values)
    )


def performers(uow: UnitOfWork, case_id: str, element_ids: Sequence[str]) -> frozenset[str]:
    """Return the accounts that completed any of these elements in the case."""
    w = t.work_items.c
    rows = uow.connection.execute(
        sa.select(w.closed_by).where(
            w.case_id == case_id,
            w.element_id.in_(element_ids),
            w.status == WorkItemStatus.COMPLETED,
            w.closed_by.is_not(None),
        )
    )
    return frozenset(row.closed_by for row in rows)


def withdraw(uow: UnitOfWork, case_id: str, activations: Sequence[int], now: datetime) -> None:
    """Take away what waits at these activations: items, jobs, subscriptions, open incidents."""
    if not activations:
        return
    execute = uow.connection.execute
    w, j, s, i = t.work_items.c, t.jobs.c, t.subscriptions.c, t.incidents.c
    execute(
        sa.update(t.work_items)
        .where(
            w.case_id == case_id,
            w.activation.in_(activations),
            w.status == WorkItemStatus.OPEN,
        )
        .values(status=WorkItemStatus.CANCELLED, closed_at=now, draft=None)
    )
    execute(sa.delete(t.jobs).where(j.case_id == case_id, j.activation.in_(activations)))
    execute(sa.delete(t.subscriptions).where(s.case_id == case_id, s.activation.in_(activations)))
    execute(
        sa.update(t.incidents)
        .where(i.case_id == case_id, i.activation.in_(activations), i.resolved_at.is_(None))
        .values(resolved_at=now)
    )


# --- jobs -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JobRow:
    """Due work.

    :ivar payload: canonical JSON: the call's arguments, or the message's variables.
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


def due_jobs(uow: UnitOfWork, now: datetime, limit: int) -> tuple[JobRow, ...]:
    """Return waiting jobs whose moment has come, the longest due first; nothing is locked."""
    j = t.jobs.c
    rows = uow.connection.execute(
        sa.select(t.jobs)
        .where(j.status == JobStatus.WAITING, j.due_at <= now)
        .order_by(j.due_at, j.id)
        .limit(limit)
    )
    return tuple(job_from_row(row) for row in rows)


def next_due(uow: UnitOfWork) -> datetime | None:
    """Return the moment of the next waiting job."""
    j = t.jobs.c
    moment: datetime | None = uow.connection.execute(
        sa.select(j.due_at).where(j.status == JobStatus.WAITING).order_by(j.due_at).limit(1)
    ).scalar()
    return moment


def update_job(uow: UnitOfWork, job: JobRow, **values: object) -> bool:
    """Change a job if it is still at the attempt that was read; tell whether it was."""
    j = t.jobs.c
    result = uow.connection.execute(
        sa.update(t.jobs).where(j.id == job.id, j.attempt == job.attempt).values(**values)
    )
    return result.rowcount == 1


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


# --- incidents --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """Where a case cannot go on by itself.

    :ivar job_id: the job that failed for good; ``None`` if the interpreter stopped.
    """

    id: int
    case_id: str
    activation: int
    element_id: str
    code: str
    message: str
    job_id: int | None
    raised_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


def insert_incidents(
    uow: UnitOfWork,
    case_id: str,
    incidents: Iterable[IncidentRaised],
    now: datetime,
    job_id: int | None = None,
) -> None:
    """Write incidents."""
    rows = [
        {
            "case_id": case_id,
            "activation": incident.activation,
            "element_id": incident.element_id,
            "code": incident.code,
            "message": incident.message,
            "job_id": job_id,
            "raised_at": now,
        }
        for incident in incidents
    ]
    if rows:
        uow.connection.execute(sa.insert(t.incidents), rows)


def read_incident(uow: UnitOfWork, incident_id: int) -> IncidentRow:
    """Return an incident.

    :raises NotFound: there is none.
    """
    row = uow.connection.execute(
        sa.select(t.incidents).where(t.incidents.c.id == incident_id)
    ).first()
    if row is None:
        raise NotFound("incident", str(incident_id))
    return IncidentRow(**row._mapping)


def open_incidents(uow: UnitOfWork, case_id: str | None = None) -> tuple[IncidentRow, ...]:
    """Return unresolved incidents, the oldest first."""
    i = t.incidents.c
    query = sa.select(t.incidents).where(i.resolved_at.is_(None)).order_by(i.raised_at, i.id)
    if case_id is not None:
        query = query.where(i.case_id == case_id)
    rows = uow.connection.execute(query.limit(1000))
    return tuple(IncidentRow(**row._mapping) for row in rows)


def resolve_incidents(
    uow: UnitOfWork, case_id: str, activations: Sequence[int], now: datetime, by: str
) -> None:
    """Mark the open incidents of these activations as over."""
    i = t.incidents.c
    if activations:
        uow.connection.execute(
            sa.update(t.incidents)
            .where(i.case_id == case_id, i.activation.in_(activations), i.resolved_at.is_(None))
            .values(resolved_at=now, resolved_by=by)
        )
