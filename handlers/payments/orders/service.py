"""Drawing up, signing and calling back payment orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from engine.errors import BusinessError, PasserelleError
from engine.model import Actor
from engine.store import UnitOfWork
from engine.store.cases import next_number
from handlers.payments import flow
from handlers.payments.flow import Hand
from handlers.payments.ledger import lock_headings, read_programme
from handlers.payments.orders import store
from handlers.payments.orders.store import OrderStatus, PaymentOrder
from handlers.payments.store import Payment, PaymentStatus, programme_of, read_payment
from handlers.people import new_id


class OrderRefused(PasserelleError):
    """An order cannot be drawn up, signed or called back so; nothing was changed.

    :ivar code: ``empty``, ``mixed``, ``no-account``, ``date``, ``state``, ``same-person``,
        ``unknown``, ``purchase``, or the code by which a payment was refused.
    :ivar payment: case id and payment id of the payment that was refused, if one was.
    """

    def __init__(self, code: str, message: str, payment: tuple[str, str] | None = None) -> None:
        self.code = code
        self.payment = payment
        super().__init__(message)


def draw_up(
    uow: UnitOfWork,
    chosen: Mapping[str, str],
    execute_on: date,
    *,
    actor: Actor,
    at: datetime,
) -> PaymentOrder:
    """Put approved payments of one programme into an order; all of them, or none.

    :param chosen: case id by payment id; the caller has seen to it that the actor sees the cases.
    :raises OrderRefused: there is none; they are of several programmes or currencies; the
        programme has no account; the day is past; one of them cannot be ordered by this actor.
    """
    if not chosen:
        raise OrderRefused("empty", "An order needs one payment or more. Choose some.")
    if execute_on < at.date():
        raise OrderRefused("date", f"{execute_on} is past. Choose today or a later day.")
    hands = _hands(uow, set(chosen.values()), actor, at)
    rows = [_row(uow, case_id, payment_id) for payment_id, case_id in sorted(chosen.items())]
    lock_headings(uow, (row.heading_id for row in rows))
    programme_id, currency = _common(uow, rows)
    programme = read_programme(uow, programme_id)
    if not programme.payer_account:
        raise OrderRefused(
            "no-account",
            f"Programme {programme.name} has no account to pay from. Write it on the programme.",
        )
    year = at.year
    prefix = f"VIR-{programme.country}-{year}"
    order = PaymentOrder(
        id=new_id(),
        number=f"{prefix}-{next_number(uow, prefix):05d}",
        programme_id=programme_id,
        currency=currency,
        status=OrderStatus.DRAWN_UP,
        execute_on=execute_on,
        drawn_up_at=at,
        drawn_up_by=actor.account_id,
        drawn_up_for=actor.acting_for,
    )
    store.insert_order(uow, order)
    for row in rows:
        try:
            flow.order(hands[row.case_id], row.id, order.id)
        except BusinessError as error:
            raise OrderRefused(error.code, str(error), (row.case_id, row.id)) from error
    return order


def note_refusal(uow: UnitOfWork, refused: OrderRefused, *, actor: Actor, at: datetime) -> None:
    """Write into the case's history that somebody tried to pay what they had a hand in.

    In a transaction of its own: the one that was refused keeps nothing.
    """
    if refused.code != "separation-of-duties" or refused.payment is None:
        return
    case_id, payment_id = refused.payment
    hand = Hand.at_desk(uow, case_id, actor, at, "payment order")
    hand.record(_row(uow, case_id, payment_id), "order-refused")


def sign(uow: UnitOfWork, order: PaymentOrder, *, actor: Actor, at: datetime) -> None:
    """Sign an order that another person drew up: its file may go to the bank.

    :raises OrderRefused: it is not drawn up (any more), or by the actor or whom they act for; or
        one of them prepared or approved a payment in it.
    """
    if order.hands & actor.principals:
        raise OrderRefused(
            "same-person",
            f"{order.number} was drawn up by you, or in the place of one of you. Somebody else "
            "must sign it.",
        )
    for row in store.payments_in(uow, order.id):
        if row.hands & actor.principals:
            raise OrderRefused(
                "separation-of-duties",
                f"You prepared or approved payment {row.id} of {order.number}, or somebody in "
                "whose place you act did. Somebody else must sign it.",
                (row.case_id, row.id),
            )
    _advance(
        uow,
        order,
        OrderStatus.SIGNED,
        (OrderStatus.DRAWN_UP,),
        signed_at=at,
        signed_by=actor.account_id,
    )


def call_back(uow: UnitOfWork, order: PaymentOrder, *, actor: Actor, at: datetime) -> int:
    """Call an order back: what the bank has not paid is approved again, to be ordered anew.

    :returns: how many payments were taken out of it.
    :raises OrderRefused: it was called back before.
    """
    hands = _hands(uow, {row.case_id for row in store.payments_in(uow, order.id)}, actor, at)
    _advance(uow, order, OrderStatus.CALLED_BACK, (OrderStatus.DRAWN_UP, OrderStatus.SIGNED))
    # Read again, the cases now locked: the bank may have paid one of them meanwhile.
    found = store.payments_in(uow, order.id)
    open_rows = [row for row in found if row.status is PaymentStatus.ORDERED]
    lock_headings(uow, (row.heading_id for row in open_rows))
    for row in open_rows:
        flow.recall(hands[row.case_id], row.id)
    return len(open_rows)


def _hands(uow: UnitOfWork, case_ids: set[str], actor: Actor, at: datetime) -> Mapping[str, Hand]:
    # Sorted: two orders that share cases wait for one another and never in a circle.
    return {
        case_id: Hand.at_desk(uow, case_id, actor, at, "payment order")
        for case_id in sorted(case_ids)
    }


def _row(uow: UnitOfWork, case_id: str, payment_id: str) -> Payment:
    row = read_payment(uow, case_id, payment_id)
    if row is not None and row.line_id is not None and row.payee is None:
        raise OrderRefused(
            "purchase",
            f"Payment {row.id} buys from a supplier that is no organisation here. Pay it and "
            "attach the proof in the case.",
        )
    if row is None:
        raise OrderRefused("unknown", f"There is no payment '{payment_id}' in case {case_id}.")
    return row


def _common(uow: UnitOfWork, rows: Sequence[Payment]) -> tuple[str, str]:
    found = {(programme_of(uow, row), row.currency) for row in rows}
    (programme_id, currency), *others = sorted(found, key=str)
    if others or programme_id is None:
        raise OrderRefused(
            "mixed",
            "An order is of one programme and one currency. Choose payments of one only.",
        )
    return programme_id, currency


def _advance(
    uow: UnitOfWork,
    order: PaymentOrder,
    status: OrderStatus,
    allowed: Sequence[OrderStatus],
    **values: object,
) -> None:
    if order.status not in allowed or not store.move_order(uow, order, status, **values):
        raise OrderRefused(
            "state", f"{order.number} is {order.status} and cannot be {status}. Look at it again."
        )
