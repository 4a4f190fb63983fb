"""The list of committees, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.store import UnitOfWork
from handlers.committees import (
    Body,
    CommitteeRefused,
    File,
    FileStatus,
    Session,
    SessionStatus,
    find_files,
    members_of,
    missing,
    sessions_of,
)
from web.accounts import current_actor
from web.committees.blueprint import blueprint, committees
from web.committees.words import refusal
from web.context import engine, names, store
from web.i18n import _
from web.locales import local_moment


@dataclass(frozen=True, slots=True)
class Entry:
    """A committee on the list. :ivar next: its session that is open, else the next one called."""

    body: Body
    waiting: int
    next: Session | None


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the committees that the signed-in person may see."""
    with store().snapshot() as uow:
        entries = [_entry(uow, body) for body in committees().bodies(uow, current_actor())]
    return render_template("committees/index.html", entries=entries)


@blueprint.get("/<body_id>")
def body(body_id: str) -> ResponseReturnValue:
    """Show a committee: its rule, members, sessions and the files that wait."""
    return _page(body_id, {})


@blueprint.post("/<body_id>/sessions")
def call(body_id: str) -> ResponseReturnValue:
    """Call a session."""
    actor = current_actor()
    with store().snapshot() as uow:
        country = committees().body(uow, body_id, actor).country
    planned = local_moment(request.form.get("planned_for", ""), country)
    if planned is None:
        return _page(body_id, {"planned_for": _("Write the day and the time of the session.")})
    try:
        with store().unit_of_work() as uow:
            place = request.form.get("place", "")
            session = committees().call(uow, body_id, planned, place, actor)
    except CommitteeRefused as error:
        if error.code == "empty":
            return _page(body_id, {"place": _("Say where the session is held.")})
        if error.code == "session-state":
            return _page(body_id, {"planned_for": _("This moment is past. Choose a later one.")})
        return _page(body_id, {"": refusal(error)})
    return redirect(url_for(".session", session_id=session.id), 303)


def _entry(uow: UnitOfWork, body: Body) -> Entry:
    waiting = find_files(uow, body_id=body.id, status=FileStatus.WAITING)
    opened = sessions_of(uow, [body.id], SessionStatus.OPEN)
    called = sessions_of(uow, [body.id], SessionStatus.CALLED)
    return Entry(body, len(waiting), next(iter((*opened, *reversed(called))), None))


def _page(body_id: str, errors: dict[str, str]) -> ResponseReturnValue:
    actor, now = current_actor(), engine().now()
    with store().snapshot() as uow:
        found = committees().body(uow, body_id, actor)
        members = members_of(uow, body_id, now)
        html = render_template(
            "committees/body.html",
            body=found,
            members=members,
            names=names(member.account_id for member in members),
            waiting=_waiting(uow, found),
            sessions=sessions_of(uow, [body_id]),
            clerk=committees().is_clerk(uow, body_id, actor),
            voting=sum(member.votes for member in members),
            errors=errors,
            typed=request.form,
        )
    return html, 422 if errors else 200


def _waiting(uow: UnitOfWork, body: Body) -> list[tuple[File, tuple[str, ...]]]:
    files = find_files(uow, body_id=body.id, status=FileStatus.WAITING)
    return [(file, missing(uow, body, file)) for file in files]
