"""Pages that belong to no room: the first one, the language switch, what monitoring asks."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from engine.metrics import CONTENT_TYPE as METRICS_TYPE
from web.accounts import current_account, save_account
from web.context import engine, settings, store
from web.locales import LANGUAGES
from web.policy import admits

blueprint = Blueprint("pages", __name__)

PLAIN = "text/plain; charset=utf-8"

_FIRST_PAGES = (
    *("worklist.index", "cases.index", "operations.index", "versions.index"),
    "protection.emergencies",
    "reports.index",
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


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Answer that the server runs."""
    return "ok\n", 200, {"Content-Type": PLAIN}


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """Answer that the server reaches its database and can serve people; 503 while it cannot."""
    engine().reachable()
    return "ok\n", 200, {"Content-Type": PLAIN}


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Give Prometheus what it counts, to whoever has the site's token; else there is no such page.

    Source: Prometheus sends it as ``authorization: {credentials: …}``.
    """
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        return abort(404)
    return engine().metrics(), 200, {"Content-Type": METRICS_TYPE}


def _own_path(target: str) -> str:
    # Only a path of our own: never an address that leads elsewhere.
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return "/"
    return "/" if "\\" in target else target
