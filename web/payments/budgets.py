"""Budgets: programmes and their headings, one heading with its entries, money in and out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict
from handlers.payments import AmountError
from handlers.payments.ledger import (
    BudgetExhausted,
    Entry,
    allocate,
    balances_by_heading,
    balances_of,
    entries_of,
    headings,
    programmes,
    read_heading,
    read_programme,
    withdraw,
)
from handlers.people import new_id
from web.accounts import current_actor
from web.context import engine, names, store
from web.i18n import _
from web.paging import text_argument
from web.payments.blueprint import access, blueprint, moved_in, seen_in
from web.payments.words import read_amount, refusal

_MOVES: dict[str, Callable[..., Entry]] = {"allocate": allocate, "withdraw": withdraw}
_MOST_ENTRIES = 200


@blueprint.get("/budgets")
def budgets() -> ResponseReturnValue:
    """Show what each heading of a year has, programme by programme."""
    with store().snapshot() as uow:
        seen = seen_in(uow)
        every = headings(uow, countries=seen)
        years = sorted({each.year for each in every}, reverse=True)
        asked = text_argument("year") or ""
        # This year's; where it has none, the last one before it, else the first to come.
        begun = [each for each in years if each <= engine().now().year]
        year = int(asked) if asked in map(str, years) else next(iter(begun or years[::-1]), None)
        shown = [each for each in every if each.year == year]
        balances = balances_by_heading(uow, shown)
        every_programme = programmes(uow, seen)
    return render_template(
        "payments/budgets.html",
        programmes=[
            (programme, [h for h in shown if h.programme_id == programme.id])
            for programme in every_programme
        ],
        balances=balances,
        years=years,
        year=year,
    )


@blueprint.get("/budgets/<heading_id>")
def heading(heading_id: str) -> ResponseReturnValue:
    """Show a heading: what it has, and its entries, the newest first."""
    return _page(heading_id, new_id(), {})


@blueprint.post("/budgets/<heading_id>")
def move(heading_id: str) -> ResponseReturnValue:
    """Allocate to a heading, or take back; the form's key makes sending it twice one movement."""
    asked = request.form
    key = asked.get("key", "")
    if len(key) != 32 or not key.isalnum():
        key = new_id()
    act = _MOVES.get(asked.get("act", ""))
    amount = read_amount(asked.get("amount", ""))
    if act is None or amount is None:
        return _page(heading_id, key, {"amount": refusal("amount-invalid")}, 422)
    try:
        _move(act, heading_id, amount, key)
    except AmountError:
        return _page(heading_id, key, {"amount": refusal("amount-invalid")}, 422)
    except BudgetExhausted:
        return _page(heading_id, key, {"amount": refusal("budget-exhausted")}, 422)
    except Conflict:
        return _page(heading_id, new_id(), {"amount": _("This form was sent already.")}, 409)
    flash(_("The movement is entered."))
    return redirect(url_for(".heading", heading_id=heading_id), 303)


def _move(act: Callable[..., Entry], heading_id: str, amount: Decimal, key: str) -> None:
    actor = current_actor()
    with store().unit_of_work() as uow:
        found = read_heading(uow, heading_id, moved_in(uow))
        act(uow, found, amount, key=f"form/{key}", at=engine().now(), by=actor.account_id)


def _page(
    heading_id: str, key: str, errors: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    with store().snapshot() as uow:
        found = read_heading(uow, heading_id, seen_in(uow))
        programme = read_programme(uow, found.programme_id)
        entries = entries_of(uow, heading_id=heading_id, newest=_MOST_ENTRIES)
        balances = balances_of(uow, found)
        may_move = programme.country in access().moved_in(uow, current_actor())
    html = render_template(
        "payments/heading.html",
        heading=found,
        programme=programme,
        balances=balances,
        entries=entries,
        names=names(entry.by for entry in entries),
        may_move=may_move,
        key=key,
        errors=errors,
        typed=request.form,
    )
    return html, status
