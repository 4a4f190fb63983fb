"""Roles that an account may be given: read from the schemes, and written by one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InvalidAnswer, NotFound
from engine.model import Grant
from engine.store import UnitOfWork
from handlers.organisations import read_organisation, schemes
from web.locales import locale
from web.organisations.words import word
from web.policy import ADMINISTRATOR, AUDITOR, DESIGNER, FUNDER, PROTECTION_OFFICER

OVERSIGHT = (AUDITOR, DESIGNER, PROTECTION_OFFICER, ADMINISTRATOR, FUNDER)
_SEE_CASES = frozenset({AUDITOR})


@dataclass(frozen=True, slots=True)
class Offered:
    """A role in the list of those that can be given.

    :ivar value: ``scheme:role``, or ``:role`` for one that no scheme has.
    """

    value: str
    role: str
    name: str
    scheme: str
    country: str


def offered(uow: UnitOfWork) -> tuple[Offered, ...]:
    """Return the roles of every scheme, then those that watch over all of them."""
    language = locale()
    found = [
        Offered(
            f"{scheme.id}:{role}",
            role,
            names.get(language) or names.get("fr") or role,
            scheme.name_in(language),
            scheme.country,
        )
        for scheme in schemes(uow)
        for role, names in scheme.roles.items()
    ]
    return (*found, *(Offered(f":{role}", role, word("role", role), "", "") for role in OVERSIGHT))


def read_grant(uow: UnitOfWork, typed: Mapping[str, str]) -> Grant:
    """Return the grant that a form asks for.

    A scheme's role is held in an organisation of the scheme's country, and in that scheme alone.
    A role of oversight is held in none, for one country or for all.

    :raises InvalidAnswer: a code by field: ``choice``, ``required``, ``elsewhere``.
    """
    value, country = typed.get("role", ""), typed.get("country", "")
    if country and not (len(country) == 2 and country.isascii() and country.isupper()):
        raise InvalidAnswer({"country": "choice"})
    role = next((each for each in offered(uow) if each.value == value), None)
    if role is None:
        raise InvalidAnswer({"role": "choice"})
    scheme = value.partition(":")[0]
    if not scheme:
        return Grant(role.role, None, country or None, sees_cases=role.role in _SEE_CASES)
    if not typed.get("organisation"):
        raise InvalidAnswer({"organisation": "required"})
    try:
        organisation = read_organisation(uow, typed["organisation"])
    except NotFound:
        raise InvalidAnswer({"organisation": "choice"}) from None
    if organisation.country != role.country:
        raise InvalidAnswer({"organisation": "elsewhere"})
    return Grant(role.role, organisation.id, role.country, frozenset({scheme}))
