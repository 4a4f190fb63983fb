"""Rows of payments."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from engine.store.queries import Found
from engine.store.tables import cases
from handlers.payments.money import from_minor
from handlers.payments.tables import budget_headings, payments
from handlers.people import person_of


class PaymentStatus(StrEnum):
    """Where a payment is: ``planned → requested → approved → [ordered →] paid``.

    ``refused`` may follow whatever comes before ``ordered``; an order that is called back leaves
    its payments approved. ``paid`` and ``refused`` are final: money that comes back is a refund.
    """

    PLANNED = "planned"
    REQUESTED = "requested"
    APPROVED = "approved"
    ORDERED = "ordered"
    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Payment:
    """One tranche, or one purchase in kind.

    :ivar tranche: its number within its plan, from 1.
    :ivar amount_minor: whole minor units of ``currency``.
    :ivar heading_id: the budget heading that it is promised from; ``None`` outside any budget.
    :ivar line_id: the line of the business plan that it buys; ``None`` for money in hand.
    :ivar payee: organisation that gets it: a supplier, an association; ``None`` for the person.
    :ivar way: how its preparer asks for it to be paid, a :class:`Way`; ``None``: any way.
    :ivar order_id: the payment order that it went to the bank with.
    :ivar method: how it was paid, a :class:`Method`.
    :ivar prepared_for: in whose place its preparer acted; likewise ``approved_for``.
    :ivar paid_on: the day on which the money went, as the proof or the bank says.
    :ivar proof_document: id of the proof; without one the bank's statement proves it.
    :ivar refunded_minor: what came back.
    """

    id: str
    case_id: str
    tranche: int
    amount_minor: int
    currency: str
    status: PaymentStatus
    plan_key: str
    planned_at: datetime
    heading_id: str | None = None
    line_id: str | None = None
    payee: str | None = None
    way: str | None = None
    order_id: str | None = None
    method: str | None = None
    refunded_minor: int = 0
    prepared_by: str | None = None
    prepared_for: tuple[str, ...] = ()
    prepared_at: datetime | None = None
    approved_by: str | None = None
    approved_for: tuple[str, ...] = ()
    approved_at: datetime | None = None
    paid_by: str | None = None
    paid_at: datetime | None = None
    paid_on: date | None = None
    proof_document: str | None = None
    refused_by: str | None = None
    refused_at: datetime | None = None

    @property
    def amount(self) -> Decimal:
        """The amount, with the currency's digits."""
        return from_minor(self.amount_minor, self.currency)

    @property
    def refunded(self) -> Decimal:
        """What came back, with the currency's digits."""
        return from_minor(self.refunded_minor, self.currency)

    @property
    def hands(self) -> frozenset[str]:
        """Everybody who has a hand in it so far, and those in whose place they acted."""
        people = {self.prepared_by, self.approved_by, *self.prepared_for, *self.approved_for}
        return frozenset(who for who in people if who is not None)


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment with what a list says of its case."""

    payment: Payment
    reference: str
    scheme: str
    country: str
    subject: str | None


class Method(StrEnum):
    """How money reaches who gets it.

    Source: transfer, cheque and mobile from the domain file (W19); cash is ours.
    """

    TRANSFER = "transfer"
    CHEQUE = "cheque"
    CASH = "cash"
    MOBILE = "mobile"


class Way(StrEnum):
    """How a payment's preparer asks for it to be paid; only a transfer goes into a bank order."""

    TRANSFER = "transfer"
    CHEQUE = "cheque"
    CASH = "cash"
    MOBILE = "mobile"
    SUPPLIER = "supplier"


class Refund(StrEnum):
    """Why money came back.

    Source: ours; no list is published.
    """

    RETURNED = "returned"
    OVERPAID = "overpaid"
    UNSPENT = "unspent"
    WITHDRAWN = "withdrawn"
    MISUSED = "misused"


def insert_payments(uow: UnitOfWork, rows: Sequence[Payment]) -> None:
    """Write the payments of a plan."""
    uow.connection.execute(sa.insert(payments), [_values(row) for row in rows])


