"""The directory of support as people read it: which structure gives what where."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import Actor
from engine.store import UnitOfWork
from handlers.organisations import Organisation, find_organisations
from handlers.referrals import store
from handlers.referrals.store import Referral, Service


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory. :ivar left: places that are free now, never below zero."""

    service: Service
    organisation: Organisation
    left: int


def directory(uow: UnitOfWork, actor: Actor, need: str | None = None) -> tuple[Entry, ...]:
    """Return the directory of the countries that the actor's roles reach, active structures only.

    :param need: of this need alone.
    """
    countries = {grant.country for grant in actor.grants}
    known = {each.id: each for each in find_organisations(uow) if each.active}
    found = []
    for service in store.services(uow, need):
        organisation = known.get(service.organisation_id)
        if organisation is None or not countries & {None, organisation.country}:
            continue
        found.append(Entry(service, organisation, max(0, store.places_left(uow, service))))
    return tuple(found)


def is_receiver(referral: Referral, actor: Actor) -> bool:
    """Tell whether the actor works in the organisation that a referral was sent to."""
    return referral.to_organisation in store.organisations_of(actor)
