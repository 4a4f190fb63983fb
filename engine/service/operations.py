"""Messages, due work and incidents: what keeps cases moving."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from engine import bpmn
from engine.errors import CaseSuspended, DeploymentRefused, InvalidAnswer, NotAllowed, NotFound
from engine.model import (
    SYSTEM,
    Actor,
    CaseStatus,
    EventKind,
    JobStatus,
    MessageSent,
    RetryIncident,
    SignalSent,
    StartTrigger,
    Tier,
    Variables,
)
from engine.ports import TieredValue
from engine.rules import told_incident
from engine.service import messages
from engine.service.base import SITE_OPERATORS, UseCases
from engine.service.payloads import dump, load
from engine.service.starting import RETRIES
from engine.service.views import (
    IncidentView,
    StartView,
)
from engine.store import UnitOfWork, retried
from engine.store.cases import (
    CaseRow,
    latest_deployment,
    read_case,
    save_case,
)
from engine.store.jobs import next_due, read_job, update_job
from engine.store.messages import first_publication
from engine.store.starts import StartJobRow, all_starts, begun_by, next_start, update_start
from engine.store.work import IncidentRow, open_incidents, read_incident, resolve_incidents

log = structlog.get_logger(__name__)


class Operations(UseCases):
    """What the worker and the operators of a site do."""

    @retried
    def publish(
        self,
        message: str,
        keys: Variables,
        variables: Variables,
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
        about: str | None = None,
    ) -> int:
        """Publish a message to every case that waits for it, and start those that begin with it.

        :param keys: all of them must match; a scheme begins once with a message of these keys.
        :param about: id of whom the cases that begin with it are about.
        :param message_id: idempotency id: published again while it lives, it is not repeated.
        :returns: how many cases get it or begin with it; at 0 it is buffered for its time-to-live.
        """
        sent = MessageSent(0, "", message, keys, variables, time_to_live_s, about)
        with self.store.unit_of_work() as uow:
            went = self._publish(uow, sent, message_id)
        return self._begin(went)

    def publish_within(
        self,
        uow: UnitOfWork,
        message: str,
        keys: Variables,
        variables: Variables,
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
    ) -> int:
        """Publish in a transaction that is open: what a room writes and tells is one commit.

        A :class:`~engine.ports.Publisher`; otherwise as :meth:`publish`.
        """
        sent = MessageSent(0, "", message, keys, variables, time_to_live_s)
        return self._publish(uow, sent, message_id).total

    def _publish(self, uow: UnitOfWork, sent: MessageSent, message_id: str | None) -> messages.Sent:
        now = self._ports.clock.now()
        until = now + timedelta(seconds=sent.time_to_live_s)
        if message_id and not first_publication(uow, sent.message, message_id, now, until):
            return messages.Sent(0, ())
        return messages.publish(uow, sent, now)

    @retried
    def signal(self, name: str, variables: Variables, *, signal_id: str | None = None) -> int:
        """Send a signal to all that waits for it in any case, and start what begins with it.

        :param signal_id: idempotency id: sent again within a day, it is not repeated.
        :returns: how many places get it, and cases begin with it; it is not kept for later.
        """
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            known, until = f"{bpmn.SIGNAL_PREFIX}{name}", now + timedelta(days=1)
            if signal_id and not first_publication(uow, known, signal_id, now, until):
                return 0
            sent = SignalSent(0, "", name, variables)
            went = messages.broadcast(uow, sent, now, but=None)
        return self._begin(went)

    @retried
    def evaluate_conditions(self, variables: Variables) -> int:
        """Start a case of every scheme that begins with a condition which these variables meet.

        Before there is a case nothing changes by which a condition could become true, so it is
        asked when somebody says so. Source: Camunda 7, evaluation of conditional start events.

        :returns: how many cases begin; each has these variables.
        """
        now, found = self._ports.clock.now(), []
        values = load(dump(variables))
        with self.store.unit_of_work() as uow:
            for row in begun_by(uow, StartTrigger.CONDITION, ""):
                newest = latest_deployment(uow, row.scheme)
                if newest is None:
                    continue
                deployed = self._publications.get(newest.id)
                if bpmn.holds(deployed.process, row.element_id, values, now):
                    found.append(messages.begin_at(uow, row, values, now))
        return self._begin(messages.Sent(0, tuple(found)))

    def _begin(self, went: messages.Sent) -> int:
        """Start at once what is to begin; a worker does what this process does not come to."""
        for start in went.starts:
            self.starts.run(start)
        return went.total

    def planned_starts(self, locale: str = "fr") -> tuple[StartView, ...]:
        """Return the cases that are to begin by themselves, and those that could not."""
        with self.store.snapshot() as uow:
            return tuple(self._planned(uow, row, locale) for row in all_starts(uow))

    def _planned(self, uow: UnitOfWork, row: StartJobRow, locale: str) -> StartView:
        newest, deployed, name = latest_deployment(uow, row.scheme), None, row.element_id
        # A publication that is refused now is what the start fails for: there are no names.
        with suppress(DeploymentRefused):
            deployed = None if newest is None else self._publications.get(newest.id)
        if deployed is not None:
            name = deployed.name_of(row.element_id, deployed.labels_in(locale))
        return StartView(
            id=row.id,
            scheme=row.scheme,
            scheme_name=deployed.config.name_in(locale) if deployed is not None else row.scheme,
            element_id=row.element_id,
            element_name=name,
            trigger=str(row.trigger),
            due_at=row.due_at,
            failed=row.status is JobStatus.INCIDENT,
            error=row.last_error,
        )

    @retried
    def retry_start(self, start_id: int, actor: Actor = SYSTEM) -> None:
        """Try again to begin a case that could not; its history tells who asked for it.

        :param actor: an operator of the site: no case is there yet whose scheme could name others.
        :raises NotAllowed: the actor is none.
        :raises NotFound: there is no failed start of this id.
        """
        if actor is not SYSTEM and not actor.roles & SITE_OPERATORS:
            raise NotAllowed("Cases that could not begin are tried again by a site's operators.")
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            job = next((row for row in all_starts(uow) if row.id == start_id), None)
            if job is None or not self._revive(uow, job, actor, now):
                raise NotFound("failed start", str(start_id))
        log.info("start tried again", start=start_id, actor=actor.account_id)

    def _revive(self, uow: UnitOfWork, job: StartJobRow, actor: Actor, now: datetime) -> bool:
        payload = load(job.payload)
        asked = {"by": actor.account_id, "at": now}
        retried = dump({**payload, RETRIES: (*payload.get(RETRIES, ()), asked)})
        return job.status is JobStatus.INCIDENT and update_start(
            uow, job, payload=retried, status=JobStatus.WAITING, due_at=now, attempt=0
        )

    def run_due(self, limit: int = 1000) -> int:
        """Run the jobs whose moment has come, remote calls included, one after another.

        :returns: how many ran; fewer than ``limit`` when nothing is due any more.
        """
        ran = 0
        while ran < limit:
            starts = self.starts.due(min(100, limit - ran))
            done = sum(1 for start in starts if self.starts.run(start))
            jobs = self.runner.due(min(100, limit - ran - done))
            done += sum(1 for job in jobs if self.runner.run(job))
            if not done:
                break
            ran += done
        return ran

    def next_due(self) -> datetime | None:
        """Return the moment of the next waiting job or start, or ``None``."""
        with self.store.snapshot() as uow:
            moments = (next_due(uow), next_start(uow))
        return min((moment for moment in moments if moment is not None), default=None)

    def incidents(self, locale: str = "fr", actor: Actor | None = None) -> tuple[IncidentView, ...]:
        """Return where cases cannot go on by themselves.

        :param actor: only those of cases that this person operates; all for the site itself.
        """
        views = []
        with self.store.snapshot() as uow:
            for row in open_incidents(uow):
                if actor is not None and not self._operates(uow, row.case_id, actor):
                    continue
                case = read_case(uow, row.case_id)
                job = read_job(uow, row.job_id) if row.job_id is not None else None
                deployed = self._publications.get(case.deployment_id)
                element = deployed.elements.get(row.element_id)
                labels = deployed.labels_in(locale)
                name = element.name if element else row.element_id
                views.append(
                    IncidentView(
                        id=row.id,
                        case_id=row.case_id,
                        case_reference=case.reference,
                        scheme=case.scheme,
                        element_id=row.element_id,
                        element_name=labels.element(row.element_id, name),
                        code=row.code,
                        message=_told(row, locale),
                        raised_at=row.raised_at,
                        activation=row.activation,
                        attempts=job.attempt if job else 0,
                    )
                )
        return tuple(views)

    @retried
    def retry(self, incident_id: int, reason: str, actor: Actor) -> None:
        """Try again where a case stopped; history keeps who asked for it.

        :raises InvalidAnswer: no reason is given. :raises NotFound: the incident is over.
        :raises NotAllowed: the actor does not operate the site or the scheme.
        :raises CaseSuspended: the case is to be resumed first.
        """
        if not reason.strip():
            raise InvalidAnswer({"reason": "A reason is needed to retry."})
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            incident = read_incident(uow, incident_id)
            try:
                case = self._operable(uow, incident.case_id, actor)
            except NotFound:
                raise NotFound("open incident", str(incident_id)) from None
            incident = read_incident(uow, incident_id)
            if incident.resolved_at is not None:
                raise NotFound("open incident", str(incident_id))
            if case.status is CaseStatus.SUSPENDED:
                raise CaseSuspended(case.id)
            self._record_retry(uow, case, incident, reason, actor, now)
            if incident.job_id is None:
                self._stepper.step(uow, case, RetryIncident(incident.activation), SYSTEM, now)
                return
            job = read_job(uow, incident.job_id)
            if job is not None:
                update_job(uow, job, status=JobStatus.WAITING, due_at=now, attempt=0)
            save_case(uow, case, uow.write_events(case.id, case.tail), now)

    def _record_retry(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        incident: IncidentRow,
        reason: str,
        actor: Actor,
        now: datetime,
    ) -> None:
        key = f"retry_reason_{incident.id}"
        written = self._ports.fields.write(
            uow, case.ref, {key: TieredValue(reason, Tier.CASE)}, actor
        )
        uow.record(
            case.id,
            EventKind.INCIDENT_RESOLVED,
            {"code": incident.code, "commitments": dict(written.commitments)},
            actor=actor.account_id,
            at=now,
            element_id=incident.element_id,
            activation=incident.activation,
        )
        resolve_incidents(uow, case.id, [incident.activation], now, actor.account_id)


def _told(incident: IncidentRow, locale: str) -> str:
    if incident.said is None:
        return incident.message
    return told_incident(incident.element_id, json.loads(incident.said), locale)
