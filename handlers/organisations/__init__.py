"""Organisations: ministries, agencies, committees, operators and their places."""

from handlers.organisations.handlers import (
    assign,
    close_access,
    find_operators,
    open_access,
    unassign,
)
from handlers.organisations.store import (
    Assignment,
    Operator,
    Organisation,
    assignments_of,
    find_organisations,
    read_operator,
    read_organisation,
    save_organisation,
    save_profile,
)
from handlers.organisations.store import find_operators as list_operators

__all__ = [
    "Assignment",
    "Operator",
    "Organisation",
    "assign",
    "assignments_of",
    "close_access",
    "find_operators",
    "find_organisations",
    "list_operators",
    "open_access",
    "read_operator",
    "read_organisation",
    "save_organisation",
    "save_profile",
    "unassign",
]
