"""Rows of the directory and of referrals. No encryption here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import Actor
from engine.store import UnitOfWork
from engine.store import tables as engine_tables
from engine.store.queries import visible as visible_cases
from engine.store.store import upsert
from handlers.referrals import tables as t


class Status(StrEnum):
    """Where a referral stands; moves: sent → accepted → reported → closed.

    From sent also to declined and timed-out; from sent, accepted and reported to revoked.
    """

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed-out"
    REPORTED = "reported"
    CLOSED = "closed"
    REVOKED = "revoked"

    @property
    def is_open(self) -> bool:
        """Whether the receiver may read what was chosen for it."""
        return self in {Status.SENT, Status.ACCEPTED, Status.REPORTED}


class Outcome(StrEnum):
    """What came of an accepted referral, as the structure says."""

    HELPED = "helped"
    PARTLY = "partly"
    NOT_HELPED = "not-helped"


@dataclass(frozen=True, slots=True)
class Service:
    """What an organisation can give.

    :ivar region: empty for the whole country.
    :ivar capacity: how many accepted referrals it works on at a time.
    """

    organisation_id: str
    need: str
    region: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Referral:
    """A need handed to another organisation with a part of the person's data.

    :ivar region: of the directory's row of which a place is taken; empty for the whole country.
    :ivar shared_keys: of the person's file, chosen by the counsellor.
    :ivar answer_by: until when it should be answered.
    :ivar access_until: until when the receiver may read what was chosen, at the longest.
    :ivar words: reason of a decline, or feedback, sealed.
    """

    id: str
    call_key: str
    case_id: str
    need: str
    region: str
    priority: str
    from_organisation: str
    to_organisation: str
    status: Status
    shared_keys: tuple[str, ...]
    sent_at: datetime
    sent_by: str
    answer_by: datetime
    access_until: datetime
    answered_at: datetime | None = None
    answered_by: str | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    words: bytes | None = None


def save_services(uow: UnitOfWork, services: Iterable[Service]) -> int:
    """Write services, each in place of the one of its organisation, need and region."""
    s, count = t.referral_services.c, 0
    for each in services:
        statement = upsert(uow, t.referral_services).values(
            organisation_id=each.organisation_id,
            need=each.need,
            region=each.region,
            capacity=each.capacity,
        )
        uow.connection.execute(
            statement.on_conflict_do_update(
                index_elements=[s.organisation_id, s.need, s.region],
                set_={"capacity": each.capacity},
            )
        )
        count += 1
    return count


def services(
    uow: UnitOfWork, need: str | None = None, region: str | None = None
) -> tuple[Service, ...]:
    """Return the directory, by need, region and organisation.

    :param region: those that serve it: its own and those of the whole country.
    """
    s = t.referral_services.c
    wanted = sa.select(t.referral_services).order_by(s.need, s.region, s.organisation_id)
    if need is not None:
        wanted = wanted.where(s.need == need)
    if region is not None:
        wanted = wanted.where(s.region.in_(["", region]))
    return tuple(Service(**row._mapping) for row in uow.connection.execute(wanted))


def lock_service(uow: UnitOfWork, organisation_id: str, need: str, region: str) -> Service | None:
    """Return one row of the directory, locked until the transaction ends; ``None`` without one.

    Whoever takes a place locks the row first, so that two cannot take the last one.
    """
    s = t.referral_services.c
    row = uow.connection.execute(
        sa.select(t.referral_services)
        .where(s.organisation_id == organisation_id, s.need == need, s.region == region)
        .with_for_update()
    ).first()
    return None if row is None else Service(**row._mapping)


def places_left(uow: UnitOfWork, service: Service) -> int:
    """Return how many places a service has: an accepted referral holds one until feedback."""
    r = t.referrals.c
    held = uow.connection.execute(
        sa.select(sa.func.count()).where(
            r.to_organisation == service.organisation_id,
            r.need == service.need,
            r.region == service.region,
            r.status == Status.ACCEPTED.value,
        )
    ).scalar_one()
    return service.capacity - int(held)


def visible(actor: Actor, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition on ``referrals`` under which the actor may see a row.

    Whoever sees the case does, and whoever works in the receiving organisation; what was chosen of
    the person's data is another question. The one condition behind every list and id here.
    """
    c, r = engine_tables.cases.c, t.referrals.c
    case = sa.exists().where(c.id == r.case_id, visible_cases(actor, now))
    return sa.or_(case, r.to_organisation.in_(sorted(organisations_of(actor))))


