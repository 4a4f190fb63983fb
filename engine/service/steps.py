"""A step: stored state + one command → an outcome, written in the transaction that is open."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime

import structlog

from engine import bpmn, metrics
from engine.errors import BusinessError
from engine.jobs.failures import failure_text
from engine.model import (
    SYSTEM,
    Actor,
    CallWanted,
    CaseStatus,
    Command,
    CompleteActivity,
    EventKind,
    IncidentRaised,
    JobKind,
    JobStatus,
    Outcome,
    StartProcess,
    ThrowError,
)
from engine.ports import Ports
from engine.service import messages
from engine.service.calls import allowed, failure_delay, failure_kind, incident_of, invoke
from engine.service.payloads import dump
from engine.service.publications import Deployed, Publications
from engine.store import NewEvent, Store, UnitOfWork, lost_to_another
from engine.store.cases import CaseRow, save_case
from engine.store.jobs import insert_job, pause_jobs, read_job, unpause_jobs, update_job
from engine.store.messages import insert_subscriptions, keys_digest, take_buffered
from engine.store.work import insert_incidents, insert_work_items, resolve_incidents, withdraw

log = structlog.get_logger(__name__)


class Stepper:
    """Advances cases inside a transaction that somebody else opened and commits."""

    def __init__(self, store: Store, ports: Ports, publications: Publications) -> None:
        self._store = store
        self._ports = ports
        self._publications = publications

    def step(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        command: Command | bpmn.Modification,
        actor: Actor,
        now: datetime,
    ) -> CaseRow:
        """Advance a locked case by one command and by every local call that follows from it.

        A suspended case stays suspended, unless the command ends it: what follows waits.

        :returns: the case as it was saved.
        :raises RevisionConflict: another transaction advanced it meanwhile.
        """
        with metrics.step(type(command).__name__):
            context = bpmn.StepContext(case=case.ref, now=now)
            deployed = self._publications.get(case.deployment_id)
            if isinstance(command, StartProcess):
                outcome = bpmn.start(deployed.process, command, context)
            elif isinstance(command, bpmn.Modification):
                outcome = bpmn.modify(deployed.process, case.state, command, context)
            else:
                outcome = bpmn.advance(deployed.process, case.state, command, context)
            return self.settle(uow, case, outcome, actor, now)

    def settle(
        self, uow: UnitOfWork, case: CaseRow, outcome: Outcome, actor: Actor, now: datetime
    ) -> CaseRow:
        """Save what a step has made of a locked case; local calls and their steps follow.

        :returns: the case as it was saved.
        :raises RevisionConflict: another transaction advanced it meanwhile.
        """
        deployed = self._publications.get(case.deployment_id)
        suspended = case.status is CaseStatus.SUSPENDED
        calls: deque[CallWanted] = deque()
        case = self._keep(uow, case, outcome, calls, now)
        while calls:
            answer = self._call(uow, case, calls.popleft(), actor, now)
            if answer is not None:
                case = self._advance(uow, deployed, case, answer, calls, now)
        if case.status.is_final:
            case = replace(case, ended_at=now)
        if suspended:
            # Once it has ended, messages that are on their way to it are handed on.
            (unpause_jobs if case.status.is_final else pause_jobs)(uow, case.id)
        tail = uow.write_events(case.id, case.tail)
        save_case(uow, case, tail, now)
        return replace(case, revision=case.revision + 1, updated_at=now, tail=tail)

    def _advance(
        self,
        uow: UnitOfWork,
        deployed: Deployed,
        case: CaseRow,
        command: Command,
        calls: deque[CallWanted],
        now: datetime,
    ) -> CaseRow:
        context = bpmn.StepContext(case=case.ref, now=now)
        outcome = bpmn.advance(deployed.process, case.state, command, context)
        return self._keep(uow, case, outcome, calls, now)

    def _keep(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        outcome: Outcome,
        calls: deque[CallWanted],
        now: datetime,
    ) -> CaseRow:
        gone = set(outcome.withdrawn)
        kept = [call for call in calls if call.activation not in gone]
        calls.clear()
        calls.extend(kept)
        calls.extend(call for call in outcome.calls if call.local)
        self._write(uow, case, outcome, now)
        goes_on = outcome.status is CaseStatus.ACTIVE
        status = case.status if goes_on else outcome.status
        return replace(case, state=outcome.state, status=status)

    def _write(self, uow: UnitOfWork, case: CaseRow, outcome: Outcome, now: datetime) -> None:
        withdraw(uow, case.id, outcome.withdrawn, now)
        resolve_incidents(uow, case.id, outcome.resolved, now, SYSTEM.account_id)
        insert_work_items(uow, case.id, outcome.tasks, now, outcome.resolved)
        for timer in outcome.timers:
            insert_job(
                uow,
                case_id=case.id,
                activation=timer.activation,
                element_id=timer.element_id,
                kind=JobKind.TIMER,
                due_at=timer.due,
            )
        for call in outcome.calls:
            if not call.local:
                self.insert_call(uow, case.id, call, now)
        insert_incidents(uow, case.id, outcome.incidents, now)
        insert_subscriptions(uow, case.id, outcome.subscriptions)
        uow.record_all(
            case.id,
            (
                NewEvent(e.kind, SYSTEM.account_id, now, e.element_id, e.activation, e.data)
                for e in outcome.events
            ),
        )
        for wanted in outcome.subscriptions:
            digest = keys_digest(wanted.keys)
            payload = take_buffered(uow, case.id, wanted.message, digest, now)
            if payload is not None:
                messages.deliver(uow, case.id, wanted.activation, wanted.element_id, payload, now)
        for message in outcome.messages:
            messages.publish(uow, message, now, sender=case.id)
        for signal in outcome.signals:
            messages.broadcast(uow, signal, now, but=case.id)

    def insert_call(
        self,
        uow: UnitOfWork,
        case_id: str,
        call: CallWanted,
        due: datetime,
        attempt: int = 0,
        error: str | None = None,
        actor: Actor = SYSTEM,
    ) -> int:
        """Write a call as a job and return the job's id.

        :param actor: in whose name a local call is tried again; who approves or records
            something stays that person though the first attempt failed.
        """
        return insert_job(
            uow,
            case_id=case_id,
            activation=call.activation,
            element_id=call.element_id,
            kind=JobKind.HANDLER,
            due_at=due,
            payload=dump(
                {
                    "arguments": dict(call.arguments),
                    "actor": actor.account_id,
                    "acting_for": actor.acting_for,
                    "keyed_by": call.keyed_by,
                }
            ),
            handler=call.handler,
            retries=call.retries,
            attempt=attempt,
            last_error=error,
        )

    # --- local handlers --------------------------------------------------------------------

    def _call(
        self, uow: UnitOfWork, case: CaseRow, call: CallWanted, actor: Actor, now: datetime
    ) -> Command | None:
        return self.call_local(uow, case, call, actor, now, attempt=1)

    def call_local(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        call: CallWanted,
        actor: Actor,
        now: datetime,
        *,
        attempt: int,
    ) -> Command | None:
        """Run a local handler inside the open transaction, undone alone if it fails.

        :returns: what its end means for the case; ``None`` if it failed and will be tried again.
        """
        try:
            with uow.savepoint():
                result = invoke(self._ports, self._store, case, call, actor, now, attempt, uow)
        except BusinessError as error:
            self.record_rejection(uow, case.id, call, attempt, error.code, now)
            return ThrowError(call.activation, error.code, str(error), error.variables)
        except Exception as error:
            if lost_to_another(error):
                raise  # No fault of the handler's: the whole step is begun again.
            text = failure_text(error)
            log.warning("handler failed", case=case.id, handler=call.handler, error=text)
            uow.record(
                case.id,
                failure_kind(error),
                {"handler": call.handler, "attempt": attempt, "error": type(error).__name__},
                actor=SYSTEM.account_id,
                at=now,
                element_id=call.element_id,
                activation=call.activation,
            )
            due = now + failure_delay(error, attempt)
            call = replace(call, retries=allowed(call.retries, error))
            job_id = self.insert_call(uow, case.id, call, due, attempt, text, actor)
            if attempt >= call.retries:
                self.to_incident(uow, case.id, job_id, incident_of(call, text), now)
            return None
        self.record_success(uow, case.id, call, attempt, now)
        return CompleteActivity(call.activation, result)

    def to_incident(
        self,
        uow: UnitOfWork,
        case_id: str,
        job_id: int,
        incident: IncidentRaised,
        now: datetime,
    ) -> None:
        """Set a job aside until an operator retries it."""
        job = read_job(uow, job_id)
        if job is not None:
            update_job(uow, job, status=JobStatus.INCIDENT)
        insert_incidents(uow, case_id, [incident], now, job_id)
        uow.record(
            case_id,
            EventKind.INCIDENT_RAISED,
            {"code": incident.code, "said": incident.said},
            actor=SYSTEM.account_id,
            at=now,
            element_id=incident.element_id,
            activation=incident.activation,
        )

    def record_rejection(
        self,
        uow: UnitOfWork,
        case_id: str,
        call: CallWanted,
        attempt: int,
        code: str,
        now: datetime,
    ) -> None:
        """Write that a call ended in an error that the diagram may catch by this code."""
        uow.record(
            case_id,
            EventKind.CALL_REJECTED,
            {"handler": call.handler, "attempt": attempt, "code": code},
            actor=SYSTEM.account_id,
            at=now,
            element_id=call.element_id,
            activation=call.activation,
        )

    def record_success(
        self, uow: UnitOfWork, case_id: str, call: CallWanted, attempt: int, now: datetime
    ) -> None:
        """Write that a call came back."""
        uow.record(
            case_id,
            EventKind.CALL_SUCCEEDED,
            {"handler": call.handler, "attempt": attempt},
            actor=SYSTEM.account_id,
            at=now,
            element_id=call.element_id,
            activation=call.activation,
        )
