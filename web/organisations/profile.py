"""Changing an organisation's profile."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.store import UnitOfWork
from handlers.organisations import (
    Dimension,
    Organisation,
    change_profile,
    coverage_of,
    read_operator,
    read_profile,
)
from handlers.organisations.codes import LANGUAGES, LEVELS, REGIONS, SECTORS
from web.accounts import current_actor
from web.context import engine, store
from web.i18n import _
from web.organisations.blueprint import blueprint, editable
from web.organisations.words import problem

_TEXTS = ("name", "type", "email", "language", "active", "capacity")


@blueprint.get("/<organisation_id>/edit")
def edit(organisation_id: str) -> ResponseReturnValue:
    """Show the form of an organisation's profile."""
    with store().snapshot() as uow:
        known = editable(uow, organisation_id)
        typed, lists = _stored(uow, known)
    return _form(known, typed, lists, {})


@blueprint.post("/<organisation_id>/edit")
def change(organisation_id: str) -> ResponseReturnValue:
    """Write the changed profile."""
    typed = {key: request.form.get(key, "").strip() for key in (*_TEXTS, "revision")}
    lists = {d: request.form.getlist(d.value + "s") for d in Dimension}
    try:
        with store().unit_of_work() as uow:
            known = editable(uow, organisation_id)
            whole = {"id": known.id, "kind": known.kind, "country": known.country}
            profile = read_profile({**typed, **whole, "source": known.source}, lists)
            by, at = current_actor().account_id, engine().now()
            change_profile(uow, profile, by=by, at=at, revision=_number(typed["revision"]))
    except InvalidAnswer as wrong:
        errors = {key: problem(code) for key, code in wrong.errors.items()}
        return _form(known, typed, lists, errors)
    except Conflict:
        reason = _(
            "It has more cases than that, or somebody else changed the profile meanwhile. "
            "Look at the organisation's page, then repeat your change."
        )
        return _form(known, typed, lists, {"capacity": reason}, 409)
    flash(_("The profile is kept."))
    return redirect(url_for(".organisation", organisation_id=organisation_id), 303)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _stored(
    uow: UnitOfWork, known: Organisation
) -> tuple[Mapping[str, str], Mapping[Dimension, list[str]]]:
    typed = {
        "name": known.name,
        "type": known.type,
        "email": known.email,
        "language": known.language,
        "active": "true" if known.active else "false",
        "revision": str(known.revision),
    }
    try:
        typed["capacity"] = str(read_operator(uow, known.id).capacity)
    except NotFound:
        typed["capacity"] = ""
    covered = coverage_of(uow, [known.id])[known.id]
    return typed, {dimension: sorted(codes) for dimension, codes in covered.items()}


def _form(
    known: Organisation,
    typed: Mapping[str, str],
    lists: Mapping[Dimension, list[str]],
    errors: Mapping[str, str],
    status: int = 422,
) -> ResponseReturnValue:
    choices = {
        Dimension.LEVEL: LEVELS,
        Dimension.REGION: REGIONS.get(known.country, tuple(lists[Dimension.REGION])),
        Dimension.SECTOR: SECTORS,
        Dimension.LANGUAGE: LANGUAGES,
    }
    html = render_template(
        "organisations/edit.html",
        organisation=known,
        typed=typed,
        lists=lists,
        choices=choices,
        errors=errors,
        spoken=LANGUAGES,
    )
    return html, status if errors else 200
