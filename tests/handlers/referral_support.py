"""A person with a file, a structure that offers help, and what is referred to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.model import Actor, CaseRef, Tier, Variables
from engine.store import UnitOfWork
from handlers.people import Purpose
from handlers.people.consents.service import decide_consent
from handlers.referrals import Desk, Referral, Service, read_referral, save_services, shared
from tests.handlers.people_support import about
from tests.handlers.support import OFFICER, Site, person

RECEIVER = "op-emploi-public"
CLERK = person("clerk", "operator_manager", organisation=RECEIVER)
FIELDS = {
    "family_name": ("Ngo Imaginaire", Tier.IDENTITY),
    "phone": ("+237 600", Tier.IDENTITY),
    "counselling": ("dort mal", Tier.PSYCHOSOCIAL),
    "account_number": ("1234567890", Tier.PAYMENT),
}
WISH: Mapping[str, Any] = {
    "need": "housing",
    "priority": "urgent",
    "sender": "op-littoral-appui",
    "organisation": RECEIVER,
    "region": "littoral",
    "share": ["family_name", "counselling"],
}


def consent(site: Site, case: CaseRef, given: bool, recipient: str = "") -> None:
    assert case.subject is not None
    with site.store.unit_of_work() as uow:
        decide_consent(
            uow,
            case.subject,
            Purpose.SHARING,
            given,
            at=site.clock.now(),
            by="officer",
            recipient=recipient,
        )


def ready(site: Site, name: str = "a", *, agrees: bool = True, capacity: int = 5) -> CaseRef:
    """Return a case whose person agrees to share, and a structure that offers housing."""
    case = about(site, site.write(site.case(name), FIELDS))
    consent(site, case, agrees)
    with site.store.unit_of_work() as uow:
        save_services(uow, [Service(RECEIVER, "housing", "littoral", capacity)])
    return case


def offered(site: Site, case: CaseRef) -> list[str]:
    """Return the structures with a place for housing in the region."""
    found = site.run("referrals.find_services", case, need="housing", region="littoral")
    return [str(each["organisation"]) for each in found["services"]]


def sent(site: Site, case: CaseRef, activation: int = 1, **changes: Any) -> str:
    out = site.run("referrals.send", case, activation=activation, **{**WISH, **changes})
    return str(out["referral"])


class Told(list[tuple[str, str, Any]]):
    """A publisher that keeps what it was asked to publish."""

    def __call__(
        self,
        uow: UnitOfWork,
        message: str,
        keys: Variables,
        variables: Variables,
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
    ) -> int:
        self.append((message, str(keys["key"]), variables["referral_outcome"]))
        return 1


def desk(site: Site, uow: UnitOfWork, actor: Actor, told: Told) -> Desk:
    return Desk(uow, site.fields, told, actor, site.clock.now())


def read(site: Site, case: CaseRef, referral_id: str, reader: Actor = CLERK) -> Mapping[str, Any]:
    with site.store.unit_of_work() as uow:
        referral = read_referral(uow, referral_id, reader, site.clock.now())
        return shared(uow, site.fields, case, referral, reader, site.clock.now())


def status(site: Site, referral_id: str) -> Referral:
    with site.store.snapshot() as uow:
        return read_referral(uow, referral_id, OFFICER, site.clock.now())
