"""Sending referrals, answering them, and reading the chosen part of a person's data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import CaseEnded, NotFound
from engine.model import Actor, CaseRef, CaseStatus, Tier
from engine.ports import Publisher
from engine.store import UnitOfWork
from engine.store.cases import lock_case, read_case
from handlers.people import PersonalFields, Purpose, agrees, new_id
from handlers.referrals import store
from handlers.referrals.chosen import SHAREABLE
from handlers.referrals.errors import NoPlaceLeft, ReferralMoved, ReferralRefused
from handlers.referrals.store import Outcome, Referral, Service, Status

ANSWERED = "referral-answered"
"""The message by which a case hears the answer; its key is the referral's id."""
REPORTED = "referral-reported"
"""The message by which a case hears the outcome; its key is the referral's id."""
_LIVES_S = 366 * 24 * 3600


_TRIED_AGAIN = frozenset({Tier.IDENTITY})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be sent.

    :ivar keys: of the person's file, for the receiver to read.
    :ivar region: where the person is; ``None`` where nobody said.
    """

    need: str
    region: str | None
    priority: str
    sender: str
    receiver: str
    keys: tuple[str, ...]
    answer_by: datetime
    access_until: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What acting on a referral needs. :ivar publish: tells the case, in the open transaction."""

    uow: UnitOfWork
    fields: PersonalFields
    publish: Publisher
    actor: Actor
    at: datetime


def send(
    uow: UnitOfWork,
    fields: PersonalFields,
    case: CaseRef,
    wish: Wish,
    *,
    key: str,
    actor: Actor,
    at: datetime,
) -> tuple[Referral, bool]:
    """Send a referral, and tell whether it is new: a second time gives the first one.

    Nobody shares what they may not read themselves. A call that is tried again has lost the
    grants of who chose; only identity is shared then.

    :raises ReferralRefused: the person does not agree to share with this organisation, a key may
        not be shared, or the organisation has no place left for this need.
    """
    known = store.referral_of_call(uow, key)
    if known is not None:
        return known, False
    opened = fields.access.open_tiers(uow, case, actor) if actor.grants else _TRIED_AGAIN
    _check(uow, fields, case, wish, opened)
    service = _with_place(uow, case, wish)
    referral = Referral(
        id=new_id(),
        call_key=key,
        case_id=case.id,
        need=wish.need,
        region=service.region,
        priority=wish.priority,
        from_organisation=wish.sender,
        to_organisation=wish.receiver,
        status=Status.SENT,
        shared_keys=tuple(dict.fromkeys(wish.keys)),
        sent_at=at,
        sent_by=actor.account_id,
        answer_by=wish.answer_by,
        access_until=wish.access_until,
    )
    store.insert_referral(uow, referral)
    return referral, True


def answer(desk: Desk, referral_id: str, *, accept: bool, reason: str = "") -> Referral:
    """Accept or decline a referral to one of the actor's organisations, once.

    :raises ReferralMoved: it was answered, timed out or revoked before.
    :raises NoPlaceLeft: others were accepted meanwhile, and there is no place any more.
    :raises ValueError: a decline without its reason.
    """
    if not accept and not reason.strip():
        raise ValueError("a decline needs its reason")
    case, referral = _received(desk, referral_id, Status.SENT)
    if accept:
        _take_place(desk.uow, referral)
    status = Status.ACCEPTED if accept else Status.DECLINED
    values: dict[str, Any] = {"answered_at": desk.at, "answered_by": desk.actor.account_id}
    if not accept:
        values |= {"ended_at": desk.at, "words": _sealed(desk, case, reason)}
    _move(desk, case, referral, status, values)
    _tell(desk, ANSWERED, referral, status.value)
    return referral


def report(desk: Desk, referral_id: str, *, outcome: str, feedback: str) -> Referral:
    """Give feedback on an accepted referral and say what came of it, once.

    :param outcome: one of :class:`Outcome`.
    :raises ReferralMoved: it is not accepted, or was reported on before.
    :raises ValueError: another outcome.
    """
    outcome = Outcome(outcome).value
    case, referral = _received(desk, referral_id, Status.ACCEPTED)
    values = {"outcome": outcome, "words": _sealed(desk, case, feedback)}
    _move(desk, case, referral, Status.REPORTED, values)
    _tell(desk, REPORTED, referral, outcome)
    return referral


def revoke(desk: Desk, referral_id: str) -> Referral:
    """Take a referral back: from this moment the receiver reads nothing more.

    :raises NotFound: the actor does not see its case: the receiver cannot revoke.
    :raises ReferralMoved: it is over already.
    """
    case, referral = _locked(desk, referral_id)
    if not desk.fields.access.kinds_in(desk.uow, case.id, desk.actor):
        raise NotFound("referral", referral_id)
    if not referral.status.is_open:
        raise ReferralMoved(referral.id, referral.status)
    _move(desk, case, referral, Status.REVOKED, {"ended_at": desk.at})
    message = ANSWERED if referral.status is Status.SENT else REPORTED
    _tell(desk, message, referral, Status.REVOKED.value)
    return referral


def close(uow: UnitOfWork, referral: Referral, outcome: str, at: datetime) -> Status | None:
    """End a referral for its case: unanswered it timed out, otherwise it is closed.

    :returns: the new status; ``None`` if it was over already.
    """
    if not referral.status.is_open:
        return None
    status = Status.TIMED_OUT if referral.status is Status.SENT else Status.CLOSED
    values = {"ended_at": at, "outcome": referral.outcome or outcome}
    return status if store.move(uow, referral, status, **values) else None


