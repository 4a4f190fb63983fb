"""People: their encrypted files, keys, households, consents, and who read what."""

from handlers.people.access import Access
from handlers.people.consents import Consent, Purpose, agrees, consents_of, current_consent
from handlers.people.contact import ContactRules, contact_rules
from handlers.people.erasure.log import ErasureLog
from handlers.people.erasure.service import refuse_unreplayed
from handlers.people.fields import PersonalFields
from handlers.people.handlers import check_consent, find_duplicates, record_consents
from handlers.people.households import (
    HouseholdMember,
    add_member,
    household_of,
    leave_household,
    open_household,
)
from handlers.people.index.search import Search, Wanted
from handlers.people.keyring import Keyring, case_owner, owner_of, owners_of, person_owner
from handlers.people.peoples import People, compose_people
from handlers.people.roles import Schemes
from handlers.people.secrets import ensure_secrets
from handlers.people.store import SensitiveRead, new_id, sensitive_reads
from handlers.people.tiers import OPENED_TO, SENSITIVE, tiers_of
from handlers.people.vault import Vault, decrypt, encrypt, keyed_name

__all__ = [
    "OPENED_TO",
    "SENSITIVE",
    "Access",
    "Consent",
    "ContactRules",
    "ErasureLog",
    "HouseholdMember",
    "Keyring",
    "People",
    "PersonalFields",
    "Purpose",
    "Schemes",
    "Search",
    "SensitiveRead",
    "Vault",
    "Wanted",
    "add_member",
    "agrees",
    "case_owner",
    "check_consent",
    "compose_people",
    "consents_of",
    "contact_rules",
    "current_consent",
    "decrypt",
    "encrypt",
    "ensure_secrets",
    "find_duplicates",
    "household_of",
    "keyed_name",
    "leave_household",
    "new_id",
    "open_household",
    "owner_of",
    "owners_of",
    "person_owner",
    "record_consents",
    "refuse_unreplayed",
    "sensitive_reads",
    "tiers_of",
]
