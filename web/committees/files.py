"""The page of one file before a committee, and what a member says of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from engine.model import Actor
from engine.service import CaseView, SummaryItem
from handlers.committees import (
    File,
    Vote,
    as_committee,
    members_of,
    scores_of,
)
from handlers.documents import Document
from web.accounts import current_actor
from web.committees.blueprint import act, blueprint, committees
from web.committees.reading import read_lines
from web.context import engine, names, readable, store
from web.documents import listed
from web.i18n import _
from web.locales import locale


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a committee may know of a case; empty where the case is not shared with it.

    :ivar linked: whether the reader may open the case's own page.
    """

    case: CaseView | None = None
    person: tuple[SummaryItem, ...] = ()
    documents: tuple[Document, ...] = ()
    linked: bool = False


@blueprint.get("/files/<file_id>")
def file(file_id: str) -> ResponseReturnValue:
    """Show a file: the case as the committee sees it, documents, points, recusals, votes."""
    actor, room = current_actor(), committees()
    with store().unit_of_work() as uow:  # A sensitive read would be written down.
        found, body = room.file(uow, file_id, actor)
        listed_in = found.session_id
        bench = room.bench(uow, listed_in, actor) if listed_in is not None else None
        members = {m.account_id: m for m in members_of(uow, body.id, engine().now())}
        (line,) = read_lines(uow, body, members, (found,), bench)
        points = scores_of(uow, file_id)
        words = room.words(uow, found, body, actor)
    accounts = {*members, *points, *line.votes}
    return render_template(
        "committees/file.html",
        line=line,
        body=body,
        bench=bench,
        points=points,
        words=words,
        dossier=_dossier(found, as_committee(actor, body)),
        me=actor.account_id,
        choices=list(Vote),
        mine=members.get(actor.account_id),
        names=names(accounts),
    )


@blueprint.post("/files/<file_id>/points")
def score(file_id: str) -> ResponseReturnValue:
    """Give the signed-in member's points."""
    actor, room = current_actor(), committees()
    points = {
        key.removeprefix("points-"): int(value) if value.strip().isdigit() else -1
        for key, value in request.form.items()
        if key.startswith("points-") and value.strip()
    }
    return act(
        url_for(".file", file_id=file_id, _anchor="points"),
        _("Your points are noted.") if points else "",
        lambda uow: room.score(uow, file_id, points, actor),
    )


@blueprint.post("/files/<file_id>/conflict")
def declare(file_id: str) -> ResponseReturnValue:
    """Declare the signed-in member's interest in a file."""
    actor, room = current_actor(), committees()
    return act(
        url_for(".file", file_id=file_id),
        _("Noted: you take no part in this file."),
        lambda uow: room.declare(uow, file_id, actor),
    )


def _dossier(found: File, reader: Actor) -> Dossier:
    try:
        case = engine().case(found.case_id, reader, locale())
    except NotFound:
        return Dossier()
    person = engine().person(found.case_id, reader, locale())
    return Dossier(case, person, listed(case, reader), readable(found.case_id))
