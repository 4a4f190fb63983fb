"""What may be done with a payment, by whom, and what it moves in its budget heading.

One place for diagrams and pages: each function changes the payment, the ledger and the case's
history together, or raises a :class:`~engine.errors.BusinessError` and changes nothing. Who
prepares, who approves and who pays are three people (domain file, E: separation of duties), and no
substitute of one of them either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.errors import BusinessError, HandlerFailed
from engine.model import SYSTEM, Actor
from engine.ports import HandlerCall
from engine.store import UnitOfWork
from handlers.payments import store
from handlers.payments.ledger import BudgetExhausted, Movement, post, read_heading, require
from handlers.payments.money import AmountError, from_minor, to_minor
from handlers.payments.store import Method, Payment, PaymentStatus, Refund, Way
from handlers.transaction import own


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something to the payments of a case, when, and from where.

    :ivar place: for messages: the diagram's element, or the page.
    """

    uow: UnitOfWork
    case_id: str
    actor: Actor
    at: datetime
    place: str
    element_id: str | None = None
    activation: int | None = None

    @classmethod
    def of(cls, call: HandlerCall) -> Hand:
        """Return the hand behind a handler's call."""
        place = f"{call.element_id} of case {call.case.reference}"
        return cls(
            own(call), call.case.id, call.actor, call.now, place, call.element_id, call.activation
        )

    @classmethod
    def at_desk(cls, uow: UnitOfWork, case_id: str, actor: Actor, at: datetime, place: str) -> Hand:
        """Return the hand of somebody at a page, the case locked.

        Lock order: the cases, in the order of their ids, then their headings.
        """
        uow.lock_tail(case_id)
        return cls(uow, case_id, actor, at, place)

    def record(self, payment: Payment, kind: str, **more: object) -> None:
        """Write what happened to a payment into its case's history."""
        data = {
            "payment": payment.id,
            "tranche": Decimal(payment.tranche),
            "amount": payment.amount,
            "currency": payment.currency,
            **more,
        }
        self.uow.record(
            self.case_id,
            f"payment.{kind}",
            data,
            actor=self.actor.account_id,
            at=self.at,
            element_id=self.element_id,
            activation=self.activation,
        )


def commit(hand: Hand, payments: Sequence[Payment]) -> None:
    """Promise planned payments of one heading.

    :raises BusinessError: ``budget-exhausted``: the heading has not so much left.
    """
    heading_id = payments[0].heading_id
    if heading_id is not None:
        try:
            total = sum(payment.amount_minor for payment in payments)
            require(hand.uow, read_heading(hand.uow, heading_id), total)
        except BudgetExhausted as error:
            raise BusinessError("budget-exhausted", str(error)) from error
    for payment in payments:
        _post(hand, payment, Movement.COMMITTED)
        hand.record(payment, "planned")


def request(hand: Hand, payment_id: str, way: Way | None = None) -> Payment:
    """Ask for a planned payment; the hand is its preparer.

    :param way: how it is asked to be paid; any way if left out.

    :raises BusinessError: ``separation-of-duties``: nobody in person asks; ``payment-state``: it
        is not planned.
    """
    row = read(hand, payment_id, PaymentStatus.PLANNED)
    return _move(
        hand,
        row,
        PaymentStatus.REQUESTED,
        prepared_by=_person(hand, row),
        prepared_for=hand.actor.acting_for,
        prepared_at=hand.at,
        way=None if way is None else way.value,
    )


def approve(hand: Hand, payment_id: str) -> Payment:
    """Approve a payment that another person asked for.

    :raises BusinessError: ``separation-of-duties``: the preparer may not; ``payment-state``: it
        is not requested.
    """
    row = read(hand, payment_id, PaymentStatus.REQUESTED)
    return _move(
        hand,
        row,
        PaymentStatus.APPROVED,
        approved_by=_person(hand, row),
        approved_for=hand.actor.acting_for,
        approved_at=hand.at,
    )


