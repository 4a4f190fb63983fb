"""Running due work: each job in its case's own transaction, or outside any for remote calls.

Lock order is the case, then its jobs. Deleting the row, conditional on the attempt that was read,
is the exactly-once guard: whoever deletes it advances the case in the same commit.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from engine.errors import BusinessError, RevisionConflict, StoreUnavailable
from engine.jobs.failures import failure_text
from engine.model import (
    SYSTEM,
    Actor,
    CallWanted,
    CaseStatus,
    Command,
    CompleteActivity,
    IncidentRaised,
    JobKind,
    JobStatus,
    ThrowError,
    TriggerEvent,
)
from engine.ports import Ports
from engine.service import messages
from engine.service.batches import Batches
from engine.service.calls import (
    allowed,
    failed,
    failure_delay,
    failure_kind,
    incident_of,
    invoke,
)
from engine.service.kept import call_of, kept_result, with_result
from engine.service.payloads import load
from engine.service.steps import Stepper
from engine.store import Store, UnitOfWork, retried
from engine.store.cases import CaseRow, lock_case, read_case, save_case
from engine.store.jobs import JobRow, delete_job, due_jobs, read_job, release_expired, update_job
from engine.store.messages import drop_expired, match_buffered

log = structlog.get_logger(__name__)


class Runner:
    """Runs jobs; knows nothing of threads. A worker decides when and where."""

    def __init__(
        self, store: Store, ports: Ports, stepper: Stepper, batches: Batches, lease_s: int
    ) -> None:
        self._store = store
        self._ports = ports
        self._stepper = stepper
        self._batches = batches
        self._lease = timedelta(seconds=lease_s)

    def due(self, limit: int, *, inside_only: bool = False) -> tuple[JobRow, ...]:
        """Return jobs whose moment has come; nothing is locked.

        :param inside_only: leave out calls to the outside.
        """
        local = [each.spec.name for each in self._ports.registry if each.spec.local]
        now = self._ports.clock.now()
        with self._store.snapshot() as uow:
            return due_jobs(uow, now, limit, local if inside_only else None)

    @retried
    def sweep(self, *, everything: bool = False) -> int:
        """Make due again what a dead worker held, match late messages, drop those that expired.

        :param everything: take back every dispatched call, whatever its lease: for a site's only
            process at its start, when nobody else can hold one.
        :returns: how many calls were taken back.
        """
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            for case_id, activation, element_id, payload in match_buffered(uow, now):
                messages.deliver(uow, case_id, activation, element_id, payload, now)
            drop_expired(uow, now)
            horizon = now + timedelta(days=36500) if everything else now
            return release_expired(uow, horizon, now)

    def run(self, job: JobRow) -> bool:
        """Run one job to its end; ``False`` if somebody else has it or had it.

        A failure is written on the job (retried later, an incident after the last attempt).

        :raises StoreUnavailable: the database is away; the job stays due.
        """
        if self.is_remote(job):
            claimed = self.claim(job)
            return claimed is not None and self.call(claimed)
        try:
            return self._run_inside(job)
        except (StoreUnavailable, RevisionConflict):
            raise  # No fault of the job's: it costs no attempt.
        except Exception as error:  # noqa: BLE001 - the job must say what stopped it
            self._failed(job, error)
            return True

    def is_remote(self, job: JobRow) -> bool:
        """Tell whether the job calls to the outside (an unknown handler counts as such)."""
        if job.kind is not JobKind.HANDLER:
            return False
        handler = self._ports.registry.get(job.handler or "")
        return handler is None or not handler.spec.local

    def run_job(self, job_id: int, attempt: int) -> bool:
        """Call a claimed job by its two numbers; ``False`` if it is gone or superseded."""
        with self._store.snapshot() as uow:
            job = read_job(uow, job_id)
        if job is None or job.attempt != attempt or job.status is not JobStatus.DISPATCHED:
            return False
        return self.call(job)

    # --- inside the case's transaction ----------------------------------------------------

    @retried
    def _run_inside(self, job: JobRow) -> bool:
        with self._store.unit_of_work() as uow:
            return self._run_within(uow, job)

    def _run_within(self, uow: UnitOfWork, job: JobRow) -> bool:
        case = lock_case(uow, job.case_id, skip_locked=True)
        if case is None:
            return False
        if case.status is CaseStatus.SUSPENDED and job.kind is not JobKind.MIGRATION:
            # It came after the others were paused.
            return update_job(uow, job, status=JobStatus.PAUSED)
        if not delete_job(uow, job):
            return False
        now = self._ports.clock.now()
        if job.kind is JobKind.MIGRATION:
            self._batches.run_item(uow, case, job.element_id, now)
            return True
        if case.status.is_final:
            if job.kind is JobKind.MESSAGE:
                messages.take_back(uow, case.id, load(job.payload), now)
            return True
        actor = SYSTEM if job.kind is not JobKind.HANDLER else _actor_of(job)
        command = self._command(uow, case, job, actor, now)
        if command is not None:
            self._stepper.step(uow, case, command, actor, now)
        return True

    def _command(
        self, uow: UnitOfWork, case: CaseRow, job: JobRow, actor: Actor, now: datetime
    ) -> Command | None:
        if job.kind is JobKind.TIMER:
            return TriggerEvent(job.activation)
        if job.kind is JobKind.MESSAGE:
            payload = load(job.payload)
            if messages.still_waiting(uow, case.id, job.activation):
                return TriggerEvent(job.activation, payload["variables"])
            messages.take_back(uow, case.id, payload, now)
            return None
        call = call_of(job)
        return self._stepper.call_local(uow, case, call, actor, now, attempt=job.attempt + 1)

    # --- outside any transaction -----------------------------------------------------------

    @retried
    def claim(self, job: JobRow) -> JobRow | None:
        """Mark a remote call as dispatched under a lease; ``None`` if it is gone or taken."""
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            current = read_job(uow, job.id)
            if (
                current is None
                or current.attempt != job.attempt
                or current.status is not JobStatus.WAITING
                or self._paused(uow, current)
            ):
                return None
            values = {
                "status": JobStatus.DISPATCHED,
                "attempt": current.attempt + 1,
                "lease_until": now + self._lease,
            }
            if not update_job(uow, current, **values):
                return None
            return replace(
                current,
                status=JobStatus.DISPATCHED,
                attempt=current.attempt + 1,
                lease_until=now + self._lease,
            )

    def _paused(self, uow: UnitOfWork, job: JobRow) -> bool:
        """Pause a call that came to wait after its case was suspended; tell whether it was."""
        if read_case(uow, job.case_id).status is not CaseStatus.SUSPENDED:
            return False
        case = lock_case(uow, job.case_id)  # It may be resumed at this moment.
        if case is None or case.status is not CaseStatus.SUSPENDED:
            return False
        return update_job(uow, job, status=JobStatus.PAUSED)

    def call(self, job: JobRow) -> bool:
        """Call a claimed job's handler, then advance its case; ``False`` if superseded.

        What came back while the case was suspended is not asked for again.
        """
        call = call_of(job)
        if (kept := kept_result(job, call)) is not None:
            return self._finish_or_fail(job, call, *kept)
        now = self._ports.clock.now()
        with self._store.snapshot() as uow:
            case = read_case(uow, job.case_id)
        try:
            result = invoke(self._ports, self._store, case, call, SYSTEM, now, job.attempt, None)
            command: CompleteActivity | ThrowError = CompleteActivity(call.activation, result)
        except BusinessError as error:
            command = ThrowError(call.activation, error.code, str(error), error.variables)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a retry
            self._failed(job, error)
            return True
        return self._finish_or_fail(job, call, command, job.attempt)

    def _finish_or_fail(
        self, job: JobRow, call: CallWanted, command: CompleteActivity | ThrowError, attempt: int
    ) -> bool:
        try:
            return self._finish(job, call, command, attempt)
        except (StoreUnavailable, RevisionConflict):
            raise  # The lease ends, and the call is made again under the same key.
        except Exception as error:  # noqa: BLE001 - the job must say what stopped it
            self._failed(job, error)
            return True

    @retried
    def _finish(
        self, job: JobRow, call: CallWanted, command: CompleteActivity | ThrowError, attempt: int
    ) -> bool:
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            case = lock_case(uow, job.case_id)
            if case is not None and case.status is CaseStatus.SUSPENDED:
                return self._keep(uow, job, command, attempt, now)
            current = read_job(uow, job.id)  # A migration may have renamed its element.
            if case is None or not delete_job(uow, job) or case.status.is_final:
                return False
            made = call if current is None else call_of(current)
            if isinstance(command, CompleteActivity):
                self._stepper.record_success(uow, case.id, made, attempt, now)
            elif isinstance(command, ThrowError):
                code = command.code
                self._stepper.record_rejection(uow, case.id, made, attempt, code, now)
            self._stepper.step(uow, case, command, SYSTEM, now)
        return True

    def _keep(
        self,
        uow: UnitOfWork,
        job: JobRow,
        command: CompleteActivity | ThrowError,
        attempt: int,
        now: datetime,
    ) -> bool:
        """Keep what a call gave back on its row until the case is resumed."""
        current = read_job(uow, job.id)
        if current is None or current.attempt != job.attempt:
            return False
        return update_job(
            uow,
            current,
            status=JobStatus.PAUSED,
            lease_until=None,
            due_at=now,
            payload=with_result(job, command, attempt),
        )

    # --- failures -------------------------------------------------------------------------

    @retried
    def _failed(self, job: JobRow, error: Exception) -> None:
        text = failure_text(error)
        log.warning("job failed", case=job.case_id, job=job.id, attempt=job.attempt, error=text)
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            case = lock_case(uow, job.case_id)
            current = read_job(uow, job.id)
            if case is None or current is None or current.attempt != job.attempt:
                return
            if case.status.is_final:
                delete_job(uow, current)  # Nobody could retry an incident of an ended case.
                return
            # A remote call counted its attempt when it was claimed; the others count it now.
            attempt = job.attempt + (0 if job.status is JobStatus.DISPATCHED else 1)
            uow.record(
                job.case_id,
                failure_kind(error),
                {"handler": job.handler, "attempt": attempt, "error": type(error).__name__},
                actor=SYSTEM.account_id,
                at=now,
                element_id=job.element_id,
                activation=job.activation,
            )
            suspended = case.status is CaseStatus.SUSPENDED
            retries = allowed(job.retries, error)
            values = {
                "status": JobStatus.PAUSED if suspended else JobStatus.WAITING,
                "attempt": attempt,
                "retries": retries,
                "lease_until": None,
                "due_at": now + failure_delay(error, attempt),
                "last_error": text,
            }
            update_job(uow, current, **values)
            if attempt >= retries:
                self._stepper.to_incident(uow, case.id, job.id, _incident(job, text), now)
            save_case(uow, case, uow.write_events(case.id, case.tail), now)


def _actor_of(job: JobRow) -> Actor:
    payload = load(job.payload)
    return Actor(payload["actor"], acting_for=tuple(payload.get("acting_for", ())))


def _incident(job: JobRow, text: str) -> IncidentRaised:
    if job.kind is JobKind.HANDLER:
        return incident_of(call_of(job), text)
    return failed(f"{job.kind}-failed", job.activation, job.element_id, reason=text)
