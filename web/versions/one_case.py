"""One case moved to another version of its scheme: previewed, confirmed, brought back."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import bpmn
from engine.errors import Conflict, InvalidAnswer, NotFound, RevisionConflict
from engine.service import MovableCase
from web.accounts import current_actor
from web.context import engine
from web.i18n import _
from web.locales import locale
from web.versions.asked import Asked, read_asked
from web.versions.views import blueprint


@blueprint.get("/case")
def find_case() -> ResponseReturnValue:
    """Go to the page of the case whose reference was typed."""
    reference = request.args.get("reference", "")
    try:
        case_id = engine().movable_by_reference(reference, current_actor())
    except NotFound:
        flash(_("No case has the reference “%(reference)s”.", reference=reference[:64]), "error")
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".case", case_id=case_id), 303)


@blueprint.get("/cases/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """Show in which version a case is, where it can go, and what would become of it there."""
    return _page(case_id, request.args, {})


@blueprint.post("/cases/<case_id>/move")
def move_case(case_id: str) -> ResponseReturnValue:
    """Move it, as the preview said, with a reason that is kept with it."""
    asked = _asked(_case(case_id), request.form)
    if asked is None or asked.errors:
        return _page(case_id, request.form, {})
    revision, reason = request.form.get("revision", ""), request.form.get("reason", "")
    try:
        engine().migrate_case(
            case_id,
            asked.to_version,
            asked.mapping,
            reason,
            current_actor(),
            revision=int(revision) if revision.isdecimal() else None,
        )
    except InvalidAnswer:
        return _page(case_id, request.form, {"reason": _("Say why the case moves.")})
    except RevisionConflict:
        text = _("Somebody has gone on in this case meanwhile. Here is what would happen now.")
        return _page(case_id, request.form, {"": text}, 409)
    except bpmn.MigrationRefused:
        return _page(case_id, request.form, {"": _("The case cannot move so; see below.")})
    flash(_("The case is in version %(version)s now.", version=asked.to_version))
    return redirect(url_for(".case", case_id=case_id), 303)


@blueprint.post("/cases/<case_id>/undo")
def undo_case(case_id: str) -> ResponseReturnValue:
    """Bring it back to its former version, exactly as it was."""
    try:
        engine().undo_migration(case_id, request.form.get("reason", ""), current_actor())
    except InvalidAnswer:
        return _page(case_id, {}, {"undo": _("Say why the case goes back.")})
    except (Conflict, NotFound):
        text = _("Somebody has gone on in this case since it was moved; it stays where it is.")
        return _page(case_id, {}, {"undo": text}, 409)
    flash(_("The case is back in its former version."))
    return redirect(url_for(".case", case_id=case_id), 303)


def _case(case_id: str) -> MovableCase:
    return engine().movable_case(case_id, current_actor(), locale())


def _asked(view: MovableCase, sent: Mapping[str, str]) -> Asked | None:
    """Return the move that is asked for; ``None`` before a version was chosen."""
    if not sent.get("to") or view.ended:
        return None
    known = {"scheme": view.scheme, "from": str(view.version)}
    return read_asked({**dict(sent.items()), **known})


def _page(
    case_id: str, sent: Mapping[str, str], errors: Mapping[str, str], status: int = 422
) -> ResponseReturnValue:
    view = _case(case_id)
    asked = _asked(view, sent)
    preview, standings = None, {}
    if asked is not None:
        pair = (view.scheme, view.version, asked.to_version, asked.mapping)
        preview = engine().preview_migration(case_id, asked.to_version, asked.mapping, locale())
        standings = {each.element_id: each for each in engine().standings(*pair, locale())}
    found = {**(asked.errors if asked is not None else {}), **errors}
    html = render_template(
        "versions/case.html",
        case=view,
        versions=[
            v for v in engine().versions(view.scheme) if v.runs and v.version != view.version
        ],
        asked=asked,
        preview=preview,
        standings=standings,
        errors=found,
        lines="\n".join(f"{old}={new}" for old, new in asked.mapping.items()) if asked else "",
    )
    return html, status if found else 200
