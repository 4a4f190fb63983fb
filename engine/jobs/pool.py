"""The in-process dispatcher: calls to the outside on a few threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from engine.jobs.failures import failure_text, places

log = structlog.get_logger(__name__)


class PoolDispatcher:
    """Runs ``run_job(job_id, attempt)`` on a pool of threads.

    The row in ``jobs`` holds the truth: what dies with this process is dispatched again when its
    lease is over.
    """

    def __init__(self, run_job: Callable[[int, int], object], size: int) -> None:
        """:param size: calls that run at a time."""
        self._run_job = run_job
        self._free = threading.BoundedSemaphore(size)
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="passerelle-call")

    def has_room(self) -> bool:
        """Tell whether a call could run at once; work waits in the database, never in memory."""
        if self._free.acquire(blocking=False):
            self._free.release()
            return True
        return False

    def dispatch(self, job_id: int, attempt: int) -> None:
        """Have the job run as soon as a thread is free."""
        self._free.acquire()
        self._pool.submit(self._run, job_id, attempt)

    def _run(self, job_id: int, attempt: int) -> None:
        try:
            self._run_job(job_id, attempt)
        except Exception as error:  # noqa: BLE001 - a pool keeps to itself what threads raise
            log.error(
                "call is made again when its lease is over",
                job=job_id,
                attempt=attempt,
                error=failure_text(error),
                at=places(error),
            )
        finally:
            self._free.release()

    def stop(self) -> None:
        """Wait for the calls that run, and take no more."""
        self._pool.shutdown(wait=True)
