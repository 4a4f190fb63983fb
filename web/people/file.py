"""The page of one person's file, and what is changed on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.model import Tier
from engine.service import CasesQuery
from handlers.people import ATTRIBUTES, Ground, Purpose
from handlers.people.files.view import PersonView
from web.accounts import current_actor
from web.context import engine, names, store
from web.i18n import _
from web.notices.blueprint import notices
from web.people.blueprint import blueprint, people
from web.people.reading import reads_of
from web.people.words import problem


@blueprint.get("/<person_id>")
def person(person_id: str) -> ResponseReturnValue:
    """Show a file as far as the reader's tiers open it."""
    return _page(person_id, {})


@blueprint.get("/<person_id>/edit")
def edit(person_id: str) -> ResponseReturnValue:
    """Show the form that changes a file: the entries that are open to the reader."""
    view = _view(person_id)
    if not view.may_change:
        abort(403)
    typed = {key: _typed(view.entries.get(key)) for key in _open(view)}
    return _edit(view, typed, {})


@blueprint.post("/<person_id>/edit")
def change(person_id: str) -> ResponseReturnValue:
    """Write the entries that were changed."""
    typed = {key: request.form.get(key, "") for key in ATTRIBUTES if key in request.form}
    try:
        with store().unit_of_work() as uow:
            people().files.change(uow, person_id, typed, current_actor())
    except InvalidAnswer as wrong:
        found = {key: problem(code) for key, code in wrong.errors.items()}
        return _edit(_view(person_id), typed, found)
    notices().problems.recheck()
    flash(_("The file is changed."))
    return _back(person_id)


@blueprint.post("/<person_id>/identifiers")
def add_identifier(person_id: str) -> ResponseReturnValue:
    """Add a number by which an authority knows the person."""
    kind, country, number = (request.form.get(n, "") for n in ("kind", "country", "number"))
    try:
        with store().unit_of_work() as uow:
            people().files.add_identifier(uow, person_id, kind, country, number, current_actor())
    except InvalidAnswer as wrong:
        return _page(person_id, {key: problem(code) for key, code in wrong.errors.items()})
    flash(_("The number is added."))
    return _back(person_id, "identifiers")


@blueprint.post("/<person_id>/identifiers/<key>/remove")
def remove_identifier(person_id: str, key: str) -> ResponseReturnValue:
    """Take a number away."""
    with store().unit_of_work() as uow:
        people().files.remove_identifier(uow, person_id, key, current_actor())
    flash(_("The number is taken away."))
    return _back(person_id, "identifiers")


@blueprint.post("/<person_id>/household")
def household(person_id: str) -> ResponseReturnValue:
    """Add another person, by the address or the id of their file, to the household."""
    other = request.form.get("other", "").strip().rstrip("/").rpartition("/")[2]
    try:
        with store().unit_of_work() as uow:
            people().households.join(
                uow, person_id, other, request.form.get("relation", ""), current_actor()
            )
    except NotFound:
        return _page(person_id, {"other": _("No file of yours has this address. Find it first.")})
    except Conflict:
        return _page(person_id, {"other": _("This person is in the household, or is this one.")})
    flash(_("The household has one more member."))
    return _back(person_id, "household")


@blueprint.post("/<person_id>/household/leave")
def leave_household(person_id: str) -> ResponseReturnValue:
    """End somebody's place in the household."""
    with store().unit_of_work() as uow:
        people().households.leave(
            uow,
            person_id,
            request.form.get("household", ""),
            request.form.get("member", ""),
            current_actor(),
        )
    flash(_("The household has one member less."))
    return _back(person_id, "household")


@blueprint.post("/<person_id>/cases")
def link(person_id: str) -> ResponseReturnValue:
    """Say that a case, named by its reference, is about this person."""
    reference = request.form.get("reference", "").strip()
    found = engine().cases(current_actor(), CasesQuery(search=reference, size=2)).items
    exact = [case for case in found if reference and case.reference == reference]
    if not exact:
        return _page(person_id, {"reference": _("No case that you may see has this reference.")})
    try:
        with store().unit_of_work() as uow:
            people().duplicates.link(uow, exact[0].id, person_id, current_actor())
    except Conflict:
        return _page(person_id, {"reference": _("This case is about this person already.")})
    flash(_("The case is linked to this person."))
    return _back(person_id, "cases")


@blueprint.post("/<person_id>/erasure")
def erasure(person_id: str) -> ResponseReturnValue:
    """Ask that the person be erased; somebody else decides."""
    try:
        ground = Ground(request.form.get("ground", ""))
    except ValueError:
        abort(400)
    if ground is Ground.RETENTION:
        abort(400)
    with store().unit_of_work() as uow:
        people().files.changing(uow, person_id, current_actor())
        people().erasures.ask(uow, person_id, ground, current_actor())
    flash(_("The erasure is asked. A data protection officer decides."))
    return _back(person_id)


@blueprint.get("/<person_id>/reads")
def reads(person_id: str) -> ResponseReturnValue:
    """Tell who read the person's sensitive data."""
    with store().unit_of_work() as uow:
        view = people().files.show(uow, person_id, current_actor())
        told = reads_of(uow, view.files)
    return render_template("people/reads.html", view=view, told=told, names=names(told.accounts))


# --- inside -------------------------------------------------------------------------------------


def _view(person_id: str) -> PersonView:
    with store().unit_of_work() as uow:  # Reading a sensitive entry is written down.
        return people().files.show(uow, person_id, current_actor())


def _page(person_id: str, errors: Mapping[str, str]) -> ResponseReturnValue:
    actor = current_actor()
    with store().unit_of_work() as uow:
        room = people()
        view = room.files.show(uow, person_id, actor)
        who = {m.person_id: room.files.brief(uow, m.person_id, actor) for m in view.household}
        who |= {p: room.files.brief(uow, p, actor) for q in view.pairs for p in (q.low, q.high)}
        obstacle = room.erasures.obstacle(uow, view.row.id)
    html = render_template(
        "people/person.html",
        view=view,
        who=who,
        errors=errors,
        typed=request.form,
        obstacle=obstacle,
        attributes=ATTRIBUTES,
        purposes=list(Purpose),
        protects=Tier.PROTECTION in view.tiers,
    )
    return html, 422 if errors else 200


def _edit(
    view: PersonView, typed: Mapping[str, str], errors: Mapping[str, str]
) -> ResponseReturnValue:
    html = render_template(
        "people/edit.html",
        view=view,
        typed=typed,
        errors=errors,
        keys=_open(view),
        attributes=ATTRIBUTES,
    )
    return html, 422 if errors else 200


def _open(view: PersonView) -> list[str]:
    return [key for key, attribute in ATTRIBUTES.items() if attribute.tier in view.tiers]


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _back(person_id: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".person", person_id=person_id, _anchor=anchor), 303)
