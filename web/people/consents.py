"""What a person agrees to, the sheets they signed for it, and withdrawals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from engine.errors import Conflict
from engine.store import UnitOfWork
from handlers.documents import Document, DocumentHeld, DocumentRefused, PersonDocuments
from handlers.organisations import find_organisations
from handlers.people import Consent, Decision, Purpose, consents_of, members, new_id
from web.accounts import current_actor
from web.context import names, store
from web.documents import content_of, refusal
from web.i18n import _
from web.people.blueprint import blueprint, people


@dataclass(frozen=True, slots=True)
class Sheet:
    """A signed sheet: its versions, the newest first."""

    versions: tuple[Document, ...]

    @property
    def newest(self) -> Document:
        """The version that holds."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows.

    :ivar sheets: by the id of any of their versions; sheets of cases are not among them.
    """

    person_id: str
    name: str
    may_change: bool
    held: tuple[Consent, ...]
    past: tuple[Consent, ...]
    sheets: Mapping[str, Sheet]

    @property
    def loose(self) -> tuple[Sheet, ...]:
        """Every sheet once, the newest first."""
        return tuple({sheet.newest.series: sheet for sheet in self.sheets.values()}.values())


def sheets() -> PersonDocuments:
    """Return the room that keeps signed sheets."""
    return cast(PersonDocuments, current_app.extensions["person_documents"])


@blueprint.get("/<person_id>/consents")
def consents(person_id: str) -> ResponseReturnValue:
    """Show what the person agrees to, each with its sheet, and the form for a new decision."""
    return _page(person_id, {})


@blueprint.post("/<person_id>/consents")
def consent(person_id: str) -> ResponseReturnValue:
    """Take down what the person signed; sent twice, it is taken down once."""
    chosen = [each for each in Purpose if each.value in request.form.getlist("purpose")]
    if not chosen:
        return _page(person_id, {"purpose": _("Say what it is about.")})
    file, given = request.files.get("sheet"), request.form.get("given") == "true"
    recipient = _known_body(request.form.get("recipient", ""))
    decisions = [
        Decision(each, given, recipient if each is Purpose.SHARING else "") for each in chosen
    ]
    try:
        _record(person_id, decisions, file if file is not None and file.filename else None)
    except DocumentRefused as error:
        return _page(person_id, {"sheet": refusal(error)})
    flash(_("The person's decision is recorded."))
    return _back(person_id)


@blueprint.post("/<person_id>/consents/withdraw")
def withdraw(person_id: str) -> ResponseReturnValue:
    """Take down that the person withdraws a consent; no sheet is asked for."""
    try:
        purpose = Purpose(request.form.get("purpose", ""))
    except ValueError:
        abort(400)
    decision = Decision(purpose, given=False, recipient=request.form.get("recipient", ""))
    with store().unit_of_work() as uow:
        people().decisions.record(uow, person_id, [decision], current_actor())
    flash(_("The consent is withdrawn, from now on."))
    return _back(person_id)


@blueprint.post("/<person_id>/consents/sheets/<document_id>")
def new_sheet(person_id: str, document_id: str) -> ResponseReturnValue:
    """Put a new version of a sheet in the place of the old one, which stays readable."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a file first."), "error")
        return _back(person_id)
    content, name = file.read(), file.filename
    try:
        scan = sheets().scan(content, name)
        with store().unit_of_work() as uow:
            sheets().take(
                uow, person_id, content, name, current_actor(), scan=scan, replaces=document_id
            )
    except DocumentRefused as error:
        flash(refusal(error), "error")
    except Conflict:
        flash(_("Somebody handed in a newer version just now. Look at it first."), "error")
    else:
        flash(_("The new version is stored, encrypted."))
    return _back(person_id)


@blueprint.get("/<person_id>/consents/sheets/<document_id>")
def sheet(person_id: str, document_id: str) -> ResponseReturnValue:
    """Send a sheet to who may open it; the opening is logged."""
    try:
        with store().unit_of_work() as uow:
            found = sheets().open(uow, person_id, document_id, current_actor())
    except DocumentHeld:
        flash(_("This document waits to be checked for harm, or harm was found in it."), "error")
        return _back(person_id)
    return make_response(content_of(found))


def _record(person_id: str, decisions: Sequence[Decision], file: FileStorage | None) -> None:
    content = b"" if file is None else file.read()
    name = "" if file is None else file.filename or ""
    scan = None if file is None else sheets().scan(content, name)
    document_id, actor = request.form.get("document_id", ""), current_actor()
    if len(document_id) != 32 or not document_id.isalnum():
        document_id = new_id()
    with store().unit_of_work() as uow:
        stored = None
        if scan is not None:
            stored = (
                sheets()
                .take(uow, person_id, content, name, actor, scan=scan, document_id=document_id)
                .id
            )
        people().decisions.record(uow, person_id, decisions, actor, sheet=stored)


def _page(person_id: str, errors: Mapping[str, str]) -> ResponseReturnValue:
    with store().unit_of_work() as uow:
        board = _board(uow, person_id)
        bodies = find_organisations(uow)
    known = {each.recorded_by for each in (*board.held, *board.past)}
    known |= {each.uploaded_by for sheet in board.loose for each in sheet.versions}
    html = render_template(
        "people/consents.html",
        board=board,
        bodies=bodies,
        purposes=list(Purpose),
        names=names(known),
        errors=errors,
        typed=request.form,
        chosen=request.form.getlist("purpose"),
        document_id=new_id(),
    )
    return html, 422 if errors else 200


def _board(uow: UnitOfWork, person_id: str) -> Board:
    actor, room = current_actor(), people()
    row, standing = room.files.seen(uow, person_id, actor)
    found = [each for file in members(uow, row.id) for each in consents_of(uow, file)]
    found.sort(key=lambda each: each.recorded_at, reverse=True)
    series: dict[str, list[Document]] = {}
    for document in sheets().listed(uow, row.id, actor):
        series.setdefault(document.series, []).append(document)
    return Board(
        person_id=row.id,
        name=room.files.brief(uow, row.id, actor),
        may_change=standing.may_change,
        held=tuple(each for each in found if each.ended_at is None),
        past=tuple(each for each in found if each.ended_at is not None),
        sheets={
            each.id: sheet
            for versions in series.values()
            for sheet in [Sheet(tuple(sorted(versions, key=lambda v: -v.version)))]
            for each in versions
        },
    )


def _known_body(body: str) -> str:
    with store().snapshot() as uow:
        return body if body in {each.id for each in find_organisations(uow)} else ""


def _back(person_id: str) -> ResponseReturnValue:
    return redirect(url_for(".consents", person_id=person_id), 303)
