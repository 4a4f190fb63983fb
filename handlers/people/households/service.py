"""Who lives with whom, as the page of a file changes it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Conflict, NotFound
from engine.model import Actor
from engine.store import UnitOfWork
from handlers.people.files.service import PersonFiles
from handlers.people.files.store import members
from handlers.people.households.store import (
    RELATIONS,
    HouseholdMember,
    add_member,
    household_of,
    leave_household,
    open_household,
)


@dataclass(frozen=True, slots=True)
class Households:
    """Adds people to households, and notes that they left."""

    files: PersonFiles

    def join(
        self, uow: UnitOfWork, person_id: str, other_id: str, relation: str, actor: Actor
    ) -> None:
        """Add another person to this one's household, which is opened where there is none.

        :raises Conflict: they are in it already, or the relation does not exist.
        """
        row, _ = self.files.changing(uow, person_id, actor)
        other, _ = self.files.changing(uow, other_id, actor)
        if relation not in RELATIONS or other.id == row.id:
            raise Conflict("Choose another person, and what they are to the head of the household.")
        now = self.files.clock.now()
        held = household_of(uow, row.id, now)
        household = held[0].household_id if held else open_household(uow, row.id, now)
        add_member(uow, HouseholdMember(household, other.id, relation), now)

    def leave(
        self, uow: UnitOfWork, person_id: str, household_id: str, member_id: str, actor: Actor
    ) -> None:
        """End somebody's place in this person's household.

        :raises NotFound: it is not this person's household.
        """
        row, _ = self.files.changing(uow, person_id, actor)
        now = self.files.clock.now()
        held = {
            m.household_id for each in members(uow, row.id) for m in household_of(uow, each, now)
        }
        if household_id not in held:
            raise NotFound("household", household_id)
        leave_household(uow, household_id, member_id, now)
