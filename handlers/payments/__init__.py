"""Payments: tranches planned, asked for, approved and paid by three different people."""

from handlers.payments.handlers import approve, mark_paid, plan, refund, refuse, request
from handlers.payments.money import AmountError
from handlers.payments.store import Payment, PaymentStatus, payments_of

__all__ = [
    "AmountError",
    "Payment",
    "PaymentStatus",
    "approve",
    "mark_paid",
    "payments_of",
    "plan",
    "refund",
    "refuse",
    "request",
]
