"""Everything that is kept of one person, for that person: the right of access.

Of others in it (household, staff) it says what they are to the person, never who they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from engine.errors import NotFound
from engine.model import Actor
from engine.ports import Clock
from engine.store import UnitOfWork
from handlers.people import store
from handlers.people.access import Access
from handlers.people.consents import consents_of
from handlers.people.emergency.store import emergencies
from handlers.people.files.store import cases_of, members, read_person
from handlers.people.households import household_of
from handlers.people.index.store import searches
from handlers.people.keyring import Keyring, person_owner
from handlers.people.reading import Reading

MOST_READS = 5_000


@dataclass(frozen=True, slots=True)
class SubjectAccess:
    """Gathers a person's own data; the caller has asked whether the actor may ask for it."""

    keyring: Keyring
    access: Access
    clock: Clock

    def gather(self, uow: UnitOfWork, person_id: str, actor: Actor) -> Mapping[str, Any]:
        """Return everything of a person as JSON values; what is opened is logged.

        :raises NotFound: there is no such person, or it was erased.
        """
        row = read_person(uow, person_id)
        if row.erased_at is not None:
            raise NotFound("person", person_id)
        now, files = self.clock.now(), members(uow, row.root)
        owners = [person_owner(each) for each in files]
        opened = Reading(self.keyring).open(uow, store.every_field(uow, owners))
        entries = [(field.owner, field.key, field.tier) for field, _ in opened]
        self.access.log(uow, None, actor.account_id, entries, "subject-access")
        cases = cases_of(uow, files, None, now)
        references = {case.id: case.reference for case in cases}
        return {
            "made_at": now.isoformat(),
            "person": row.root,
            "file_opened_at": row.created_at.isoformat(),
            "entries": [
                {
                    "entry": field.key,
                    "value": plain(value),
                    "tier": field.tier.value,
                    "written_at": field.written_at.isoformat(),
                    "case": references.get(field.case_id or ""),
                }
                for field, value in opened
            ],
            "cases": [
                {
                    "reference": case.reference,
                    "scheme": case.scheme,
                    "country": case.country,
                    "status": case.status.value,
                    "started_at": case.started_at.isoformat(),
                    "ended_at": None if case.ended_at is None else case.ended_at.isoformat(),
                }
                for case in cases
            ],
            **self._records(uow, files, references),
        }

    def _records(
        self, uow: UnitOfWork, files: tuple[str, ...], references: Mapping[str, str]
    ) -> dict[str, Any]:
        now, owners = self.clock.now(), [person_owner(each) for each in files]
        return {
            "consents": [
                {
                    "purpose": each.purpose.value,
                    "recipient": each.recipient or None,
                    "given": each.given,
                    "recorded_at": each.recorded_at.isoformat(),
                    "ended_at": None if each.ended_at is None else each.ended_at.isoformat(),
                }
                for file in files
                for each in consents_of(uow, file)
            ],
            "household": [
                {"relation": each.relation, "you": each.person_id in files}
                for file in files
                for each in household_of(uow, file, now)
            ],
            "reads": [
                {
                    "at": each.at.isoformat(),
                    "tiers": [tier.value for tier in each.tiers],
                    "purpose": each.purpose,
                    "case": references.get(each.case_id or ""),
                }
                for each in store.reads_of_owners(uow, owners)[:MOST_READS]
            ],
            "emergency_accesses": [
                {
                    "at": each.at.isoformat(),
                    "until": each.until.isoformat(),
                    "verdict": None if each.verdict is None else each.verdict.value,
                }
                for each in emergencies(uow, person_ids=files)
            ],
            "searches": [
                {"at": each.at.isoformat(), "asked": each.asked}
                for each in searches(uow, person_ids=files, limit=MOST_READS)
            ],
        }


def plain(value: Any) -> Any:
    """Return a value as JSON that a person reads: dates as ISO 8601, decimals as texts.

    >>> plain({"born": date(1986, 3, 21), "known": True})
    {'born': '1986-03-21', 'known': True}
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | time) else str(value)
