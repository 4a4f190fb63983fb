"""Pages that belong to no room: the first one, the language switch, the health check."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from web.accounts import current_account, save_account
from web.context import store
from web.locales import LANGUAGES
from web.policy import admits

blueprint = Blueprint("pages", __name__)

_FIRST_PAGES = (
    *("worklist.index", "cases.index", "operations.index", "versions.index"),
    "protection.emergencies",
)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Lead to the first page that the account may open, or say that there is none."""
    account = current_account()
    actor = account.actor if account else None
    for endpoint in _FIRST_PAGES:
        if admits(endpoint, actor):
            return redirect(url_for(endpoint))
    return render_template("home.html")


@blueprint.get("/language/<code>")
def language(code: str) -> ResponseReturnValue:
    """Speak another language from now on, and go back to where the reader was."""
    if code not in LANGUAGES:
        return abort(404)
    session["locale"] = code
    account = current_account()
    if account is not None:
        account.row.locale = code
        save_account(store(), account.row)
    return redirect(_own_path(request.args.get("next", "/")))


@blueprint.get("/healthy")
def healthy() -> ResponseReturnValue:
    """Answer that the server runs and reaches its database."""
    with store().snapshot() as uow:
        uow.connection.exec_driver_sql("SELECT 1")
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _own_path(target: str) -> str:
    # Only a path of our own: never an address that leads elsewhere.
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return "/"
    return "/" if "\\" in target else target
