"""The words of referrals: where one stands, needs, priorities, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from web.i18n import _l

WORDS: Mapping[str, Mapping[str, Any]] = {
    "status": {
        "sent": _l("Answer awaited"),
        "accepted": _l("Referral accepted"),
        "declined": _l("Referral declined"),
        "timed-out": _l("Referral not answered in time"),
        "reported": _l("Feedback given"),
        "closed": _l("Referral closed"),
        "revoked": _l("Referral revoked"),
    },
    "need": {
        "housing": _l("Housing"),
        "health": _l("Health"),
        "papers": _l("Papers"),
        "psychosocial": _l("Psychosocial support"),
        "schooling": _l("Children's schooling"),
        "employment": _l("Employment"),
        "business": _l("Business creation"),
        "training": _l("Training"),
        "family": _l("Family ties"),
        "protection": _l("Protection"),
    },
    "priority": {
        "urgent": _l("Urgent"),
        "priority": _l("High priority"),
        "ordinary": _l("Ordinary"),
    },
    "outcome": {
        "helped": _l("Helped"),
        "partly": _l("Helped in part"),
        "not-helped": _l("Not helped"),
    },
}


def referral_word(what: str, code: str | None) -> str:
    """Return the word for a code; the code itself where there is none."""
    return str(WORDS[what].get(str(code), code or ""))


def options(what: str) -> list[tuple[str, str]]:
    """Return codes with their words, to choose from."""
    return [(code, str(word)) for code, word in WORDS[what].items()]


def install(app: Flask) -> None:
    """Give templates the words."""
    app.add_template_global(referral_word)
