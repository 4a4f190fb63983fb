"""The room's routes gather here, and what each of its acts has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Blueprint, current_app, flash, redirect
from flask.typing import ResponseReturnValue

from engine.errors import CaseEnded, Conflict
from engine.store import UnitOfWork
from handlers.committees import CommitteeRefused, Committees
from web.committees.words import conflict, refusal
from web.context import store

blueprint = Blueprint("committees", __name__, url_prefix="/committees")


def committees() -> Committees:
    """Return the room of committees."""
    return cast(Committees, current_app.extensions["committees"])


def act(back: str, done: str, perform: Callable[[UnitOfWork], object]) -> ResponseReturnValue:
    """Do one thing in a transaction, tell how it went, and go back to a page.

    :param done: what to say afterwards; nothing is said where it is empty.
    """
    try:
        with store().unit_of_work() as uow:
            perform(uow)
    except CommitteeRefused as error:
        flash(refusal(error), "error")
    except (Conflict, CaseEnded) as error:
        flash(conflict(error), "error")
    else:
        if done:
            flash(done)
    return redirect(back, 303)
