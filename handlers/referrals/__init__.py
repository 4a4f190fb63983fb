"""Referrals: a need handed to another structure with a chosen, time-limited part of the data."""

from handlers.referrals.demo import seed_services
from handlers.referrals.errors import ReferralMoved, ReferralRefused
from handlers.referrals.handlers import close, find_services, send_handler
from handlers.referrals.service import (
    SHAREABLE,
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
    Referral,
    Service,
    Status,
    find_referrals,
    read_referral,
    replace_services,
    services,
)

__all__ = [
    "SHAREABLE",
    "Desk",
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
    "read_referral",
    "replace_services",
    "report",
    "revoke",
    "seed_services",
    "send",
    "send_handler",
    "services",
    "shared",
    "words_of",
]
