"""Double funding: money promised or paid to one person by several cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.store import UnitOfWork
from handlers.payments.store import ListedPayment, payments_by_subject


@dataclass(frozen=True, slots=True)
class Funding:
    """What one case gives its subject.

    :ivar amount: promised or paid and not come back, by currency.
    """

    case_id: str
    reference: str
    scheme: str
    amount: Mapping[str, Decimal]


def double_funding(
    uow: UnitOfWork, subject: str | None = None
) -> Mapping[str, tuple[Funding, ...]]:
    """Return, by subject, the cases that fund the same subject, where there are two or more.

    It may be right (a social aid beside a business one); a person decides.

    :param subject: this one only.
    """
    cases: dict[str, dict[str, list[ListedPayment]]] = defaultdict(lambda: defaultdict(list))
    for row in payments_by_subject(uow, subject):
        cases[str(row.subject)][row.payment.case_id].append(row)
    return {
        who: tuple(_funding(rows) for rows in by_case.values())
        for who, by_case in cases.items()
        if len(by_case) > 1
    }


def _funding(rows: list[ListedPayment]) -> Funding:
    amount: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        amount[row.payment.currency] += row.payment.amount - row.payment.refunded
    first = rows[0]
    return Funding(first.payment.case_id, first.reference, first.scheme, dict(amount))
