"""The page of a session: who is there, what is on the agenda, how members vote."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.model import Actor
from engine.store import UnitOfWork
from handlers.committees import Committees, SessionStatus, Vote, attendances_of
from web.accounts import current_actor
from web.committees.blueprint import act, blueprint, committees
from web.committees.reading import read_sheet
from web.context import names, store
from web.i18n import _, _l

_MOST = 50
"""Files that one agenda takes at most when it is filled."""


@blueprint.get("/sessions/<session_id>")
def session(session_id: str) -> ResponseReturnValue:
    """Show a session."""
    actor, room = current_actor(), committees()
    with store().snapshot() as uow:
        sheet = read_sheet(uow, room.bench(uow, session_id, actor))
        clerk = room.is_clerk(uow, sheet.bench.body.id, actor)
        stays = attendances_of(uow, session_id)
    mine = sheet.bench.members.get(actor.account_id)
    return render_template(
        "committees/session.html",
        sheet=sheet,
        stays=stays,
        clerk=clerk,
        me=actor.account_id,
        mine=mine,
        presides=clerk and mine is not None and mine.role != "secretary",
        names=names(sheet.accounts | {stay.account_id for stay in stays}),
        most=_MOST,
        statuses=SessionStatus,
    )


@blueprint.post("/sessions/<session_id>/<any(open,cancel,fill,add,remove,sign):what>")
def steer(session_id: str, what: str) -> ResponseReturnValue:
    """Open a session, call it off, keep its agenda, or close it and sign its minutes."""
    perform, done = _ACTS[what]
    actor, room = current_actor(), committees()
    back = url_for(".session", session_id=session_id)
    if what == "sign":
        back = url_for(".minutes", session_id=session_id)
    return act(back, str(done), lambda uow: perform(room, uow, session_id, actor))


@blueprint.post("/sessions/<session_id>/attendance")
def attend(session_id: str) -> ResponseReturnValue:
    """Note that somebody came or went."""
    account, here = request.form.get("account", ""), request.form.get("here") == "true"
    room, actor = committees(), current_actor()
    return act(
        url_for(".session", session_id=session_id, _anchor="room"),
        "",
        lambda uow: room.attend(uow, session_id, account, here, actor),
    )


@blueprint.get("/sessions/<session_id>/votes")
def votes(session_id: str) -> ResponseReturnValue:
    """Show the files of a session to a member who votes on them."""
    actor = current_actor()
    with store().snapshot() as uow:
        sheet = read_sheet(uow, committees().bench(uow, session_id, actor))
    member = sheet.bench.members.get(actor.account_id)
    if member is None or not member.votes:
        abort(403)
    return render_template(
        "committees/votes.html",
        sheet=sheet,
        me=actor.account_id,
        choices=list(Vote),
        names=names(sheet.accounts),
    )


@blueprint.post("/sessions/<session_id>/votes")
def cast(session_id: str) -> ResponseReturnValue:
    """Cast the signed-in member's votes: all that were sent, or none."""
    actor, room = current_actor(), committees()
    try:
        wanted = {
            key.removeprefix("vote-"): Vote(value)
            for key, value in request.form.items()
            if key.startswith("vote-") and value
        }
    except ValueError:
        abort(400)

    def perform(uow: UnitOfWork) -> None:
        room.bench(uow, session_id, actor)
        for file_id, vote in sorted(wanted.items()):
            room.vote(uow, file_id, vote, actor)

    back = url_for(".session", session_id=session_id, _anchor="agenda")
    if len(wanted) == 1 and request.form.get("back") == "file":
        back = url_for(".file", file_id=next(iter(wanted)))
    return act(back, _("Your vote is noted.") if wanted else "", perform)


# --- inside -------------------------------------------------------------------------------------


def _fill(room: Committees, uow: UnitOfWork, session_id: str, actor: Actor) -> object:
    most = request.form.get("most", "")
    return room.fill(uow, session_id, min(int(most), _MOST) if most.isdigit() else _MOST, actor)


def _add(room: Committees, uow: UnitOfWork, session_id: str, actor: Actor) -> None:
    room.put_on(uow, session_id, request.form.get("file", ""), actor)


def _remove(room: Committees, uow: UnitOfWork, session_id: str, actor: Actor) -> None:
    room.take_off(uow, session_id, request.form.get("file", ""), actor)


_Act = Callable[[Committees, UnitOfWork, str, Actor], object]
_ACTS: Mapping[str, tuple[_Act, object]] = {
    "open": (Committees.open, _l("The session is open. Note who is in the room.")),
    "cancel": (Committees.cancel, _l("The session is called off; its files wait again.")),
    "fill": (_fill, _l("The agenda is filled.")),
    "add": (_add, _l("The file is on the agenda.")),
    "remove": (_remove, _l("The file is off the agenda and waits again.")),
    "sign": (Committees.sign, _l("The session is closed and its minutes are signed.")),
}
