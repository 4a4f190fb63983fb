"""What rooms do of themselves every so often: one runner at a time, each run written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from engine.errors import ConfigurationError, NotFound
from engine.jobs.backoff import retry_delay
from engine.jobs.failures import failure_text, places
from engine.ports import Clock, Periodic
from engine.store import Store
from engine.store.periodic import end, free, periodic_rows, register, take

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PeriodicView:
    """How one periodic work stands, for operators.

    :ivar started_at: of the last run, or of the one that goes on; ``None`` before the first.
    :ivar ended_at: of the last run that ended.
    :ivar running: whether it runs now. :ivar due_at: when it runs next; ``None``: as soon as a
        worker runs.
    :ivar failures: runs in a row that failed. :ivar error: what the last run failed of.
    """

    name: str
    every: timedelta
    started_at: datetime | None = None
    ended_at: datetime | None = None
    running: bool = False
    due_at: datetime | None = None
    failures: int = 0
    error: str | None = None


class Timetable:
    """Runs each registered work when its interval is over.

    Taking a run is one conditional update, so that of several workers one has it. A run whose
    worker died is taken for dead when its lease is over; works bear being run again.
    """

    def __init__(self, store: Store, clock: Clock, works: Sequence[Periodic]) -> None:
        self._store, self._clock = store, clock
        self._works = {work.name: work for work in works}
        if len(self._works) != len(works):
            raise ConfigurationError(
                "Two periodic works have one name; rename one where it is registered."
            )

    def prepare(self, *, alone: bool) -> None:
        """Register the works before the first round.

        :param alone: this is the site's only worker: what is held was held by one that died.
        """
        with self._store.unit_of_work() as uow:
            register(uow, self._works, self._clock.now())
            if alone:
                free(uow, self._works)

    def run_due(self, goes_on: Callable[[], bool] = lambda: True) -> int:
        """Run what is due, one after the other, and return how many ran here.

        :param goes_on: asked before each; a worker that stops begins no more.
        """
        now = self._clock.now()
        with self._store.snapshot() as uow:
            due = [row.name for row in periodic_rows(uow, self._works) if row.due_at <= now]
        return sum(goes_on() and self._run(self._works[name]) for name in due)

    def run(self, name: str) -> bool:
        """Run one work now, due or not; ``False`` if a run of it goes on elsewhere.

        :raises NotFound: no work has this name.
        """
        if name not in self._works:
            raise NotFound("periodic work", name)
        self.prepare(alone=False)
        return self._run(self._works[name], early=True)

    def overview(self) -> tuple[PeriodicView, ...]:
        """Return how every work stands, by name."""
        now = self._clock.now()
        with self._store.snapshot() as uow:
            rows = {row.name: row for row in periodic_rows(uow, self._works)}
        views = []
        for name, work in sorted(self._works.items()):
            row = rows.get(name)
            if row is None:
                views.append(PeriodicView(name, work.every))
                continue
            running = row.held_until is not None and row.held_until > now
            views.append(
                PeriodicView(
                    *(name, work.every, row.started_at, row.ended_at, running, row.due_at),
                    *(row.failures, row.last_error),
                )
            )
        return tuple(views)

    def _run(self, work: Periodic, *, early: bool = False) -> bool:
        began = self._clock.now()
        until = began + work.lease
        with self._store.unit_of_work() as uow:
            if not take(uow, work.name, began, until, early=early):
                return False
        error: str | None = None
        try:
            work.run()
        except Exception as caught:  # noqa: BLE001 - operators read of it; the next run comes
            error = failure_text(caught)
            log.error("periodic work failed", name=work.name, error=error, at=places(caught))
        self._end(work, began, until, error)
        return True

    def _end(self, work: Periodic, began: datetime, until: datetime, error: str | None) -> None:
        with self._store.unit_of_work() as uow:
            (row,) = periodic_rows(uow, [work.name])
            wait = work.every if error is None else min(work.every, retry_delay(row.failures + 1))
            now = self._clock.now()
            ended = end(uow, work.name, until, at=now, due_at=began + wait, error=error)
        if not ended:
            log.warning("periodic work took longer than its lease", name=work.name)
