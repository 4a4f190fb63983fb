"""How far a plan's lines are bought: planned, committed, paid, proved. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from handlers.payments.money import from_minor
from handlers.payments.plans.store import PlanLine
from handlers.payments.store import Payment, PaymentStatus


@dataclass(frozen=True, slots=True)
class LineProgress:
    """A line of a plan with what is bought of it, in whole minor units.

    :ivar committed: promised, ordered or paid, less what came back. :ivar paid: paid, likewise.
    :ivar proved: paid with a document or the bank's statement to show for it.
    """

    line: PlanLine
    committed_minor: int
    paid_minor: int
    proved_minor: int

    @property
    def left_minor(self) -> int:
        """What may still be bought of the line."""
        return 0 if self.line.own_contribution else self.line.planned_minor - self.committed_minor

    def amount(self, what: str) -> Decimal:
        """Return ``planned``, ``committed``, ``paid``, ``proved`` with the currency's digits."""
        minor = self.line.planned_minor if what == "planned" else getattr(self, f"{what}_minor")
        return from_minor(minor, self.line.currency)


def progress_of(lines: Sequence[PlanLine], payments: Iterable[Payment]) -> tuple[LineProgress, ...]:
    """Return how far each line is bought by a case's payments."""
    live = [row for row in payments if row.status is not PaymentStatus.REFUSED]
    return tuple(_progress(line, [row for row in live if row.line_id == line.id]) for line in lines)


def _progress(line: PlanLine, bought: Sequence[Payment]) -> LineProgress:
    paid = [row for row in bought if row.status is PaymentStatus.PAID]
    proved = [row for row in paid if row.proof_document is not None or row.order_id is not None]
    return LineProgress(line, _kept(bought), _kept(paid), _kept(proved))


def _kept(rows: Sequence[Payment]) -> int:
    return sum(row.amount_minor - row.refunded_minor for row in rows)
