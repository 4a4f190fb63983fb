"""Households: who lives with whom, since when and until when."""

from handlers.people.households.store import (
    RELATIONS,
    HouseholdMember,
    add_member,
    household_of,
    leave_household,
    open_household,
)

__all__ = [
    "RELATIONS",
    "HouseholdMember",
    "add_member",
    "household_of",
    "leave_household",
    "open_household",
]
