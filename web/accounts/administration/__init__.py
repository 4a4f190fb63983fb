"""Accounts as administrators keep them: created, given roles, closed; each change is told."""

from web.accounts.administration.service import (
    LINK_LASTS,
    SHORTEST_PASSWORD,
    choose_password,
    close_account,
    create_account,
    give_grant,
    invitation,
    make_link,
    reopen_account,
    take_grant,
)
from web.accounts.administration.store import AccountEvent, Found, account_events_of, find_accounts

__all__ = [
    "LINK_LASTS",
    "SHORTEST_PASSWORD",
    "AccountEvent",
    "Found",
    "account_events_of",
    "choose_password",
    "close_account",
    "create_account",
    "find_accounts",
    "give_grant",
    "invitation",
    "make_link",
    "reopen_account",
    "take_grant",
]
