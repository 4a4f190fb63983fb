"""What diagrams ask about money: plan payments; ask for, approve, pay, refuse or refund one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import BusinessError, HandlerFailed, NotFound
from engine.ports import HandlerCall, handler
from handlers import documents
from handlers.organisations import read_organisation
from handlers.payments import flow, money, store
from handlers.payments.flow import Hand
from handlers.payments.ledger import find_heading
from handlers.payments.store import Method, Payment, PaymentStatus, Refund, Way
from handlers.people import new_id
from handlers.transaction import own


@handler("payments.plan", local=True, outputs=("payments", "amounts"))
def plan(
    call: HandlerCall,
    amount: Decimal,
    currency: str,
    shares: Sequence[Decimal],
    heading: str | None = None,
    payee: str | None = None,
) -> Mapping[str, Any]:
    """Plan an amount in tranches by these shares; the last tranche takes what rounding leaves.

    Called again under the same key it gives the same payments back.

    :param heading: code of the budget heading, of this year, that the amount is promised from.
    :param payee: the organisation that gets it, a grant; the person of the case if left out.
    :raises BusinessError: ``amount-invalid``: amount, currency or shares cannot be used;
        ``budget-exhausted``: the heading has not so much left.
    """
    uow = own(call)
    planned = store.plan(uow, call.key)
    if not planned:
        heading_id, paid_to = heading_of(call, heading, currency), payee_of(call, payee)
        parts = _parts(call, amount, currency, shares)
        planned = _tranches(call, parts, currency, heading_id, paid_to)
        store.insert_payments(uow, planned)
        flow.commit(Hand.of(call), planned)
    return {
        "payments": tuple(payment.id for payment in planned),
        "amounts": tuple(payment.amount for payment in planned),
    }


@handler("payments.request", local=True)
def request(call: HandlerCall, payment: str, way: str | None = None) -> None:
    """Ask for a planned tranche; whoever completed the step is its preparer.

    :param way: how it is asked to be paid: ``transfer``, ``cheque``, ``cash``, ``mobile`` or
        ``supplier``; a bank order takes transfers only. Any way if left out.

    :raises BusinessError: as :func:`handlers.payments.flow.request`.
    """
    if way is not None and way not in set(Way):
        raise HandlerFailed(
            f"{call.element_id} asks for a payment by '{way}'. Pass one of: {', '.join(Way)}."
        )
    flow.request(Hand.of(call), payment, None if way is None else Way(way))


@handler("payments.approve", local=True)
def approve(call: HandlerCall, payment: str) -> None:
    """Approve a tranche that another person asked for.

    :raises BusinessError: as :func:`handlers.payments.flow.approve`.
    """
    flow.approve(Hand.of(call), payment)


@handler("payments.mark_paid", local=True)
def mark_paid(
    call: HandlerCall, payment: str, proof: str, paid_on: date, method: str = "transfer"
) -> None:
    """Note that an approved tranche was paid, with its proof; by a third person.

    :param proof: id of a document of this case: a bank's proof, or the receipt for cash and
        mobile money.
    :param paid_on: the day on which the money went.
    :param method: ``transfer``, ``cheque``, ``cash`` or ``mobile``.
    :raises BusinessError: ``document-missing``: the proof is not of this case; otherwise as
        :func:`handlers.payments.flow.pay`.
    """
    if method not in set(Method):
        raise HandlerFailed(
            f"{call.element_id} pays by '{method}'. Pass one of: {', '.join(Method)}."
        )
    hand = Hand.of(call)
    flow.read(hand, payment, PaymentStatus.APPROVED, PaymentStatus.ORDERED)
    documents.require(call, (proof,), "proof-of-payment")
    flow.pay(hand, payment, proof=proof, paid_on=paid_on, method=Method(method))


@handler("payments.refuse", local=True)
def refuse(call: HandlerCall, payment: str) -> None:
    """Refuse a tranche that was not ordered or paid yet; its heading has the money again.

    :raises BusinessError: as :func:`handlers.payments.flow.refuse`.
    """
    flow.refuse(Hand.of(call), payment)


@handler("payments.stop", local=True, outputs=("stopped",))
def stop(call: HandlerCall) -> Mapping[str, Any]:
    """Refuse every payment of the case that was not ordered or paid yet; give how many.

    In whichever of its processes it was planned. The headings have the money again.
    """
    waiting = (PaymentStatus.PLANNED, PaymentStatus.REQUESTED, PaymentStatus.APPROVED)
    found = [row for row in store.payments_of(own(call), call.case.id) if row.status in waiting]
    for row in found:
        flow.refuse(Hand.of(call), row.id)
    return {"stopped": Decimal(len(found))}


@handler("payments.refund", local=True)
def refund(call: HandlerCall, payment: str, amount: Decimal, reason: str = "returned") -> None:
    """Note that some of a paid tranche came back.

    :param reason: ``returned`` by the bank, ``overpaid``, ``unspent``, ``withdrawn`` or
        ``misused``.
    :raises BusinessError: as :func:`handlers.payments.flow.refund`.
    """
    if reason not in set(Refund):
        raise HandlerFailed(
            f"{call.element_id} refunds because of '{reason}'. Pass one of: {', '.join(Refund)}."
        )
    flow.refund(Hand.of(call), payment, amount, Refund(reason))


def heading_of(call: HandlerCall, code: str | None, currency: str) -> str | None:
    """Return the id of the heading of this year that a diagram names by its code.

    :raises HandlerFailed: it is not open.
    """
    if code is None:
        return None
    try:
        return find_heading(own(call), code, call.now.year, currency).id
    except NotFound as error:
        raise HandlerFailed(
            f"{call.element_id} promises from heading '{code}': {error} Open it for this year, "
            "then retry."
        ) from error


def payee_of(call: HandlerCall, organisation: str | None) -> str | None:
    """Return the organisation that a diagram pays, one of the case's country.

    :raises HandlerFailed: it is none.
    """
    if organisation is None:
        return None
    try:
        known = read_organisation(own(call), organisation)
    except NotFound as error:
        raise HandlerFailed(
            f"{call.element_id} of case {call.case.reference} pays '{organisation}', which is no "
            "organisation here. Correct the diagram or add the organisation."
        ) from error
    if known.country != call.case.country:
        raise HandlerFailed(
            f"{call.element_id} of case {call.case.reference} pays {known.id}, which is in "
            f"{known.country}; choose one of {call.case.country}."
        )
    return known.id


def _parts(
    call: HandlerCall, amount: Decimal, currency: str, shares: Sequence[Decimal]
) -> tuple[int, ...]:
    try:
        return money.split(money.to_minor(amount, currency), tuple(shares or ()))
    except money.AmountError as error:
        raise BusinessError(
            "amount-invalid", f"{call.element_id} of case {call.case.reference}: {error}"
        ) from error


def _tranches(
    call: HandlerCall,
    parts: Sequence[int],
    currency: str,
    heading_id: str | None,
    payee: str | None,
) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            id=new_id(),
            case_id=call.case.id,
            tranche=number,
            amount_minor=part,
            currency=currency,
            status=PaymentStatus.PLANNED,
            plan_key=call.key,
            planned_at=call.now,
            heading_id=heading_id,
            payee=payee,
        )
        for number, part in enumerate(parts, start=1)
    )
