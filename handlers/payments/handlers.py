"""What diagrams ask about money: plan tranches; ask for, approve, pay or refuse one.

Who prepares, who approves and who pays a tranche are three people (domain file, E: separation of
duties). The engine gives each step's performer as the call's actor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.errors import BusinessError, HandlerFailed
from engine.model import SYSTEM
from engine.ports import HandlerCall, handler
from handlers import documents
from handlers.payments import money, store
from handlers.payments.store import Payment, PaymentStatus
from handlers.people import new_id
from handlers.transaction import own, record


@handler("payments.plan", local=True, outputs=("payments", "amounts"))
def plan(
    call: HandlerCall, amount: Decimal, currency: str, shares: Sequence[Decimal]
) -> Mapping[str, Any]:
    """Plan an amount in tranches by these shares; the last tranche takes what rounding leaves.

    Called again under the same key it gives the same payments back.

    :raises BusinessError: ``amount-invalid``: amount, currency or shares cannot be used.
    """
    uow = own(call)
    planned = store.plan(uow, call.key)
    if not planned:
        planned = _tranches(call, amount, currency, shares)
        store.insert_payments(uow, planned)
        for payment in planned:
            _record(call, payment, PaymentStatus.PLANNED)
    return {
        "payments": tuple(payment.id for payment in planned),
        "amounts": tuple(payment.amount for payment in planned),
    }


@handler("payments.request", local=True)
def request(call: HandlerCall, payment: str) -> None:
    """Ask for a planned tranche; whoever completed the step is its preparer.

    :raises BusinessError: ``separation-of-duties``: nobody in person asks; ``payment-state``: it
        is not planned.
    """
    row = _read(call, payment, PaymentStatus.PLANNED)
    by = _person(call, row, ())
    _move(call, row, PaymentStatus.REQUESTED, prepared_by=by, prepared_at=call.now)


@handler("payments.approve", local=True)
def approve(call: HandlerCall, payment: str) -> None:
    """Approve a tranche that another person asked for.

    :raises BusinessError: ``separation-of-duties``: the preparer may not; ``payment-state``: it
        is not requested.
    """
    row = _read(call, payment, PaymentStatus.REQUESTED)
    by = _person(call, row, (row.prepared_by,))
    _move(call, row, PaymentStatus.APPROVED, approved_by=by, approved_at=call.now)


@handler("payments.mark_paid", local=True)
def mark_paid(call: HandlerCall, payment: str, proof: str, paid_on: date) -> None:
    """Note that an approved tranche was paid, with its proof; by a third person.

    :param proof: id of a document of this case.
    :param paid_on: the day on which the money went.
    :raises BusinessError: ``separation-of-duties``: preparer and approver may not;
        ``payment-state``: it is not approved; ``document-missing``: the proof is not of this
        case; ``payment-date``: there is no day, or it is still to come.
    """
    row = _read(call, payment, PaymentStatus.APPROVED)
    by = _person(call, row, (row.prepared_by, row.approved_by))
    documents.require(call, (proof,), "proof-of-payment")
    _check_day(call, row, paid_on)
    _move(
        call,
        row,
        PaymentStatus.PAID,
        paid_by=by,
        paid_at=call.now,
        paid_on=paid_on,
        proof_document=proof,
    )


@handler("payments.refuse", local=True)
def refuse(call: HandlerCall, payment: str) -> None:
    """Refuse a tranche that was not paid yet. Anyone may: refusing moves no money.

    :raises BusinessError: ``payment-state``: it was paid or refused already.
    """
    row = _read(
        call, payment, PaymentStatus.PLANNED, PaymentStatus.REQUESTED, PaymentStatus.APPROVED
    )
    by = call.actor.account_id
    _move(call, row, PaymentStatus.REFUSED, refused_by=by, refused_at=call.now)


def _check_day(call: HandlerCall, row: Payment, paid_on: object) -> None:
    # Null comes from an answer left out. One day of grace: east of Greenwich it may be tomorrow.
    if not isinstance(paid_on, date) or isinstance(paid_on, datetime):
        problem = f"needs the day on which it was paid; {call.element_id} passes {paid_on!r}"
    elif paid_on > call.now.date() + timedelta(days=1):
        problem = f"cannot have been paid on {paid_on}, a day to come"
    else:
        return
    raise BusinessError("payment-date", f"Payment {row.id} {problem}.", {"payment": row.id})


def _tranches(
    call: HandlerCall, amount: Decimal, currency: str, shares: Sequence[Decimal]
) -> tuple[Payment, ...]:
    try:
        parts = money.split(money.to_minor(amount, currency), tuple(shares or ()))
    except money.AmountError as error:
        raise BusinessError(
            "amount-invalid", f"{call.element_id} of case {call.case.reference}: {error}"
        ) from error
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
        )
        for number, part in enumerate(parts, start=1)
    )


def _read(call: HandlerCall, payment_id: str, *allowed: PaymentStatus) -> Payment:
    row = store.read_payment(own(call), call.case.id, payment_id)
    if row is None:
        raise HandlerFailed(
            f"{call.element_id} names payment '{payment_id}', which case {call.case.reference} "
            "does not have. Pass an id that payments.plan gave."
        )
    if row.status not in allowed:
        raise BusinessError(
            "payment-state",
            f"Payment {row.id} is {row.status}; {call.element_id} needs it "
            f"{' or '.join(allowed)}. Nothing was changed.",
            {"payment": row.id},
        )
    return row


def _person(call: HandlerCall, row: Payment, others: Sequence[str | None]) -> str:
    who = call.actor.account_id
    if who == SYSTEM.account_id or who in others:
        reason = (
            "no person stands behind this step"
            if who == SYSTEM.account_id
            else f"{who} took an earlier step of it"
        )
        raise BusinessError(
            "separation-of-duties",
            f"Payment {row.id} needs another person at {call.element_id}: {reason}. Whoever "
            "prepares, approves and pays a tranche are three people.",
            {"payment": row.id},
        )
    return who


def _move(call: HandlerCall, row: Payment, status: PaymentStatus, **values: object) -> None:
    if not store.move_payment(own(call), row, status, **values):
        raise BusinessError(
            "payment-state",
            f"Payment {row.id} was changed by somebody else just now. Look at it again.",
            {"payment": row.id},
        )
    _record(call, row, status)


def _record(call: HandlerCall, row: Payment, status: PaymentStatus) -> None:
    data = {
        "payment": row.id,
        "tranche": Decimal(row.tranche),
        "amount": row.amount,
        "currency": row.currency,
    }
    record(call, f"payment.{status}", data)
