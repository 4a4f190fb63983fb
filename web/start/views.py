"""The start page and the start form."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import InvalidAnswer
from engine.service import CaseView
from web.accounts import current_actor
from web.answers import Pending, Posted, read_posted
from web.context import engine, readable
from web.documents import DocumentRefused, keep, refusal
from web.forms import ask
from web.i18n import _
from web.locales import locale

blueprint = Blueprint("start", __name__, url_prefix="/start")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the schemes in which this person may start a case."""
    schemes = engine().startable(current_actor(), locale())
    return render_template("start/index.html", schemes=schemes)


@blueprint.get("/<path:scheme>")
def form(scheme: str) -> ResponseReturnValue:
    """Show a scheme's start form."""
    return _page(scheme, None, {}, secrets.token_hex(16))


@blueprint.post("/<path:scheme>")
def answer(scheme: str) -> ResponseReturnValue:
    """Start a case; the same page sent twice starts one."""
    view = engine().start_form(scheme, current_actor(), locale())
    posted = read_posted(view.form if view else None, None)
    token = request.form.get("_request", "")[:64]
    if posted.intent != "complete" or posted.errors:
        return _page(scheme, posted, posted.errors, token)
    try:
        case = engine().start(
            scheme,
            posted.answer,
            current_actor(),
            request_id=token or None,
            locale=locale(),
        )
    except InvalidAnswer as error:
        return _page(scheme, posted, error.errors, token)
    _hand_in(case, posted.pending)
    if readable(case.id):
        flash(_("The case %(case)s is open.", case=case.reference))
        return redirect(url_for("cases.case", case_id=case.id), 303)
    # The first answer may have ended the organisation's own part in the case.
    flash(_("The case %(case)s is open. Your part in it is done.", case=case.reference))
    return redirect(url_for(".index"), 303)


def _hand_in(case: CaseView, files: Sequence[Pending]) -> None:
    for each in files:
        try:
            keep(case, each.file, purpose=each.purpose, tier=each.tier)
        except DocumentRefused as error:
            flash(_("%(reason)s Hand it in again below.", reason=refusal(error)), "error")


def _page(
    scheme: str, posted: Posted | None, errors: Mapping[str, str], token: str
) -> ResponseReturnValue:
    view = engine().start_form(scheme, current_actor(), locale())
    asked = ask(
        view.form if view else None,
        view.labels if view else None,
        view.values if view else {},
        posted.answer if posted else None,
        errors,
    )
    offered = engine().startable(current_actor(), locale())
    title = next(each.name for each in offered if each.id == scheme)
    html = render_template("start/form.html", asked=asked, title=title, scheme=scheme, token=token)
    return html, 422 if errors else 200
