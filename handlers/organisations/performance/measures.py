"""What is measured of an organisation over a period, from the tasks that people completed.

Source: domain file A3 (c), difficulties get a response within a reasonable time, measured per
operator; the other two are asked of it as well. A task counts by when it was *entered here*: a
visit written down a week later counts a week later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from engine.service.scheme import RoleKind
from engine.store import UnitOfWork
from handlers.organisations.directory.store import schemes_of
from handlers.organisations.performance.store import Due, charges, due_tasks
from handlers.organisations.store import Organisation

VISITS = frozenset({"Task_VisitPromoter"})
DIFFICULTIES = frozenset({"Task_AnswerDifficulty"})
"""Elements of ``processes/common``, which every scheme calls for monitoring and difficulties."""


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Tasks due in a period: done by their date, or not.

    :ivar late: done afterwards, or still to be done though the date has passed.
    """

    on_time: int
    late: int

    @property
    def percent(self) -> int | None:
        """How many of a hundred were on time; ``None`` where none was due."""
        total = self.on_time + self.late
        return round(100 * self.on_time / total) if total else None


@dataclass(frozen=True, slots=True)
class Performance:
    """An organisation over a period.

    :ivar entrusted: cases entrusted to it in the period.
    :ivar contacted: those of them where it has completed a first task.
    :ivar first_contact: median time from there to that task; ``None`` where there is none.
    :ivar response: median time to answer a difficulty.
    """

    entrusted: int
    contacted: int
    first_contact: timedelta | None
    visits: Punctuality
    difficulties: Punctuality
    response: timedelta | None


def measure(
    uow: UnitOfWork, organisation: Organisation, since: datetime, until: datetime, now: datetime
) -> Performance:
    """Count an organisation's work.

    :param since: cases are entrusted and tasks due from then on, until before ``until``.
    """
    taken = charges(uow, organisation.id, _operators_roles(uow, organisation.country), since, until)
    waits = [each.contacted_at - each.since for each in taken if each.contacted_at is not None]
    visits = due_tasks(uow, organisation.id, VISITS, since, until)
    difficulties = due_tasks(uow, organisation.id, DIFFICULTIES, since, until)
    answers = [each.closed_at - each.opened_at for each in difficulties if each.closed_at]
    return Performance(
        entrusted=len(taken),
        contacted=len(waits),
        first_contact=_median(waits),
        visits=_punctuality(visits, now),
        difficulties=_punctuality(difficulties, now),
        response=_median(answers),
    )


def _median(times: list[timedelta]) -> timedelta | None:
    if not times:
        return None
    return timedelta(seconds=median(each.total_seconds() for each in times))


def _operators_roles(uow: UnitOfWork, country: str) -> frozenset[str]:
    return frozenset(
        role
        for scheme in schemes_of(uow, country).values()
        for role, kind in scheme.role_kinds.items()
        if kind in {RoleKind.OPERATOR, RoleKind.COUNSELLOR}
    )


def _punctuality(tasks: Iterable[Due], now: datetime) -> Punctuality:
    on_time = late = 0
    for task in tasks:
        if task.closed_at is not None and task.closed_at <= task.due_at:
            on_time += 1
        elif task.closed_at is not None or task.due_at < now:
            late += 1
    return Punctuality(on_time, late)
