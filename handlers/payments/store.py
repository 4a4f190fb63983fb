"""Rows of payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.payments.money import from_minor
from handlers.payments.tables import payments


class PaymentStatus(StrEnum):
    """Where a payment is: ``planned → requested → approved → paid``, or ``refused`` before paid.

    ``paid`` and ``refused`` are final.
    """

    PLANNED = "planned"
    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Payment:
    """One tranche.

    :ivar tranche: its number within its plan, from 1.
    :ivar amount_minor: whole minor units of ``currency``.
    :ivar paid_on: the day on which the money went, as the proof says.
    :ivar proof_document: id of the proof.
    """

    id: str
    case_id: str
    tranche: int
    amount_minor: int
    currency: str
    status: PaymentStatus
    plan_key: str
    planned_at: datetime
    prepared_by: str | None = None
    prepared_at: datetime | None = None
    approved_by: str | None = None
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


def insert_payments(uow: UnitOfWork, rows: Sequence[Payment]) -> None:
    """Write the tranches of a plan."""
    uow.connection.execute(
        sa.insert(payments),
        [{column.name: getattr(row, column.name) for column in payments.c} for row in rows],
    )


def plan(uow: UnitOfWork, plan_key: str) -> tuple[Payment, ...]:
    """Return the tranches that were planned under this idempotency key."""
    p = payments.c
    rows = uow.connection.execute(
        sa.select(payments).where(p.plan_key == plan_key).order_by(p.tranche)
    )
    return tuple(_payment(row._mapping) for row in rows)


def payments_of(uow: UnitOfWork, case_id: str) -> tuple[Payment, ...]:
    """Return a case's payments, in the order of their planning."""
    p = payments.c
    rows = uow.connection.execute(
        sa.select(payments)
        .where(p.case_id == case_id)
        .order_by(p.planned_at, p.plan_key, p.tranche)
    )
    return tuple(_payment(row._mapping) for row in rows)


def read_payment(uow: UnitOfWork, case_id: str, payment_id: str) -> Payment | None:
    """Return a payment of this case, or ``None`` if the case has no such payment."""
    p = payments.c
    row = uow.connection.execute(
        sa.select(payments).where(p.id == payment_id, p.case_id == case_id)
    ).first()
    return None if row is None else _payment(row._mapping)


def move_payment(
    uow: UnitOfWork, payment: Payment, status: PaymentStatus, **values: object
) -> bool:
    """Change a payment's status if it is still in the one that was read; tell whether it was."""
    p = payments.c
    result = uow.connection.execute(
        sa.update(payments)
        .where(p.id == payment.id, p.status == payment.status.value)
        .values(status=status.value, **values)
    )
    return result.rowcount == 1


def _payment(m: sa.RowMapping) -> Payment:
    values = {column.name: m[column] for column in payments.c}
    values["status"] = PaymentStatus(values["status"])
    return Payment(**values)
