"""Payment orders: approved payments that go to the bank together, as a file."""

from handlers.payments.orders.export import ExportRefused, Payee, order_csv, pain_001
from handlers.payments.orders.payees import read_payees
from handlers.payments.orders.service import (
    OrderRefused,
    call_back,
    draw_up,
    note_refusal,
    sign,
)
from handlers.payments.orders.store import (
    OrderStatus,
    PaymentOrder,
    find_orders,
    payments_in,
    read_order,
)

__all__ = [
    "ExportRefused",
    "OrderRefused",
    "OrderStatus",
    "Payee",
    "PaymentOrder",
    "call_back",
    "draw_up",
    "find_orders",
    "note_refusal",
    "order_csv",
    "pain_001",
    "payments_in",
    "read_order",
    "read_payees",
    "sign",
]
