"""What the room does of itself: asks for erasures that age makes due, scrubs what was erased."""

from __future__ import annotations

from datetime import timedelta

from engine.model import SYSTEM
from engine.ports import Periodic
from engine.store import Store
from engine.store.scrub import scrub
from handlers.people.erasure import store
from handlers.people.erasure.retention import due
from handlers.people.erasure.service import Erasures
from handlers.people.erasure.store import ErasureRequest, Ground

SCRUBBED_TABLES = ("data_keys", "person_tokens", "person_searches")
"""Whose old rows tell of an erased person: wrapped keys, and digests of names."""


def ask_for_due(database: Store, erasures: Erasures) -> tuple[ErasureRequest, ...]:
    """Ask, in the system's name, for every erasure that age alone makes due.

    Each in a transaction of its own: it writes into the histories of that person's cases.
    """
    with database.snapshot() as uow:
        over = [
            kept.person_id
            for kept in due(uow, erasures.schemes, erasures.clock.now())
            if store.open_request(uow, kept.person_id) is None
        ]
    asked = []
    for person_id in over:
        with database.unit_of_work() as uow:
            asked.append(erasures.ask(uow, person_id, Ground.RETENTION, SYSTEM))
    return tuple(asked)


def scrub_erased(database: Store, erasures: Erasures) -> bool:
    """Make the database's files forget the keys of erasures since the last time.

    :returns: whether nothing is left to be scrubbed; otherwise somebody read meanwhile, and the
        next run tries again.
    """
    with database.snapshot() as uow:
        waiting = store.unscrubbed(uow)
    if not waiting:
        return True
    if not scrub(database, SCRUBBED_TABLES):
        return False
    with database.unit_of_work() as uow:
        store.mark_scrubbed(uow, waiting, erasures.clock.now())
    return True


def upkeep(database: Store, erasures: Erasures) -> tuple[Periodic, ...]:
    """Return the room's periodic works."""
    return (
        Periodic("people.retention", timedelta(days=1), lambda: ask_for_due(database, erasures)),
        Periodic("people.scrub", timedelta(hours=1), lambda: scrub_erased(database, erasures)),
    )
