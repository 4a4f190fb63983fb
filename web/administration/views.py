"""The list of accounts, the page of one, and the page behind a one-time link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.model import Grant
from handlers.organisations import find_organisations
from web.accounts import AccountRow, current_actor
from web.accounts.administration import (
    LINK_LASTS,
    SHORTEST_PASSWORD,
    account_events_of,
    choose_password,
    close_account,
    create_account,
    find_accounts,
    give_grant,
    invitation,
    make_link,
    reopen_account,
    take_grant,
)
from web.accounts.store import read_account
from web.administration.grants import offered, read_grant
from web.context import engine, names, store
from web.i18n import _, _l
from web.paging import page_number, text_argument

blueprint = Blueprint("administration", __name__, url_prefix="/accounts")

PAGE_SIZE = 25
_PROBLEMS: Mapping[str, Any] = {
    "required": _l("Fill in this field."),
    "long": _l("This is too long."),
    "email": _l("Write an e-mail address, such as name@example.org."),
    "taken": _l("An account has this address already."),
    "choice": _l("Choose one of those offered."),
    "elsewhere": _l("Choose an organisation of the scheme's country."),
    "short": _l("Twelve characters at least."),
    "own": _l("It must not contain your address."),
    "differs": _l("The two are not the same."),
}


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of the list, as the pager reads it."""

    items: tuple[AccountRow, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_SIZE))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the accounts."""
    return _list({}, {})


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Open an account; its page makes the link to sign in."""
    typed = {key: request.form.get(key, "").strip() for key in ("email", "name")}
    who, at = current_actor().account_id, engine().now()
    try:
        with store().unit_of_work() as uow:
            made = create_account(uow, typed["email"], typed["name"], by=who, at=at)
    except InvalidAnswer as wrong:
        return _list(typed, _problems(wrong))
    flash(_("The account is open. Give it a role, then make the link to sign in."))
    return redirect(url_for(".account", account_id=made.id), 303)


@blueprint.get("/<account_id>")
def account(account_id: str) -> ResponseReturnValue:
    """Show an account: its roles, whether it is open, what was changed of it."""
    return _page(account_id, {}, {})


@blueprint.post("/<account_id>/link")
def link(account_id: str) -> ResponseReturnValue:
    """Make a one-time link; it is shown once and kept nowhere."""
    who, at = current_actor().account_id, engine().now()
    with store().unit_of_work() as uow:
        secret = make_link(uow, account_id, by=who, at=at)
    address = url_for(".first", secret=secret, _external=True)
    return _page(account_id, {}, {}, address=address)


@blueprint.post("/<account_id>/activity")
def activity(account_id: str) -> ResponseReturnValue:
    """Close an account, or open it again."""
    who, at = current_actor().account_id, engine().now()
    act = close_account if request.form.get("act") == "close" else reopen_account
    try:
        with store().unit_of_work() as uow:
            act(uow, account_id, by=who, at=at)
    except Conflict:
        flash(_("That was done already; nothing was changed."))
    else:
        closed = act is close_account
        flash(
            _("The account is closed; its sessions have ended.")
            if closed
            else _("The account is open again.")
        )
    return redirect(url_for(".account", account_id=account_id), 303)


@blueprint.post("/<account_id>/grants")
def grant(account_id: str) -> ResponseReturnValue:
    """Give an account a role."""
    typed = {key: request.form.get(key, "") for key in ("role", "organisation", "country")}
    who, at = current_actor().account_id, engine().now()
    try:
        with store().unit_of_work() as uow:
            give_grant(uow, account_id, read_grant(uow, typed), by=who, at=at)
    except InvalidAnswer as wrong:
        return _page(account_id, typed, _problems(wrong))
    flash(_("The role is given; it holds from now on."))
    return redirect(url_for(".account", account_id=account_id), 303)


@blueprint.post("/<account_id>/grants/revoke")
def revoke(account_id: str) -> ResponseReturnValue:
    """Take a role from an account."""
    form, who, at = request.form, current_actor().account_id, engine().now()
    wanted = (
        form.get("role", ""),
        form.get("organisation") or None,
        form.get("country") or None,
        frozenset(filter(None, form.get("schemes", "").split(","))),
    )
    with store().unit_of_work() as uow:
        held = {_key(each): each for each in read_account(uow, account_id).grants}
        if wanted in held:
            take_grant(uow, account_id, held[wanted], by=who, at=at)
    flash(_("The role is taken away; it holds no more."))
    return redirect(url_for(".account", account_id=account_id), 303)


@blueprint.get("/first/<secret>")
def first(secret: str) -> ResponseReturnValue:
    """Ask the owner of a new account for a password."""
    return _first(secret, {})


@blueprint.post("/first/<secret>")
def choose(secret: str) -> ResponseReturnValue:
    """Keep the password; the link serves no more."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _first(secret, {"again": str(_PROBLEMS["differs"])})
    try:
        with store().unit_of_work() as uow:
            choose_password(uow, secret, password, engine().now())
    except InvalidAnswer as wrong:
        return _first(secret, _problems(wrong))
    except NotFound:
        return _first(secret, {})
    flash(_("Your password is kept. Sign in with it."))
    return redirect(url_for("security.login"), 303)


def _key(each: Grant) -> tuple[str, str | None, str | None, frozenset[str]]:
    return each.role, each.organisation_id, each.country, each.schemes


def _problems(wrong: InvalidAnswer) -> dict[str, str]:
    return {key: str(_PROBLEMS.get(code, code)) for key, code in wrong.errors.items()}


def _list(typed: Mapping[str, str], errors: Mapping[str, str]) -> ResponseReturnValue:
    search, page = text_argument("search"), page_number()
    with store().snapshot() as uow:
        found = find_accounts(uow, search, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        roles = {each.role: each.name for each in offered(uow)}
    html = render_template(
        "administration/index.html",
        list=Paged(found.rows, found.total, page),
        search=search or "",
        roles=roles,
        typed=typed,
        errors=errors,
    )
    return html, 422 if errors else 200


def _page(
    account_id: str, typed: Mapping[str, str], errors: Mapping[str, str], *, address: str = ""
) -> ResponseReturnValue:
    with store().snapshot() as uow:
        found = read_account(uow, account_id)
        roles = offered(uow)
        events = account_events_of(uow, account_id)
        organisations = find_organisations(uow)
    html = render_template(
        "administration/account.html",
        account=found,
        mine=account_id == current_actor().account_id,
        offered=roles,
        roles={each.role: each.name for each in roles},
        organisations=organisations,
        countries=sorted({each.country for each in organisations}),
        events=events,
        names=names(each.by for each in events),
        address=address,
        days=LINK_LASTS.days,
        typed=typed,
        errors=errors,
    )
    return html, 422 if errors else 200


def _first(secret: str, errors: Mapping[str, str]) -> ResponseReturnValue:
    try:
        with store().snapshot() as uow:
            owner = invitation(uow, secret, engine().now())
    except NotFound:
        # The address holds a secret: unlike other lost pages, this one is not logged.
        return render_template("administration/over.html"), 404
    html = render_template(
        "administration/first.html", owner=owner, errors=errors, shortest=SHORTEST_PASSWORD
    )
    return html, 422 if errors else 200
