"""The demo's directory of support: that there is one is S (A9); what it says is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.store import UnitOfWork
from handlers.referrals.store import Service, save_services, services

SERVICES = (
    Service("collectivite-demo", "housing", "", 12),
    Service("asso-cm-toit", "housing", "littoral", 4),
    Service("hopital-demo", "health", "", 20),
    Service("asso-cm-ecoute", "psychosocial", "", 10),
    Service("asso-cm-ecoute", "family", "centre", 5),
    Service("oim-cm-demo", "family", "", 15),
    Service("centre-social-demo", "protection", "", 15),
    Service("pari-jedi-demo", "business", "", 30),
    Service("op-horizon", "business", "ouest", 8),
    Service("collectivite-demo", "papers", "", 40),
    Service("op-emploi-public", "employment", "", 60),
    Service("op-emploi-public", "training", "littoral", 25),
    Service("op-jeunesse-publique", "schooling", "", 30),
    Service("op-jeunesse-publique", "training", "", 30),
)


def seed_services(uow: UnitOfWork, places: Mapping[str, int] | None = None) -> int:
    """Write the demo's directory; return how many, 0 where a directory is there already.

    :param places: by organisation, how many each of its services has from now on.
    """
    written = 0 if services(uow) else save_services(uow, SERVICES)
    changed = [
        replace(each, capacity=places[each.organisation_id])
        for each in services(uow)
        if places and each.organisation_id in places
    ]
    return written + save_services(uow, changed)
