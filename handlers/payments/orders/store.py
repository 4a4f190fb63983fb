"""Rows of payment orders."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from engine.store.queries import Found
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
    :ivar drawn_up_for: in whose place it was drawn up.
    """

    id: str
    number: str
    programme_id: str
    currency: str
    status: OrderStatus
    execute_on: date
    drawn_up_at: datetime
    drawn_up_by: str
    drawn_up_for: tuple[str, ...] = ()
    signed_at: datetime | None = None
    signed_by: str | None = None

    @property
    def hands(self) -> frozenset[str]:
        """Who drew it up, and in whose place: none of them signs it."""
        return frozenset({self.drawn_up_by, *self.drawn_up_for})


def insert_order(uow: UnitOfWork, order: PaymentOrder) -> None:
    """Write an order."""
    values = {column.name: getattr(order, column.name) for column in t.payment_orders.c}
    values["drawn_up_for"] = json.dumps(order.drawn_up_for)
    uow.connection.execute(sa.insert(t.payment_orders).values(values))


def find_orders(
    uow: UnitOfWork,
    countries: Collection[str] | None = None,
    *,
    offset: int = 0,
    limit: int = 50,
) -> Found[PaymentOrder]:
    """Return a page of the orders, of programmes in these countries if given, newest first."""
    o = t.payment_orders.c
    rows = uow.connection.execute(
        _orders(t.payment_orders, countries=countries)
        .order_by(o.drawn_up_at.desc(), o.number.desc())
        .offset(offset)
        .limit(limit)
    )
    total = uow.connection.execute(_orders(sa.func.count(), countries=countries)).scalar_one()
    return Found(tuple(_order(row._mapping) for row in rows), total)


def read_order(
    uow: UnitOfWork, order_id: str, countries: Collection[str] | None = None
) -> PaymentOrder:
    """Return an order, of these countries if given.

    :raises NotFound: there is none.
    """
    query = _orders(t.payment_orders, countries=countries).where(t.payment_orders.c.id == order_id)
    row = uow.connection.execute(query).first()
    if row is None:
        raise NotFound("payment order", order_id)
    return _order(row._mapping)


def _orders(*columns: Any, countries: Collection[str] | None) -> sa.Select[Any]:
    o, p = t.payment_orders.c, t.programmes.c
    source = t.payment_orders.join(t.programmes, p.id == o.programme_id)
    query = sa.select(*columns).select_from(source)
    return query if countries is None else query.where(p.country.in_(sorted(countries)))


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


def _order(m: sa.RowMapping) -> PaymentOrder:
    values = {column.name: m[column] for column in t.payment_orders.c}
    values["status"] = OrderStatus(values["status"])
    values["drawn_up_for"] = tuple(json.loads(values["drawn_up_for"] or "[]"))
    return PaymentOrder(**values)
