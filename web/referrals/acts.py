"""Answering a referral, giving feedback, taking one back: each once, whoever clicks twice."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseEnded, Conflict
from handlers.referrals import Desk, Outcome
from handlers.referrals import answer as answer_referral
from handlers.referrals import report as report_on
from handlers.referrals import revoke as revoke_referral
from web.context import store
from web.i18n import _
from web.referrals.blueprint import blueprint, desk, tell_conflict
from web.referrals.lists import page

_LONGEST = 4000
"""Characters of a reason or of feedback."""


@blueprint.post("/<referral_id>/answer")
def answer(referral_id: str) -> ResponseReturnValue:
    """Accept a referral, or decline it with a reason."""
    accept = request.form.get("answer") == "accept"
    reason = request.form.get("reason", "").strip()[:_LONGEST]
    if not accept and not reason:
        wrong = _("Say why: whoever sent it looks for another structure with it.")
        return page(referral_id, {"open": "decline"}, {"reason": wrong})
    done = (
        _("The referral is accepted. You may get in touch now; give feedback when you can.")
        if accept
        else _("The referral is declined. What was shared is closed to you.")
    )
    return _act(
        referral_id, done, lambda at: answer_referral(at, referral_id, accept=accept, reason=reason)
    )


@blueprint.post("/<referral_id>/report")
def report(referral_id: str) -> ResponseReturnValue:
    """Give feedback on an accepted referral, and say what came of it."""
    outcome = request.form.get("outcome", "")
    feedback = request.form.get("feedback", "").strip()[:_LONGEST]
    errors = {}
    if outcome not in list(Outcome):
        errors["outcome"] = _("Choose what came of it.")
    if not feedback:
        errors["feedback"] = _("Say in a few words what was done.")
    if errors:
        return page(referral_id, {"outcome": outcome, "feedback": feedback}, errors)
    return _act(
        referral_id,
        _("Your feedback is given. Thank you."),
        lambda at: report_on(at, referral_id, outcome=outcome, feedback=feedback),
    )


@blueprint.post("/<referral_id>/revoke")
def revoke(referral_id: str) -> ResponseReturnValue:
    """Take a referral back: its receiver reads nothing more."""
    return _act(
        referral_id,
        _("The referral is revoked: the structure reads nothing more from now on."),
        lambda at: revoke_referral(at, referral_id),
    )


def _act(referral_id: str, done: str, perform: Callable[[Desk], object]) -> ResponseReturnValue:
    try:
        with store().unit_of_work() as uow:
            perform(desk(uow))
    except (Conflict, CaseEnded) as error:
        tell_conflict(error)
    else:
        flash(done)
    return redirect(url_for(".referral", referral_id=referral_id), 303)
