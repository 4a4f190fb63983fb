"""Rows of bank statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from engine.store import UnitOfWork
from engine.store.store import upsert
from handlers.payments import tables as t
from handlers.payments.money import from_minor

_BATCH = 500


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of the bank's statement.

    :ivar programme_id: whose account the statement is of.
    :ivar digest: SHA-256 of the programme and of what it says, hex: the same line is one row.
    :ivar payment_id: the payment that it proves. :ivar problem: why it proves none: ``unknown``
        (the programme has no such payment), ``not-ordered``, ``not-signed``, ``amount``.
    """

    id: str
    programme_id: str
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


def lines_by_digest(uow: UnitOfWork, digests: Sequence[str]) -> Mapping[str, StatementLine]:
    """Return those of these lines that were read before."""
    s = t.statement_lines.c
    found: dict[str, StatementLine] = {}
    for start in range(0, len(digests), _BATCH):
        rows = uow.connection.execute(
            sa.select(t.statement_lines).where(s.digest.in_(digests[start : start + _BATCH]))
        )
        found.update({row.digest: StatementLine(**row._mapping) for row in rows})
    return found


def save_statement_line(uow: UnitOfWork, line: StatementLine) -> None:
    """Write a line, or what it proves now if it was read before and proved nothing."""
    values = {column.name: getattr(line, column.name) for column in t.statement_lines.c}
    proved = {"payment_id": line.payment_id, "problem": line.problem}
    uow.connection.execute(
        upsert(uow, t.statement_lines)
        .values(values)
        .on_conflict_do_update(index_elements=[t.statement_lines.c.id], set_=proved)
    )


def unmatched_lines(
    uow: UnitOfWork, countries: Collection[str] | None = None, *, limit: int = 200
) -> tuple[StatementLine, ...]:
    """Return lines that prove no payment, of programmes in these countries, the newest first."""
    s, p = t.statement_lines.c, t.programmes.c
    query = (
        sa.select(t.statement_lines)
        .join(t.programmes, p.id == s.programme_id)
        .where(s.payment_id.is_(None))
        .order_by(s.booked_on.desc(), s.id)
        .limit(limit)
    )
    if countries is not None:
        query = query.where(p.country.in_(sorted(countries)))
    return tuple(StatementLine(**row._mapping) for row in uow.connection.execute(query))
