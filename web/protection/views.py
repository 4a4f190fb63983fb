"""What those who watch over data protection see and decide. Nobody is named on these pages."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict
from engine.service import Page
from handlers.people import Verdict, ask_for_due, latest_reads, members, scrub_erased
from handlers.people.emergency.store import emergencies as accesses
from handlers.people.erasure.retention import due
from handlers.people.erasure.store import open_request, requests
from web.accounts import current_actor
from web.context import engine, names, store
from web.i18n import _
from web.paging import page_number, text_argument
from web.people.blueprint import people
from web.people.reading import reads_of
from web.protection.blueprint import blueprint

PAGE_SIZE = 50
MOST_DUE = 100


@blueprint.get("")
def emergencies() -> ResponseReturnValue:
    """List emergency accesses, those that wait for a review first."""
    with store().snapshot() as uow:
        found = accesses(uow)
        reasons = {each.id: people().emergencies.reason(uow, each) for each in found}
    who = names({e.account_id for e in found} | {e.reviewed_by for e in found})
    return render_template(
        "protection/emergencies.html",
        accesses=found,
        reasons=reasons,
        names=who,
        me=current_actor().account_id,
    )


@blueprint.post("/emergencies/<access_id>")
def review(access_id: str) -> ResponseReturnValue:
    """Say whether an emergency access was justified."""
    try:
        verdict = Verdict(request.form.get("verdict", ""))
    except ValueError:
        abort(400)
    with store().unit_of_work() as uow:
        people().emergencies.review(uow, access_id, verdict, current_actor())
    flash(_("The review is recorded."))
    return redirect(url_for(".emergencies"), 303)


@blueprint.get("/erasures")
def erasures() -> ResponseReturnValue:
    """List requests for erasure, and whose data's time is over."""
    return _erasures(None)


@blueprint.post("/erasures/<request_id>")
def decide(request_id: str) -> ResponseReturnValue:
    """Approve or refuse a request of somebody else's."""
    room, actor = people().erasures, current_actor()
    try:
        with store().unit_of_work() as uow:
            if request.form.get("decision") == "approve":
                room.approve(uow, request_id, actor)
                flash(_("The person is erased. What history keeps names nobody."))
            else:
                room.refuse(uow, request_id, actor)
                flash(_("The request is refused."))
        scrub_erased(store(), room)  # What it cannot do now, the worker does within the hour.
    except Conflict:
        return _erasures(
            _(
                "This cannot be decided now: a case is open, a funder may still audit one, or "
                "somebody decided already. Nothing was erased."
            )
        )
    return redirect(url_for(".erasures"), 303)


@blueprint.post("/retention")
def ask_due() -> ResponseReturnValue:
    """Ask for the erasure of everybody whose data's time is over; each is then approved."""
    asked = ask_for_due(store(), people().erasures)
    flash(_("Requests made: %(count)s. Approve each of them.", count=len(asked)))
    return redirect(url_for(".erasures"), 303)


@blueprint.get("/reads")
def reads() -> ResponseReturnValue:
    """Show the log of reads of sensitive data."""
    page, account = page_number(), text_argument("account")
    with store().snapshot() as uow:
        rows, total = latest_reads(
            uow, account_id=account, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    return render_template(
        "protection/reads.html",
        reads=Page(rows, total, page, PAGE_SIZE),
        account=account,
        names=names(row.account_id for row in rows),
    )


@blueprint.get("/persons/<person_id>/reads")
def person_reads(person_id: str) -> ResponseReturnValue:
    """Tell who read what of one person, who is not named."""
    with store().snapshot() as uow:
        files = members(uow, person_id)
        if not files:
            abort(404)
        told = reads_of(uow, files)
    return render_template("people/reads.html", view=None, told=told, names=names(told.accounts))


def _erasures(problem: str | None) -> ResponseReturnValue:
    now = engine().now()
    with store().snapshot() as uow:
        room = people().erasures
        found = requests(uow)
        obstacles = {r.id: room.obstacle(uow, r.person_id) for r in found if r.status == "asked"}
        over = []
        for kept in due(uow, room.schemes, now):
            if open_request(uow, kept.person_id) is None:
                over.append(kept)
            if len(over) >= MOST_DUE:
                break
    html = render_template(
        "protection/erasures.html",
        requests=found,
        obstacles=obstacles,
        due=over,
        problem=problem,
        names=names({r.asked_by for r in found} | {r.decided_by for r in found}),
        me=current_actor().account_id,
    )
    return html, 409 if problem else 200
