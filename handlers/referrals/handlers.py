"""What diagrams ask of referrals: who could help, send one, end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.calendars import working_day_after
from engine.errors import HandlerFailed, NotFound
from engine.ports import HandlerCall, HandlerFunction, handler
from engine.store import UnitOfWork
from handlers.organisations import read_organisation
from handlers.people import PersonalFields
from handlers.referrals import service, store
from handlers.referrals.chosen import keys_of
from handlers.transaction import own, record


@handler("referrals.find_services", local=True, outputs=("services",))
def find_services(
    call: HandlerCall,
    need: str,
    region: str | None = None,
    kinds: Sequence[str] = (),
) -> Mapping[str, Any]:
    """List the structures of the case's country that can meet a need and have a place left.

    First those of the kinds that a decision table names, in its order, then those of the region
    before those of the whole country, then those with most places. Each has ``organisation``,
    ``name``, ``kind``, ``type``, ``region`` and ``places``.
    """
    uow, known = own(call), {}
    for each in store.services(uow, need, region):
        body = read_organisation(uow, each.organisation_id)
        left = store.places_left(uow, each)
        if body.active and body.country == call.case.country and left > 0:
            known[each] = (body, left)
    order = {kind: place for place, kind in enumerate(kinds)}

    def rank(service: store.Service) -> tuple[int, bool, int, str]:
        body, left = known[service]
        place = order.get(body.kind, len(order))
        return place, service.region == "", -left, service.organisation_id

    return {
        "services": tuple(
            {
                "organisation": each.organisation_id,
                "name": known[each][0].name,
                "kind": str(known[each][0].kind),
                "type": known[each][0].type,
                "region": each.region,
                "places": Decimal(known[each][1]),
            }
            for each in sorted(known, key=rank)
        )
    }


def send_handler(fields: PersonalFields) -> HandlerFunction:
    """Return the handler ``referrals.send`` for a site."""

    @handler("referrals.send", local=True, outputs=("referral",))
    def send(
        call: HandlerCall,
        need: str,
        priority: str,
        sender: str,
        organisation: str,
        share: Sequence[str] = (),
        parts: Sequence[str] = (),
        region: str | None = None,
        answer_days: Decimal = Decimal(10),
        access_days: Decimal = Decimal(90),
    ) -> Mapping[str, Any]:
        """Refer a need to an organisation with a chosen part of the person's data.

        The answer comes by the message ``referral-answered`` (key: the result ``referral``) with
        ``referral_outcome``: accepted, declined or revoked; the end by ``referral-reported``.

        :param share: keys of the person's file that the organisation may read meanwhile.
        :param parts: the same by kinds of entries: ``identity``, ``contact``, ``protection``,
            ``psychosocial``; of each what is written.
        :param region: where the person is.
        :param answer_days: working days of the case's country. :param access_days: of the calendar.
        :raises BusinessError: ``consent-missing``, ``field-not-shareable`` or ``no-place``.
        """
        uow = own(call)
        try:
            read_organisation(uow, organisation)
        except NotFound as error:
            raise HandlerFailed(
                f"{call.element_id} of case {call.case.reference}: {error}"
            ) from error
        wish = service.Wish(
            need=need,
            priority=priority,
            sender=sender,
            receiver=organisation,
            region=region,
            keys=_chosen(fields, uow, call, share, parts),
            answer_by=_due(uow, fields, call, answer_days),
            access_until=call.now + timedelta(days=float(access_days)),
        )
        referral, new = service.send(
            uow, fields, call.case, wish, key=call.key, actor=call.actor, at=call.now
        )
        if new:
            data = {"organisation": organisation, "need": need, "fields": list(wish.keys)}
            record(call, "referral.sent", data)
        return {"referral": referral.id}

    return send


@handler("referrals.withdraw", local=True)
def withdraw(call: HandlerCall) -> None:
    """Revoke every referral of the case that is not over, as when the person withdraws."""
    uow = own(call)
    for each in store.open_referrals(uow, call.case.id):
        if store.move(uow, each, store.Status.REVOKED, ended_at=call.now):
            data = {"organisation": each.to_organisation, "need": each.need}
            record(call, "referral.revoked", data)


def _chosen(
    fields: PersonalFields,
    uow: UnitOfWork,
    call: HandlerCall,
    share: Sequence[str],
    parts: Sequence[str],
) -> tuple[str, ...]:
    by_part = keys_of(service.split_keys(parts), fields.all_written(uow, call.case))
    return tuple(dict.fromkeys((*service.split_keys(share), *by_part)))


def _due(uow: UnitOfWork, fields: PersonalFields, call: HandlerCall, days: Decimal) -> datetime:
    zone = fields.access.time_zone(uow, call.case.id)
    return working_day_after(call.now, int(days), call.case.country, zone)


@handler("referrals.close", local=True, outputs=("closed",))
def close(call: HandlerCall, referral: str, outcome: str = "closed") -> Mapping[str, Any]:
    """End a referral: one that nobody answered timed out, any other is closed; access ends.

    Gives where it stands at the end. One that is over already stays as it is.

    :raises HandlerFailed: the case has no such referral.
    """
    uow = own(call)
    found = store.find_referral(uow, call.case.id, referral)
    if found is None:
        raise HandlerFailed(
            f"{call.element_id} of case {call.case.reference} names referral '{referral}', which "
            "is none of this case. Correct the diagram."
        )
    status = service.close(uow, found, outcome, call.now)
    if status is not None:
        data = {"organisation": found.to_organisation, "need": found.need}
        record(call, f"referral.{status}", data)
    return {"closed": (status or found.status).value}
