"""Rows of agreements, and finding an organisation or a case by what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from anyascii import anyascii

from engine.model import Actor
from engine.store import UnitOfWork
from engine.store.queries import visible
from engine.store.tables import case_parties, cases
from handlers.organisations import tables as t
from handlers.organisations.store import find_organisations

APPLICANT = "organisation_representative"
"""In which role an organisation sees the case that is about it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed with an organisation.

    :ivar kind: a code such as ``contract``. :ivar until: its last day; ``None`` without an end.
    :ivar document: id of the signed sheet in the case. :ivar key: of the step that noted it.
    """

    id: str
    organisation_id: str
    case_id: str
    key: str
    kind: str
    since: date
    until: date | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Application:
    """A case about an organisation, as far as the reader may see it."""

    case_id: str
    reference: str
    scheme: str
    country: str
    started_at: datetime
    status: str


def insert_agreement(uow: UnitOfWork, agreement: Agreement) -> None:
    """Write an agreement."""
    values = {column.name: getattr(agreement, column.name) for column in t.agreements.c}
    uow.connection.execute(sa.insert(t.agreements).values(values))


def agreement_by_key(uow: UnitOfWork, key: str) -> Agreement | None:
    """Return the agreement that a step noted, if it did."""
    return next(iter(_agreements(uow, t.agreements.c.key == key)), None)


def agreements_of(uow: UnitOfWork, organisation_id: str) -> tuple[Agreement, ...]:
    """Return what was agreed with an organisation, the newest first."""
    return _agreements(uow, t.agreements.c.organisation_id == organisation_id)


def _agreements(uow: UnitOfWork, condition: sa.ColumnElement[bool]) -> tuple[Agreement, ...]:
    a = t.agreements.c
    rows = uow.connection.execute(
        sa.select(t.agreements).where(condition).order_by(a.since.desc(), a.id)
    )
    return tuple(Agreement(**row._mapping) for row in rows)


def find_by_name(uow: UnitOfWork, name: str, country: str) -> str | None:
    """Return the id of the organisation of a country that has this name, however it is typed."""
    wanted = _folded(name)
    found = find_organisations(uow, country=country)
    return next((each.id for each in found if _folded(each.name) == wanted), None)


def _folded(name: str) -> str:
    return " ".join(anyascii(name).casefold().split())


def applications_of(
    uow: UnitOfWork, organisation_id: str, actor: Actor, now: datetime, limit: int = 50
) -> tuple[Application, ...]:
    """Return the cases about an organisation that the actor may see, the newest first."""
    p, c = case_parties.c, cases.c
    about = sa.exists().where(
        p.case_id == c.id, p.organisation_id == organisation_id, p.role == APPLICANT
    )
    rows = uow.connection.execute(
        sa.select(c.id, c.reference, c.scheme, c.country, c.started_at, c.status)
        .where(about, visible(actor, now))
        .order_by(c.started_at.desc(), c.id)
        .limit(limit)
    )
    return tuple(Application(*row) for row in rows)
