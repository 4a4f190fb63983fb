"""Rows of committees' bodies and their members."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import Actor
from engine.store import UnitOfWork
from engine.store.store import upsert
from handlers.committees import tables as t
from handlers.committees.rules import Criterion, Majority, grid_from_json, grid_to_json


class MemberRole(StrEnum):
    """What somebody is in a body. The deputy presides where the chair is not in the room; an
    observer speaks and has no vote."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    MEMBER = "member"
    SECRETARY = "secretary"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class Body:
    """A committee.

    :ivar kind: code: ``finance``, ``steering``, ``cbi``, ``selection``,
        ``approval``.
    :ivar organisation_id: where its secretariat is; roles held there reach its sessions.
    :ivar prefix: what its sessions' and minutes' numbers begin with; its own.
    :ivar quorum: voting members who must be present and not recused for a decision.
    :ivar casting_vote: whether the chair's vote decides a tie.
    :ivar documents: purposes of documents without which a file is not complete.
    :ivar source: where its rules come from, with their mark; ``sample`` if invented.
    """

    id: str
    name: str
    kind: str
    country: str
    organisation_id: str
    prefix: str
    quorum: int
    majority: Majority
    casting_vote: bool
    documents: tuple[str, ...] = ()
    grid: tuple[Criterion, ...] = ()
    source: str = "sample"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's seat in a body; ``until`` is ``None`` while it lasts."""

    body_id: str
    account_id: str
    role: MemberRole
    votes: bool
    since: datetime
    until: datetime | None = None


def visible(actor: Actor, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition on ``committee_bodies`` under which the actor may see a body.

    Its members see it, and whoever holds a role in its secretariat or over its whole country: the
    one condition behind every list and every id of this room.
    """
    b, m = t.committee_bodies.c, t.committee_members.c
    sits = sa.exists().where(
        m.body_id == b.id,
        m.account_id == actor.account_id,
        m.since <= now,
        sa.or_(m.until.is_(None), m.until > now),
    )
    conditions: list[sa.ColumnElement[bool]] = [sits]
    for grant in actor.grants:
        if not grant.sees_cases:
            continue
        reach = sa.true() if grant.country is None else b.country == grant.country
        if grant.organisation_id is not None:
            reach = sa.and_(reach, b.organisation_id == grant.organisation_id)
        conditions.append(reach)
    return sa.or_(sa.false(), *conditions)


def save_body(uow: UnitOfWork, body: Body) -> None:
    """Write a body, or change the one that has its id."""
    values = {
        column.name: getattr(body, column.name)
        for column in t.committee_bodies.c
        if column.name != "id"
    }
    values["majority"] = body.majority.value
    values["documents"] = json.dumps(body.documents)
    values["grid"] = json.dumps(grid_to_json(body.grid), ensure_ascii=False)
    statement = upsert(uow, t.committee_bodies).values(id=body.id, **values)
    uow.connection.execute(
        statement.on_conflict_do_update(index_elements=[t.committee_bodies.c.id], set_=values)
    )


def bodies(uow: UnitOfWork, condition: sa.ColumnElement[bool] | None = None) -> tuple[Body, ...]:
    """Return the bodies that a condition such as :func:`visible` opens, or all, by name."""
    b = t.committee_bodies.c
    query = sa.select(t.committee_bodies).order_by(b.name, b.id)
    rows = uow.connection.execute(query if condition is None else query.where(condition))
    return tuple(_body(row._mapping) for row in rows)


def read_body(
    uow: UnitOfWork, body_id: str, condition: sa.ColumnElement[bool] | None = None
) -> Body:
    """Return a body.

    :raises NotFound: there is none, or the condition does not open it.
    """
    wanted = t.committee_bodies.c.id == body_id
    found = bodies(uow, wanted if condition is None else sa.and_(wanted, condition))
    if not found:
        raise NotFound("committee", body_id)
    return found[0]


def _body(m: sa.RowMapping) -> Body:
    values = {column.name: m[column] for column in t.committee_bodies.c}
    values["majority"] = Majority(values["majority"])
    values["documents"] = tuple(json.loads(values["documents"]))
    values["grid"] = grid_from_json(json.loads(values["grid"]))
    return Body(**values)


def save_member(uow: UnitOfWork, member: Member) -> None:
    """Write a seat, or change the one that the account has in the body."""
    key = {"body_id": member.body_id, "account_id": member.account_id}
    values = {
        "role": member.role.value,
        "votes": member.votes,
        "since": member.since,
        "until": member.until,
    }
    m = t.committee_members.c
    statement = upsert(uow, t.committee_members).values(**key, **values)
    uow.connection.execute(
        statement.on_conflict_do_update(index_elements=[m.body_id, m.account_id], set_=values)
    )


def members_of(uow: UnitOfWork, body_id: str, at: datetime) -> tuple[Member, ...]:
    """Return who sits in a body at a moment, the chair first, then the deputy."""
    m = t.committee_members.c
    rows = uow.connection.execute(
        sa.select(t.committee_members).where(
            m.body_id == body_id, m.since <= at, sa.or_(m.until.is_(None), m.until > at)
        )
    )
    found = [Member(**{**row._mapping, "role": MemberRole(row.role)}) for row in rows]
    order = list(MemberRole)
    return tuple(sorted(found, key=lambda m: (order.index(m.role), m.account_id)))
