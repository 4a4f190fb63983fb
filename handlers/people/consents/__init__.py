"""What a person agreed to, purpose by purpose, and since when."""

from handlers.people.consents.service import agrees, decide_consent
from handlers.people.consents.store import (
    Consent,
    Purpose,
    consents_of,
    current_consent,
    record_consent,
)

__all__ = [
    "Consent",
    "Purpose",
    "agrees",
    "consents_of",
    "current_consent",
    "decide_consent",
    "record_consent",
]
