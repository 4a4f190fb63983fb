"""Bank statements: what the bank says it paid."""

from handlers.payments.statements.service import (
    CONFIRMED,
    StatementRead,
    read_statement,
    take_in,
)
from handlers.payments.statements.store import StatementLine, unmatched_lines

__all__ = [
    "CONFIRMED",
    "StatementLine",
    "StatementRead",
    "read_statement",
    "take_in",
    "unmatched_lines",
]
