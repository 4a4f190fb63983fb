"""Contact details that do not work: whom it is for to correct them, and closing them by hand."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict
from web.accounts import current_actor
from web.context import store
from web.i18n import _
from web.notices.blueprint import blueprint, notices


@blueprint.get("/unreached")
def problems() -> ResponseReturnValue:
    """List the cases in which the signed-in person is to correct contact details."""
    with store().snapshot() as uow:
        found = notices().problems.mine(uow, current_actor())
    return render_template("notices/problems.html", problems=found)


@blueprint.post("/unreached/<case_id>")
def settle(case_id: str) -> ResponseReturnValue:
    """Close one by hand: the receiver is reached in another way."""
    try:
        with store().unit_of_work() as uow:
            receiver = request.form.get("receiver", "")
            notices().problems.settle(uow, case_id, receiver, current_actor())
    except Conflict:
        flash(_("Somebody has seen to these contact details already."))
    else:
        flash(_("It is noted in the case that the receiver is reached in another way."))
    return redirect(url_for(".problems"), 303)


def count_mine() -> int:
    """Return in how many cases the signed-in person is to correct contact details."""
    with store().snapshot() as uow:
        return len({each.case_id for each in notices().problems.mine(uow, current_actor())})
