"""Payments: tranches planned, asked for, approved and paid by three different people."""

from handlers.payments.handlers import approve, mark_paid, plan, refund, refuse, request
from handlers.payments.money import AmountError, as_amount, from_minor, to_minor
from handlers.payments.store import Payment, PaymentStatus, payments_of

__all__ = [
    "AmountError",
    "Payment",
    "PaymentStatus",
    "approve",
    "as_amount",
    "from_minor",
    "mark_paid",
    "payments_of",
    "plan",
    "refund",
    "refuse",
    "request",
    "to_minor",
]
