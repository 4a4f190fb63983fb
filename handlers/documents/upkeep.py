"""What the room does of itself: deletes files without a row, scans what waits to be scanned."""

from __future__ import annotations

from datetime import timedelta

from engine.ports import Periodic
from handlers.documents.service import Documents


def upkeep(room: Documents) -> tuple[Periodic, ...]:
    """Return the room's periodic works; a site without a scanner scans nothing."""

    def sweep() -> int:
        with room.access.database.snapshot() as uow:
            return room.sweep(uow)

    works = [Periodic("documents.sweep", timedelta(days=1), sweep)]
    if room.scanner is not None:
        works.append(Periodic("documents.rescan", timedelta(hours=1), room.rescan))
    return tuple(works)
