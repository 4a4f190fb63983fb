"""When a person's data may go, and when they must stay: by the schemes of their cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta

from engine.store import UnitOfWork
from handlers.people.erasure.store import ended_subjects
from handlers.people.files.store import PersonCase, cases_of, members
from handlers.people.roles import Schemes

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long one person's data are kept.

    :ivar held_until: until when a funder may audit: nothing is erased before; ``None`` if nothing
        holds them.
    :ivar due_at: from when they are to be erased because of their age; ``None`` while a case is
        open, or where a scheme says nothing of retention.
    """

    person_id: str
    cases: tuple[PersonCase, ...]
    held_until: datetime | None
    due_at: datetime | None


def keeping(uow: UnitOfWork, schemes: Schemes, person_id: str, now: datetime) -> Keeping:
    """Return how long a person's data are kept, the longest of their cases' rules deciding."""
    cases = cases_of(uow, members(uow, person_id), None, now)
    holds: list[datetime] = []
    dues: list[datetime | None] = []
    for case in cases:
        config = schemes.newest(uow, case.scheme)
        rule = None if config is None else config.retention
        if rule is None or case.ended_at is None:
            dues.append(None)
            continue
        hold = case.ended_at + relativedelta(months=rule.audit_hold_months)
        holds.append(hold)
        dues.append(max(hold, case.ended_at + relativedelta(months=rule.months)))
    known = [due for due in dues if due is not None]
    due_at = max(known) if known and len(known) == len(dues) else None
    return Keeping(person_id, cases, max(holds, default=None), due_at)


def due(uow: UnitOfWork, schemes: Schemes, now: datetime) -> Iterator[Keeping]:
    """Yield whose data are to be erased because of their age, by person id."""
    after = ""
    while batch := ended_subjects(uow, after, _BATCH):
        for person_id in batch:
            kept = keeping(uow, schemes, person_id, now)
            if kept.due_at is not None and kept.due_at <= now:
                yield kept
        after = batch[-1]
