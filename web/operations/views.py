"""The incidents page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseEnded, CaseSuspended, InvalidAnswer, NotFound
from web.accounts import current_actor
from web.context import engine
from web.failures import explain
from web.i18n import _
from web.locales import locale
from web.operations.blueprint import blueprint


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List where cases stopped, cases that could not begin, and what the site does of itself."""
    return _page({}, "")


@blueprint.post("/incidents/<int:incident_id>/retry")
def retry(incident_id: int) -> ResponseReturnValue:
    """Try again where a case stopped, with a reason that history keeps."""
    reason, case_id = request.form.get("reason", ""), request.form.get("case")
    back = url_for(".case", case_id=case_id) if case_id else url_for(".index")
    try:
        engine().retry(incident_id, reason, current_actor())
    except (InvalidAnswer, CaseSuspended) as error:
        told = explain(error) if isinstance(error, CaseSuspended) else _("Say why it can work now.")
        if case_id:
            flash(told)
            return redirect(back, 303)
        return _page({incident_id: told}, reason, 422)
    except (NotFound, CaseEnded):
        flash(_("That incident is over already; nothing was done."))
        return redirect(back, 303)
    flash(_("Tried again. If the cause remains, the incident comes back."))
    return redirect(back, 303)


@blueprint.post("/starts/<int:start_id>/retry")
def retry_start(start_id: int) -> ResponseReturnValue:
    """Try again to begin a case that could not begin by itself."""
    try:
        engine().retry_start(start_id, current_actor())
    except NotFound:
        flash(_("That has begun already, or a new publication took it up; nothing was done."))
    else:
        flash(_("It is tried again now. If the cause remains, it comes back here."))
    return redirect(url_for(".index"), 303)


def _page(errors: Mapping[int, str], typed: str, status: int = 200) -> ResponseReturnValue:
    incidents = engine().incidents(locale(), current_actor())
    html = render_template(
        "operations/index.html",
        incidents=incidents,
        starts=[each for each in engine().planned_starts(locale()) if each.failed],
        works=engine().timetable.overview(),
        failures=errors,
        typed=typed,
    )
    return html, status
