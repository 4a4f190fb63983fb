"""Words for codes that the case page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.payments import PaymentStatus
from web.i18n import _l

_PAYMENTS: Mapping[str, Any] = {
    PaymentStatus.PLANNED: _l("Planned"),
    PaymentStatus.REQUESTED: _l("Asked for, to be approved"),
    PaymentStatus.APPROVED: _l("Approved, to be paid"),
    PaymentStatus.PAID: _l("Paid"),
    PaymentStatus.REFUSED: _l("Refused"),
}


def payment_status(status: PaymentStatus) -> str:
    """Return the words for where a payment is."""
    return str(_PAYMENTS[status])
