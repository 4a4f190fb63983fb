"""Who sees which budgets, and who moves them: one answer for every list and every id.

A programme belongs to a country. Whoever works in finance or for the agency in a scheme of that
country sees its budgets, orders and statements; finance alone moves them. Auditors see them in
their country, or everywhere. Payments are seen through their cases
(:func:`engine.store.queries.visible`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from engine.model import Actor, Grant
from engine.service.scheme import RoleKind, SchemeConfig
from engine.store import UnitOfWork
from handlers.people import Schemes

AUDITOR = "auditor"
_READERS = frozenset({RoleKind.FINANCE, RoleKind.AGENCY})
_MOVERS = frozenset({RoleKind.FINANCE})


@dataclass(frozen=True, slots=True)
class BudgetAccess:
    """Says in which countries somebody sees or moves budgets.

    :ivar schemes: say of which kind each role is.
    """

    schemes: Schemes = field(default_factory=Schemes)

    def seen_in(self, uow: UnitOfWork, actor: Actor) -> Collection[str] | None:
        """Return the countries whose budgets the actor sees; ``None`` for all of them."""
        audited = {grant.country for grant in actor.grants if grant.role == AUDITOR}
        if None in audited:
            return None
        return {country for country in audited if country} | self._held(uow, actor, _READERS)

    def moved_in(self, uow: UnitOfWork, actor: Actor) -> Collection[str]:
        """Return the countries whose budgets the actor moves."""
        return self._held(uow, actor, _MOVERS)

    def _held(self, uow: UnitOfWork, actor: Actor, kinds: Collection[RoleKind]) -> set[str]:
        return {
            config.country
            for scheme, config in self.schemes.every(uow).items()
            if any(_within(grant, scheme, config, kinds) for grant in actor.grants)
        }


def _within(grant: Grant, scheme: str, config: SchemeConfig, kinds: Collection[RoleKind]) -> bool:
    return (
        grant.sees_cases
        and config.role_kinds.get(grant.role) in kinds
        and grant.country in (None, config.country)
        and (not grant.schemes or scheme in grant.schemes)
    )
