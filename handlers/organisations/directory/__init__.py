"""Who may see and change which organisation, the list, and changes of a profile."""

from handlers.organisations.directory.profile import Profile, change_profile, read_profile
from handlers.organisations.directory.store import (
    Asked,
    Listed,
    Rights,
    cases_of,
    designations_of,
    listed,
    rights_over,
    role_names,
    schemes,
    visible_organisation,
)

__all__ = [
    "Asked",
    "Listed",
    "Profile",
    "Rights",
    "cases_of",
    "change_profile",
    "designations_of",
    "listed",
    "read_profile",
    "rights_over",
    "role_names",
    "schemes",
    "visible_organisation",
]
