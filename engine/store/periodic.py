"""Rows of what rooms do of themselves every so often."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.store import tables as t
from engine.store.store import UnitOfWork

_P = t.periodic_runs.c


@dataclass(frozen=True, slots=True)
class PeriodicRow:
    """The last run of one periodic work, and when the next begins.

    :ivar started_at: of the run that goes on, or of the last one; ``None`` before the first.
    :ivar ended_at: of the last run that ended.
    :ivar held_until: until when the run that goes on has its work to itself; else ``None``.
    :ivar failures: runs in a row that failed.
    :ivar last_error: what the last run failed of; ``None`` if it did not.
    """

    name: str
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    held_until: datetime | None
    failures: int
    last_error: str | None


def register(uow: UnitOfWork, names: Collection[str], now: datetime) -> None:
    """Make rows for those works that have none; they are due at once."""
    known = set(uow.connection.execute(sa.select(_P.name).where(_P.name.in_(names))).scalars())
    for name in sorted(set(names) - known):
        try:
            with uow.connection.begin_nested():
                uow.connection.execute(
                    sa.insert(t.periodic_runs).values(name=name, due_at=now, failures=0)
                )
        except IntegrityError:
            continue  # another worker was faster


def periodic_rows(uow: UnitOfWork, names: Collection[str]) -> tuple[PeriodicRow, ...]:
    """Return the rows of these works, by name."""
    rows = uow.connection.execute(
        sa.select(t.periodic_runs).where(_P.name.in_(sorted(names))).order_by(_P.name)
    )
    return tuple(PeriodicRow(**row._mapping) for row in rows)


def take(uow: UnitOfWork, name: str, now: datetime, until: datetime, *, early: bool) -> bool:
    """Take one run; ``False`` if it is not due, or somebody else has it.

    The one statement decides: of two workers, the second finds the row held.

    :param until: when the run is taken for dead.
    :param early: take it though it is not due yet.
    """
    free = sa.or_(_P.held_until.is_(None), _P.held_until <= now)
    taken = uow.connection.execute(
        sa.update(t.periodic_runs)
        .where(_P.name == name, free, sa.true() if early else _P.due_at <= now)
        .values(started_at=now, held_until=until)
    )
    return taken.rowcount == 1


def end(
    uow: UnitOfWork,
    name: str,
    until: datetime,
    *,
    at: datetime,
    due_at: datetime,
    error: str | None,
) -> bool:
    """Write how a run ended; ``False`` if it was taken for dead meanwhile, and stays another's.

    :param until: as it was taken.
    """
    ended = uow.connection.execute(
        sa.update(t.periodic_runs)
        .where(_P.name == name, _P.held_until == until)
        .values(
            ended_at=at,
            held_until=None,
            due_at=due_at,
            last_error=error,
            failures=0 if error is None else _P.failures + 1,
        )
    )
    return ended.rowcount == 1


def free(uow: UnitOfWork, names: Collection[str]) -> None:
    """Let go of what a dead process held, where this is the site's only one."""
    uow.connection.execute(
        sa.update(t.periodic_runs).where(_P.name.in_(sorted(names))).values(held_until=None)
    )