def order(hand: Hand, payment_id: str, order_id: str) -> Payment:
    """Put an approved payment into a payment order.

    :raises BusinessError: ``separation-of-duties``: preparer and approver may not;
        ``payment-state``: it is not approved, or in another order; ``payment-way``: it was asked
        for in another way than by transfer.
    """
    row = read(hand, payment_id, PaymentStatus.APPROVED)
    if row.way not in (None, Way.TRANSFER):
        raise BusinessError(
            "payment-way",
            f"Payment {row.id} is asked for by '{row.way}'; a bank order pays transfers. Pay it so "
            "and attach the proof in the case.",
            {"payment": row.id},
        )
    who = _person(hand, row)
    _post(hand, row, Movement.ORDERED, order_id)
    return _move(
        hand,
        row,
        PaymentStatus.ORDERED,
        order_id=order_id,
        method=Method.TRANSFER.value,
        paid_by=who,
    )


def recall(hand: Hand, payment_id: str) -> Payment:
    """Take a payment out of its order: the order is called back, or the bank did not pay.

    :raises BusinessError: ``payment-state``: it is in no order.
    """
    row = read(hand, payment_id, PaymentStatus.ORDERED)
    _post(hand, row, Movement.RECALLED, str(row.order_id))
    return _move(
        hand, row, PaymentStatus.APPROVED, "recalled", order_id=None, method=None, paid_by=None
    )


def pay(hand: Hand, payment_id: str, *, proof: str, paid_on: object, method: Method) -> Payment:
    """Note that an approved payment was paid, with its proof; by a third person.

    :param proof: id of a document of the case that the caller has checked.
    :param paid_on: the day on which the money went.
    :raises BusinessError: ``separation-of-duties``: preparer and approver may not;
        ``payment-state``: it is not approved; ``payment-date``: there is no day, or it is still
        to come.
    """
    row = read(hand, payment_id, PaymentStatus.APPROVED, PaymentStatus.ORDERED)
    who = _person(hand, row)
    day = _day(hand, row, paid_on)
    return _paid(hand, row, who, day, method, proof)


def settle(hand: Hand, payment_id: str, paid_on: date) -> Payment:
    """Note that the bank's statement shows an ordered payment.

    Whoever drew up the order stays its payer: the statement is read in, nobody decides anything.

    :raises BusinessError: ``payment-state``: it is in no order.
    """
    row = read(hand, payment_id, PaymentStatus.ORDERED)
    return _paid(hand, row, str(row.paid_by), paid_on, Method.TRANSFER, None)


def refuse(hand: Hand, payment_id: str) -> Payment:
    """Refuse a payment before it is ordered or paid. Anyone may: refusing moves no money.

    :raises BusinessError: ``payment-state``: it was ordered, paid or refused already.
    """
    row = read(
        hand, payment_id, PaymentStatus.PLANNED, PaymentStatus.REQUESTED, PaymentStatus.APPROVED
    )
    _post(hand, row, Movement.RELEASED)
    who = hand.actor.account_id
    return _move(hand, row, PaymentStatus.REFUSED, refused_by=who, refused_at=hand.at)


def refund(
    hand: Hand, payment_id: str, amount: Decimal, reason: Refund, known: Decimal | None = None
) -> Payment:
    """Note that some of a paid payment came back; the heading has it available again.

    :param known: what had come back when its writer looked: a form sent twice counts once.
    :raises BusinessError: ``payment-state``: it was not paid, or more came back meanwhile;
        ``amount-invalid``: it is no amount, or more than what is left of it.
    """
    row = read(hand, payment_id, PaymentStatus.PAID)
    if known is not None and known != row.refunded:
        raise _moved_on(row)
    try:
        back = to_minor(amount, row.currency)
    except AmountError as error:
        raise BusinessError("amount-invalid", f"{hand.place}: {error}") from error
    if back > row.amount_minor - row.refunded_minor:
        raise BusinessError(
            "amount-invalid",
            f"Payment {row.id} was of {row.amount} {row.currency}, of which {row.refunded} came "
            f"back already; {amount} cannot come back. Nothing was changed.",
            {"payment": row.id},
        )
    if not store.refund_payment(hand.uow, row, back):
        raise _moved_on(row)
    _post(hand, row, Movement.REFUNDED, str(row.refunded_minor), back)
    hand.record(row, "refunded", refunded=from_minor(back, row.currency), reason=reason.value)
    return row


