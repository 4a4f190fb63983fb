"""The incidents page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseEnded, InvalidAnswer, NotFound
from web.accounts import current_actor
from web.context import engine
from web.i18n import _
from web.locales import locale

blueprint = Blueprint("operations", __name__, url_prefix="/operations")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the places where cases stopped."""
    return _page({}, "")


@blueprint.post("/incidents/<int:incident_id>/retry")
def retry(incident_id: int) -> ResponseReturnValue:
    """Try again where a case stopped, with a reason that history keeps."""
    reason = request.form.get("reason", "")
    try:
        engine().retry(incident_id, reason, current_actor())
    except InvalidAnswer:
        return _page({incident_id: _("Say why it can work now.")}, reason, 422)
    except (NotFound, CaseEnded):
        flash(_("That incident is over already; nothing was done."))
        return redirect(url_for(".index"), 303)
    flash(_("Tried again. If the cause remains, the incident comes back."))
    return redirect(url_for(".index"), 303)


def _page(errors: Mapping[int, str], typed: str, status: int = 200) -> ResponseReturnValue:
    incidents = engine().incidents(locale())
    html = render_template(
        "operations/index.html", incidents=incidents, failures=errors, typed=typed
    )
    return html, status
