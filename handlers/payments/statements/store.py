"""Rows of bank statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.payments import tables as t
from handlers.payments.money import from_minor


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of the bank's statement.

    :ivar digest: SHA-256 of what it says, hex: the same line is read once.
    :ivar payment_id: the payment that it proves. :ivar problem: why it proves none:
        ``unknown`` (no such payment), ``not-ordered``, ``amount``.
    """

    id: str
    digest: str
    booked_on: date
    amount_minor: int
    currency: str
    reference: str
    imported_at: datetime
    imported_by: str
    payment_id: str | None
    problem: str | None

    @property
    def amount(self) -> Decimal:
        """The amount, with the currency's digits."""
        return from_minor(self.amount_minor, self.currency)


def known_statement_line(uow: UnitOfWork, digest: str) -> bool:
    """Tell whether a line was read before."""
    s = t.statement_lines.c
    return uow.connection.execute(sa.select(s.id).where(s.digest == digest)).first() is not None


def insert_statement_line(uow: UnitOfWork, line: StatementLine) -> None:
    """Write a line."""
    values = {column.name: getattr(line, column.name) for column in t.statement_lines.c}
    uow.connection.execute(sa.insert(t.statement_lines).values(values))


def unmatched_lines(uow: UnitOfWork) -> tuple[StatementLine, ...]:
    """Return the lines that prove no payment, the newest first."""
    s = t.statement_lines.c
    rows = uow.connection.execute(
        sa.select(t.statement_lines)
        .where(s.payment_id.is_(None))
        .order_by(s.booked_on.desc(), s.id)
    )
    return tuple(StatementLine(**row._mapping) for row in rows)
