"""The sign-in page's demo accounts, scheme by scheme, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.organisations import schemes
from web.accounts.demo_schemes import SCHEME_ACCOUNTS
from web.context import store
from web.locales import locale


@dataclass(frozen=True, slots=True)
class Shown:
    """An account beside what its holder does in a scheme."""

    role: str
    organisation: str
    email: str


def scheme_accounts() -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """Return the accounts of each published scheme, by its name; the scheme's roles in order."""
    language = locale()
    with store().snapshot() as uow:
        found = sorted(schemes(uow), key=lambda scheme: scheme.id)
    told = []
    for scheme in found:
        order = list(scheme.roles)
        mine = [a for a in SCHEME_ACCOUNTS if scheme.id in a.schemes and a.role in order]
        shown = tuple(
            Shown(
                scheme.roles[each.role].get(language, scheme.roles[each.role].get("fr", each.role)),
                each.organisation,
                each.email,
            )
            for each in sorted(mine, key=lambda each: order.index(each.role))
        )
        if shown:
            told.append((scheme.name_in(language), shown))
    return tuple(told)
