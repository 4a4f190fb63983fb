"""Referrals received and sent, one of them with what is shared, and the directory of support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.feel import to_feel, to_text
from engine.model import CaseRef, Tier
from engine.service import SummaryItem
from engine.store import UnitOfWork
from engine.store.cases import read_case
from handlers.referrals import (
    Referral,
    Status,
    directory,
    find_referrals,
    is_receiver,
    may_refer,
    read_referral,
    shared,
    words_of,
)
from web.accounts import current_actor
from web.context import engine, names, readable, store
from web.locales import locale
from web.people.words import ENTRIES
from web.referrals.blueprint import blueprint, fields
from web.referrals.words import options


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List what was referred to the reader's organisations: first what awaits an answer."""
    with store().snapshot() as uow:
        found = find_referrals(uow, current_actor(), engine().now(), received=True)
    groups = {
        "sent": sorted(_standing(found, Status.SENT), key=lambda each: each.answer_by),
        "accepted": _standing(found, Status.ACCEPTED),
        "over": [r for r in found if r.status not in (Status.SENT, Status.ACCEPTED)],
    }
    return render_template("referrals/inbox.html", groups=groups, now=engine().now())


@blueprint.get("/sent")
def sent() -> ResponseReturnValue:
    """List what was referred elsewhere in the cases that the reader sees."""
    with store().snapshot() as uow:
        found = find_referrals(uow, current_actor(), engine().now(), received=False)
        references = {r.case_id: read_case(uow, r.case_id).reference for r in found}
    return render_template(
        "referrals/outbox.html", found=found, references=references, now=engine().now()
    )


@blueprint.get("/directory")
def services() -> ResponseReturnValue:
    """Show which structure gives which support where, with the places left."""
    need = request.args.get("need", "")
    with store().snapshot() as uow:
        rows = directory(uow, current_actor(), need or None)
    return render_template("referrals/directory.html", rows=rows, need=need, needs=options("need"))


@blueprint.get("/<referral_id>")
def referral(referral_id: str) -> ResponseReturnValue:
    """Show one referral; what is shared, to its receiver alone."""
    return page(referral_id, {}, {})


def page(
    referral_id: str, typed: Mapping[str, str], errors: Mapping[str, str]
) -> ResponseReturnValue:
    """Show one referral with what was typed, where something of it is wrong."""
    actor, now = current_actor(), engine().now()
    with store().unit_of_work() as uow:
        found = read_referral(uow, referral_id, actor, now)
        case = read_case(uow, found.case_id)
        receives = is_receiver(found, actor)
        given = shared(uow, fields(), case.ref, found, actor, now)
        words = _words(uow, case.ref, found, receives=receives)
        works = may_refer(uow, fields(), found.case_id, actor)
    html = render_template(
        "referrals/referral.html",
        referral=found,
        reference=case.reference,
        place=case.country,
        receives=receives,
        works=works,
        sees_case=readable(found.case_id),
        entries=said(found.case_id, given),
        kept=said_keys(found.case_id, found.shared_keys),
        words=words,
        outcomes=options("outcome"),
        names=names([found.sent_by, found.answered_by]),
        typed=typed,
        errors=errors,
        now=now,
    )
    return html, 422 if errors else 200


def said(case_id: str, values: Mapping[str, Any]) -> tuple[SummaryItem, ...]:
    """Return shared entries as the case's forms call them, else as people's files do."""
    known = {item.name: item for item in engine().told(case_id, values, locale())}
    return tuple(known.get(key) or _plain(key, values[key]) for key in sorted(values))


def said_keys(case_id: str, keys: Sequence[str]) -> tuple[str, ...]:
    """Return what entries are called, without their values."""
    named = {
        item.name: item.label for item in engine().told(case_id, dict.fromkeys(keys, ""), locale())
    }
    return tuple(str(named.get(key) or ENTRIES.get(key, key)) for key in keys)


def _plain(key: str, value: Any) -> SummaryItem:
    return SummaryItem(key, str(ENTRIES.get(key, key)), to_text(to_feel(value)), value)


def _standing(found: Sequence[Referral], status: Status) -> list[Referral]:
    return [each for each in found if each.status is status]


def _words(uow: UnitOfWork, case: CaseRef, found: Referral, *, receives: bool) -> str:
    opened = fields().access.open_tiers(uow, case, current_actor())
    if not receives and Tier.CASE not in opened:
        return ""
    return words_of(uow, fields(), case, found)
