"""Rows of who wants to be told of their tasks, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.store import UnitOfWork
from web.accounts.tables import accounts, task_notices

_T = task_notices.c


class Mode(StrEnum):
    """How somebody wants to be told: not at all, of each new task, or once a day of all."""

    NONE = "none"
    EACH = "each"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Wish:
    """What one account asked for.

    :ivar hour: of the digest, 0 to 23, on the clock of ``zone`` (IANA name).
    :ivar told_until: tasks opened up to then were told of.
    :ivar refused_at: since when the mailbox refuses mail; ``None`` while it takes it.
    """

    account_id: str
    mode: Mode
    hour: int
    zone: str
    told_until: datetime
    refused_at: datetime | None = None


def read_wish(uow: UnitOfWork, account_id: str) -> Wish | None:
    """Return what an account asked for; ``None`` if it wants no notices."""
    row = uow.connection.execute(sa.select(task_notices).where(_T.account_id == account_id)).first()
    return None if row is None else _wish(row)


def write_wish(uow: UnitOfWork, wish: Wish) -> None:
    """Put a wish in the place of the one before; with mode ``none`` only take that away."""
    uow.connection.execute(sa.delete(task_notices).where(_T.account_id == wish.account_id))
    if wish.mode is not Mode.NONE:
        values = {column.name: getattr(wish, column.name) for column in _T}
        uow.connection.execute(sa.insert(task_notices).values(values | {"mode": wish.mode.value}))


def wishes(uow: UnitOfWork) -> tuple[Wish, ...]:
    """Return the wishes of the active accounts whose mailboxes take mail, by account."""
    rows = uow.connection.execute(
        sa.select(task_notices)
        .join(accounts, accounts.c.id == _T.account_id)
        .where(accounts.c.active, _T.refused_at.is_(None))
        .order_by(_T.account_id)
    )
    return tuple(_wish(row) for row in rows)


def tell_until(uow: UnitOfWork, wish: Wish, moment: datetime) -> bool:
    """Note up to when an account was told; ``False`` if its wish has changed meanwhile."""
    done = uow.connection.execute(
        sa.update(task_notices)
        .where(_T.account_id == wish.account_id, _T.told_until == wish.told_until)
        .values(told_until=moment)
    )
    return done.rowcount == 1


def mark_refused(uow: UnitOfWork, account_id: str, at: datetime) -> None:
    """Note that the account's mailbox refuses mail: nothing is sent until its owner asks anew."""
    uow.connection.execute(
        sa.update(task_notices).where(_T.account_id == account_id).values(refused_at=at)
    )


def _wish(row: sa.Row[tuple[object, ...]]) -> Wish:
    values = dict(row._mapping)
    return Wish(**{**values, "mode": Mode(str(values["mode"]))})
