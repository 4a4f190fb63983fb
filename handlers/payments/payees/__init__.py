"""Bank accounts of organisations that are paid: suppliers, associations with a grant."""

from handlers.payments.payees.accounts import (
    MOST_SIGNS,
    AccountRefused,
    owner,
    read_account,
    write_account,
)
from handlers.payments.payees.store import AccountRow, account_rows, payable_organisations

__all__ = [
    "MOST_SIGNS",
    "AccountRefused",
    "AccountRow",
    "account_rows",
    "owner",
    "payable_organisations",
    "read_account",
    "write_account",
]
