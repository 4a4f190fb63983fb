"""Referrals: a need handed to another structure with a chosen, time-limited part of the data."""

from handlers.referrals.chosen import SHAREABLE, Part, keys_of, part_of
from handlers.referrals.demo import SERVICES, seed_services
from handlers.referrals.errors import NoPlaceLeft, ReferralMoved, ReferralRefused
from handlers.referrals.handlers import close, find_services, send_handler, withdraw
from handlers.referrals.service import (
    Desk,
    Wish,
    answer,
    report,
    revoke,
    send,
    shared,
    words_of,
)
from handlers.referrals.store import (
    Outcome,
    Referral,
    Service,
    Status,
    find_referrals,
    read_referral,
    save_services,
    services,
)

__all__ = [
    "SERVICES",
    "SHAREABLE",
    "Desk",
    "NoPlaceLeft",
    "Outcome",
    "Part",
    "Referral",
    "ReferralMoved",
    "ReferralRefused",
    "Service",
    "Status",
    "Wish",
    "answer",
    "close",
    "find_referrals",
    "find_services",
    "keys_of",
    "part_of",
    "read_referral",
    "report",
    "revoke",
    "save_services",
    "seed_services",
    "send",
    "send_handler",
    "services",
    "shared",
    "withdraw",
    "words_of",
]
