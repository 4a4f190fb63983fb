"""Numbers of a whole site at one moment: how much waits, how late it is, what has stopped."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.model import JobStatus, WorkItemStatus
from engine.store import tables as t
from engine.store.store import UnitOfWork


def cases_by_status(uow: UnitOfWork) -> dict[tuple[str, ...], float]:
    """Return how many cases there are, by scheme and status."""
    c = t.cases.c
    found = sa.select(c.scheme, c.status, sa.func.count()).group_by(c.scheme, c.status)
    return {(r[0], r[1]): float(r[2]) for r in uow.connection.execute(found)}


def jobs_by_status(uow: UnitOfWork) -> dict[tuple[str, ...], float]:
    """Return how many jobs there are, by kind and status."""
    j = t.jobs.c
    found = sa.select(j.kind, j.status, sa.func.count()).group_by(j.kind, j.status)
    return {(r[0], r[1]): float(r[2]) for r in uow.connection.execute(found)}


def lag_s(uow: UnitOfWork, now: datetime) -> float:
    """Return for how many seconds the oldest due job has waited; 0 where none is due."""
    j = t.jobs.c
    waits = (j.status == JobStatus.WAITING, j.due_at <= now)
    oldest = uow.connection.execute(sa.select(sa.func.min(j.due_at)).where(*waits)).scalar()
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


def incidents_open(uow: UnitOfWork) -> dict[tuple[str, ...], float]:
    """Return how many incidents are open, by their code."""
    i = t.incidents.c
    found = sa.select(i.code, sa.func.count()).where(i.resolved_at.is_(None)).group_by(i.code)
    return {(r[0],): float(r[1]) for r in uow.connection.execute(found)}


def tasks_open(uow: UnitOfWork, now: datetime) -> dict[tuple[str, ...], float]:
    """Return how many tasks are open: in time, and past their due date."""
    w = t.work_items.c
    late = sa.func.count().filter(w.due_at < now)
    found = sa.select(late, sa.func.count()).where(w.status == WorkItemStatus.OPEN)
    past, every = uow.connection.execute(found).one()
    return {("late",): float(past), ("in-time",): float(every - past)}
