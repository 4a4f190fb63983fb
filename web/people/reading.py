"""Who read what of one person: reads, searches that showed them, emergency accesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.store import UnitOfWork
from handlers.people import SensitiveRead, person_owner, reads_of_owners
from handlers.people.emergency.store import EmergencyAccess, emergencies
from handlers.people.index.store import SearchRow, searches

MOST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What the report of one person says."""

    reads: tuple[SensitiveRead, ...]
    searches: tuple[SearchRow, ...]
    emergencies: tuple[EmergencyAccess, ...]

    @property
    def accounts(self) -> set[str | None]:
        """Everyone named in it."""
        found: set[str | None] = {each.account_id for each in self.reads}
        found |= {each.account_id for each in self.searches}
        return found.union(*({e.account_id, e.reviewed_by} for e in self.emergencies))


def reads_of(uow: UnitOfWork, files: Sequence[str]) -> Told:
    """Return who read what of a person, the newest first."""
    return Told(
        reads_of_owners(uow, [person_owner(each) for each in files])[:MOST],
        searches(uow, person_ids=files, limit=MOST),
        emergencies(uow, person_ids=files),
    )
