"""The demo's directory of support; which structure gives what is invented."""

from __future__ import annotations

from engine.store import UnitOfWork
from handlers.referrals.store import Service, save_services, services

SERVICES = (
    Service("collectivite-demo", "housing", "", 12),
    Service("collectivite-demo", "papers", "", 40),
    Service("op-emploi-public", "employment", "", 60),
    Service("op-emploi-public", "training", "littoral", 25),
    Service("op-jeunesse-publique", "schooling", "", 30),
    Service("op-jeunesse-publique", "training", "", 30),
)


def seed_services(uow: UnitOfWork) -> int:
    """Write the demo's directory; return how many, 0 where a directory is there already."""
    return 0 if services(uow) else save_services(uow, SERVICES)
