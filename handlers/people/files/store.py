"""Rows of persons: their groups, their cases, and who may see them.

Two files that were merged stay two: each keeps its id, its key and its history, and both name the
same *root*. What is asked of a person is asked of all files with their root.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import Actor, CaseStatus
from engine.store import UnitOfWork
from engine.store import queries as q
from engine.store import tables as e
from handlers.people import tables as t
from handlers.people.store import new_id

Condition = sa.ColumnElement[bool]
_P = t.persons.c


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person's row.

    :ivar root: the person whom this file belongs to since a merge; itself otherwise.
    :ivar organisation_id: where the file was opened outside any case.
    """

    id: str
    root: str
    created_at: datetime
    created_by: str
    organisation_id: str | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonCase:
    """A case about a person."""

    id: str
    reference: str
    scheme: str
    country: str
    status: CaseStatus
    started_at: datetime
    ended_at: datetime | None


def insert_person(
    uow: UnitOfWork,
    at: datetime,
    by: str,
    organisation_id: str | None = None,
    person_id: str | None = None,
) -> str:
    """Open a person's file and return its id.

    :param person_id: the id to give it; a fresh one if left out.
    """
    person_id = person_id or new_id()
    uow.connection.execute(
        sa.insert(t.persons).values(
            id=person_id,
            root=person_id,
            created_at=at,
            created_by=by,
            organisation_id=organisation_id,
        )
    )
    return person_id


def find_person(uow: UnitOfWork, person_id: str) -> PersonRow | None:
    """Return a person's row, or ``None`` if there is no such file."""
    row = uow.connection.execute(sa.select(t.persons).where(_P.id == person_id)).first()
    return None if row is None else PersonRow(**row._mapping)


def read_person(uow: UnitOfWork, person_id: str) -> PersonRow:
    """Return a person's row.

    :raises NotFound: there is none.
    """
    row = find_person(uow, person_id)
    if row is None:
        raise NotFound("person", person_id)
    return row


def members(uow: UnitOfWork, person_id: str) -> tuple[str, ...]:
    """Return the ids of all files of this person, the root first; none if there is no such file."""
    rows = uow.connection.execute(
        sa.select(_P.id)
        .where(_P.root == _root_of(person_id))
        .order_by(_P.id != _P.root, _P.created_at, _P.id)
    )
    return tuple(row.id for row in rows)


def _root_of(person_id: str) -> sa.ScalarSelect[str]:
    named = t.persons.alias("named")
    return sa.select(named.c.root).where(named.c.id == person_id).scalar_subquery()


