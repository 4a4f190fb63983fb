"""The pages on which cases are moved to another version of their scheme."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engine.errors import Conflict, InvalidAnswer, NotFound
from web.accounts import current_actor
from web.context import engine, names
from web.i18n import _
from web.locales import locale
from web.versions.asked import Asked, read_asked

blueprint = Blueprint("versions", __name__, url_prefix="/versions")

SHOWN = 200
"""Cases of a batch that its page lists; the command line tells of all."""


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List every scheme's versions, and the moves of many cases."""
    schemes = [(each, engine().versions(each.id)) for each in engine().schemes(locale())]
    return render_template(
        "versions/index.html", schemes=schemes, batches=engine().migration_batches()
    )


@blueprint.get("/<int:number>/<path:scheme>")
def version(scheme: str, number: int) -> ResponseReturnValue:
    """Show a version's diagrams as they are drawn, and why any of it cannot be run."""
    language = locale()
    view = engine().publication(scheme, number, language)
    known = [plane.id for plane in view.planes]
    wanted = request.args.get("plane") or next(iter(known), None)
    svg = engine().drawing(scheme, number, wanted, language) if wanted is not None else ""
    return render_template(
        "versions/version.html",
        view=view,
        plane=wanted,
        drawing=Markup(svg),  # noqa: S704 - the engine escapes every text that it draws
        names=names([view.created_by]),
        told_in="fr" if language == "fr" else "en",
    )


@blueprint.get("/plan")
def plan() -> ResponseReturnValue:
    """Show where cases stand, what has no counterpart, and what a move would do."""
    return _plan_page(read_asked(request.args), {})


@blueprint.post("/run")
def run() -> ResponseReturnValue:
    """Have the cases moved by the worker, one by one."""
    asked = read_asked(request.form)
    if asked.errors:
        return _plan_page(asked, {})
    try:
        batch = engine().start_migration_batch(
            asked.scheme,
            asked.from_version,
            asked.to_version,
            asked.mapping,
            request.form.get("reason", ""),
            current_actor(),
        )
    except InvalidAnswer as error:
        return _plan_page(asked, _told(error))
    return redirect(url_for(".batch", batch_id=batch.id), 303)


@blueprint.get("/batches/<batch_id>")
def batch(batch_id: str) -> ResponseReturnValue:
    """Show how far a move of many cases has come."""
    return _batch_page(batch_id, {})


@blueprint.post("/batches/<batch_id>/<any(pause, resume, retry, cancel):act>")
def steer(batch_id: str, act: str) -> ResponseReturnValue:
    """Pause a move, resume it, try again what was refused, or stop it for good."""
    actor = current_actor()
    try:
        if act == "pause":
            engine().pause_batch(batch_id, actor)
        elif act == "cancel":
            engine().cancel_batch(batch_id, actor)
        else:
            engine().resume_batch(batch_id, actor, refused=act == "retry")
    except Conflict:
        flash(_("This move was stopped for good; it takes nothing up again."), "error")
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@blueprint.post("/batches/<batch_id>/cases/<case_id>/undo")
def undo(batch_id: str, case_id: str) -> ResponseReturnValue:
    """Bring one case back to its former version, exactly as it was."""
    try:
        engine().undo_migration(case_id, request.form.get("reason", ""), current_actor())
    except InvalidAnswer:
        return _batch_page(batch_id, {case_id: _("Say why the case goes back.")})
    except (Conflict, NotFound):
        text = _("Somebody has gone on in this case since it was moved; it stays where it is.")
        return _batch_page(batch_id, {case_id: text}, 409)
    flash(_("The case is back in its former version."))
    return redirect(url_for(".batch", batch_id=batch_id), 303)


def _told(error: InvalidAnswer) -> Mapping[str, str]:
    texts = {
        "reason": _("Say why these cases move; it is kept with each of them."),
        "mapping": error.errors.get("mapping", ""),
    }
    return {key: texts.get(key, text) for key, text in error.errors.items()}


def _plan_page(asked: Asked, errors: Mapping[str, str]) -> ResponseReturnValue:
    language = locale()
    found = {**asked.errors, **errors}
    pair = (asked.scheme, asked.from_version, asked.to_version, asked.mapping)
    standings = engine().standings(*pair, language)
    html = render_template(
        "versions/plan.html",
        asked=asked,
        errors=found,
        scheme=next(s for s in engine().schemes(language) if s.id == asked.scheme),
        standings=standings,
        preview=engine().preview_batch(*pair, locale=language),
        lines="\n".join(f"{old}={new}" for old, new in asked.mapping.items()),
    )
    return html, 422 if found else 200


def _batch_page(batch_id: str, errors: Mapping[str, str], status: int = 422) -> ResponseReturnValue:
    view = engine().migration_batch(batch_id)
    html = render_template(
        "versions/batch.html",
        batch=view,
        items=engine().migration_items(batch_id, (), locale(), SHOWN),
        names=names([view.created_by]),
        errors=errors,
    )
    return html, status if errors else 200
