"""Who may see and change which organisation, the list, and changes of a profile."""

from handlers.organisations.directory.profile import Profile, change_profile, free_id, read_profile
from handlers.organisations.directory.store import (
    Asked,
    Listed,
    Rights,
    cases_of,
    designations_of,
    edited_in,
    listed,
    rights_over,
    role_names,
    schemes,
    seen_in,
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
    "edited_in",
    "free_id",
    "listed",
    "read_profile",
    "rights_over",
    "role_names",
    "schemes",
    "seen_in",
    "visible_organisation",
]
