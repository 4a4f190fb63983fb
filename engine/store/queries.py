"""Lists that people see, filtered in SQL by what the actor may see: one policy for all of them.

A case is visible to a grant when the grant's organisation is a party to it now, and its country
and scheme are within the grant. A work item is the actor's when a grant that sees its case has a
role among its candidate groups, or when the actor is among its candidate users or holds it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from engine.model import Actor, CaseStatus, Grant, WorkItemStatus
from engine.store import tables as t
from engine.store.cases import CaseRow, case_columns, case_from_row
from engine.store.store import UnitOfWork
from engine.store.work import WorkItemRow, work_item_from_row

Condition = sa.ColumnElement[bool]
T = TypeVar("T")


def _within(grant: Grant, now: datetime) -> Condition:
    c, p = t.cases.c, t.case_parties.c
    conditions: list[Condition] = []
    if grant.organisation_id is not None:
        conditions.append(
            sa.exists().where(
                p.case_id == c.id,
                p.organisation_id == grant.organisation_id,
                p.since <= now,
                sa.or_(p.until.is_(None), p.until > now),
            )
        )
    if grant.country is not None:
        conditions.append(c.country == grant.country)
    if grant.schemes:
        conditions.append(c.scheme.in_(sorted(grant.schemes)))
    return sa.and_(sa.true(), *conditions)


def visible(actor: Actor, now: datetime) -> Condition:
    """Return the condition on ``cases`` under which the actor may see a row."""
    grants = [grant for grant in actor.grants if grant.sees_cases]
    return sa.or_(sa.false(), *(_within(grant, now) for grant in grants))


def _countable(actor: Actor, role: str, now: datetime) -> Condition:
    """Return the condition under which the actor may count a case: seen, or held by that role."""
    grants = [grant for grant in actor.grants if grant.sees_cases or grant.role == role]
    return sa.or_(sa.false(), *(_within(grant, now) for grant in grants))


def countable_schemes(uow: UnitOfWork, actor: Actor, role: str, now: datetime) -> frozenset[str]:
    """Return the schemes of which there is a case that the actor may count.

    :param role: a role that counts cases though it sees none.
    """
    found = sa.select(t.cases.c.scheme).where(_countable(actor, role, now)).distinct()
    return frozenset(uow.connection.execute(found).scalars())


def countable_cases(
    uow: UnitOfWork,
    actor: Actor,
    role: str,
    now: datetime,
    scheme: str,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[CaseRow]:
    """Yield a scheme's cases that began in a period and that the actor may count."""
    c = t.cases.c
    conditions = [_countable(actor, role, now), c.scheme == scheme]
    conditions += [] if since is None else [c.started_at >= since]
    conditions += [] if until is None else [c.started_at < until]
    rows = uow.connection.execute(sa.select(*case_columns()).where(*conditions))
    yield from map(case_from_row, rows)


def _mine_to_do(actor: Actor, now: datetime) -> Condition:
    w, g = t.work_items.c, t.work_item_groups.c
    by_role = [
        sa.and_(
            sa.exists().where(
                g.case_id == w.case_id, g.activation == w.activation, g.role == grant.role
            ),
            _within(grant, now),
        )
        for grant in actor.grants
        if grant.sees_cases
    ]
    # The column is JSON: a quoted name stands in it only as a whole. LIKE would ignore case.
    quoted = json.dumps(actor.account_id)
    by_name = sa.func.replace(w.candidate_users, quoted, "") != w.candidate_users
    return sa.or_(w.assignee == actor.account_id, by_name, *by_role)


def can_see(uow: UnitOfWork, case_id: str, actor: Actor, now: datetime) -> bool:
    """Tell whether the actor may see the case."""
    found = uow.connection.execute(
        sa.select(t.cases.c.id).where(t.cases.c.id == case_id, visible(actor, now))
    ).first()
    return found is not None


def held_over(
    uow: UnitOfWork, case_id: str, actor: Actor, roles: Collection[str], now: datetime
) -> bool:
    """Tell whether the actor holds one of these roles over the case, sighted or not."""
    grants = [_within(grant, now) for grant in actor.grants if grant.role in roles]
    if not grants:
        return False
    found = uow.connection.execute(
        sa.select(t.cases.c.id).where(t.cases.c.id == case_id, sa.or_(*grants))
    ).first()
    return found is not None


def roles_in(uow: UnitOfWork, case_id: str, actor: Actor, now: datetime) -> frozenset[str]:
    """Return the roles that the actor holds by a grant that sees this very case."""
    return frozenset(
        grant.role
        for grant in actor.grants
        if can_see(uow, case_id, Actor(actor.account_id, (grant,)), now)
    )


