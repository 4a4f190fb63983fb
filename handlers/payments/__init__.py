"""Payments: tranches planned, asked for, approved and paid by three different people."""

from handlers.payments.access import BudgetAccess
from handlers.payments.checking import check_books
from handlers.payments.demo import HEADINGS, seed_budgets
from handlers.payments.funding import DoubleFunding, Funding, double_funding
from handlers.payments.handlers import approve, mark_paid, plan, refund, refuse, request, stop
from handlers.payments.money import AmountError, as_amount, from_minor, to_minor
from handlers.payments.plans import LineProgress, PlanLine, lines_of, progress_of
from handlers.payments.purchases import plan_lines, plan_purchases, read_lines
from handlers.payments.store import (
    ListedPayment,
    Method,
    Payment,
    PaymentStatus,
    Refund,
    Way,
    find_payment,
    find_payments,
    payments_of,
)

__all__ = [
    "HEADINGS",
    "AmountError",
    "BudgetAccess",
    "DoubleFunding",
    "Funding",
    "LineProgress",
    "ListedPayment",
    "Method",
    "Payment",
    "PaymentStatus",
    "PlanLine",
    "Refund",
    "Way",
    "approve",
    "as_amount",
    "check_books",
    "double_funding",
    "find_payment",
    "find_payments",
    "from_minor",
    "lines_of",
    "mark_paid",
    "payments_of",
    "plan",
    "plan_lines",
    "plan_purchases",
    "progress_of",
    "read_lines",
    "refund",
    "refuse",
    "request",
    "seed_budgets",
    "stop",
    "to_minor",
]