def person_of(subject: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Return the expression for the person behind a subject: one for all files that were merged.

    :param subject: a column of ids of files, such as that of cases; any other id stands for itself.
    """
    named = t.persons.alias("behind")
    root = sa.select(named.c.root).where(named.c.id == subject).scalar_subquery()
    return sa.func.coalesce(root, subject)


def set_root(uow: UnitOfWork, person_ids: Collection[str], root: str) -> None:
    """Say whose files these are."""
    uow.connection.execute(
        sa.update(t.persons).where(_P.id.in_(sorted(person_ids))).values(root=root)
    )


def lock_persons(uow: UnitOfWork, person_ids: Collection[str]) -> tuple[PersonRow, ...]:
    """Return rows of persons, locked until the transaction ends, by id.

    :raises NotFound: one of them is missing.
    """
    rows = uow.connection.execute(
        sa.select(t.persons)
        .where(_P.id.in_(sorted(person_ids)))
        .order_by(_P.id)
        .with_for_update(key_share=True)
    ).all()
    if missing := sorted(set(person_ids) - {row.id for row in rows}):
        raise NotFound("person", missing[0])
    return tuple(PersonRow(**row._mapping) for row in rows)


# --- who may see whom -------------------------------------------------------------------------


def visible(actor: Actor, now: datetime) -> Condition:
    """Return the condition on ``persons`` under which the actor may see the file of a root.

    A file is seen through a case about the person that the actor sees, in the organisation that
    opened it, and for as long as an emergency access of the actor's lasts.
    """
    member = t.persons.alias("member")
    mine = member.c.root == _P.id
    organisations = sorted(
        {g.organisation_id for g in actor.grants if g.organisation_id and g.sees_cases}
    )
    a = t.emergency_accesses.c
    return sa.and_(
        _P.root == _P.id,
        sa.or_(
            sa.exists().where(mine, e.cases.c.subject == member.c.id, q.visible(actor, now)),
            sa.exists().where(mine, member.c.organisation_id.in_(organisations)),
            sa.exists().where(
                mine,
                a.person_id == member.c.id,
                a.account_id == actor.account_id,
                a.at <= now,
                a.until > now,
            ),
        ),
    )


def see_person(uow: UnitOfWork, person_id: str, actor: Actor, now: datetime) -> PersonRow:
    """Return the root of a person's files, if the actor may see it.

    :raises NotFound: there is none, or it is not the actor's to see.
    """
    row = uow.connection.execute(
        sa.select(t.persons).where(_P.id == _root_of(person_id), visible(actor, now))
    ).first()
    if row is None:
        raise NotFound("person", person_id)
    return PersonRow(**row._mapping)


def recent_persons(
    uow: UnitOfWork, actor: Actor, now: datetime, limit: int
) -> tuple[PersonRow, ...]:
    """Return the files last opened of those that the actor may see, the newest first."""
    rows = uow.connection.execute(
        sa.select(t.persons)
        .where(visible(actor, now), _P.erased_at.is_(None))
        .order_by(_P.created_at.desc(), _P.id)
        .limit(limit)
    )
    return tuple(PersonRow(**row._mapping) for row in rows)


def organisations_of(uow: UnitOfWork, person_ids: Collection[str]) -> frozenset[str]:
    """Return the organisations that opened these files outside any case."""
    rows = uow.connection.execute(
        sa.select(_P.organisation_id).where(
            _P.id.in_(sorted(person_ids)), _P.organisation_id.is_not(None)
        )
    )
    return frozenset(row.organisation_id for row in rows)


# --- their cases ------------------------------------------------------------------------------


def cases_of(
    uow: UnitOfWork, person_ids: Collection[str], actor: Actor | None, now: datetime
) -> tuple[PersonCase, ...]:
    """Return the cases about these persons, the newest first.

    :param actor: only those that this actor may see; all of them for ``None``.
    """
    c = e.cases.c
    query = sa.select(
        c.id, c.reference, c.scheme, c.country, c.status, c.started_at, c.ended_at
    ).where(c.subject.in_(sorted(person_ids)))
    if actor is not None:
        query = query.where(q.visible(actor, now))
    rows = uow.connection.execute(query.order_by(c.started_at.desc(), c.id))
    return tuple(PersonCase(**{**row._mapping, "status": CaseStatus(row.status)}) for row in rows)


def subject_by_reference(uow: UnitOfWork, reference: str) -> str | None:
    """Return whom the case of this exact reference is about; ``None`` if there is nobody."""
    return uow.connection.execute(
        sa.select(e.cases.c.subject).where(e.cases.c.reference == reference)
    ).scalar()


def erased_persons(uow: UnitOfWork, person_ids: Collection[str]) -> frozenset[str]:
    """Return those of the persons that were erased."""
    rows = uow.connection.execute(
        sa.select(_P.id).where(_P.id.in_(sorted(person_ids)), _P.erased_at.is_not(None))
    )
    return frozenset(row.id for row in rows)


def persons_from(uow: UnitOfWork, person_id: str, limit: int) -> tuple[str, ...]:
    """Return the next ids of files, erased ones too, in the order of ids."""
    rows = uow.connection.execute(
        sa.select(_P.id).where(_P.id > person_id).order_by(_P.id).limit(limit)
    )
    return tuple(row.id for row in rows)


def persons_after(uow: UnitOfWork, person_id: str, limit: int) -> tuple[str, ...]:
    """Return the next ids of files that are not erased, in the order of ids."""
    rows = uow.connection.execute(
        sa.select(_P.id)
        .where(_P.id > person_id, _P.erased_at.is_(None))
        .order_by(_P.id)
        .limit(limit)
    )
    return tuple(row.id for row in rows)
