"""Which case began which: a case that another one's message started keeps where it came from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.store import tables as t
from engine.store.store import UnitOfWork

_L = t.case_links.c


def insert_link(uow: UnitOfWork, case_id: str, origin_id: str, now: datetime) -> None:
    """Write that a case began with a message of another one."""
    row = {"case_id": case_id, "origin_id": origin_id, "linked_at": now}
    uow.connection.execute(sa.insert(t.case_links).values(row))


def origin_of(uow: UnitOfWork, case_id: str) -> str | None:
    """Return the id of the case that began this one, if one did."""
    return uow.connection.execute(sa.select(_L.origin_id).where(_L.case_id == case_id)).scalar()


def begun_by_case(uow: UnitOfWork, case_id: str) -> tuple[str, ...]:
    """Return the ids of the cases that this one began, the first first."""
    found = sa.select(_L.case_id).where(_L.origin_id == case_id)
    return tuple(uow.connection.execute(found.order_by(_L.linked_at, _L.case_id)).scalars())