def organisations_of(actor: Actor) -> frozenset[str]:
    """Return the organisations that the actor does casework in."""
    return frozenset(
        grant.organisation_id
        for grant in actor.grants
        if grant.sees_cases and grant.organisation_id is not None
    )


def parties_among(
    uow: UnitOfWork, case_id: str, organisations: Collection[str], at: datetime
) -> tuple[str, ...]:
    """Return those of the organisations that see a case at a moment, by name."""
    p = engine_tables.case_parties.c
    rows = uow.connection.execute(
        sa.select(p.organisation_id)
        .where(
            p.case_id == case_id,
            p.organisation_id.in_(sorted(organisations)),
            sa.or_(p.until.is_(None), p.until > at),
        )
        .distinct()
        .order_by(p.organisation_id)
    )
    return tuple(row.organisation_id for row in rows)


def insert_referral(uow: UnitOfWork, referral: Referral) -> None:
    """Write a referral."""
    values = {column.name: getattr(referral, column.name) for column in t.referrals.c}
    values |= {"status": referral.status.value, "shared_keys": "\n".join(referral.shared_keys)}
    uow.connection.execute(sa.insert(t.referrals).values(**values))


def referral_of_call(uow: UnitOfWork, call_key: str) -> Referral | None:
    """Return the referral that a call has sent already."""
    return _first(uow, t.referrals.c.call_key == call_key)


def find_referral(uow: UnitOfWork, case_id: str, referral_id: str) -> Referral | None:
    """Return a case's referral, whoever asks; for diagrams."""
    return _first(uow, t.referrals.c.id == referral_id, t.referrals.c.case_id == case_id)


def open_referrals(uow: UnitOfWork, case_id: str) -> tuple[Referral, ...]:
    """Return a case's referrals that are not over, the oldest first; for diagrams."""
    r = t.referrals.c
    rows = uow.connection.execute(
        sa.select(t.referrals)
        .where(r.case_id == case_id, r.status.in_([each.value for each in Status if each.is_open]))
        .order_by(r.sent_at, r.id)
    )
    return tuple(_referral(row._mapping) for row in rows)


def read_referral(uow: UnitOfWork, referral_id: str, actor: Actor, now: datetime) -> Referral:
    """Return one referral.

    :raises NotFound: there is none, or it is not the actor's to see.
    """
    found = _first(uow, t.referrals.c.id == referral_id, visible(actor, now))
    if found is None:
        raise NotFound("referral", referral_id)
    return found


def find_referrals(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    received: bool | None = None,
    case_id: str | None = None,
    limit: int = 200,
) -> tuple[Referral, ...]:
    """Return referrals that the actor may see, the newest first.

    :param received: by the actor's organisations (``True``), or by others (``False``).
    """
    r, mine = t.referrals.c, sorted(organisations_of(actor))
    wanted = sa.select(t.referrals).where(visible(actor, now))
    if received is not None:
        inside = r.to_organisation.in_(mine)
        wanted = wanted.where(inside if received else sa.not_(inside))
    if case_id is not None:
        wanted = wanted.where(r.case_id == case_id)
    rows = uow.connection.execute(wanted.order_by(r.sent_at.desc(), r.id).limit(limit))
    return tuple(_referral(row._mapping) for row in rows)


def move(uow: UnitOfWork, referral: Referral, status: Status, **values: Any) -> bool:
    """Change a referral's status; ``False`` if it is no longer the one that was read."""
    r = t.referrals.c
    changed = uow.connection.execute(
        sa.update(t.referrals)
        .where(r.id == referral.id, r.status == referral.status.value)
        .values(status=status.value, **values)
    )
    return changed.rowcount == 1


def _first(uow: UnitOfWork, *conditions: sa.ColumnElement[bool]) -> Referral | None:
    row = uow.connection.execute(sa.select(t.referrals).where(*conditions)).first()
    return None if row is None else _referral(row._mapping)


def _referral(m: sa.RowMapping) -> Referral:
    values = {column.name: m[column] for column in t.referrals.c}
    values["status"] = Status(values["status"])
    values["shared_keys"] = tuple(values["shared_keys"].split("\n"))
    values["words"] = None if values["words"] is None else bytes(values["words"])
    return Referral(**values)
