"""Double funding: money promised or paid to one person by several cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.model import Actor
from engine.store import UnitOfWork
from engine.store.queries import Found, visible
from handlers.payments.store import FundedPayment, find_shared_funding


@dataclass(frozen=True, slots=True)
class Funding:
    """What one case gives somebody.

    :ivar case_id: ``None`` where the reader may not see the case; nor its reference and scheme.
    :ivar amount: promised or paid and not come back, by currency.
    """

    case_id: str | None
    reference: str | None
    scheme: str | None
    amount: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class DoubleFunding:
    """Somebody whom several cases fund.

    It may be right (a social aid beside a business one); a person decides.
    """

    person: str
    cases: tuple[Funding, ...]


def double_funding(
    uow: UnitOfWork,
    reader: Actor,
    now: datetime,
    *,
    person: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Found[DoubleFunding]:
    """Return who is funded by two cases or more, at least one of them the reader's to see.

    The others tell no more than that there is another scheme, and how much it gives.

    :param person: this one only.
    """
    found = find_shared_funding(
        uow, visible(reader, now), person=person, offset=offset, limit=limit
    )
    return Found(tuple(map(_of_person, found.rows)), found.total)


def _of_person(rows: Sequence[FundedPayment]) -> DoubleFunding:
    by_case: dict[str, list[FundedPayment]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: not row.seen):
        by_case[row.listed.payment.case_id].append(row)
    return DoubleFunding(rows[0].person, tuple(map(_funding, by_case.values())))


def _funding(rows: Sequence[FundedPayment]) -> Funding:
    amount: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        payment = row.listed.payment
        amount[payment.currency] += payment.amount - payment.refunded
    if not rows[0].seen:
        return Funding(None, None, None, dict(amount))
    first = rows[0].listed
    return Funding(first.payment.case_id, first.reference, first.scheme, dict(amount))
