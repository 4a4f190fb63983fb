"""Rows of substitutions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from web.accounts.tables import accounts, substitutions


@dataclass(frozen=True, slots=True)
class Substitution:
    """Somebody acts in another's place from ``since`` until ``until`` (excluded).

    :ivar substitute: the name to show.
    """

    id: str
    absent_id: str
    substitute_id: str
    substitute: str
    since: datetime
    until: datetime


def name_substitute(
    uow: UnitOfWork,
    absent_id: str,
    substitute_id: str,
    since: datetime,
    until: datetime,
    at: datetime,
) -> str:
    """Write that somebody acts in another's place, and return the substitution's id."""
    key = uuid.uuid4().hex
    uow.connection.execute(
        sa.insert(substitutions).values(
            id=key,
            absent_id=absent_id,
            substitute_id=substitute_id,
            since=since,
            until=until,
            named_at=at,
        )
    )
    return key


def substitutions_of(uow: UnitOfWork, absent_id: str, at: datetime) -> tuple[Substitution, ...]:
    """Return the substitutions of an account that last or are to come, the first to begin first."""
    s = substitutions.c
    rows = uow.connection.execute(
        sa.select(s.id, s.absent_id, s.substitute_id, accounts.c.name, s.since, s.until)
        .join(accounts, accounts.c.id == s.substitute_id)
        .where(s.absent_id == absent_id, s.until > at)
        .order_by(s.since, s.id)
    )
    return tuple(Substitution(*row) for row in rows)


def end_substitution(uow: UnitOfWork, substitution_id: str, absent_id: str, at: datetime) -> None:
    """End one of an account's own substitutions now; one that has not begun never does.

    :raises NotFound: the account has no such substitution that lasts.
    """
    s = substitutions.c
    ended = uow.connection.execute(
        sa.update(substitutions)
        .where(s.id == substitution_id, s.absent_id == absent_id, s.until > at)
        .values(until=at)
    )
    if ended.rowcount != 1:
        raise NotFound("substitution", substitution_id)


def taken_over(uow: UnitOfWork, substitute_id: str, at: datetime) -> tuple[str, ...]:
    """Return the active accounts in whose place this one acts at a moment."""
    s = substitutions.c
    rows = uow.connection.execute(
        sa.select(s.absent_id)
        .join(accounts, accounts.c.id == s.absent_id)
        .where(s.substitute_id == substitute_id, s.since <= at, s.until > at, accounts.c.active)
        .distinct()
        .order_by(s.absent_id)
    )
    return tuple(row.absent_id for row in rows)
