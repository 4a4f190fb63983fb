"""Finding a person, and opening a file where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import InvalidAnswer
from handlers.people import IDENTITY_ENTRIES, Wanted, new_id
from handlers.people.index.search import Hit
from web.accounts import current_actor
from web.context import store
from web.i18n import _
from web.paging import text_argument
from web.people.blueprint import blueprint, people
from web.people.words import problem

RECENT = 10


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Search by name, birth date and number; without a search, the files last opened."""
    name, number = text_argument("name") or "", text_argument("number") or ""
    born, year, errors = _birth(text_argument("born") or "")
    hits: tuple[Hit, ...] | None = None
    with store().unit_of_work() as uow:  # Every search is written down.
        if not errors and (name or number or born or year):
            try:
                wanted = Wanted(name, born, year, number)
                hits = people().search.find(uow, wanted, current_actor())
            except InvalidAnswer:
                errors = {"name": _("Give a name, a whole birth date or a number as well.")}
        recent = people().files.recent(uow, current_actor(), RECENT) if hits is None else ()
    html = render_template(
        "people/index.html", hits=hits, recent=recent, errors=errors, asked=request.args
    )
    return html, 422 if errors else 200


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show the form that opens a file."""
    return _form({}, {}, new_id())


@blueprint.post("/new")
def register() -> ResponseReturnValue:
    """Open a file; sent twice, it opens one."""
    typed = {key: request.form.get(key, "") for key in IDENTITY_ENTRIES}
    person_id = request.form.get("person_id", "")
    if len(person_id) != 32 or not person_id.isalnum():
        person_id = new_id()
    home, actor = request.form.get("organisation", ""), current_actor()
    try:
        with store().unit_of_work() as uow:
            if home not in people().files.may_register_in(uow, actor):
                raise InvalidAnswer({"organisation": "choice"})
            people().files.register(uow, typed, actor, home, person_id)
    except InvalidAnswer as wrong:
        return _form(typed, {key: problem(code) for key, code in wrong.errors.items()}, person_id)
    flash(_("The file is open. Look at the possible duplicates before you go on."))
    return redirect(url_for(".person", person_id=person_id), 303)


def _form(
    typed: Mapping[str, str], errors: Mapping[str, str], person_id: str
) -> ResponseReturnValue:
    with store().snapshot() as uow:
        homes = people().files.may_register_in(uow, current_actor())
    html = render_template(
        "people/new.html",
        typed=typed,
        errors=errors,
        person_id=person_id,
        homes=homes,
        keys=IDENTITY_ENTRIES,
    )
    return html, 422 if errors else 200


def _birth(text: str) -> tuple[date | None, int | None, dict[str, str]]:
    if not text:
        return None, None, {}
    if text.isdecimal() and len(text) == 4:
        return None, int(text), {}
    for order in (text, "-".join(reversed(text.replace("/", "-").replace(".", "-").split("-")))):
        try:
            return date.fromisoformat(order), None, {}
        except ValueError:
            continue
    return None, None, {"born": problem("date")}
