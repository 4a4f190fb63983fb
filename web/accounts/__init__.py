"""Accounts: who is signed in, and what the engine may know of them."""

from web.accounts.passwords import hash_password
from web.accounts.session import Account, current_account, current_actor
from web.accounts.store import (
    AccountRow,
    account_names,
    accounts_with,
    find_account,
    save_account,
    staff_of,
)

__all__ = [
    "Account",
    "AccountRow",
    "account_names",
    "accounts_with",
    "current_account",
    "current_actor",
    "find_account",
    "hash_password",
    "save_account",
    "staff_of",
]
