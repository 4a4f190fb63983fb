"""Rows of contact details that do not work: one a case and receiver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.model import Actor
from engine.store import UnitOfWork
from engine.store.queries import visible
from engine.store.store import upsert
from engine.store.tables import cases
from handlers.notices.store import Notice
from handlers.notices.tables import contact_problems

_P = contact_problems.c


@dataclass(frozen=True, slots=True)
class ContactProblem:
    """Notices of a case do not reach a receiver; somebody must correct the details.

    :ivar receiver: ``subject`` or ``organisation:<id>``.
    :ivar since: when a notice came back, or could not be sent because an earlier one had.
    :ivar checked_at: up to when what was written into the person's file was looked at.
    :ivar subject: whom the case is about.
    """

    case_id: str
    receiver: str
    since: datetime
    checked_at: datetime
    reference: str
    scheme: str
    country: str
    subject: str | None


def open_problem(uow: UnitOfWork, notice: Notice, at: datetime) -> None:
    """Note that a notice did not reach its receiver; one that was corrected begins anew."""
    fresh = {"since": at, "checked_at": at, "closed_at": None, "closed_by": None}
    statement = upsert(uow, contact_problems).values(
        case_id=notice.case_id, receiver=notice.receiver, **fresh
    )
    uow.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["case_id", "receiver"], set_=fresh, where=_P.closed_at.is_not(None)
        )
    )


def close_problem(uow: UnitOfWork, case_id: str, receiver: str, at: datetime, by: str) -> bool:
    """Note that the details were corrected; ``False`` if nothing was open."""
    closed = uow.connection.execute(
        sa.update(contact_problems)
        .where(_P.case_id == case_id, _P.receiver == receiver, _P.closed_at.is_(None))
        .values(closed_at=at, closed_by=by)
    )
    return closed.rowcount == 1


def mark_checked(uow: UnitOfWork, problem: ContactProblem, at: datetime) -> None:
    """Note that what was written until now did not correct the details."""
    uow.connection.execute(
        sa.update(contact_problems)
        .where(_P.case_id == problem.case_id, _P.receiver == problem.receiver)
        .values(checked_at=at)
    )


def problems_seen(
    uow: UnitOfWork, actor: Actor, now: datetime, *, case_id: str | None = None
) -> tuple[ContactProblem, ...]:
    """Return what is open in the cases that an actor may see and that go on, the oldest first.

    :param case_id: only of this case.
    """
    return _found(uow, visible(actor, now), case_id)


def every_problem(uow: UnitOfWork) -> tuple[ContactProblem, ...]:
    """Return what is open in every case that goes on."""
    return _found(uow, sa.true(), None)


def _found(
    uow: UnitOfWork, seen: sa.ColumnElement[bool], case_id: str | None
) -> tuple[ContactProblem, ...]:
    c = cases.c
    query = (
        sa.select(
            _P.case_id,
            _P.receiver,
            _P.since,
            _P.checked_at,
            c.reference,
            c.scheme,
            c.country,
            c.subject,
        )
        .join(cases, _P.case_id == c.id)
        .where(_P.closed_at.is_(None), c.ended_at.is_(None), seen)
        .order_by(_P.since, _P.case_id, _P.receiver)
    )
    if case_id is not None:
        query = query.where(_P.case_id == case_id)
    return tuple(ContactProblem(**row._mapping) for row in uow.connection.execute(query))
