"""Sets of specifications: which are published, what they ask, and publishing the next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.store import UnitOfWork
from handlers.organisations import (
    LANGUAGES,
    MARKS,
    Specification,
    edited_in,
    holders_of,
    newest_version,
    publish_next,
    read_draft,
    read_organisation,
    read_specification,
    seen_in,
    specifications_in,
)
from web.accounts import current_actor
from web.context import engine, store
from web.i18n import _
from web.locales import country_name
from web.organisations.blueprint import blueprint
from web.organisations.page import standing_of
from web.organisations.words import problem

_TEXTS = ("code", "country", "published_on", "mark", "source", "name_fr", "name_en", "name_ar")
_MORE = 3
_MOST_ROWS = 40
"""Empty rows for criteria that a form offers, and rows that it has at most."""

Criteria = Sequence[Mapping[str, str]]


@blueprint.get("/specifications")
def specifications() -> ResponseReturnValue:
    """List the sets of specifications of the countries that the signed-in person sees."""
    with store().snapshot() as uow:
        actor = current_actor()
        found = [each for c in seen_in(uow, actor) for each in specifications_in(uow, c)]
        today = engine().now().date()
        holding = {
            each.id: sum(held.holds_on(today) for held in holders_of(uow, each.id))
            for each in found
        }
        may_publish = bool(edited_in(uow, actor))
    return render_template(
        "organisations/specifications.html",
        specifications=found,
        holding=holding,
        may_publish=may_publish,
        today=today,
    )


@blueprint.get("/specifications/<specification_id>")
def specification(specification_id: str) -> ResponseReturnValue:
    """Show what a version asks, and who is or was accredited on it."""
    today = engine().now().date()
    with store().snapshot() as uow:
        found = _seen(uow, specification_id)
        newest = newest_version(uow, found.code)
        holders = [
            (read_organisation(uow, held.organisation_id), held, standing_of(held, today))
            for held in holders_of(uow, found.id)
        ]
        may_publish = found.country in edited_in(uow, current_actor())
    return render_template(
        "organisations/specification.html",
        specification=found,
        newest=newest,
        holders=holders,
        may_publish=may_publish,
    )


@blueprint.get("/specifications/new")
def new_specification() -> ResponseReturnValue:
    """Show the form of a new set, or of the next version of one."""
    of = request.args.get("of", "")
    with store().snapshot() as uow:
        countries = _countries(uow)
        if not of:
            today = engine().now().date().isoformat()
            typed = {"country": countries[0], "published_on": today, "mark": "I", "version": "1"}
            return _form(countries, typed, [])
        known = _seen(uow, of)
        newest = newest_version(uow, known.code) or known
    if newest.country not in countries:
        raise NotFound("specification to go on with", of)
    return _form(countries, *_stored(newest))


@blueprint.post("/specifications/new")
def publish_specification() -> ResponseReturnValue:
    """Publish the version that was written, once; or give the form more rows."""
    typed = {key: request.form.get(key, "").strip() for key in (*_TEXTS, "version")}
    criteria = _criteria()
    with store().snapshot() as uow:
        countries = _countries(uow)
    if "more" in request.form:
        return _form(countries, typed, criteria, {}, 200)
    if typed["country"] not in countries:
        return _form(countries, typed, criteria, {"country": "choice"})
    version = typed["version"]
    expected = int(version) if version.isascii() and version.isdecimal() else 0
    try:
        draft = read_draft(typed, criteria)
        with store().unit_of_work() as uow:
            published = publish_next(uow, draft, expected)
    except InvalidAnswer as wrong:
        return _form(countries, typed, criteria, wrong.errors)
    except Conflict:
        reason = _("This set was published meanwhile, or its code is another country's.")
        return _form(countries, typed, criteria, {"code": reason}, 409)
    flash(_("Version %(number)s is published.", number=published.version))
    return redirect(url_for(".specification", specification_id=published.id), 303)


def _seen(uow: UnitOfWork, specification_id: str) -> Specification:
    found = read_specification(uow, specification_id)
    if found.country not in seen_in(uow, current_actor()):
        raise NotFound("specification", specification_id)
    return found


def _countries(uow: UnitOfWork) -> tuple[str, ...]:
    countries = edited_in(uow, current_actor())
    if not countries:
        raise NotFound("agency that publishes specifications, of", current_actor().account_id)
    return countries


def _criteria() -> list[dict[str, str]]:
    """Return the rows that say something, a code made for those that have none."""
    keys = ("code", *LANGUAGES)
    rows = [
        {key: request.form.get(f"criteria.{number}.{key}", "").strip() for key in keys}
        for number in range(_MOST_ROWS)
    ]
    filled = [row for row in rows if any(row[each] for each in LANGUAGES)]
    taken = {row["code"] for row in filled}
    free = (f"c{number}" for number in range(1, 2 * _MOST_ROWS) if f"c{number}" not in taken)
    return [row if row["code"] else {**row, "code": next(free)} for row in filled]


def _stored(known: Specification) -> tuple[Mapping[str, str], Criteria]:
    typed = {
        "code": known.code,
        "country": known.country,
        "published_on": engine().now().date().isoformat(),
        "mark": known.mark,
        "source": known.source,
        "version": str(known.version + 1),
        **{f"name_{language}": known.name.get(language, "") for language in LANGUAGES},
    }
    criteria = [
        {"code": each.code, **{language: each.text.get(language, "") for language in LANGUAGES}}
        for each in known.criteria
    ]
    return typed, criteria


def _form(
    countries: Sequence[str],
    typed: Mapping[str, str],
    criteria: Criteria,
    errors: Mapping[str, str] | None = None,
    status: int = 422,
) -> ResponseReturnValue:
    told = {key: problem(code) for key, code in (errors or {}).items()}
    empty = min(_MORE, _MOST_ROWS - len(criteria))
    html = render_template(
        "organisations/specification_edit.html",
        countries=[(each, country_name(each)) for each in countries],
        typed=typed,
        rows=[*criteria, *({} for _ in range(empty))],
        marks=MARKS,
        errors=told,
    )
    return html, status if told else 200
