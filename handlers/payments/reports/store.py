"""Sums and rows over all payments, for the check of the books and for exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from engine.store import UnitOfWork
from engine.store.tables import cases
from handlers.payments.store import PaymentStatus, payment_from_row
from handlers.payments.tables import budget_headings, payments


def totals_of_heading(uow: UnitOfWork, heading_id: str) -> Mapping[PaymentStatus, int]:
    """Return, by status, what a heading's payments are of less what came back, in minor units."""
    p = payments.c
    rows = uow.connection.execute(
        sa.select(p.status, sa.func.sum(p.amount_minor - p.refunded_minor).label("total"))
        .where(p.heading_id == heading_id)
        .group_by(p.status)
    )
    return {PaymentStatus(row.status): int(row.total) for row in rows}


def every_payment(uow: UnitOfWork) -> Iterator[Mapping[str, object]]:
    """Return a mapping a payment, for exports: nothing in it is about a person."""
    p, c, h = payments.c, cases.c, budget_headings.c
    rows = uow.connection.execute(
        sa.select(payments, c.reference, c.scheme, h.programme_id, h.code, h.year)
        .select_from(
            payments.join(cases, c.id == p.case_id).outerjoin(budget_headings, h.id == p.heading_id)
        )
        .order_by(p.planned_at, p.id)
    )
    for row in rows:
        payment = payment_from_row(row._mapping)
        yield {
            "payment": payment.id,
            "case": row.reference,
            "scheme": row.scheme,
            "programme": row.programme_id,
            "heading": row.code,
            "year": row.year,
            "tranche": payment.tranche,
            "amount": str(payment.amount),
            "refunded": str(payment.refunded),
            "currency": payment.currency,
            "status": payment.status.value,
            "method": payment.method,
            "planned_at": payment.planned_at.isoformat(),
            "paid_on": None if payment.paid_on is None else payment.paid_on.isoformat(),
            "order": payment.order_id,
        }
