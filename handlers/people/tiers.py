"""Who reads what: the one table of tiers by kind of role.

A scheme names its roles and says of which kind each is (``scheme.toml``, ``[roles.X] kind``); what
a kind opens stands here alone, so that no scheme can widen it.

Sources: the tiers and "need to know" are IOM's and UNHCR's (domain file, part E: W55, W56, W47);
which kind opens which tier is our inference from them, to be confirmed by each country's
authority. Committee, operator and funder views omit the protection tier (part E). The payment
tier is apart because Cameroon's Law 2024/017 counts banking transactions as sensitive data (W57).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.model import Tier
from engine.service.scheme import RoleKind

OPENED_TO: Mapping[RoleKind, frozenset[Tier]] = {
    RoleKind.AGENCY: frozenset(
        {Tier.IDENTITY, Tier.PROTECTION, Tier.PSYCHOSOCIAL, Tier.LEGAL, Tier.PAYMENT}
    ),
    RoleKind.COUNSELLOR: frozenset({Tier.IDENTITY, Tier.PROTECTION, Tier.PSYCHOSOCIAL}),
    RoleKind.LOCAL_AUTHORITY: frozenset({Tier.IDENTITY, Tier.PROTECTION}),
    RoleKind.OPERATOR: frozenset({Tier.IDENTITY, Tier.PAYMENT}),
    RoleKind.FINANCE: frozenset({Tier.IDENTITY, Tier.PAYMENT}),
    RoleKind.COMMITTEE: frozenset({Tier.IDENTITY}),
    RoleKind.PUBLIC_BODY: frozenset({Tier.IDENTITY}),
    RoleKind.TRAINER: frozenset({Tier.IDENTITY}),
    RoleKind.PARTNER: frozenset({Tier.IDENTITY}),
    RoleKind.FUNDER: frozenset(),
}

CHANGED_BY = frozenset(
    {RoleKind.AGENCY, RoleKind.COUNSELLOR, RoleKind.LOCAL_AUTHORITY, RoleKind.OPERATOR}
)
"""Kinds that work with the person: they open and change files, and decide about duplicates."""

SENSITIVE = frozenset({Tier.PROTECTION, Tier.LEGAL, Tier.PAYMENT, Tier.PSYCHOSOCIAL})
"""Tiers of which every read is logged."""


def tiers_of(kinds: Iterable[RoleKind | None]) -> frozenset[Tier]:
    """Return the tiers that roles of these kinds open in a case that they may see.

    :param kinds: one a role held; ``None`` for a role of no kind, such as an auditor's.

    Free text of the case itself (``Tier.CASE``) is open to whoever sees the case, funders apart.

    >>> sorted(tiers_of([RoleKind.FINANCE]))
    [<Tier.CASE: 'case'>, <Tier.IDENTITY: 'identity'>, <Tier.PAYMENT: 'payment'>]
    >>> sorted(tiers_of([None])), sorted(tiers_of([]))
    ([<Tier.CASE: 'case'>], [])
    """
    opened: set[Tier] = set()
    for kind in kinds:
        if kind is not None:
            opened |= OPENED_TO[kind]
        if kind is not RoleKind.FUNDER:
            opened.add(Tier.CASE)
    return frozenset(opened)
