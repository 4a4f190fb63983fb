"""The room's routes gather here, and what each of its acts has in common."""

from __future__ import annotations

from flask import Blueprint, flash

from engine.errors import CaseEnded, Conflict
from engine.store import UnitOfWork
from handlers.people import PersonalFields
from handlers.referrals import Desk, NoPlaceLeft, ReferralMoved, ReferralRefused
from web.accounts import current_actor
from web.context import engine
from web.failures import explain
from web.i18n import _
from web.people.blueprint import people
from web.referrals.words import referral_word

blueprint = Blueprint("referrals", __name__, url_prefix="/referrals")


def fields() -> PersonalFields:
    """Return the room that keeps what people told of themselves."""
    return people().fields


def desk(uow: UnitOfWork) -> Desk:
    """Return what acting on a referral needs, for the signed-in person."""
    return Desk(uow, fields(), engine().publish_within, current_actor(), engine().now())


def tell_conflict(error: Conflict | CaseEnded) -> None:
    """Say on the next page why nothing was changed."""
    flash(conflict(error), "error")


def conflict(error: Conflict | CaseEnded) -> str:
    """Return why an act came too late, in the reader's language."""
    if isinstance(error, NoPlaceLeft):
        return _(
            "The last place was taken meanwhile, so nothing was accepted. Give feedback on "
            "another referral first, have your places corrected, or decline this one."
        )
    if isinstance(error, ReferralMoved):
        now = referral_word("status", error.status)
        return _("Somebody was there before: this referral is “%(now)s” now.", now=now)
    return explain(error)


def refusal(error: ReferralRefused) -> str:
    """Return why a referral was not sent, in the reader's language."""
    if error.code == "consent-missing":
        return _(
            "The person does not agree that this structure gets their data. Ask them, and record "
            "their consent in their file first."
        )
    if error.code == "no-place":
        return _("This structure has no place left, or does not offer it there. Choose another.")
    return _("Choose at least one entry that is written in the file and open to you.")
