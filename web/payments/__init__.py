"""Payments: the list and one payment, budgets, payment orders, bank statements, double funding."""

from web.payments import budgets, listing, orders, statements
from web.payments.blueprint import blueprint

__all__ = ["blueprint", "budgets", "listing", "orders", "statements"]
