"""Rows of what waits for people in a case: work items and incidents."""

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

LARGEST_ID = 2**31 - 1
"""What an integer column of PostgreSQL holds; an address may carry any number."""


@dataclass(frozen=True, slots=True)
class WorkItemRow:
    """A work item. Its public id is ``case_id-activation``.

    :ivar closed_for: JSON list of the accounts in whose place it was closed.
    """

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
    closed_for: str | None
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


def performers(
    uow: UnitOfWork, case_id: str, element_ids: Sequence[str] | None = None
) -> frozenset[str]:
    """Return the accounts that completed any of these elements in the case, or any at all.

    Those in whose place a substitute did it are among them.
    """
    w = t.work_items.c
    query = sa.select(w.closed_by, w.closed_for).where(
        w.case_id == case_id,
        w.status == WorkItemStatus.COMPLETED,
        w.closed_by.is_not(None),
    )
    if element_ids is not None:
        query = query.where(w.element_id.in_(element_ids))
    rows = uow.connection.execute(query)
    return frozenset(
        account for row in rows for account in (row.closed_by, *json.loads(row.closed_for or "[]"))
    )


def withdraw(uow: UnitOfWork, case_id: str, activations: Sequence[int], now: datetime) -> None:
    """Take away what waits at these activations: items, jobs, subscriptions, open incidents.

    A message on its way there stays: its job finds nobody waiting and hands it on.
    """
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
    here = sa.and_(j.case_id == case_id, j.activation.in_(activations))
    execute(sa.delete(t.jobs).where(here, j.kind != JobKind.MESSAGE))
    execute(
        sa.update(t.jobs)
        .where(here, j.status == JobStatus.INCIDENT)
        .values(status=JobStatus.WAITING, due_at=now)
    )
    execute(sa.delete(t.subscriptions).where(s.case_id == case_id, s.activation.in_(activations)))
    execute(
        sa.update(t.incidents)
        .where(i.case_id == case_id, i.activation.in_(activations), i.resolved_at.is_(None))
        .values(resolved_at=now)
    )


# --- incidents --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """Where a case cannot go on by itself.

    :ivar message: why, in English. :ivar said: why, to be put in words in any language, as JSON;
        ``None`` of an incident of an older version.
    :ivar job_id: the job that failed for good; ``None`` if the interpreter stopped.
    """

    id: int
    case_id: str
    activation: int
    element_id: str
    code: str
    message: str
    said: str | None
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
            "said": json.dumps(incident.said, ensure_ascii=False),
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
    if incident_id > LARGEST_ID:
        raise NotFound("incident", str(incident_id))
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
