"""What diagrams ask about purchases in kind: a plan's lines, and what is bought of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.errors import BusinessError
from engine.ports import HandlerCall, handler
from handlers.payments import flow, store
from handlers.payments.flow import Hand
from handlers.payments.handlers import heading_of, payee_of
from handlers.payments.money import AmountError, from_minor, to_minor
from handlers.payments.plans import LineProgress, PlanLine, lines_of, progress_of
from handlers.payments.plans.store import insert_lines
from handlers.payments.store import Payment, PaymentStatus
from handlers.people import new_id
from handlers.transaction import own, record

_LONGEST = {"category": 32, "item": 64}


@handler("payments.plan_lines", local=True, outputs=("lines",))
def plan_lines(
    call: HandlerCall, lines: Sequence[Mapping[str, Any]], currency: str
) -> Mapping[str, Any]:
    """Write a business plan's lines; called again under the same key it gives the same back.

    :param lines: ``category``, ``item``, ``quantity``, ``unit_price``, ``own_contribution`` of
        each; none where the plan is not detailed.
    :raises BusinessError: ``plan-invalid``: a line cannot be used; says which.
    """
    uow = own(call)
    written = lines_of(uow, call.case.id, call.key)
    if not written and lines:
        written = tuple(
            _line(call, number, each, currency) for number, each in enumerate(lines, start=1)
        )
        insert_lines(uow, written)
        record(call, "plan.written", {"lines": Decimal(len(written)), "currency": currency})
    return {"lines": tuple(line.id for line in written)}


@handler("payments.plan_purchases", local=True, outputs=("payments", "amounts"))
def plan_purchases(
    call: HandlerCall, purchases: Sequence[Mapping[str, Any]], heading: str | None = None
) -> Mapping[str, Any]:
    """Plan purchases in kind, each one payment to one supplier.

    :param purchases: ``line`` (an id that payments.plan_lines gave), ``amount`` and, where the
        supplier is known here, ``payee`` (its organisation's id) of each.
    :param heading: code of the budget heading, of this year, that they are promised from.
    :raises BusinessError: ``plan-invalid``: a line is none of the case's, the person's own to
        bring, or has not so much left; ``budget-exhausted``: the heading has not.
    """
    uow = own(call)
    planned = store.plan(uow, call.key)
    if not planned:
        planned = _purchases(call, purchases, heading)
        store.insert_payments(uow, planned)
        flow.commit(Hand.of(call), planned)
    return {
        "payments": tuple(payment.id for payment in planned),
        "amounts": tuple(payment.amount for payment in planned),
    }


@handler("payments.read_lines", local=True, outputs=("to_buy",))
def read_lines(
    call: HandlerCall,
    lines: Sequence[str] | None = None,
    categories: Sequence[str] | None = None,
) -> Mapping[str, Any]:
    """List the lines of the case's plan of which something is left to buy, in their order.

    Each has ``line``, ``category``, ``item``, ``quantity``, ``unit_price``, ``amount`` (what is
    left) and ``currency``. What the person brings is not listed.

    :param lines: ids that payments.plan_lines gave; every line of the case if left out.
    :param categories: codes; lines of every category if left out.
    """
    uow, case_id = own(call), call.case.id
    found = progress_of(lines_of(uow, case_id), store.payments_of(uow, case_id))
    return {
        "to_buy": tuple(
            _to_buy(each)
            for each in found
            if each.left_minor > 0
            and (lines is None or each.line.id in lines)
            and (categories is None or each.line.category in categories)
        )
    }


def _to_buy(progress: LineProgress) -> Mapping[str, Any]:
    line = progress.line
    return {
        "line": line.id,
        "category": line.category,
        "item": line.item,
        "quantity": Decimal(line.quantity),
        "unit_price": line.unit_price,
        "amount": from_minor(progress.left_minor, line.currency),
        "currency": line.currency,
    }


def _line(call: HandlerCall, number: int, given: Mapping[str, Any], currency: str) -> PlanLine:
    for key, longest in _LONGEST.items():
        text = given.get(key)
        if not isinstance(text, str) or not 0 < len(text) <= longest:
            raise _invalid(call, number, f"'{key}' must be a text of 1 to {longest} letters")
    quantity = given.get("quantity")
    if quantity is None or quantity != int(quantity) or not 0 < quantity < 1_000_000:
        raise _invalid(call, number, f"'quantity' must be a whole number above zero: {quantity}")
    try:
        price = to_minor(given.get("unit_price"), currency)  # type: ignore[arg-type]
    except AmountError as error:
        raise _invalid(call, number, str(error)) from error
    return PlanLine(
        id=new_id(),
        case_id=call.case.id,
        plan_key=call.key,
        number=number,
        category=given["category"],
        item=given["item"],
        quantity=int(quantity),
        unit_price_minor=price,
        currency=currency,
        own_contribution=given.get("own_contribution") is True,
    )


def _purchases(
    call: HandlerCall, purchases: Sequence[Mapping[str, Any]], heading: str | None
) -> tuple[Payment, ...]:
    uow = own(call)
    if not purchases:
        raise _invalid(call, 1, "there is no purchase")
    known = progress_of(lines_of(uow, call.case.id), store.payments_of(uow, call.case.id))
    left = {each.line.id: each.left_minor for each in known}
    lines = {each.line.id: each for each in known}
    planned = []
    for number, each in enumerate(purchases, start=1):
        progress = lines.get(str(each.get("line")))
        if progress is None:
            raise _invalid(call, number, f"'{each.get('line')}' is no line of this case's plan")
        payment = _purchase(call, number, progress, each, left, heading)
        left[progress.line.id] -= payment.amount_minor
        planned.append(payment)
    if len({payment.currency for payment in planned}) > 1:
        raise _invalid(call, 1, "its purchases are in several currencies")
    return tuple(planned)


def _purchase(
    call: HandlerCall,
    number: int,
    progress: LineProgress,
    given: Mapping[str, Any],
    left: Mapping[str, int],
    heading: str | None,
) -> Payment:
    line = progress.line
    try:
        amount = to_minor(given.get("amount"), line.currency)  # type: ignore[arg-type]
    except AmountError as error:
        raise _invalid(call, number, str(error)) from error
    if amount > left[line.id]:
        reason = "is the person's own to bring" if line.own_contribution else "has not so much left"
        raise _invalid(call, number, f"line {line.number} ({line.item}) {reason}")
    return Payment(
        id=new_id(),
        case_id=call.case.id,
        tranche=number,
        amount_minor=amount,
        currency=line.currency,
        status=PaymentStatus.PLANNED,
        plan_key=call.key,
        planned_at=call.now,
        heading_id=heading_of(call, heading, line.currency),
        line_id=line.id,
        payee=payee_of(call, given.get("payee")),
    )


def _invalid(call: HandlerCall, number: int, reason: str) -> BusinessError:
    return BusinessError(
        "plan-invalid",
        f"{call.element_id} of case {call.case.reference}, entry {number}: {reason}. Nothing was "
        "planned.",
    )
