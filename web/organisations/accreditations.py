"""Accrediting an organisation, suspending, resuming and withdrawing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, InvalidAnswer, NotFound
from handlers.organisations import (
    Status,
    accredit,
    accreditations_of,
    change_status,
    events_of,
    rights_over,
    specifications_in,
    visible_organisation,
)
from web.accounts import current_actor
from web.context import engine, names, store
from web.i18n import _
from web.organisations.blueprint import blueprint, editable
from web.organisations.page import accredited
from web.organisations.words import problem


@blueprint.get("/<organisation_id>/accreditation")
def accreditation(organisation_id: str) -> ResponseReturnValue:
    """Show what an organisation is accredited on, the criteria, and what was decided."""
    return _page(organisation_id, {}, {})


@blueprint.post("/<organisation_id>/accreditation")
def grant(organisation_id: str) -> ResponseReturnValue:
    """Accredit it on a version of a set of specifications."""
    typed = {key: request.form.get(key, "").strip() for key in ("specification", "since", "until")}
    since, until = _day(typed["since"]), _day(typed["until"])
    errors = {}
    if since is None:
        errors["since"] = "date"
    if typed["until"] and until is None:
        errors["until"] = "date"
    try:
        with store().unit_of_work() as uow:
            editable(uow, organisation_id)
            if errors or since is None:
                raise InvalidAnswer(errors)
            who, at = current_actor().account_id, engine().now()
            accredit(uow, organisation_id, typed["specification"], since, until, by=who, at=at)
    except InvalidAnswer as wrong:
        return _page(organisation_id, typed, wrong.errors)
    except NotFound as missing:
        if missing.kind != "specification":
            raise
        return _page(organisation_id, typed, {"specification": "choice"})
    except Conflict:
        reason = _("It is accredited on that version for some of those days already.")
        return _page(organisation_id, typed, {"since": reason}, 409)
    flash(_("The accreditation is recorded."))
    return redirect(url_for(".accreditation", organisation_id=organisation_id), 303)


@blueprint.post("/<organisation_id>/accreditation/<accreditation_id>")
def set_status(organisation_id: str, accreditation_id: str) -> ResponseReturnValue:
    """Suspend, resume or withdraw one of its accreditations, with a reason."""
    try:
        status = Status(request.form.get("status", ""))
    except ValueError:
        abort(400)
    reason = request.form.get("reason", "")
    try:
        with store().unit_of_work() as uow:
            editable(uow, organisation_id)
            if accreditation_id not in {a.id for a in accreditations_of(uow, organisation_id)}:
                raise NotFound("accreditation", accreditation_id)
            who, at = current_actor().account_id, engine().now()
            change_status(uow, accreditation_id, status, reason, by=who, at=at)
    except InvalidAnswer as wrong:
        errors = {f"reason-{accreditation_id}": wrong.errors["reason"]}
        return _page(organisation_id, {f"reason-{accreditation_id}": reason}, errors)
    except Conflict:
        flash(_("Somebody else changed this accreditation just now. Look at it again."), "error")
    else:
        flash(_("The change is recorded."))
    return redirect(url_for(".accreditation", organisation_id=organisation_id), 303)


def _page(
    organisation_id: str, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 422
) -> ResponseReturnValue:
    actor, today = current_actor(), engine().now().date()
    with store().snapshot() as uow:
        organisation = visible_organisation(uow, organisation_id, actor)
        rights = rights_over(uow, organisation, actor)
        specifications = specifications_in(uow, organisation.country)
        held = accredited(uow, organisation_id, today)
        events = events_of(uow, organisation_id) if rights.inside else ()
    html = render_template(
        "organisations/accreditation.html",
        organisation=organisation,
        rights=rights,
        specifications=specifications,
        accreditations=held,
        events=[each for each in events if each.kind.startswith("accredit")],
        names=names(each.account_id for each in events),
        typed=typed,
        errors={key: problem(code) for key, code in errors.items()},
    )
    return html, status if errors else 200


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
