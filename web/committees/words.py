"""The words of committees: seats, rules, outcomes, refusals, quorum in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Flask

from engine.errors import CaseEnded, CaseSuspended, PasserelleError
from handlers.committees import AlreadyDecided, Body, CommitteeRefused
from web.i18n import _, _l
from web.locales import locale

WORDS: Mapping[str, Mapping[str, Any]] = {
    "seat": {
        "chair": _l("Chair"),
        "deputy": _l("Deputy chair"),
        "member": _l("Member"),
        "secretary": _l("Secretary"),
        "observer": _l("Observer"),
    },
    "kind": {
        "finance": _l("Finance committee"),
        "steering": _l("Steering committee"),
        "cbi": _l("Cash assistance (CBI) committee"),
        "selection": _l("Selection committee"),
        "approval": _l("Approval committee"),
    },
    "majority": {
        "consent": _l("by consent: the chair states what was agreed"),
        "simple": _l("more votes for than against"),
        "absolute": _l("more than half of those who may vote"),
        "two-thirds": _l("two thirds of the votes cast"),
        "unanimous": _l("nobody against"),
    },
    "session": {
        "called": _l("Called"),
        "open": _l("In session"),
        "closed": _l("Closed"),
        "cancelled": _l("Called off"),
    },
    "file": {
        "waiting": _l("Waits"),
        "listed": _l("On the agenda"),
        "decided": _l("Decided"),
        "withdrawn": _l("Withdrawn"),
    },
    "outcome": {
        "approved": _l("Approved"),
        "adjourned": _l("Adjourned"),
        "refused": _l("Refused"),
    },
    "vote": {"for": _l("For"), "against": _l("Against"), "abstain": _l("Abstains")},
    "ground": {
        "prepared": _l("prepared the file"),
        "declared": _l("declared an interest"),
    },
    "document": {
        "committee_file": _l("File to be presented"),
        "business_plan": _l("Business plan"),
        "feasibility_report": _l("Feasibility report"),
        "project_sheet": _l("Project sheet"),
        "budget": _l("Budget"),
        "registration": _l("Registration of the association"),
    },
    "words": {
        "decision_conditions": _l("Conditions"),
        "missing_items": _l("What is missing"),
        "refusal_reason": _l("Reason of the refusal"),
    },
}

_REFUSALS: Mapping[str, Any] = {
    "session-state": _l("The session is not at that point any more. Look at it as it stands now."),
    "not-a-member": _l("Only who has a vote in this committee may do this."),
    "not-present": _l("Only who is in the room may do this. Note the arrival first."),
    "recused": _l("Who recuses takes no part in this file."),
    "no-quorum": _l("There is no quorum: too few who may vote are in the room."),
    "not-listed": _l("This file is not on the agenda of this session, or is decided."),
    "votes": _l("The votes say otherwise."),
    "amount": _l("Write an amount above zero, and not above what is asked for."),
    "incomplete": _l("Documents are missing: adjourn it, or approve it under conditions."),
    "missing-text": _l("Write what is missing, or the reason."),
    "next-session": _l("Choose a later session of this committee."),
    "undecided": _l("Files of the agenda are not decided. Decide them, or take them off."),
    "not-the-chair": _l("Only who presides signs the minutes."),
    "points": _l("Give each criterion points between zero and its highest."),
    "empty": _l("Something is left empty. Fill it in."),
}


def word(what: str, code: object) -> str:
    """Return the word for a code; the code itself where it has none."""
    return str(WORDS.get(what, {}).get(str(code), code))


def refusal(error: CommitteeRefused, reference: str = "") -> str:
    """Return why something cannot be done, in the page's language.

    :param reference: the file's, put in front.
    """
    text = str(_REFUSALS.get(error.code, error))
    return _("%(file)s: %(reason)s", file=reference, reason=text) if reference else text


def conflict(error: PasserelleError) -> str:
    """Return what happened meanwhile, in the page's language."""
    if isinstance(error, AlreadyDecided):
        return _(
            "This was recorded already: %(outcome)s. Nothing was done a second time.",
            outcome=word("outcome", error.outcome),
        )
    if isinstance(error, CaseSuspended):
        return _("A case on this list is suspended. Decide the others, or wait until it resumes.")
    if isinstance(error, CaseEnded):
        return _("A case on this list has ended meanwhile. Take it off the agenda.")
    return _("Somebody else changed this just now. Look at it as it stands now.")


def quorum(body: Body, voters: Collection[str]) -> str:
    """Return whether enough may vote, in a sentence."""
    figures = {"here": len(voters), "needed": body.quorum}
    if len(voters) >= body.quorum:
        return _("Quorum reached: %(here)s may vote, %(needed)s needed", **figures)
    return _("No quorum: %(here)s may vote, %(needed)s needed", **figures)


def criterion_name(names: Mapping[str, str], code: str) -> str:
    """Return a criterion's name in the page's language, else in French, else its code."""
    return names.get(locale()) or names.get("fr") or code


def install(app: Flask) -> None:
    """Give these words to the pages."""
    app.add_template_global(word, "committee_word")
    app.add_template_global(quorum, "quorum_words")
    app.add_template_global(criterion_name)
