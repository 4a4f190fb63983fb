"""New cases: their number, who sees them, and those that timers, messages and signals start."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from engine import bpmn
from engine.errors import StoreUnavailable
from engine.jobs.backoff import retry_delay
from engine.jobs.failures import failure_text
from engine.model import (
    SYSTEM,
    Actor,
    CaseStatus,
    EventKind,
    JobStatus,
    StartProcess,
    StartTrigger,
)
from engine.ports import Ports
from engine.service import messages
from engine.service.payloads import dump, load
from engine.service.publications import Deployed, Publications
from engine.service.steps import Stepper
from engine.store import GENESIS, Store, Tail, UnitOfWork, retried
from engine.store.cases import (
    CaseRow,
    case_by_request,
    insert_case,
    latest_deployment,
    next_number,
    read_case,
)
from engine.store.links import insert_link
from engine.store.starts import (
    StartEventRow,
    StartJobRow,
    delete_start,
    due_starts,
    insert_start,
    replace_start_events,
    revive,
    take_timers,
    update_start,
)

RETRIES = "retries"
"""Where a start's payload keeps who had it tried again, and when."""
ATTEMPTS = 3
"""How often a start is tried before an operator is asked."""

log = structlog.get_logger(__name__)


def new_case(
    uow: UnitOfWork, deployment_id: str, deployed: Deployed, actor: Actor, now: datetime
) -> CaseRow:
    """Return a case of a scheme under the next number of its year; nothing of it runs yet."""
    config = deployed.config
    prefix = f"{config.reference_prefix}-{now.year}"
    return CaseRow(
        id=uuid.uuid4().hex,
        reference=f"{prefix}-{next_number(uow, prefix):05d}",
        scheme=config.id,
        deployment_id=deployment_id,
        country=config.country,
        subject=None,
        status=CaseStatus.ACTIVE,
        state=b"",
        revision=0,
        started_at=now,
        started_by=actor.account_id,
        updated_at=now,
        ended_at=None,
        tail=Tail(0, GENESIS),
    )


def add_parties(
    uow: UnitOfWork,
    case: CaseRow,
    deployed: Deployed,
    actor: Actor,
    groups: tuple[str, ...],
    now: datetime,
) -> None:
    """Let the scheme's standing organisations see a case, and that of who starts it."""
    parties = [(p.organisation, p.role) for p in deployed.config.standing_parties]
    parties += [
        (grant.organisation_id, grant.role)
        for grant in actor.grants
        if grant.organisation_id is not None and grant.role in groups
    ]
    for organisation_id, role in dict.fromkeys(parties):
        uow.add_party(case.id, organisation_id, role, now)
        uow.record(
            case.id,
            EventKind.PARTY_ADDED,
            {"organisation": organisation_id, "role": role},
            actor=SYSTEM.account_id,
            at=now,
        )


