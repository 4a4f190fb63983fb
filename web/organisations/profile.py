"""Entering an organisation, and changing its profile."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.store import UnitOfWork
from handlers.organisations import (
    Dimension,
    Kind,
    Organisation,
    change_profile,
    coverage_of,
    edited_in,
    find_by_name,
    free_id,
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


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show the form of an organisation that is not there yet."""
    with store().snapshot() as uow:
        country = _country(uow, request.args.get("country", ""))
    lists: dict[Dimension, list[str]] = {dimension: [] for dimension in Dimension}
    typed = {"type": "private", "language": LANGUAGES[0], "active": "true", "country": country}
    return _form(None, typed, lists, {})


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Enter an organisation, once; its country's agency does it."""
    typed = {key: request.form.get(key, "").strip() for key in (*_TEXTS, "kind", "country")}
    lists = {d: request.form.getlist(d.value + "s") for d in Dimension}
    who, at = current_actor().account_id, engine().now()
    try:
        with store().unit_of_work() as uow:
            typed["country"] = _country(uow, typed["country"])
            uow.serialize("names of organisations")
            given = {**typed, "id": free_id(uow, typed["name"]), "source": typed.get("source", "")}
            profile = read_profile(given, lists)
            if find_by_name(uow, typed["name"], typed["country"]) is not None:
                raise InvalidAnswer({"name": "known"})
            change_profile(uow, profile, by=who, at=at)
    except InvalidAnswer as wrong:
        errors = {key: problem(code) for key, code in wrong.errors.items()}
        return _form(None, typed, lists, errors)
    flash(_("The organisation is entered."))
    return redirect(url_for(".organisation", organisation_id=profile.organisation.id), 303)


def _country(uow: UnitOfWork, asked: str) -> str:
    countries = edited_in(uow, current_actor())
    if not countries:
        raise NotFound("agency that enters organisations, of", current_actor().account_id)
    return asked if asked in countries else countries[0]


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
    known: Organisation | None,
    typed: Mapping[str, str],
    lists: Mapping[Dimension, list[str]],
    errors: Mapping[str, str],
    status: int = 422,
) -> ResponseReturnValue:
    country = typed["country"] if known is None else known.country
    choices = {
        Dimension.LEVEL: LEVELS,
        Dimension.REGION: REGIONS.get(country, tuple(lists[Dimension.REGION])),
        Dimension.SECTOR: SECTORS,
        Dimension.LANGUAGE: LANGUAGES,
    }
    html = render_template(
        "organisations/edit.html",
        organisation=known,
        kinds=Kind,
        country=country,
        typed=typed,
        lists=lists,
        choices=choices,
        errors=errors,
        spoken=LANGUAGES,
    )
    return html, status if errors else 200
