"""What diagrams ask of referrals: who could help, send one, end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.errors import HandlerFailed, NotFound
from engine.ports import HandlerCall, HandlerFunction, handler
from handlers.organisations import read_organisation
from handlers.people import PersonalFields
from handlers.referrals import service, store
from handlers.transaction import own, record


@handler("referrals.find_services", local=True, outputs=("services",))
def find_services(call: HandlerCall, need: str, region: str | None = None) -> Mapping[str, Any]:
    """List the structures that can meet a need, with the places that each has left.

    A decision table of the scheme chooses among them.
    """
    uow = own(call)
    return {
        "services": tuple(
            {
                "organisation": each.organisation_id,
                "region": each.region,
                "places": Decimal(left),
            }
            for each in store.services(uow, need, region)
            if (left := each.capacity - store.open_count(uow, each.organisation_id, need)) > 0
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
        share: Sequence[str],
        answer_days: Decimal = Decimal(10),
        access_days: Decimal = Decimal(90),
    ) -> Mapping[str, Any]:
        """Refer a need to an organisation with a chosen part of the person's data.

        The answer comes by the message ``referral-answered`` (key: the result ``referral``) with
        ``referral_outcome``: accepted, declined or revoked; the end by ``referral-reported``.

        :param share: keys of the person's file that the organisation may read meanwhile.
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
            keys=service.split_keys(share),
            answer_by=call.now + timedelta(days=float(answer_days)),
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
