"""People: their encrypted files, keys, households, consents, and who read what."""

from handlers.people.access import Access
from handlers.people.consents import Consent, Purpose, consents_of, current_consent
from handlers.people.fields import PersonalFields
from handlers.people.handlers import check_consent, record_consents
from handlers.people.keyring import Keyring, case_owner, owner_of, owners_of, person_owner
from handlers.people.roles import Schemes
from handlers.people.secrets import ensure_secrets
from handlers.people.store import (
    HouseholdMember,
    SensitiveRead,
    add_member,
    household_of,
    new_id,
    open_household,
    sensitive_reads,
)
from handlers.people.tiers import OPENED_TO, SENSITIVE, tiers_of
from handlers.people.vault import Vault, decrypt, encrypt, keyed_name

__all__ = [
    "OPENED_TO",
    "SENSITIVE",
    "Access",
    "Consent",
    "HouseholdMember",
    "Keyring",
    "PersonalFields",
    "Purpose",
    "Schemes",
    "SensitiveRead",
    "Vault",
    "add_member",
    "case_owner",
    "check_consent",
    "consents_of",
    "current_consent",
    "decrypt",
    "encrypt",
    "ensure_secrets",
    "household_of",
    "keyed_name",
    "new_id",
    "open_household",
    "owner_of",
    "owners_of",
    "person_owner",
    "record_consents",
    "sensitive_reads",
    "tiers_of",
]
