"""What payments add up to, and all of them in a row."""

from handlers.payments.reports.store import every_payment, totals_of_heading

__all__ = ["every_payment", "totals_of_heading"]