def may_do(uow: UnitOfWork, item: WorkItemRow, actor: Actor, now: datetime) -> bool:
    """Tell whether the actor is among those who may do the task."""
    w = t.work_items.c
    found = uow.connection.execute(
        sa.select(w.case_id)
        .join(t.cases, t.cases.c.id == w.case_id)
        .where(
            w.case_id == item.case_id,
            w.activation == item.activation,
            visible(actor, now),
            _mine_to_do(actor, now),
        )
    ).first()
    return found is not None


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One page of a list, and how long the whole list is."""

    rows: tuple[T, ...]
    total: int


def find_work_items(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    which: str,
    scheme: str | None,
    search: str | None,
    offset: int,
    limit: int,
) -> Found[tuple[WorkItemRow, CaseRow]]:
    """Return a page of the worklist.

    :param which: ``mine`` (assigned to me), ``group`` (mine to take), ``done`` (done by me).
    :param search: beginning or part of a case reference.
    """
    w, c = t.work_items.c, t.cases.c
    conditions: list[Condition] = [visible(actor, now)]
    order: list[sa.ColumnElement[Any]] = [w.due_at.is_(None), w.due_at, w.opened_at, w.activation]
    if which == "done":
        conditions += [w.closed_by == actor.account_id, w.status == WorkItemStatus.COMPLETED]
        order = [w.closed_at.desc()]
    elif which == "mine":
        conditions += [w.assignee == actor.account_id, w.status == WorkItemStatus.OPEN]
    else:
        conditions += [
            w.status == WorkItemStatus.OPEN,
            w.assignee.is_(None),
            _mine_to_do(actor, now),
        ]
    if scheme:
        conditions.append(c.scheme == scheme)
    if search:
        conditions.append(c.reference.ilike(_like(search), escape="\\"))
    source = t.work_items.join(t.cases, c.id == w.case_id)
    rows = uow.connection.execute(
        sa.select(*t.work_items.c, *case_columns())
        .select_from(source)
        .where(*conditions)
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    ).all()
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(source).where(*conditions)
    ).scalar_one()
    return Found(tuple((work_item_from_row(r), case_from_row(r)) for r in rows), total)


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many open tasks there are for an actor.

    :ivar held: assigned to them. :ivar free: theirs to take. :ivar overdue: of both, past due.
    :ivar fresh: of both, opened since some moment.
    """

    held: int
    free: int
    overdue: int
    fresh: int


def count_tasks(uow: UnitOfWork, actor: Actor, now: datetime, since: datetime) -> TaskCounts:
    """Count the open tasks of an actor's worklist, those of suspended cases left out."""
    w, c = t.work_items.c, t.cases.c
    mine = w.assignee == actor.account_id
    row = uow.connection.execute(
        sa.select(
            _count(mine).label("held"),
            _count(w.assignee.is_(None)).label("free"),
            _count(w.due_at < now).label("overdue"),
            _count(w.opened_at > since).label("fresh"),
        )
        .select_from(t.work_items.join(t.cases, c.id == w.case_id))
        .where(
            visible(actor, now),
            w.status == WorkItemStatus.OPEN,
            c.status == CaseStatus.ACTIVE,
            sa.or_(mine, sa.and_(w.assignee.is_(None), _mine_to_do(actor, now))),
        )
    ).one()
    return TaskCounts(row.held, row.free, row.overdue, row.fresh)


def _count(condition: Condition) -> sa.Function[int]:
    return sa.func.count(sa.case((condition, 1)))


def find_cases(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    status: CaseStatus | None,
    scheme: str | None,
    search: str | None,
    offset: int,
    limit: int,
) -> Found[CaseRow]:
    """Return a page of the cases that the actor may see, the newest first."""
    c = t.cases.c
    conditions: list[Condition] = [visible(actor, now)]
    if status is not None:
        conditions.append(c.status == status)
    if scheme:
        conditions.append(c.scheme == scheme)
    if search:
        conditions.append(c.reference.ilike(_like(search), escape="\\"))
    rows = uow.connection.execute(
        sa.select(*case_columns())
        .where(*conditions)
        .order_by(c.started_at.desc(), c.id)
        .offset(offset)
        .limit(limit)
    ).all()
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(t.cases).where(*conditions)
    ).scalar_one()
    return Found(tuple(case_from_row(row) for row in rows), total)


def open_items_of(uow: UnitOfWork, case_id: str) -> tuple[WorkItemRow, ...]:
    """Return the open work items of one case."""
    w = t.work_items.c
    rows = uow.connection.execute(
        sa.select(t.work_items)
        .where(w.case_id == case_id, w.status == WorkItemStatus.OPEN)
        .order_by(w.activation)
    )
    return tuple(work_item_from_row(row) for row in rows)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it stands in the log."""

    seq: int
    kind: str
    element_id: str | None
    body: bytes
    prev_hash: bytes
    hash: bytes


def read_events(
    uow: UnitOfWork, case_id: str, kinds: Sequence[str] | None = None
) -> tuple[EventRow, ...]:
    """Return a case's events in order, all or those of some kinds."""
    e = t.events.c
    query = (
        sa.select(e.seq, e.kind, e.element_id, e.body, e.prev_hash, e.hash)
        .where(e.case_id == case_id)
        .order_by(e.seq)
    )
    if kinds is not None:
        query = query.where(e.kind.in_(list(kinds)))
    return tuple(
        EventRow(r.seq, r.kind, r.element_id, bytes(r.body), bytes(r.prev_hash), bytes(r.hash))
        for r in uow.connection.execute(query)
    )


def _like(search: str) -> str:
    typed = search.replace("\0", "")  # PostgreSQL refuses it in any text; no reference has it.
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
