"""What people settle for themselves: their substitute, and how they are told of their tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from web.accounts.session import current_account
from web.accounts.store import AccountRow, find_account, shares_organisation
from web.accounts.substitutes import (
    end_substitution,
    name_substitute,
    substitutions_of,
)
from web.accounts.task_notices.store import Mode, Wish, read_wish, write_wish
from web.context import engine, store
from web.i18n import _
from web.people.blueprint import people

blueprint = Blueprint("accounts", __name__, url_prefix="/account")

LONGEST_DAYS = 366


@blueprint.get("/substitute")
def substitute() -> ResponseReturnValue:
    """Show who acts in the signed-in person's place, and ask for somebody."""
    return _page({}, {})


@blueprint.post("/substitute")
def name() -> ResponseReturnValue:
    """Name a substitute for some days."""
    typed = {key: request.form.get(key, "").strip() for key in ("email", "since", "until")}
    errors, chosen = _check(typed)
    if errors or chosen is None:
        return _page(errors, typed, 422)
    since, until = (_day(typed[key]) for key in ("since", "until"))
    assert since is not None and until is not None  # noqa: S101, PT018 - _check has seen to it
    with store().unit_of_work() as uow:
        name_substitute(
            uow,
            _own().id,
            chosen.id,
            _midnight(since),
            _midnight(until + timedelta(days=1)),
            engine().now(),
        )
    flash(_("%(name)s acts in your place on those days, under their own name.", name=chosen.name))
    return redirect(url_for(".substitute"), 303)


@blueprint.post("/substitute/<substitution_id>/end")
def end(substitution_id: str) -> ResponseReturnValue:
    """End a substitution now."""
    try:
        with store().unit_of_work() as uow:
            end_substitution(uow, substitution_id, _own().id, engine().now())
    except NotFound:
        flash(_("That substitution is over already; nothing was done."))
    else:
        flash(_("The substitution has ended."))
    return redirect(url_for(".substitute"), 303)


@blueprint.get("/notices")
def notices() -> ResponseReturnValue:
    """Show how the signed-in person is told of their tasks, and let them choose."""
    with store().snapshot() as uow:
        wish = read_wish(uow, _own().id)
    return render_template("accounts/notices.html", wish=wish, zones=_zones(), modes=list(Mode))


@blueprint.post("/notices")
def choose_notices() -> ResponseReturnValue:
    """Keep how the signed-in person wants to be told; what is there already is not told anew."""
    mode, zone = request.form.get("mode", ""), request.form.get("zone", "")
    hour = request.form.get("hour", "")
    known = mode in set(Mode) and zone in _zones() and hour.isdecimal() and int(hour) < 24
    if not known:
        abort(400)
    wish = Wish(_own().id, Mode(mode), int(hour), zone, engine().now())
    with store().unit_of_work() as uow:
        write_wish(uow, wish)
    flash(_("Your choice is kept."))
    return redirect(url_for(".notices"), 303)


def _zones() -> list[str]:
    """Return the time zones of the schemes of this site, and UTC."""
    with store().snapshot() as uow:
        configs = people().fields.access.schemes.every(uow).values()
    return [*sorted({config.time_zone for config in configs} - {"UTC"}), "UTC"]


def _check(typed: Mapping[str, str]) -> tuple[dict[str, str], AccountRow | None]:
    errors: dict[str, str] = {}
    chosen = find_account(store(), email=typed["email"]) if typed["email"] else None
    # Somebody of another organisation looks like nobody: addresses cannot be tried out here.
    if chosen is None or not chosen.active or not shares_organisation(chosen, _own()):
        errors["email"] = _("Nobody of your organisation has this address.")
    elif chosen.id == _own().id:
        errors["email"] = _("Name somebody else.")
    since, until, today = _day(typed["since"]), _day(typed["until"]), engine().now().date()
    if since is None or since < today:
        errors["since"] = _("Choose today or a later day.")
    if until is None or (since is not None and until < since):
        errors["until"] = _("Choose the first day or a later one.")
    elif since is not None and (until - since).days > LONGEST_DAYS:
        errors["until"] = _("A year at most.")
    return errors, chosen


def _page(
    errors: Mapping[str, str], typed: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    with store().snapshot() as uow:
        found = substitutions_of(uow, _own().id, engine().now())
    html = render_template(
        "accounts/substitute.html",
        substitutions=found,
        failures=errors,
        typed=typed,
        today=engine().now().date(),
    )
    return html, status


def _own() -> AccountRow:
    account = current_account()
    assert account is not None  # noqa: S101 - the policy lets nobody else in
    return account.row


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
