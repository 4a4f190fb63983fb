"""The list of payments, one payment, refunds, and people whom several cases fund."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import BusinessError, NotFound
from engine.service import Page
from engine.store.queries import visible
from handlers.payments import (
    PaymentStatus,
    Refund,
    double_funding,
    find_payment,
    find_payments,
    flow,
)
from handlers.payments.ledger import entries_of, programmes, read_heading
from handlers.payments.orders import read_order
from web.accounts import current_actor
from web.context import engine, names, store
from web.i18n import _
from web.locales import locale
from web.paging import page_number, text_argument
from web.payments.blueprint import PAGE_SIZE, access, blueprint, seen_in
from web.payments.words import read_amount, refusal


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the payments of the cases that the signed-in person may see."""
    status, page = text_argument("status"), page_number()
    with store().snapshot() as uow:
        found = find_payments(
            uow,
            visible(current_actor(), engine().now()),
            status=PaymentStatus(status) if status in set(PaymentStatus) else None,
            scheme=text_argument("scheme"),
            programme_id=text_argument("programme"),
            search=text_argument("search"),
            offset=(page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
        offered = programmes(uow, seen_in(uow))
    return render_template(
        "payments/index.html",
        payments=Page(found.rows, found.total, page, PAGE_SIZE),
        programmes=offered,
        schemes={each.id: each.name for each in engine().schemes(locale())},
        asked=request.args,
    )


@blueprint.get("/<payment_id>")
def payment(payment_id: str) -> ResponseReturnValue:
    """Show a payment: where it is, who did what, and what it moved in its heading."""
    return _page(payment_id, {})


@blueprint.post("/<payment_id>/refunds")
def refund(payment_id: str) -> ResponseReturnValue:
    """Note that money came back, with the reason."""
    asked = request.form
    reason, known = asked.get("reason", ""), read_amount(asked.get("known", ""))
    amount = read_amount(asked.get("amount", ""))
    if reason not in set(Refund):
        return _page(payment_id, {"reason": refusal("reason")}, 422)
    if amount is None or known is None:
        return _page(payment_id, {"amount": refusal("amount-invalid")}, 422)
    try:
        _refund(payment_id, amount, Refund(reason), known)
    except BusinessError as error:
        status = 409 if error.code == "payment-state" else 422
        return _page(payment_id, {"amount": refusal(error.code)}, status)
    flash(_("The refund is entered; its heading has the money again."))
    return redirect(url_for(".payment", payment_id=payment_id), 303)


@blueprint.get("/double-funding")
def funding() -> ResponseReturnValue:
    """List the people whom several cases fund."""
    page = page_number()
    with store().snapshot() as uow:
        found = double_funding(
            uow,
            current_actor(),
            engine().now(),
            offset=(page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
    return render_template(
        "payments/funding.html",
        people=Page(found.rows, found.total, page, PAGE_SIZE),
        schemes={each.id: each.name for each in engine().schemes(locale())},
    )


def _refund(payment_id: str, amount: Decimal, reason: Refund, known: Decimal) -> None:
    actor, now = current_actor(), engine().now()
    with store().unit_of_work() as uow:
        found = find_payment(uow, visible(actor, now), payment_id)
        if found.country not in access().moved_in(uow, actor):
            raise NotFound("payment", payment_id)
        hand = flow.Hand.at_desk(uow, found.payment.case_id, actor, now, "payment page")
        flow.refund(hand, payment_id, amount, reason, known)


def _page(payment_id: str, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    actor, now = current_actor(), engine().now()
    with store().snapshot() as uow:
        found = find_payment(uow, visible(actor, now), payment_id)
        row = found.payment
        seen = seen_in(uow)
        open_books = seen is None or found.country in seen
        heading = read_heading(uow, row.heading_id) if row.heading_id and open_books else None
        order = read_order(uow, row.order_id) if row.order_id and open_books else None
        entries = entries_of(uow, payment_id=row.id) if open_books else ()
        may_refund = found.country in access().moved_in(uow, actor)
    doers = (row.prepared_by, row.approved_by, row.paid_by, row.refused_by)
    html = render_template(
        "payments/payment.html",
        found=found,
        heading=heading,
        order=order,
        entries=entries,
        may_refund=may_refund and row.status is PaymentStatus.PAID,
        names=names({*doers, *row.prepared_for, *row.approved_for, *(e.by for e in entries)}),
        errors=errors,
        typed=request.form,
    )
    return html, status
