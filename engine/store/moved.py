"""Rows of cases that moved to another version, and what is needed to move them back.

A migration changes, in a case's rows, which element they stand for and what the new version says
of a task; it takes away what no longer waits and adds what newly waits. The rows as they were are
kept beside the state, without what people write into them: assignees and drafts are never touched.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.model import JobKind, JobStatus, WorkItemStatus
from engine.store import tables as t
from engine.store.store import UnitOfWork

Rows = list[dict[str, Any]]

PERSONAL = frozenset({"assignee", "draft", "draft_at"})
"""What people write into a work item; kept as it is, whichever way the case moves."""

UNDER_WAY = frozenset({"status", "due_at", "attempt", "lease_until", "last_error"})
"""What a worker writes into a job that is there still."""


@dataclass(frozen=True, slots=True)
class MigrationRow:
    """A migration of one case.

    :ivar revision: the case's revision right after it: nobody has gone on while that is still so.
    :ivar state_before: ``None`` where it cannot be undone (any more).
    """

    case_id: str
    revision: int
    from_deployment: str
    to_deployment: str
    mapping: Mapping[str, str]
    state_before: bytes | None
    rows_before: bytes | None
    migrated_at: datetime
    migrated_by: str
    undone_at: datetime | None


def insert_migration(uow: UnitOfWork, row: MigrationRow) -> None:
    """Write a migration; those of the case before it can no longer be undone."""
    m = t.case_migrations.c
    uow.connection.execute(
        sa.update(t.case_migrations)
        .where(m.case_id == row.case_id, m.state_before.is_not(None))
        .values(state_before=None, rows_before=None)
    )
    values = {name: getattr(row, name) for name in MigrationRow.__slots__}
    values["mapping"] = json.dumps(dict(row.mapping), sort_keys=True)
    uow.connection.execute(sa.insert(t.case_migrations).values(**values))


def migrations_of(uow: UnitOfWork, case_id: str) -> tuple[MigrationRow, ...]:
    """Return the migrations of a case, the oldest first."""
    m = t.case_migrations.c
    rows = uow.connection.execute(
        sa.select(t.case_migrations).where(m.case_id == case_id).order_by(m.revision)
    )
    return tuple(
        MigrationRow(**{**row._mapping, "mapping": json.loads(row.mapping)}) for row in rows
    )


def mark_undone(uow: UnitOfWork, row: MigrationRow, at: datetime) -> None:
    """Write that a migration was undone; what it kept is needed no more."""
    m = t.case_migrations.c
    uow.connection.execute(
        sa.update(t.case_migrations)
        .where(m.case_id == row.case_id, m.revision == row.revision)
        .values(undone_at=at, state_before=None, rows_before=None)
    )


def former_ids(uow: UnitOfWork, case_id: str, element_ids: Sequence[str]) -> frozenset[str]:
    """Return these elements' ids with those they had before the case's migrations."""
    found = set(element_ids)
    for row in reversed(migrations_of(uow, case_id)):
        if row.undone_at is None:
            found |= {old for old, new in row.mapping.items() if new in found}
    return frozenset(found)


# --- rows that follow -------------------------------------------------------------------------


def relocate(uow: UnitOfWork, case_id: str, places: Mapping[int, str]) -> None:
    """Have everything that waits at these activations stand for another element."""
    by_element: dict[str, list[int]] = {}
    for activation, element_id in places.items():
        by_element.setdefault(element_id, []).append(activation)
    w, i = t.work_items.c, t.incidents.c
    for element_id, activations in by_element.items():
        for table, more in (
            (t.work_items, [w.status == WorkItemStatus.OPEN]),
            (t.jobs, []),
            (t.subscriptions, []),
            (t.incidents, [i.resolved_at.is_(None)]),
        ):
            here = (table.c.case_id == case_id, table.c.activation.in_(activations))
            uow.connection.execute(
                sa.update(table).where(*here, *more).values(element_id=element_id)
            )


def revise_item(uow: UnitOfWork, case_id: str, activation: int, values: Mapping[str, Any]) -> None:
    """Change what a version says of an open task; ``candidate_groups`` among it replaces them."""
    w, g = t.work_items.c, t.work_item_groups.c
    columns = dict(values)
    groups = columns.pop("candidate_groups", None)
    for name in ("candidate_users", "separate_from"):
        if name in columns:
            columns[name] = json.dumps(columns[name])
    if columns:
        here = (w.case_id == case_id, w.activation == activation)
        uow.connection.execute(sa.update(t.work_items).where(*here).values(**columns))
    if groups is not None:
        uow.connection.execute(
            sa.delete(t.work_item_groups).where(g.case_id == case_id, g.activation == activation)
        )
        _insert(
            uow,
            t.work_item_groups,
            [
                {"case_id": case_id, "activation": activation, "role": role}
                for role in dict.fromkeys(groups)
            ],
        )


def revise_subscription(
    uow: UnitOfWork, case_id: str, activation: int, values: Mapping[str, Any]
) -> None:
    """Change what a version says of a message that is awaited."""
    s = t.subscriptions.c
    columns = dict(values)
    if "candidate_groups" in columns:
        columns["candidate_groups"] = json.dumps(columns["candidate_groups"])
    uow.connection.execute(
        sa.update(t.subscriptions)
        .where(s.case_id == case_id, s.activation == activation)
        .values(**columns)
    )


# --- rows as they were ------------------------------------------------------------------------


def rows_of(uow: UnitOfWork, case_id: str) -> bytes:
    """Return what waits in a case, row by row, without what people wrote into it."""
    found = {
        str(table.name): [_plain(row) for row in uow.connection.execute(query)]
        for table, query in _queries(case_id)
    }
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS)


def restore_rows(uow: UnitOfWork, case_id: str, kept: bytes, now: datetime) -> None:
    """Bring the rows of a case back to what :func:`rows_of` kept."""
    rows: dict[str, Rows] = orjson.loads(kept)
    found = {
        str(table.name): [_typed(table, row) for row in rows[str(table.name)]]
        for table, _ in _queries(case_id)
    }
    for item in found["work_items"]:
        _set_back(uow, t.work_items, ("case_id", "activation"), item)
    activations = [item["activation"] for item in found["work_items"]]
    g, s = t.work_item_groups.c, t.subscriptions.c
    uow.connection.execute(
        sa.delete(t.work_item_groups).where(g.case_id == case_id, g.activation.in_(activations))
    )
    _insert(uow, t.work_item_groups, found["work_item_groups"])
    uow.connection.execute(sa.delete(t.subscriptions).where(s.case_id == case_id))
    _insert(uow, t.subscriptions, found["subscriptions"])
    _restore_jobs(uow, case_id, found["jobs"])
    _restore_incidents(uow, case_id, found["incidents"], now)


def _restore_jobs(uow: UnitOfWork, case_id: str, kept: Rows) -> None:
    j = t.jobs.c
    mine = sa.and_(j.case_id == case_id, j.kind.in_([JobKind.TIMER, JobKind.HANDLER]))
    there = set(uow.connection.execute(sa.select(j.id).where(mine)).scalars())
    wanted = {row["id"] for row in kept}
    uow.connection.execute(sa.delete(t.jobs).where(mine, j.id.in_(there - wanted)))
    for row in kept:
        if row["id"] in there or row["kind"] == JobKind.MESSAGE:
            _set_back(uow, t.jobs, ("id",), row, but=UNDER_WAY)
        else:
            held = row["status"] == JobStatus.DISPATCHED
            again = {"status": JobStatus.WAITING, "lease_until": None} if held else {}
            _insert(uow, t.jobs, [{**row, **again}])


def _restore_incidents(uow: UnitOfWork, case_id: str, kept: Rows, now: datetime) -> None:
    i = t.incidents.c
    ids = [row["id"] for row in kept]
    uow.connection.execute(
        sa.update(t.incidents)
        .where(i.case_id == case_id, i.resolved_at.is_(None), i.id.not_in(ids))
        .values(resolved_at=now)
    )
    for row in kept:
        _set_back(uow, t.incidents, ("id",), row)


def _queries(case_id: str) -> Iterable[tuple[sa.Table, sa.Select[Any]]]:
    w, g, j = t.work_items.c, t.work_item_groups.c, t.jobs.c
    s, i = t.subscriptions.c, t.incidents.c
    here = sa.and_(w.case_id == case_id, w.status == WorkItemStatus.OPEN)
    items = [column for column in t.work_items.c if column.name not in PERSONAL]
    open_items = sa.select(w.activation).where(here)
    yield t.work_items, sa.select(*items).where(here).order_by(w.activation)
    yield (
        t.work_item_groups,
        sa.select(t.work_item_groups)
        .where(g.case_id == case_id, g.activation.in_(open_items))
        .order_by(g.activation, g.role),
    )
    yield (
        t.jobs,
        sa.select(t.jobs).where(j.case_id == case_id, j.kind != JobKind.MIGRATION).order_by(j.id),
    )
    yield (
        t.subscriptions,
        sa.select(t.subscriptions).where(s.case_id == case_id).order_by(s.activation),
    )
    yield (
        t.incidents,
        sa.select(t.incidents).where(i.case_id == case_id, i.resolved_at.is_(None)).order_by(i.id),
    )


def _set_back(
    uow: UnitOfWork,
    table: sa.Table,
    key: tuple[str, ...],
    row: Mapping[str, Any],
    but: frozenset[str] = frozenset(),
) -> None:
    values = {name: value for name, value in row.items() if name not in {*key, *but}}
    here = [table.c[name] == row[name] for name in key]
    uow.connection.execute(sa.update(table).where(*here).values(**values))


def _insert(uow: UnitOfWork, table: sa.Table, rows: Rows) -> None:
    if rows:
        uow.connection.execute(sa.insert(table), rows)


def _plain(row: sa.Row[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row._mapping.items():
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        found[str(name)] = value
    return found


def _typed(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(row)
    for name, value in row.items():
        kind = table.c[name].type
        if value is not None and isinstance(kind, t.UtcDateTime):
            found[name] = datetime.fromisoformat(value)
        elif value is not None and isinstance(kind, sa.LargeBinary):
            found[name] = base64.b64decode(value)
    return found