def plan(uow: UnitOfWork, plan_key: str) -> tuple[Payment, ...]:
    """Return the tranches that were planned under this idempotency key."""
    p = payments.c
    rows = uow.connection.execute(
        sa.select(payments).where(p.plan_key == plan_key).order_by(p.tranche)
    )
    return tuple(payment_from_row(row._mapping) for row in rows)


def payments_of(uow: UnitOfWork, case_id: str) -> tuple[Payment, ...]:
    """Return a case's payments, in the order of their planning."""
    p = payments.c
    rows = uow.connection.execute(
        sa.select(payments)
        .where(p.case_id == case_id)
        .order_by(p.planned_at, p.plan_key, p.tranche)
    )
    return tuple(payment_from_row(row._mapping) for row in rows)


def find_payments(
    uow: UnitOfWork,
    visible: sa.ColumnElement[bool],
    *,
    status: PaymentStatus | None = None,
    scheme: str | None = None,
    programme_id: str | None = None,
    order_id: str | None = None,
    ids: Sequence[str] | None = None,
    orderable: bool = False,
    search: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Found[ListedPayment]:
    """Return a page of the payments of the cases that are visible, what waits longest first.

    :param visible: :func:`engine.store.queries.visible` of whoever reads.
    :param ids: these payments only. :param orderable: only what a bank order may pay.
    """
    p, c, h = payments.c, cases.c, budget_headings.c
    source = payments.join(cases, c.id == p.case_id).outerjoin(
        budget_headings, h.id == p.heading_id
    )
    conditions = [visible]
    for column, wanted in (
        (p.status, status),
        (c.scheme, scheme),
        (h.programme_id, programme_id),
        (p.order_id, order_id),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    if ids is not None:
        conditions.append(p.id.in_(ids))
    if orderable:
        conditions.append(sa.or_(p.line_id.is_(None), p.payee.is_not(None)))
        conditions.append(sa.or_(p.way.is_(None), p.way == Way.TRANSFER.value))
    if search:
        conditions.append(c.reference.icontains(search.replace("\0", ""), autoescape=True))
    rows = uow.connection.execute(
        sa.select(payments, c.reference, c.scheme, c.country, c.subject)
        .select_from(source)
        .where(*conditions)
        .order_by(p.planned_at, p.case_id, p.tranche, p.id)
        .offset(offset)
        .limit(limit)
    ).all()
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(source).where(*conditions)
    ).scalar_one()
    return Found(tuple(_listed(row) for row in rows), total)


@dataclass(frozen=True, slots=True)
class FundedPayment:
    """A payment of somebody whom several cases fund.

    :ivar person: the person behind the case's subject, whichever of their files it names.
    :ivar seen: whether its case is visible to whoever asks.
    """

    listed: ListedPayment
    person: str
    seen: bool


def find_shared_funding(
    uow: UnitOfWork,
    visible: sa.ColumnElement[bool],
    *,
    person: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Found[tuple[FundedPayment, ...]]:
    """Return, person by person, what was not refused of those whom several cases fund.

    Only of people of whom one funding case at least is visible; their other cases' payments come
    with it, marked.

    :param visible: as for :func:`find_payments`.
    :param person: this one only.
    """
    p, c = payments.c, cases.c
    source = payments.join(cases, c.id == p.case_id)
    who = person_of(c.subject)
    live = [c.subject.is_not(None), p.status != PaymentStatus.REFUSED.value]
    if person is not None:
        live.append(who == person)
    seen = sa.case((visible, 1), else_=0)
    several = (
        sa.select(who.label("person"))
        .select_from(source)
        .where(*live)
        .group_by(who)
        .having(sa.func.count(sa.distinct(c.id)) > 1, sa.func.max(seen) == 1)
    )
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(several.subquery())
    ).scalar_one()
    page = several.order_by(sa.func.max(p.planned_at).desc(), who).offset(offset).limit(limit)
    order = [row.person for row in uow.connection.execute(page)]
    rows = uow.connection.execute(
        sa.select(
            payments,
            *(c.reference, c.scheme, c.country, c.subject),
            who.label("person"),
            seen.label("seen"),
        )
        .select_from(source)
        .where(*live, who.in_(order))
        .order_by(c.reference, p.tranche, p.id)
    ).all()
    by_person: dict[str, list[FundedPayment]] = {key: [] for key in order}
    for row in rows:
        by_person[row.person].append(FundedPayment(_listed(row), row.person, bool(row.seen)))
    return Found(tuple(tuple(found) for found in by_person.values()), total)


def case_of_payment(uow: UnitOfWork, payment_id: str) -> str | None:
    """Return the id of the case that a payment belongs to."""
    found: str | None = uow.connection.execute(
        sa.select(payments.c.case_id).where(payments.c.id == payment_id)
    ).scalar()
    return found


def programme_of(uow: UnitOfWork, payment: Payment) -> str | None:
    """Return the programme that a payment is promised from."""
    h = budget_headings.c
    found: str | None = uow.connection.execute(
        sa.select(h.programme_id).where(h.id == payment.heading_id)
    ).scalar()
    return found


def find_payment(
    uow: UnitOfWork, visible: sa.ColumnElement[bool], payment_id: str
) -> ListedPayment:
    """Return a payment of a case that is visible.

    :param visible: as for :func:`find_payments`.
    :raises NotFound: there is none.
    """
    p, c = payments.c, cases.c
    row = uow.connection.execute(
        sa.select(payments, c.reference, c.scheme, c.country, c.subject)
        .select_from(payments.join(cases, c.id == p.case_id))
        .where(p.id == payment_id, visible)
    ).first()
    if row is None:
        raise NotFound("payment", payment_id)
    return _listed(row)


def read_payment(uow: UnitOfWork, case_id: str, payment_id: str) -> Payment | None:
    """Return a payment of this case, or ``None`` if the case has no such payment."""
    p = payments.c
    row = uow.connection.execute(
        sa.select(payments).where(p.id == payment_id, p.case_id == case_id)
    ).first()
    return None if row is None else payment_from_row(row._mapping)


def refund_payment(uow: UnitOfWork, payment: Payment, amount_minor: int) -> bool:
    """Add to what came back of a payment, if nothing came back since it was read."""
    p = payments.c
    result = uow.connection.execute(
        sa.update(payments)
        .where(
            p.id == payment.id,
            p.status == PaymentStatus.PAID.value,
            p.refunded_minor == payment.refunded_minor,
        )
        .values(refunded_minor=p.refunded_minor + amount_minor)
    )
    return result.rowcount == 1


def move_payment(
    uow: UnitOfWork, payment: Payment, status: PaymentStatus, **values: object
) -> bool:
    """Change a payment's status if it is still in the one that was read; tell whether it was."""
    p = payments.c
    result = uow.connection.execute(
        sa.update(payments)
        .where(p.id == payment.id, p.status == payment.status.value)
        .values(status=status.value, **{name: _packed(value) for name, value in values.items()})
    )
    return result.rowcount == 1


def _listed(row: sa.Row[*tuple[Any, ...]]) -> ListedPayment:
    payment = payment_from_row(row._mapping)
    return ListedPayment(payment, row.reference, row.scheme, row.country, row.subject)


def _values(row: Payment) -> dict[str, object]:
    values = {column.name: getattr(row, column.name) for column in payments.c}
    return {name: _packed(value) for name, value in values.items()}


def _packed(value: object) -> object:
    return json.dumps(value) if isinstance(value, tuple) else value


def payment_from_row(m: sa.RowMapping) -> Payment:
    """Build a payment from a row with all columns of ``payments``."""
    values = {column.name: m[column] for column in payments.c}
    values["status"] = PaymentStatus(values["status"])
    for name in ("prepared_for", "approved_for"):
        values[name] = tuple(json.loads(values[name] or "[]"))
    return Payment(**values)
