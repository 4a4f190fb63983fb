"""A site's vital signs, for those who watch it."""

from __future__ import annotations

from engine.metrics import Gauge, exposed
from engine.service.base import UseCases
from engine.store import vitals


class Vitals(UseCases):
    """What a monitoring system asks."""

    def reachable(self) -> None:
        """Reach the database.

        :raises StoreUnavailable: it is away.
        """
        with self.store.snapshot() as uow:
            vitals.lag_s(uow, self.now())

    def metrics(self) -> bytes:
        """Return this process's counts and the site's gauges in Prometheus's text format."""
        now = self.now()
        with self.store.snapshot() as uow:
            gauges = (
                Gauge(
                    "passerelle_cases",
                    "Cases by scheme and status.",
                    ("scheme", "status"),
                    vitals.cases_by_status(uow),
                ),
                Gauge(
                    "passerelle_jobs",
                    "Timers, messages and calls that wait, run or have stopped.",
                    ("kind", "status"),
                    vitals.jobs_by_status(uow),
                ),
                Gauge(
                    "passerelle_due_lag_seconds",
                    "For how long the oldest due job has waited.",
                    (),
                    {(): vitals.lag_s(uow, now)},
                ),
                Gauge(
                    "passerelle_incidents_open",
                    "Incidents that nobody has resolved, by code.",
                    ("code",),
                    vitals.incidents_open(uow),
                ),
                Gauge(
                    "passerelle_tasks_open",
                    "Open tasks, in time and late.",
                    ("due",),
                    vitals.tasks_open(uow, now),
                ),
            )
        return exposed(gauges)
