"""Rows of payment orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from handlers.payments import tables as t
from handlers.payments.store import Payment, payment_from_row


class OrderStatus(StrEnum):
    """Where an order is: ``drawn-up → signed``; ``called-back`` after either."""

    DRAWN_UP = "drawn-up"
    SIGNED = "signed"
    CALLED_BACK = "called-back"


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """Payments of one programme that go to its bank together.

    :ivar number: what people call it, for example ``VIR-CM-2026-00007``.
    :ivar execute_on: the day on which the bank shall pay.
    """

    id: str
    number: str
    programme_id: str
    currency: str
    status: OrderStatus
    execute_on: date
    drawn_up_at: datetime
    drawn_up_by: str
    signed_at: datetime | None = None
    signed_by: str | None = None


def insert_order(uow: UnitOfWork, order: PaymentOrder) -> None:
    """Write an order."""
    values = {column.name: getattr(order, column.name) for column in t.payment_orders.c}
    uow.connection.execute(sa.insert(t.payment_orders).values(values))


def find_orders(
    uow: UnitOfWork, countries: Sequence[str] | None = None
) -> tuple[PaymentOrder, ...]:
    """Return the orders, of programmes in these countries if given, the newest first."""
    o, p = t.payment_orders.c, t.programmes.c
    query = (
        sa.select(t.payment_orders)
        .join(t.programmes, p.id == o.programme_id)
        .order_by(o.drawn_up_at.desc(), o.number.desc())
    )
    if countries is not None:
        query = query.where(p.country.in_(list(countries)))
    return tuple(_order(row._mapping) for row in uow.connection.execute(query))


def read_order(
    uow: UnitOfWork, order_id: str, countries: Sequence[str] | None = None
) -> PaymentOrder:
    """Return an order, of these countries if given.

    :raises NotFound: there is none.
    """
    found = next((each for each in find_orders(uow, countries) if each.id == order_id), None)
    if found is None:
        raise NotFound("payment order", order_id)
    return found


def move_order(uow: UnitOfWork, order: PaymentOrder, status: OrderStatus, **values: object) -> bool:
    """Change an order's status if it is still in the one that was read; tell whether it was."""
    o = t.payment_orders.c
    result = uow.connection.execute(
        sa.update(t.payment_orders)
        .where(o.id == order.id, o.status == order.status.value)
        .values(status=status.value, **values)
    )
    return result.rowcount == 1


def payments_in(uow: UnitOfWork, order_id: str) -> tuple[Payment, ...]:
    """Return the payments of an order, case by case."""
    p = t.payments.c
    rows = uow.connection.execute(
        sa.select(t.payments).where(p.order_id == order_id).order_by(p.case_id, p.tranche, p.id)
    )
    return tuple(payment_from_row(row._mapping) for row in rows)


def programme_of(uow: UnitOfWork, payment: Payment) -> str | None:
    """Return the programme that a payment is promised from."""
    found: str | None = uow.connection.execute(
        sa.select(t.budget_headings.c.programme_id).where(
            t.budget_headings.c.id == payment.heading_id
        )
    ).scalar()
    return found


def _order(m: sa.RowMapping) -> PaymentOrder:
    values = {column.name: m[column] for column in t.payment_orders.c}
    values["status"] = OrderStatus(values["status"])
    return PaymentOrder(**values)
