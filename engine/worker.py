"""The worker: looks for due work and has it run, until it is told to stop."""

from __future__ import annotations

import threading

import structlog

from engine.errors import PasserelleError
from engine.jobs.failures import failure_text, places
from engine.jobs.pool import PoolDispatcher
from engine.service import Engine

log = structlog.get_logger(__name__)

SWEEP_EVERY = 10
"""Rounds between two sweeps of what dead workers held, and two looks at the timetable."""


class Worker:
    """A thread that finds due work, one for what rooms do of themselves, a pool for calls.

    :ivar engine: whose work it is.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._runner = engine.runner
        self._dispatcher = PoolDispatcher(self._runner.run_job, engine.settings.pool_size)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin on threads of its own.

        On SQLite this is the site's only worker, so whatever is dispatched was held by one that
        died: it is taken back at once.
        """
        self._runner.sweep(everything=self.engine.settings.is_sqlite)
        for name, target in (("worker", self.run), ("timetable", self.keep_time)):
            thread = threading.Thread(target=target, name=f"passerelle-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Finish what runs, take nothing more, and return when all is still."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._dispatcher.stop()

    def run(self) -> None:
        """Work until :meth:`stop`; a database that is away is waited for.

        Whatever else goes wrong is logged and tried again: a worker that died silently would stop
        every case of the site.
        """
        rounds = 0
        while not self._stop.is_set():
            try:
                if rounds % SWEEP_EVERY == 0:
                    self._runner.sweep()
                busy = self.work_once()
            except PasserelleError as error:
                log.error("worker waits", error=str(error))
                busy = False
            except Exception as error:  # noqa: BLE001 - a dead worker would be noticed too late
                log.error("worker goes on", error=failure_text(error), at=places(error))
                busy = False
            rounds += 1
            if not busy:
                self._stop.wait(self.engine.settings.poll_s)

    def keep_time(self) -> None:
        """Run what rooms do of themselves, until :meth:`stop`.

        On a thread of its own: an hour's clearing up must not hold a timer back.
        """
        prepared = False
        while not self._stop.is_set():
            try:
                if not prepared:
                    self.engine.timetable.prepare(alone=self.engine.settings.is_sqlite)
                    prepared = True
                self.engine.timetable.run_due(lambda: not self._stop.is_set())
            except PasserelleError as error:
                log.error("timetable waits", error=str(error))
            except Exception as error:  # noqa: BLE001 - a dead thread would be noticed too late
                log.error("timetable goes on", error=failure_text(error), at=places(error))
            self._stop.wait(self.engine.settings.poll_s * SWEEP_EVERY)

    def work_once(self) -> bool:
        """Run or dispatch what is due now; tell whether anything was.

        While every thread is busy calling outside, calls are not even looked at: those that wait
        must not hide timers and messages that are due after them.
        """
        found = False
        for start in self.engine.starts.due(100):
            if self._stop.is_set():
                break
            found = self.engine.starts.run(start) or found
        for job in self._runner.due(100, inside_only=not self._dispatcher.has_room()):
            if self._stop.is_set():
                break
            if not self._runner.is_remote(job):
                found = self._runner.run(job) or found
            elif self._dispatcher.has_room():
                claimed = self._runner.claim(job)
                if claimed is not None:
                    self._dispatcher.dispatch(claimed.id, claimed.attempt)
                    found = True
        return found
