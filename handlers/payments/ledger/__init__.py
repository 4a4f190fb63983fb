"""Budgets as double entry: every franc of a heading is in one account, and none is made or lost."""

from handlers.payments.ledger.balances import Balances
from handlers.payments.ledger.budgets import (
    BudgetExhausted,
    allocate,
    find_heading,
    open_heading,
    post,
    require,
    withdraw,
)
from handlers.payments.ledger.movements import Account, Movement
from handlers.payments.ledger.store import (
    Entry,
    Heading,
    Programme,
    balances_by_heading,
    balances_of,
    entries_of,
    headings,
    kept,
    lock_headings,
    programmes,
    read_heading,
    read_programme,
    save_programme,
    summed,
)

__all__ = [
    "Account",
    "Balances",
    "BudgetExhausted",
    "Entry",
    "Heading",
    "Movement",
    "Programme",
    "allocate",
    "balances_by_heading",
    "balances_of",
    "entries_of",
    "find_heading",
    "headings",
    "kept",
    "lock_headings",
    "open_heading",
    "post",
    "programmes",
    "read_heading",
    "read_programme",
    "require",
    "save_programme",
    "summed",
    "withdraw",
]