class Starts:
    """Starts the cases that nobody asks for by hand, each in a transaction of its own.

    Changing or deleting the row, conditional on how it was read, is the exactly-once guard:
    whoever does it starts the case in the same commit.
    """

    def __init__(
        self, store: Store, ports: Ports, publications: Publications, stepper: Stepper
    ) -> None:
        self._store = store
        self._ports = ports
        self._publications = publications
        self._stepper = stepper

    def due(self, limit: int) -> tuple[StartJobRow, ...]:
        """Return the starts whose moment has come; nothing is locked."""
        with self._store.snapshot() as uow:
            return due_starts(uow, self._ports.clock.now(), limit)

    def run(self, job: StartJobRow) -> bool:
        """Start what is due; ``False`` if somebody else has it or had it.

        A failure is written on the row: tried again later, and after the last attempt left to an
        operator or to a corrected publication.

        :raises StoreUnavailable: the database is away; the start stays due.
        """
        try:
            return self._run(job)
        except StoreUnavailable:
            raise  # No fault of the start's: it costs no attempt.
        except Exception as error:  # noqa: BLE001 - the row must say what stopped it
            self._failed(job, error)
            return True

    @retried
    def _run(self, job: StartJobRow) -> bool:
        with self._store.unit_of_work() as uow:
            return self.run_within(uow, job)

    def run_within(self, uow: UnitOfWork, job: StartJobRow) -> bool:
        """Start what is due in a transaction that is open; otherwise as :meth:`run`."""
        now = self._ports.clock.now()
        if job.trigger is StartTrigger.TIMER:
            return self._by_timer(uow, job, now)
        return self._by_name(uow, job, now)

    def _by_timer(self, uow: UnitOfWork, job: StartJobRow, now: datetime) -> bool:
        newest = latest_deployment(uow, job.scheme)
        if newest is None or newest.id != job.deployment_id:
            return delete_start(uow, job)
        deployed, payload = self._publications.get(newest.id), load(job.payload)
        payload.pop(RETRIES, None)  # They are told of the case that begins now, not of the next.
        cycle = json.loads(payload["cycle"])
        following = bpmn.following(deployed.process, cycle, now)
        if following is None:
            mine = delete_start(uow, job)
        else:
            kept = dump({**payload, "cycle": json.dumps(following[1])})
            mine = update_start(uow, job, due_at=following[0], payload=kept, attempt=0)
        if mine:
            self._start(uow, newest.id, deployed, job, {}, None, now)
        return mine

    def _by_name(self, uow: UnitOfWork, job: StartJobRow, now: datetime) -> bool:
        newest = latest_deployment(uow, job.scheme)
        if newest is None or not delete_start(uow, job):
            return False
        deployed, payload = self._publications.get(newest.id), load(job.payload)
        request = None
        if job.trigger is StartTrigger.MESSAGE:
            request = messages.start_request(job.scheme, payload)
        if request is not None:
            uow.serialize(f"start {request}")
        known = request is not None and case_by_request(uow, request) is not None
        if known or not _begins(deployed, job):
            if job.trigger is StartTrigger.MESSAGE:
                messages.hand_over(uow, payload, now)
            return True
        self._start(uow, newest.id, deployed, job, payload, request, now)
        return True

    def _start(
        self,
        uow: UnitOfWork,
        deployment_id: str,
        deployed: Deployed,
        job: StartJobRow,
        payload: Mapping[str, Any],
        request: str | None,
        now: datetime,
    ) -> None:
        case = new_case(uow, deployment_id, deployed, SYSTEM, now)
        case = replace(case, subject=payload.get("about"))
        insert_case(uow, case, request)
        sender = payload.get("sender")
        if sender is not None:
            insert_link(uow, case.id, sender, now)
        data: dict[str, Any] = {
            "reference": case.reference,
            "deployment": deployment_id,
            "trigger": str(job.trigger),
            "start_event": job.element_id,
            "commitments": {},
        }
        if retries := load(job.payload).get(RETRIES):
            data[RETRIES] = retries
        if sender is not None:
            data["origin"] = read_case(uow, sender).reference
        uow.record(case.id, EventKind.CASE_STARTED, data, actor=SYSTEM.account_id, at=now)
        add_parties(uow, case, deployed, SYSTEM, (), now)
        begin = StartProcess(payload.get("variables", {}), job.element_id)
        self._stepper.step(uow, case, begin, SYSTEM, now)

    @retried
    def _failed(self, job: StartJobRow, error: Exception) -> None:
        text, now = failure_text(error), self._ports.clock.now()
        log.warning("start failed", scheme=job.scheme, at=job.element_id, error=text)
        attempt = job.attempt + 1
        with self._store.unit_of_work() as uow:
            update_start(
                uow,
                job,
                attempt=attempt,
                status=JobStatus.INCIDENT if attempt >= ATTEMPTS else JobStatus.WAITING,
                due_at=now + retry_delay(attempt),
                last_error=text,
            )


def _begins(deployed: Deployed, job: StartJobRow) -> bool:
    """Return whether the newest publication still begins there by this."""
    return any(
        found.element_id == job.element_id and found.trigger is job.trigger
        for found in bpmn.beginnings(deployed.process)
    )


def publish_starts(uow: UnitOfWork, deployment_id: str, deployed: Deployed, now: datetime) -> None:
    """Have a new publication begin cases from now on, in the place of the one before.

    A timer that says what it said before goes on as it was: publishing again neither restarts a
    cycle nor loses a moment that has come and waits for its worker. A date that is past begins
    nothing: it was an earlier publication's.
    """
    scheme = deployed.config.id
    rows = [
        StartEventRow(scheme, found.element_id, found.trigger, found.name)
        for found in bpmn.beginnings(deployed.process)
    ]
    replace_start_events(uow, scheme, rows)
    before = {(row.element_id, load(row.payload)["timer"]): row for row in take_timers(uow, scheme)}
    for timer in bpmn.timer_starts(deployed.process, now):
        known = before.pop((timer.element_id, timer.text), None)
        goes_on = known is not None and (timer.cycle is not None or known.due_at <= now)
        if goes_on or timer.due >= now:
            _schedule(uow, scheme, deployment_id, timer, known if goes_on else None)
    revive(uow, now, scheme=scheme)


def _schedule(
    uow: UnitOfWork,
    scheme: str,
    deployment_id: str,
    timer: bpmn.TimerStart,
    known: StartJobRow | None,
) -> None:
    fresh = dump({"timer": timer.text, "cycle": json.dumps(timer.cycle)})
    insert_start(
        uow,
        scheme=scheme,
        element_id=timer.element_id,
        trigger=StartTrigger.TIMER,
        due_at=timer.due if known is None else known.due_at,
        payload=fresh if known is None else known.payload,
        deployment_id=deployment_id,
    )
