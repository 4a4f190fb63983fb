"""Referrals: a need handed to another structure with a chosen, time-limited part of the data."""

from handlers.referrals.by_hand import (
    ACCESS_DAYS,
    ANSWER_DAYS,
    Request,
    may_refer,
    refer,
    shareable,
)
from handlers.referrals.chosen import SHAREABLE, Part, keys_of, part_of
from handlers.referrals.demo import SERVICES, seed_services
from handlers.referrals.errors import NoPlaceLeft, ReferralMoved, ReferralRefused
from handlers.referrals.handlers import close, find_services, send_handler, withdraw
from handlers.referrals.listing import Entry, directory, is_receiver
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
    "ACCESS_DAYS",
    "ANSWER_DAYS",
    "SERVICES",
    "SHAREABLE",
    "Desk",
    "Entry",
    "NoPlaceLeft",
    "Outcome",
    "Part",
    "Referral",
    "ReferralMoved",
    "ReferralRefused",
    "Request",
    "Service",
    "Status",
    "Wish",
    "answer",
    "close",
    "directory",
    "find_referrals",
    "find_services",
    "is_receiver",
    "keys_of",
    "may_refer",
    "part_of",
    "read_referral",
    "refer",
    "report",
    "revoke",
    "save_services",
    "seed_services",
    "send",
    "send_handler",
    "services",
    "shareable",
    "shared",
    "withdraw",
    "words_of",
]
