"""Referring from a case's page, beside what its diagram asks: whoever works with the person may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from engine.calendars import working_day_after
from engine.errors import CaseEnded, NotAllowed, NotFound
from engine.model import Actor, CaseRef, CaseStatus, Tier
from engine.store import UnitOfWork
from engine.store.cases import lock_case
from handlers.people import CHANGED_BY, PersonalFields
from handlers.referrals import service, store
from handlers.referrals.chosen import SHAREABLE
from handlers.referrals.store import Referral

ANSWER_DAYS = 10
"""Working days to answer; I: a sample value, as the referral's diagram has."""
ACCESS_DAYS = (30, 60, 90)
"""For how long the structure may read what is shared; I: sample values."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody refers by hand.

    :ivar token: of the form, so that one sent twice refers once.
    :ivar keys: of the person's file, for the structure to read.
    """

    token: str
    need: str
    priority: str
    structure: str
    keys: tuple[str, ...]
    region: str | None = None
    access_days: int = ACCESS_DAYS[-1]


def may_refer(uow: UnitOfWork, fields: PersonalFields, case_id: str, actor: Actor) -> bool:
    """Tell whether the actor works with the person in this case, and so may refer them."""
    return bool(fields.access.kinds_in(uow, case_id, actor) & CHANGED_BY)


def shareable(
    uow: UnitOfWork, fields: PersonalFields, case: CaseRef, actor: Actor
) -> Mapping[str, Tier]:
    """Return the tier by key of the entries that the actor may read and so share; reads none."""
    opened = SHAREABLE & fields.access.open_tiers(uow, case, actor)
    written = fields.all_written(uow, case)
    return {key: tier for key, tier in sorted(written.items()) if tier in opened}


def refer(desk: service.Desk, case_id: str, request: Request) -> Referral:
    """Send a referral for a case that the actor works on, once a token.

    :raises NotFound: there is no such case, or it is not the actor's to see.
    :raises NotAllowed: the actor does not work with the person.
    :raises CaseEnded: the case is over.
    :raises ReferralRefused: as :func:`handlers.referrals.service.send`.
    """
    if not desk.fields.access.kinds_in(desk.uow, case_id, desk.actor):
        raise NotFound("case", case_id)
    row = lock_case(desk.uow, case_id)
    if row is None or row.status is not CaseStatus.ACTIVE:
        raise CaseEnded(case_id, "gone" if row is None else row.status)
    wish = service.Wish(
        need=request.need,
        region=request.region,
        priority=request.priority,
        sender=_sender(desk, case_id),
        receiver=request.structure,
        keys=request.keys,
        answer_by=working_day_after(
            desk.at, ANSWER_DAYS, row.country, desk.fields.access.time_zone(desk.uow, case_id)
        ),
        access_until=desk.at + timedelta(days=request.access_days),
    )
    key = f"hand/{case_id}/{desk.actor.account_id}/{request.token}"
    referral, new = service.send(
        desk.uow, desk.fields, row.ref, wish, key=key, actor=desk.actor, at=desk.at
    )
    if new:
        data = {
            "organisation": wish.receiver,
            "need": wish.need,
            "fields": list(wish.keys),
        }
        desk.uow.record(case_id, "referral.sent", data, actor=desk.actor.account_id, at=desk.at)
    return referral


def _sender(desk: service.Desk, case_id: str) -> str:
    if not may_refer(desk.uow, desk.fields, case_id, desk.actor):
        raise NotAllowed(f"{desk.actor.account_id} does not work with the person of {case_id}.")
    mine = store.parties_among(desk.uow, case_id, store.organisations_of(desk.actor), desk.at)
    if not mine:
        raise NotAllowed(f"{desk.actor.account_id} works on {case_id} for no organisation.")
    return mine[0]
