"""Rows of households."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.errors import Conflict
from engine.store import UnitOfWork
from handlers.people import tables as t
from handlers.people.store import new_id

RELATIONS = ("head", "spouse", "child", "parent", "sibling", "other")
"""What a person is to the head of the household."""


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """A person's place in a household.

    :ivar relation: code such as ``head``, ``spouse``, ``child``.
    """

    household_id: str
    person_id: str
    relation: str


def open_household(uow: UnitOfWork, head: str, at: datetime) -> str:
    """Open a household around a person and return its id."""
    household_id = new_id()
    uow.connection.execute(sa.insert(t.households).values(id=household_id, created_at=at))
    add_member(uow, HouseholdMember(household_id, head, "head"), at)
    return household_id


def add_member(uow: UnitOfWork, member: HouseholdMember, at: datetime) -> None:
    """Add a person to a household.

    :raises Conflict: the person is or was a member of it.
    """
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(
                sa.insert(t.household_members).values(
                    household_id=member.household_id,
                    person_id=member.person_id,
                    relation=member.relation,
                    since=at,
                )
            )
    except IntegrityError:
        raise Conflict(
            f"Person {member.person_id} cannot join household {member.household_id}: one of the "
            "two does not exist, or the person is in it already. Nothing was changed."
        ) from None


def household_of(uow: UnitOfWork, person_id: str, at: datetime) -> tuple[HouseholdMember, ...]:
    """Return the members, at that moment, of the households that the person is in."""
    m = t.household_members.c
    mine = sa.select(m.household_id).where(
        m.person_id == person_id, sa.or_(m.until.is_(None), m.until > at)
    )
    rows = uow.connection.execute(
        sa.select(m.household_id, m.person_id, m.relation)
        .where(m.household_id.in_(mine), sa.or_(m.until.is_(None), m.until > at))
        .order_by(m.since, m.person_id)
    )
    return tuple(HouseholdMember(r.household_id, r.person_id, r.relation) for r in rows)


def leave_household(uow: UnitOfWork, household_id: str, person_id: str, at: datetime) -> bool:
    """End a person's place in a household; ``False`` if they are not in it now."""
    m = t.household_members.c
    left = uow.connection.execute(
        sa.update(t.household_members)
        .where(
            m.household_id == household_id,
            m.person_id == person_id,
            sa.or_(m.until.is_(None), m.until > at),
        )
        .values(until=at)
    )
    return left.rowcount == 1
