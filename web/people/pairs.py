"""Possible duplicates: the list, two files side by side, and what is decided about them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.service import Page
from handlers.people import PairStatus
from web.accounts import current_actor
from web.context import names, store
from web.i18n import _
from web.paging import page_number
from web.people.blueprint import blueprint, people

PAGE_SIZE = 20
_TABS = {"suspected", "merged", "distinct"}


@blueprint.get("/duplicates")
def duplicates() -> ResponseReturnValue:
    """List the pairs that could be one person, or those that were decided about."""
    which = request.args.get("which", "suspected")
    status = PairStatus(which if which in _TABS else "suspected")
    page = page_number()
    with store().snapshot() as uow:
        pairs, total = people().duplicates.listed(uow, current_actor(), status, page, PAGE_SIZE)
    return render_template(
        "people/duplicates.html", pairs=Page(pairs, total, page, PAGE_SIZE), status=status
    )


@blueprint.get("/duplicates/<one>/<other>")
def compare(one: str, other: str) -> ResponseReturnValue:
    """Show two files side by side."""
    with store().snapshot() as uow:
        side = people().duplicates.side_by_side(uow, one, other, current_actor())
    who = names(each.by for each in side.decisions)
    return render_template("people/compare.html", side=side, names=who)


@blueprint.post("/duplicates/<one>/<other>")
def decide(one: str, other: str) -> ResponseReturnValue:
    """Merge two files, tell two people apart, or take either back."""
    room, actor = people().duplicates, current_actor()
    decision = request.form.get("decision", "")
    with store().unit_of_work() as uow:
        if decision == "merge":
            keep = other if request.form.get("keep") == other else one
            room.merge(uow, keep, one if keep == other else other, actor)
            flash(_("The two files are one now. Both keep their history, and it can be undone."))
        elif decision == "distinct":
            room.tell_apart(uow, one, other, actor)
            flash(_("They are two people: they will not be suggested again."))
        elif decision == "undo":
            room.undo(uow, one, other, actor)
            flash(_("The decision is taken back; the two files stand as before."))
        else:
            abort(400)
    return redirect(url_for(".compare", one=one, other=other), 303)
