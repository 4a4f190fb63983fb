"""Tasks of the cases that an organisation has or had, while it had them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.model import WorkItemStatus
from engine.store import UnitOfWork
from engine.store.tables import work_item_groups, work_items
from handlers.organisations import tables as t


@dataclass(frozen=True, slots=True)
class Charge:
    """A case entrusted in the period.

    :ivar contacted_at: when a task of the operator's was first completed; ``None`` before.
    """

    case_id: str
    since: datetime
    until: datetime | None
    contacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A task with a date: when it was opened, due and completed."""

    element_id: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None


def charges(
    uow: UnitOfWork,
    organisation_id: str,
    roles: Collection[str],
    since: datetime,
    until: datetime,
) -> tuple[Charge, ...]:
    """Return the cases entrusted from ``since`` until before ``until``.

    :param roles: role codes whose tasks are the operator's.
    """
    a, w, g = t.assignments.c, work_items.c, work_item_groups.c
    first = (
        sa.select(sa.func.min(w.closed_at))
        .where(
            w.case_id == a.case_id,
            w.status == WorkItemStatus.COMPLETED,
            # The answer to the offer was opened before the case was entrusted.
            w.opened_at >= a.since,
            sa.or_(a.until.is_(None), w.closed_at <= a.until),
            sa.exists().where(
                g.case_id == w.case_id,
                g.activation == w.activation,
                g.role.in_(sorted(roles)),
            ),
        )
        .correlate(t.assignments)
        .scalar_subquery()
    )
    rows = uow.connection.execute(
        sa.select(a.case_id, a.since, a.until, first)
        .where(a.organisation_id == organisation_id, a.since >= since, a.since < until)
        .order_by(a.id)
    )
    return tuple(Charge(*row) for row in rows)


def due_tasks(
    uow: UnitOfWork,
    organisation_id: str,
    elements: Collection[str],
    since: datetime,
    until: datetime,
) -> tuple[Due, ...]:
    """Return the tasks of these elements due in the period, opened while the case was theirs."""
    a, w = t.assignments.c, work_items.c
    rows = uow.connection.execute(
        sa.select(w.element_id, w.opened_at, w.due_at, w.closed_at)
        .join(t.assignments, a.case_id == w.case_id)
        .where(
            a.organisation_id == organisation_id,
            w.element_id.in_(sorted(elements)),
            w.status != WorkItemStatus.CANCELLED,
            w.opened_at >= a.since,
            sa.or_(a.until.is_(None), w.opened_at < a.until),
            w.due_at >= since,
            w.due_at < until,
        )
        .order_by(w.due_at, w.case_id, w.activation)
    )
    return tuple(Due(*row) for row in rows)
