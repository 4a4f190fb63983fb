"""Referring from a case's page: the need, the structure, and which entries it may read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import NotAllowed
from engine.service import CaseView
from engine.store import UnitOfWork
from handlers.referrals import (
    ACCESS_DAYS,
    Entry,
    ReferralRefused,
    Request,
    directory,
    may_refer,
    refer,
    shareable,
)
from web.accounts import current_actor
from web.context import engine, store
from web.documents import case_ref
from web.i18n import _, ngettext
from web.locales import locale
from web.notices.blueprint import notices
from web.organisations.words import word as organisation_word
from web.referrals.blueprint import blueprint, desk, fields, refusal
from web.referrals.lists import said_keys
from web.referrals.words import WORDS, options


@blueprint.get("/cases/<case_id>/new")
def new(case_id: str) -> ResponseReturnValue:
    """Show the form by which a case is referred by hand."""
    return _form(_case(case_id), {}, (), {})


@blueprint.post("/cases/<case_id>/new")
def send(case_id: str) -> ResponseReturnValue:
    """Send it: once, however often the form is sent."""
    case = _case(case_id)
    typed = {
        key: request.form.get(key, "")
        for key in ("need", "priority", "structure", "access_days", "token")
    }
    chosen = tuple(request.form.getlist("keys"))
    errors = _errors(typed, chosen)
    if errors:
        return _form(case, typed, chosen, errors)
    structure, _sep, region = typed["structure"].partition("|")
    asked = Request(
        token=typed["token"][:64],
        need=typed["need"],
        priority=typed["priority"],
        structure=structure,
        keys=chosen,
        region=region or None,
        access_days=int(typed["access_days"]),
    )
    try:
        with store().unit_of_work() as uow:
            sent = refer(desk(uow), case_id, asked)
            notices().queue(
                uow,
                case_ref(case),
                "referral",
                f"organisation:{structure}",
                key=f"{sent.id}/referral",
                actor=current_actor(),
            )
    except ReferralRefused as error:
        field = "keys" if error.code == "field-not-shareable" else "structure"
        return _form(case, typed, chosen, {field: refusal(error)})
    flash(_("The referral is sent. The structure finds it among the referrals that it received."))
    return redirect(url_for(".referral", referral_id=sent.id), 303)


def _case(case_id: str) -> CaseView:
    """Return a case on whose person the reader works.

    :raises NotFound: it is not theirs to see. :raises NotAllowed: they do not work with the person.
    """
    view = engine().case(case_id, current_actor(), locale())
    with store().snapshot() as uow:
        if not may_refer(uow, fields(), case_id, current_actor()):
            raise NotAllowed(f"Whoever works with the person refers case {view.reference}.")
    return view


def _errors(typed: Mapping[str, str], chosen: tuple[str, ...]) -> dict[str, str]:
    errors = {}
    if typed["need"] not in WORDS["need"]:
        errors["need"] = _("Choose the need.")
    if typed["priority"] not in WORDS["priority"]:
        errors["priority"] = _("Choose how urgent it is.")
    if not typed["structure"]:
        errors["structure"] = _("Choose the structure.")
    if not chosen:
        errors["keys"] = _("Choose at least one entry that is written in the file and open to you.")
    if typed["access_days"] not in map(str, ACCESS_DAYS):
        errors["access_days"] = _("Choose for how long.")
    return errors


def _form(
    case: CaseView, typed: Mapping[str, str], chosen: tuple[str, ...], errors: Mapping[str, str]
) -> ResponseReturnValue:
    need = typed.get("need") or request.args.get("need", "")
    with store().snapshot() as uow:
        keys = tuple(shareable(uow, fields(), case_ref(case), current_actor()))
        structures = _structures(uow, case, need)
    html = render_template(
        "referrals/new.html",
        case=case,
        typed={**typed, "need": need},
        token=typed.get("token") or secrets.token_hex(16),
        needs=options("need"),
        priorities=options("priority"),
        structures=structures,
        entries=list(zip(keys, said_keys(case.id, keys), strict=True)),
        chosen=chosen,
        lengths=[
            (str(days), ngettext("%(num)s day", "%(num)s days", days)) for days in ACCESS_DAYS
        ],
        errors=errors,
    )
    return html, 422 if errors else 200


def _named(row: Entry) -> str:
    places = ngettext("%(num)s place left", "%(num)s places left", row.left)
    where = organisation_word("region", row.service.region) if row.service.region else ""
    return " · ".join(filter(None, (row.organisation.name, where, places)))


def _structures(uow: UnitOfWork, case: CaseView, need: str) -> list[tuple[str, str]]:
    """Return the structures of the case's country that have a place for the need."""
    if not need:
        return []
    return [
        (f"{row.service.organisation_id}|{row.service.region}", _named(row))
        for row in directory(uow, current_actor(), need)
        if row.organisation.country == case.country and row.left > 0
    ]
