"""Which part of a person's file a counsellor chooses to share: entries, or kinds of entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from engine.model import Tier

SHAREABLE = frozenset({Tier.IDENTITY, Tier.PROTECTION, Tier.PSYCHOSOCIAL})
"""Tiers of which a counsellor may choose; what is told of payment and legal status stays.

Our inference from "a chosen subset" and need-to-know (domain file, part E: W55, W56).
"""

_CONTACT = frozenset({"phone", "email", "address", "preferred_language"})
_SAFE = "safe_contact_"


class Part(StrEnum):
    """Kinds of entries, as a form offers them.

    ``CONTACT`` holds the safe-contact instructions too: who gets an address gets them with it.
    """

    IDENTITY = "identity"
    CONTACT = "contact"
    PROTECTION = "protection"
    PSYCHOSOCIAL = "psychosocial"


def part_of(key: str, tier: Tier) -> Part | None:
    """Return the part that an entry belongs to; ``None`` if it is never shared.

    >>> part_of("safe_contact_note", Tier.PROTECTION), part_of("account_number", Tier.PAYMENT)
    (<Part.CONTACT: 'contact'>, None)
    """
    if tier not in SHAREABLE:
        return None
    if key in _CONTACT or key.startswith(_SAFE):
        return Part.CONTACT
    return Part(tier.value)


def keys_of(parts: Collection[str], written: Mapping[str, Tier]) -> tuple[str, ...]:
    """Return the keys of these parts, in the order of their names.

    :param written: tier by key, of what the file holds.
    """
    return tuple(sorted(key for key, tier in written.items() if part_of(key, tier) in parts))
