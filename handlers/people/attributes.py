"""What a person's file says: its entries, each with its tier.

They are the keys of form fields, so that what a form of any scheme asks fills the same file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model import Tier


@dataclass(frozen=True, slots=True)
class Attribute:
    """One entry of a person's file.

    :ivar kind: ``text``, ``long``, ``date``, ``year``, ``email``, ``phone``, ``time``, ``flag``
        or ``choice``.
    :ivar options: codes of a choice.
    """

    key: str
    tier: Tier
    kind: str = "text"
    options: tuple[str, ...] = ()


CHANNELS = ("email", "sms", "phone", "visit", "none")
GENDERS = ("female", "male", "unstated")
LANGUAGES = ("fr", "en", "ar")

_ATTRIBUTES = (
    Attribute("family_name", Tier.IDENTITY),
    Attribute("given_names", Tier.IDENTITY),
    Attribute("family_name_ar", Tier.IDENTITY),
    Attribute("given_names_ar", Tier.IDENTITY),
    Attribute("other_names", Tier.IDENTITY),
    Attribute("birth_date", Tier.IDENTITY, "date"),
    Attribute("birth_year", Tier.IDENTITY, "year"),
    Attribute("gender", Tier.IDENTITY, "choice", GENDERS),
    Attribute("preferred_language", Tier.IDENTITY, "choice", LANGUAGES),
    Attribute("phone", Tier.IDENTITY, "phone"),
    Attribute("email", Tier.IDENTITY, "email"),
    Attribute("address", Tier.IDENTITY, "long"),
    Attribute("safe_contact_channel", Tier.PROTECTION, "choice", CHANNELS),
    Attribute("safe_contact_email", Tier.PROTECTION, "email"),
    Attribute("safe_contact_phone", Tier.PROTECTION, "phone"),
    Attribute("safe_contact_from", Tier.PROTECTION, "time"),
    Attribute("safe_contact_to", Tier.PROTECTION, "time"),
    Attribute("safe_contact_family_unaware", Tier.PROTECTION, "flag"),
    Attribute("safe_contact_silence", Tier.PROTECTION, "long"),
    Attribute("safe_contact_note", Tier.PROTECTION, "long"),
)
ATTRIBUTES: Mapping[str, Attribute] = {each.key: each for each in _ATTRIBUTES}
"""By key, in the order in which pages show them."""

IDENTITY_ENTRIES = tuple(each.key for each in _ATTRIBUTES if each.tier is Tier.IDENTITY)
"""Keys that the form that opens a file asks for."""

NAMES = ("family_name", "given_names", "family_name_ar", "given_names_ar", "other_names")
IDENTIFIER = "identifier."
"""Beginning of the keys under which identifiers lie: ``identifier.<id>``."""

IDENTIFIER_TYPES: Mapping[str, Tier] = {
    "passport": Tier.IDENTITY,
    "national-id": Tier.IDENTITY,
    "consular-card": Tier.IDENTITY,
    "laissez-passer": Tier.IDENTITY,
    "birth-certificate": Tier.IDENTITY,
    "agency-number": Tier.IDENTITY,
    "other": Tier.IDENTITY,
    "residence-permit": Tier.LEGAL,
    "asylum-number": Tier.LEGAL,
}
"""Types of identifiers, each with its tier: what tells of a legal status is of that tier."""


def is_indexed(key: str) -> bool:
    """Tell whether people are found by what lies under a key."""
    return key in {*NAMES, "birth_date", "birth_year", "phone"} or key.startswith(IDENTIFIER)
