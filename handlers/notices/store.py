"""Rows of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.store import UnitOfWork
from handlers.notices.tables import notices


class NoticeStatus(StrEnum):
    """What became of a notice. ``withheld``: there is no address that is safe to write to."""

    SENT = "sent"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice.

    :ivar key: idempotency key of the call that asked for it.
    :ivar receiver: ``subject`` or ``organisation:<id>``.
    """

    key: str
    case_id: str
    template: str
    locale: str
    receiver: str
    status: NoticeStatus
    at: datetime


def read_notice(uow: UnitOfWork, key: str) -> Notice | None:
    """Return the notice that a call with this key left, or ``None``."""
    row = uow.connection.execute(sa.select(notices).where(notices.c.key == key)).first()
    return None if row is None else _notice(row._mapping)


def insert_notice(uow: UnitOfWork, notice: Notice) -> bool:
    """Write a notice; ``False`` if one with its key is there already."""
    values = {column.name: getattr(notice, column.name) for column in notices.c}
    values["status"] = notice.status.value
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(sa.insert(notices).values(**values))
    except IntegrityError:
        return False
    return True


def notices_of(uow: UnitOfWork, case_id: str) -> tuple[Notice, ...]:
    """Return a case's notices, the oldest first."""
    n = notices.c
    rows = uow.connection.execute(
        sa.select(notices).where(n.case_id == case_id).order_by(n.at, n.key)
    )
    return tuple(_notice(row._mapping) for row in rows)


def _notice(m: sa.RowMapping) -> Notice:
    values = {column.name: m[column] for column in notices.c}
    values["status"] = NoticeStatus(values["status"])
    return Notice(**values)
