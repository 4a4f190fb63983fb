"""Payment orders: drawn up by one, signed by another, taken to the bank as a file, called back."""

from __future__ import annotations

from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.service import Page
from engine.store import UnitOfWork
from engine.store.queries import visible
from handlers.payments import PaymentStatus, find_payments
from handlers.payments.ledger import programmes, read_programme
from handlers.payments.orders import (
    ExportRefused,
    OrderRefused,
    OrderStatus,
    PaymentOrder,
    call_back,
    draw_up,
    find_orders,
    note_refusal,
    order_csv,
    pain_001,
    payments_in,
    read_order,
    read_payees,
    sign,
)
from web.accounts import current_actor
from web.context import engine, names, store
from web.i18n import _
from web.paging import page_number
from web.payments.blueprint import PAGE_SIZE, access, blueprint, moved_in, seen_in
from web.payments.words import export_refusal, refusal
from web.people.blueprint import people

MOST = 200
"""Payments of one order."""
_TYPES = {"xml": "application/xml", "csv": "text/csv; charset=utf-8"}


@blueprint.get("/orders")
def orders() -> ResponseReturnValue:
    """List the payment orders, the newest first."""
    page = page_number()
    with store().snapshot() as uow:
        seen = seen_in(uow)
        found = find_orders(uow, seen, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        named = {each.id: each.name for each in programmes(uow, seen)}
        may_draw = bool(access().moved_in(uow, current_actor()))
    return render_template(
        "payments/orders.html",
        orders=Page(found.rows, found.total, page, PAGE_SIZE),
        programmes=named,
        may_draw=may_draw,
    )


@blueprint.get("/orders/new")
def new_order() -> ResponseReturnValue:
    """Offer the approved payments of a programme."""
    return _choosing({})


@blueprint.post("/orders/new")
def create_order() -> ResponseReturnValue:
    """Draw up an order of the chosen payments; all of them, or none."""
    try:
        day = date.fromisoformat(request.form.get("execute_on", ""))
    except ValueError:
        return _choosing({"execute_on": refusal("date")}, 422)
    try:
        order = _draw_up(request.form.getlist("payment"), day)
    except OrderRefused as error:
        with store().unit_of_work() as uow:
            note_refusal(uow, error, actor=current_actor(), at=engine().now())
        place = "execute_on" if error.code == "date" else "payments"
        return _choosing({place: refusal(error.code)}, 409 if "payment-" in error.code else 422)
    flash(_("Order %(number)s is drawn up. Somebody else signs it.", number=order.number))
    return redirect(url_for(".order", order_id=order.id), 303)


@blueprint.get("/orders/<order_id>")
def order(order_id: str) -> ResponseReturnValue:
    """Show an order with its payments."""
    return _page(order_id, "")


@blueprint.post("/orders/<order_id>")
def decide_order(order_id: str) -> ResponseReturnValue:
    """Sign an order, or call it back."""
    actor, now = current_actor(), engine().now()
    act = request.form.get("act", "")
    try:
        with store().unit_of_work() as uow:
            found = read_order(uow, order_id, moved_in(uow))
            if act == "sign":
                sign(uow, found, actor=actor, at=now)
            elif act == "call-back":
                call_back(uow, found, actor=actor, at=now)
    except OrderRefused as error:
        with store().unit_of_work() as uow:
            note_refusal(uow, error, actor=actor, at=now)
        return _page(order_id, refusal(error.code), 409)
    flash(
        _("The order is signed: take its file to the bank.")
        if act == "sign"
        else _("The order is called back; what the bank had not paid is approved again.")
    )
    return redirect(url_for(".order", order_id=order_id), 303)


@blueprint.get("/orders/<order_id>/file.<kind>")
def order_file(order_id: str, kind: str) -> ResponseReturnValue:
    """Send the bank's file of a signed order; each payee's account that is read is logged."""
    if kind not in _TYPES:
        kind = "xml"
    try:
        with store().unit_of_work() as uow:
            found = read_order(uow, order_id, moved_in(uow))
            content = _file(uow, found, kind)
    except ExportRefused as error:
        return _page(order_id, export_refusal(error.code, error.reference), 409)
    response = make_response(content)
    response.headers.set("Content-Disposition", "attachment", filename=f"{found.number}.{kind}")
    response.content_type = _TYPES[kind]
    return response


def _draw_up(chosen: list[str], day: date) -> PaymentOrder:
    actor, now = current_actor(), engine().now()
    with store().unit_of_work() as uow:
        countries = moved_in(uow)
        found = find_payments(uow, visible(actor, now), ids=chosen[: MOST + 1], limit=MOST)
        mine = {row.payment.id: row.payment.case_id for row in found.rows}
        if len(mine) != len(set(chosen)) or {row.country for row in found.rows} - set(countries):
            raise OrderRefused("unknown" if chosen else "empty", "Chosen payments are not there.")
        return draw_up(uow, mine, day, actor=actor, at=now)


def _file(uow: UnitOfWork, found: PaymentOrder, kind: str) -> bytes:
    actor, now = current_actor(), engine().now()
    rows = find_payments(uow, visible(actor, now), order_id=found.id, limit=MOST).rows
    if found.status is not OrderStatus.SIGNED or len(rows) != len(payments_in(uow, found.id)):
        raise ExportRefused(
            f"The file of {found.number} is closed to {actor.account_id}.", "closed"
        )
    payees = read_payees(uow, people().fields, rows, actor)
    if kind == "csv":
        return order_csv(found, payees)
    return pain_001(found, read_programme(uow, found.programme_id), payees, now)


def _choosing(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    actor, now = current_actor(), engine().now()
    with store().snapshot() as uow:
        offered = programmes(uow, moved_in(uow))
        asked = request.values.get("programme") or (offered[0].id if offered else "")
        programme = next((each for each in offered if each.id == asked), None)
        rows = (
            find_payments(
                uow,
                visible(actor, now),
                status=PaymentStatus.APPROVED,
                programme_id=programme.id,
                orderable=True,
                limit=MOST,
            ).rows
            if programme
            else ()
        )
    html = render_template(
        "payments/new_order.html",
        programmes=offered,
        programme=programme,
        rows=rows,
        mine=actor.principals,
        chosen=request.form.getlist("payment"),
        day=request.form.get("execute_on") or now.date().isoformat(),
        errors=errors,
    )
    return html, status


def _page(order_id: str, problem: str, status: int = 200) -> ResponseReturnValue:
    actor, now = current_actor(), engine().now()
    with store().snapshot() as uow:
        found = read_order(uow, order_id, seen_in(uow))
        programme = read_programme(uow, found.programme_id)
        rows = find_payments(uow, visible(actor, now), order_id=order_id, limit=MOST).rows
        every = payments_in(uow, order_id)
        may_move = programme.country in access().moved_in(uow, actor)
    html = render_template(
        "payments/order.html",
        order=found,
        programme=programme,
        rows=rows,
        hidden=len(every) - len(rows),
        total=sum((each.amount for each in every), start=0),
        may_sign=may_move
        and found.status is OrderStatus.DRAWN_UP
        and not found.hands & actor.principals,
        may_call_back=may_move and found.status is not OrderStatus.CALLED_BACK,
        may_download=may_move and found.status is OrderStatus.SIGNED,
        names=names([found.drawn_up_by, found.signed_by, *found.drawn_up_for]),
        problem=problem,
    )
    return html, status
