"""People: their encrypted files, keys, households, consents, and who read what."""

from handlers.people.access import Access
from handlers.people.attributes import ATTRIBUTES, IDENTITY_ENTRIES
from handlers.people.consents import Consent, Purpose, agrees, consents_of, current_consent
from handlers.people.consents.decisions import Decision
from handlers.people.contact import ContactRules, changed_since, contact_rules
from handlers.people.demo import seed_people
from handlers.people.duplicates.store import PairStatus
from handlers.people.emergency.store import Verdict
from handlers.people.erasure.log import ErasureLog
from handlers.people.erasure.service import catch_up, refuse_unreplayed
from handlers.people.erasure.store import Ground
from handlers.people.erasure.upkeep import ask_for_due, scrub_erased, upkeep
from handlers.people.fields import PersonalFields
from handlers.people.files.service import PersonFiles
from handlers.people.files.store import members, person_of
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
from handlers.people.secrets import ensure_secrets, files_of
from handlers.people.store import (
    SensitiveRead,
    latest_reads,
    new_id,
    reads_of_owners,
    sensitive_reads,
)
from handlers.people.tiers import CHANGED_BY, OPENED_TO, SENSITIVE, tiers_of
from handlers.people.vault import Vault, decrypt, encrypt, keyed_name

__all__ = [
    "ATTRIBUTES",
    "CHANGED_BY",
    "IDENTITY_ENTRIES",
    "OPENED_TO",
    "SENSITIVE",
    "Access",
    "Consent",
    "ContactRules",
    "Decision",
    "ErasureLog",
    "Ground",
    "HouseholdMember",
    "Keyring",
    "PairStatus",
    "People",
    "PersonFiles",
    "PersonalFields",
    "Purpose",
    "Schemes",
    "Search",
    "SensitiveRead",
    "Vault",
    "Verdict",
    "Wanted",
    "add_member",
    "agrees",
    "ask_for_due",
    "case_owner",
    "catch_up",
    "changed_since",
    "check_consent",
    "compose_people",
    "consents_of",
    "contact_rules",
    "current_consent",
    "decrypt",
    "encrypt",
    "ensure_secrets",
    "files_of",
    "find_duplicates",
    "household_of",
    "keyed_name",
    "latest_reads",
    "leave_household",
    "members",
    "new_id",
    "open_household",
    "owner_of",
    "owners_of",
    "person_of",
    "person_owner",
    "reads_of_owners",
    "record_consents",
    "refuse_unreplayed",
    "scrub_erased",
    "seed_people",
    "sensitive_reads",
    "tiers_of",
    "upkeep",
]