def read(hand: Hand, payment_id: str, *allowed: PaymentStatus) -> Payment:
    """Return a payment of the hand's case in one of these states.

    :raises HandlerFailed: the case has no such payment.
    :raises BusinessError: ``payment-state``: it is in another state.
    """
    row = store.read_payment(hand.uow, hand.case_id, payment_id)
    if row is None:
        raise HandlerFailed(
            f"{hand.place} names payment '{payment_id}', which that case does not have. Pass an "
            "id that payments.plan gave."
        )
    if row.status not in allowed:
        raise BusinessError(
            "payment-state",
            f"Payment {row.id} is {row.status}; {hand.place} needs it {' or '.join(allowed)}. "
            "Nothing was changed.",
            {"payment": row.id},
        )
    return row


def _paid(
    hand: Hand, row: Payment, who: str, paid_on: date, method: Method, proof: str | None
) -> Payment:
    ordered = row.status is PaymentStatus.ORDERED
    _post(hand, row, Movement.SETTLED if ordered else Movement.PAID)
    return _move(
        hand,
        row,
        PaymentStatus.PAID,
        method=method.value,
        paid_by=who,
        paid_at=hand.at,
        paid_on=paid_on,
        proof_document=proof,
    )


def _day(hand: Hand, row: Payment, paid_on: object) -> date:
    # Null comes from an answer left out. One day of grace: east of Greenwich it may be tomorrow.
    if not isinstance(paid_on, date) or isinstance(paid_on, datetime):
        problem = f"needs the day on which it was paid; {hand.place} passes {paid_on!r}"
    elif paid_on > hand.at.date() + timedelta(days=1):
        problem = f"cannot have been paid on {paid_on}, a day to come"
    else:
        return paid_on
    raise BusinessError("payment-date", f"Payment {row.id} {problem}.", {"payment": row.id})


def _person(hand: Hand, row: Payment) -> str:
    who = hand.actor
    shared = who.principals & row.hands
    if who.account_id == SYSTEM.account_id or shared:
        reason = (
            f"{', '.join(sorted(shared))} had a hand in it before"
            if shared
            else "no person stands behind this step"
        )
        raise BusinessError(
            "separation-of-duties",
            f"Payment {row.id} needs another person at {hand.place}: {reason}. Whoever prepares, "
            "approves and pays are three people, and none acts for another of them.",
            {"payment": row.id},
        )
    return who.account_id


def _post(
    hand: Hand, row: Payment, movement: Movement, turn: str = "", amount_minor: int | None = None
) -> None:
    """Move the heading's money with the payment.

    :param turn: what tells movements of one kind apart that a payment has more than once.
    """
    if row.heading_id is None or not row.amount_minor:
        return  # Outside any budget; or a tranche that rounding left empty.
    key = "/".join(filter(None, (row.id, movement.value, turn)))
    try:
        post(
            hand.uow,
            read_heading(hand.uow, row.heading_id),
            movement,
            row.amount_minor if amount_minor is None else amount_minor,
            key=key,
            at=hand.at,
            by=hand.actor.account_id,
            payment_id=row.id,
        )
    except BudgetExhausted as error:
        raise BusinessError("budget-exhausted", str(error), {"payment": row.id}) from error


def _move(
    hand: Hand, row: Payment, status: PaymentStatus, kind: str = "", **values: object
) -> Payment:
    if not store.move_payment(hand.uow, row, status, **values):
        raise _moved_on(row)
    hand.record(row, kind or status)
    return row


def _moved_on(row: Payment) -> BusinessError:
    return BusinessError(
        "payment-state",
        f"Payment {row.id} was changed by somebody else just now. Look at it again.",
        {"payment": row.id},
    )
