"""Who reads what: the one table of roles by tier.

Sources: the tiers and "need to know" are IOM's and UNHCR's (domain file, part E: W55, W56, W47);
which role opens which tier is our inference from them, to be confirmed by each country's
authority. The payment tier is apart because Cameroon's Law 2024/017 counts banking transactions
as sensitive data (W57).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.model import Tier

OPENED_BY: Mapping[Tier, frozenset[str]] = {
    Tier.IDENTITY: frozenset(
        {
            "local_administration",
            "ofii_officer",
            "operator_adviser",
            "operator_manager",
            "committee_secretary",
            "finance_officer",
        }
    ),
    Tier.PROTECTION: frozenset({"local_administration", "ofii_officer", "operator_adviser"}),
    Tier.PSYCHOSOCIAL: frozenset({"ofii_officer", "operator_adviser"}),
    Tier.LEGAL: frozenset({"ofii_officer"}),
    Tier.PAYMENT: frozenset({"operator_manager", "ofii_officer", "finance_officer"}),
}

SENSITIVE = frozenset({Tier.PROTECTION, Tier.LEGAL, Tier.PAYMENT, Tier.PSYCHOSOCIAL})
"""Tiers of which every read is logged."""


def tiers_of(roles: Iterable[str]) -> frozenset[Tier]:
    """Return the tiers that these roles open in a case that they may see.

    Free text of the case itself (``Tier.CASE``) is open to whoever sees the case.

    >>> sorted(tiers_of(["finance_officer"]))
    [<Tier.CASE: 'case'>, <Tier.IDENTITY: 'identity'>, <Tier.PAYMENT: 'payment'>]
    >>> sorted(tiers_of([]))
    []
    """
    held = frozenset(roles)
    if not held:
        return frozenset()
    return frozenset({Tier.CASE, *(tier for tier, roles in OPENED_BY.items() if held & roles)})