def shared(
    uow: UnitOfWork,
    fields: PersonalFields,
    case: CaseRef,
    referral: Referral,
    reader: Actor,
    now: datetime,
) -> Mapping[str, Any]:
    """Return the chosen data for somebody of the receiving organisation; the reading is logged.

    Nothing once it or its case is over, it is revoked or past its time, or the person no longer
    agrees.
    """
    inside = referral.to_organisation in store.organisations_of(reader)
    if not inside or not referral.status.is_open or now >= referral.access_until:
        return {}
    over = read_case(uow, case.id).status is not CaseStatus.ACTIVE
    if over or not _agrees(uow, case, referral.to_organisation):
        return {}
    return fields.read_chosen(uow, case, referral.shared_keys, SHAREABLE, reader, "referrals.read")


def words_of(uow: UnitOfWork, fields: PersonalFields, case: CaseRef, referral: Referral) -> str:
    """Return the reason of a decline or the feedback; empty if there is none or it is erased."""
    if referral.words is None:
        return ""
    try:
        return fields.unseal(uow, case, referral.words).decode()
    except NotFound:
        return ""


def _check(
    uow: UnitOfWork,
    fields: PersonalFields,
    case: CaseRef,
    wish: Wish,
    opened: Collection[Tier],
) -> None:
    if not _agrees(uow, case, wish.receiver):
        raise ReferralRefused(
            "consent-missing",
            f"{case.reference}: the person does not agree to share data with {wish.receiver}. "
            "Record their consent first.",
            {"organisation": wish.receiver},
        )
    tiers, allowed = fields.tiers_written(uow, case, wish.keys), SHAREABLE.intersection(opened)
    wrong = sorted(key for key in wish.keys if tiers.get(key) not in allowed)
    if wrong or not wish.keys:
        raise ReferralRefused(
            "field-not-shareable",
            f"{case.reference}: {', '.join(wrong) or 'nothing'} cannot be shared in a referral. "
            "Choose entries of the file that are written and that you may read yourself, of "
            "identity, protection or psychosocial.",
            {"fields": tuple(wrong)},
        )


def _with_place(uow: UnitOfWork, case: CaseRef, wish: Wish) -> Service:
    """Return the receiver's service that has a place: the region's before the country's."""
    found = store.services(uow, wish.need, wish.region)
    mine = (service for service in found if service.organisation_id == wish.receiver)
    for service in sorted(mine, key=lambda each: each.region == ""):
        if store.places_left(uow, service) > 0:
            return service
    raise ReferralRefused(
        "no-place",
        f"{case.reference}: {wish.receiver} has no place left for '{wish.need}', or does not "
        "offer it there. Choose another structure.",
        {"organisation": wish.receiver},
    )


def _take_place(uow: UnitOfWork, referral: Referral) -> None:
    service = store.lock_service(uow, referral.to_organisation, referral.need, referral.region)
    if service is None or store.places_left(uow, service) <= 0:
        raise NoPlaceLeft(referral.id, referral.to_organisation, referral.need)


def _agrees(uow: UnitOfWork, case: CaseRef, receiver: str) -> bool:
    return case.subject is not None and agrees(uow, case.subject, Purpose.SHARING, receiver)


def _locked(desk: Desk, referral_id: str) -> tuple[CaseRef, Referral]:
    found = store.read_referral(desk.uow, referral_id, desk.actor, desk.at)
    row = lock_case(desk.uow, found.case_id)
    if row is None or row.status is not CaseStatus.ACTIVE:
        raise CaseEnded(found.case_id, "gone" if row is None else row.status)
    # Read again under the case's lock: what was seen before may have moved.
    return row.ref, store.read_referral(desk.uow, referral_id, desk.actor, desk.at)


def _received(desk: Desk, referral_id: str, wanted: Status) -> tuple[CaseRef, Referral]:
    case, referral = _locked(desk, referral_id)
    if referral.to_organisation not in store.organisations_of(desk.actor):
        raise NotFound("referral", referral_id)
    if referral.status is not wanted:
        raise ReferralMoved(referral.id, referral.status)
    return case, referral


def _move(
    desk: Desk, case: CaseRef, referral: Referral, status: Status, values: Mapping[str, Any]
) -> None:
    if not store.move(desk.uow, referral, status, **values):
        raise ReferralMoved(referral.id, referral.status)
    data = {"organisation": referral.to_organisation, "need": referral.need}
    desk.uow.record(case.id, f"referral.{status}", data, actor=desk.actor.account_id, at=desk.at)


def _tell(desk: Desk, message: str, referral: Referral, outcome: str) -> None:
    desk.publish(
        desk.uow,
        message,
        {"key": referral.id},
        {"referral_outcome": outcome},
        time_to_live_s=_LIVES_S,
        message_id=f"{referral.id}/{outcome}",
    )


def _sealed(desk: Desk, case: CaseRef, words: str) -> bytes:
    return desk.fields.seal(desk.uow, case, words.strip().encode())


def split_keys(keys: Sequence[str] | str) -> tuple[str, ...]:
    """Return keys from a list, or from one text.

    >>> split_keys("phone"), split_keys(["a", "b"])
    (('phone',), ('a', 'b'))
    """
    return (keys,) if isinstance(keys, str) else tuple(keys)
