"""The engine's use cases: one public method = one use case = one transaction.

Every use case reads the same: load → advance → save. What an actor may not see is
:class:`~engine.errors.NotFound`; what they may see and not do is
:class:`~engine.errors.NotAllowed`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import bpmn
from engine.errors import (
    AlreadyClaimed,
    CaseEnded,
    Finding,
    InvalidAnswer,
    NotAllowed,
    NotFound,
    WorkItemClosed,
)
from engine.model import (
    SYSTEM,
    Actor,
    CancelProcess,
    CaseStatus,
    CompleteActivity,
    EventKind,
    JobStatus,
    MessageSent,
    RetryIncident,
    StartProcess,
    Tier,
    TriggerEvent,
    Variables,
    WorkItemStatus,
)
from engine.ports import Ports, TieredValue
from engine.service.answers import Accepted, accept
from engine.service.publications import (
    Deployed,
    Publications,
    compile_files,
    digest,
    lint_files,
    read_folder,
)
from engine.service.reading import Reading
from engine.service.runner import Runner
from engine.service.steps import Stepper
from engine.service.views import CaseView, DeploymentView
from engine.settings import Settings
from engine.store import GENESIS, NewEvent, Store, Tail, UnitOfWork
from engine.store import queries as q
from engine.store.cases import (
    CaseRow,
    DeploymentRow,
    case_by_request,
    insert_case,
    insert_deployment,
    latest_deployment,
    lock_case,
    next_number,
    save_case,
)
from engine.store.messages import first_publication, subscriptions_of
from engine.store.work import (
    IncidentRow,
    WorkItemRow,
    next_due,
    parse_work_item_id,
    performers,
    read_incident,
    read_job,
    read_work_item,
    resolve_incidents,
    update_job,
    update_work_item,
)

DRAFT_LIMIT_BYTES = 500_000


class Engine(Reading):
    """A BPMN case engine over a store, with everything from outside passed in.

    Reading use cases are in :class:`~engine.service.reading.Reading`; these change something.
    """

    def __init__(self, store: Store, ports: Ports, settings: Settings) -> None:
        super().__init__(store, ports, Publications(store, ports.registry.specs))
        self.settings = settings
        self._stepper = Stepper(store, ports, self._publications)
        self.runner = Runner(store, ports, self._stepper, settings.lease_s)

    # --- publications --------------------------------------------------------------------

    def lint(self, folder: Path) -> tuple[Finding, ...]:
        """Return everything there is to say of a scheme's folder, errors first."""
        return lint_files(read_folder(folder), self._ports.registry.specs)

    def deploy(self, folder: Path, actor: Actor) -> DeploymentView:
        """Publish a scheme's folder as one immutable deployment.

        The same files published again make no new deployment.

        :raises DeploymentRefused: something in it has errors; nothing was stored.
        """
        files = read_folder(folder)
        deployed = compile_files(files, self._ports.registry.specs)
        now, sha = self._ports.clock.now(), digest(files)
        with self._store.unit_of_work() as uow:
            latest = latest_deployment(uow, deployed.config.id)
            if latest is not None and latest.digest == sha:
                row, created = latest, False
            else:
                version = 1 if latest is None else latest.version + 1
                row = DeploymentRow(
                    uuid.uuid4().hex, deployed.config.id, version, sha, now, actor.account_id
                )
                insert_deployment(uow, row, files)
                created = True
        self._publications.keep(row.id, deployed)
        return DeploymentView(row.id, row.scheme, row.version, sha, row.created_at, created)

    # --- starting ------------------------------------------------------------------------

    def start(
        self,
        scheme: str,
        answer: Mapping[str, object],
        actor: Actor,
        *,
        request_id: str | None = None,
        locale: str = "fr",
    ) -> CaseView:
        """Start a case of a scheme from the answer to its start form.

        :param request_id: the caller's id of this request; sent twice, it starts one case.
        :raises NotFound: the actor may not start this scheme, or there is none.
        :raises InvalidAnswer: the answer does not fit the start form; nothing was stored.
        """
        row, deployed = self._startable(scheme, actor)
        form_id, groups = bpmn.start_form(deployed.process)
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            known = case_by_request(uow, request_id) if request_id else None
            if known is not None:
                return self._view(uow, self._visible(uow, known, actor), locale)
            case = self._new_case(uow, row.id, deployed, actor, now)
            insert_case(uow, case, request_id)
            self._add_parties(uow, case, deployed, actor, groups, now)
            accepted = accept(
                uow,
                self._ports.fields,
                case,
                deployed.form(form_id) if form_id else None,
                answer,
                actor,
                known={},
                labels=deployed.labels_in(locale),
                now=now,
            )
            self._record_answer(uow, EventKind.CASE_STARTED, accepted, actor, now, None, None)
            case = self._stepper.step(
                uow, accepted.case, StartProcess(accepted.variables), actor, now
            )
            return self._view(uow, case, locale)

    def _new_case(
        self, uow: UnitOfWork, deployment_id: str, deployed: Deployed, actor: Actor, now: datetime
    ) -> CaseRow:
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

    def _add_parties(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        deployed: Deployed,
        actor: Actor,
        groups: tuple[str, ...],
        now: datetime,
    ) -> None:
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

    # --- tasks ---------------------------------------------------------------------------

    def claim(self, work_item_id: str, actor: Actor) -> None:
        """Take a task: nobody else may complete it until it is released.

        :raises AlreadyClaimed: somebody else holds it.
        :raises WorkItemClosed: it is done or withdrawn.
        :raises NotAllowed: the actor did a step that this one must be kept apart from.
        """
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            _, item = self._doable(uow, work_item_id, actor, now)
            if item.assignee != actor.account_id:
                update_work_item(uow, item, assignee=actor.account_id)
                self._record_task(uow, item, EventKind.TASK_CLAIMED, actor, now)

    def release(self, work_item_id: str, actor: Actor) -> None:
        """Give a task back to its groups; a draft stays with it.

        :raises NotAllowed: the actor does not hold it.
        """
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            _, item = self._doable(uow, work_item_id, actor, now)
            if item.assignee != actor.account_id:
                raise NotAllowed(
                    f"Task {work_item_id} is not yours, so there is nothing to release."
                )
            update_work_item(uow, item, assignee=None)
            self._record_task(uow, item, EventKind.TASK_RELEASED, actor, now)

    def save_draft(self, work_item_id: str, answer: Mapping[str, object], actor: Actor) -> None:
        """Keep what was typed, unchecked and encrypted, and take the task.

        :raises InvalidAnswer: it is larger than a draft may be.
        """
        now = self._ports.clock.now()
        raw = json.dumps(dict(answer), ensure_ascii=False, default=str).encode()
        if len(raw) > DRAFT_LIMIT_BYTES:
            raise InvalidAnswer({"": f"A draft holds at most {DRAFT_LIMIT_BYTES} bytes."})
        with self._store.unit_of_work() as uow:
            case, item = self._doable(uow, work_item_id, actor, now)
            sealed = self._ports.fields.seal(uow, case.ref, raw)
            update_work_item(uow, item, draft=sealed, draft_at=now, assignee=actor.account_id)

    def complete(
        self,
        work_item_id: str,
        answer: Mapping[str, object],
        actor: Actor,
        *,
        reason: str | None = None,
        locale: str = "fr",
    ) -> CaseView:
        """Complete a task with its answer and advance the case.

        :raises InvalidAnswer: the answer does not fit the form; nothing was stored.
        :raises WorkItemClosed: somebody else completed it first; says who and when.
        """
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            case, item = self._doable(uow, work_item_id, actor, now)
            deployed = self._publications.get(case.deployment_id)
            if item.reason_required and not (reason or "").strip():
                raise InvalidAnswer({"reason": self._reason_missing(deployed, locale)})
            accepted = accept(
                uow,
                self._ports.fields,
                case,
                deployed.form(item.form_id) if item.form_id else None,
                answer,
                actor,
                known=bpmn.variables_at(deployed.process, case.state, item.activation),
                labels=deployed.labels_in(locale),
                now=now,
                reason=reason,
            )
            update_work_item(
                uow,
                item,
                status=WorkItemStatus.COMPLETED,
                closed_at=now,
                closed_by=actor.account_id,
                draft=None,
            )
            self._record_answer(
                uow,
                EventKind.TASK_COMPLETED,
                accepted,
                actor,
                now,
                item.element_id,
                item.activation,
            )
            case = self._stepper.step(
                uow,
                accepted.case,
                CompleteActivity(item.activation, accepted.variables),
                actor,
                now,
            )
            return self._view(uow, case, locale)

    # --- what may be asked of a case at any time --------------------------------------------

    def send(
        self,
        case_id: str,
        activation: int,
        answer: Mapping[str, object],
        actor: Actor,
        *,
        locale: str = "fr",
    ) -> CaseView:
        """Send a message that the case awaits from people, such as a withdrawal.

        :raises NotFound: the case does not await it, or not from this actor.
        """
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            case = self._active(uow, case_id, actor)
            deployed = self._publications.get(case.deployment_id)
            waiting = next(
                (
                    row
                    for row in subscriptions_of(uow, case_id)
                    if row.activation == activation and actor.roles & set(row.candidate_groups)
                ),
                None,
            )
            if waiting is None:
                raise NotFound("action", f"{case_id}/{activation}")
            accepted = accept(
                uow,
                self._ports.fields,
                case,
                deployed.form(waiting.form_id) if waiting.form_id else None,
                answer,
                actor,
                known=bpmn.variables_at(deployed.process, case.state, None),
                labels=deployed.labels_in(locale),
                now=now,
            )
            self._record_answer(
                uow, "action.sent", accepted, actor, now, waiting.element_id, activation
            )
            case = self._stepper.step(
                uow, accepted.case, TriggerEvent(activation, accepted.variables), actor, now
            )
            return self._view(uow, case, locale)

    def cancel(self, case_id: str, reason: str, actor: Actor, *, locale: str = "fr") -> CaseView:
        """End a case; everything that waits in it is withdrawn. The reason is kept encrypted.

        :raises InvalidAnswer: no reason is given.
        """
        if not reason.strip():
            raise InvalidAnswer({"reason": "A reason is needed to cancel a case."})
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            case = self._active(uow, case_id, actor)
            written = self._ports.fields.write(
                uow, case.ref, {"cancel_reason": TieredValue(reason, Tier.CASE)}, actor
            )
            uow.record(
                case_id,
                "case.cancel_requested",
                {"commitments": dict(written.commitments)},
                actor=actor.account_id,
                at=now,
            )
            return self._view(
                uow, self._stepper.step(uow, case, CancelProcess(), actor, now), locale
            )

    def publish(
        self,
        message: str,
        keys: Variables,
        variables: Variables,
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
    ) -> int:
        """Publish a message to every case that waits for it with all of these keys.

        :param message_id: idempotency id: published again while it lives, it is not repeated.
        :returns: how many cases wait for it; at 0 it is buffered for its time-to-live.
        """
        now = self._ports.clock.now()
        sent = MessageSent(0, "", message, keys, variables, time_to_live_s)
        with self._store.unit_of_work() as uow:
            until = self._later(now, time_to_live_s)
            if message_id and not first_publication(uow, message, message_id, until):
                return 0
            return self._stepper.publish(uow, sent, now)

    # --- due work and incidents -------------------------------------------------------------

    def run_due(self, limit: int = 1000) -> int:
        """Run the jobs whose moment has come, remote calls included, one after another.

        :returns: how many ran; fewer than ``limit`` when nothing is due any more.
        """
        ran = 0
        while ran < limit:
            jobs = self.runner.due(min(100, limit - ran))
            done = sum(1 for job in jobs if self.runner.run(job))
            if not done:
                break
            ran += done
        return ran

    def next_due(self) -> datetime | None:
        """Return the moment of the next waiting job, or ``None``."""
        with self._store.snapshot() as uow:
            return next_due(uow)

    def retry(self, incident_id: int, reason: str, actor: Actor) -> None:
        """Try again where a case stopped; history keeps who asked for it.

        :raises InvalidAnswer: no reason is given. :raises NotFound: the incident is over.
        """
        if not reason.strip():
            raise InvalidAnswer({"reason": "A reason is needed to retry."})
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:
            incident = read_incident(uow, incident_id)
            case = lock_case(uow, incident.case_id)
            incident = read_incident(uow, incident_id)
            if case is None or incident.resolved_at is not None:
                raise NotFound("open incident", str(incident_id))
            if case.status is not CaseStatus.ACTIVE:
                raise CaseEnded(case.id, case.status)
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

    # --- shared --------------------------------------------------------------------------

    def _active(self, uow: UnitOfWork, case_id: str, actor: Actor) -> CaseRow:
        if not q.can_see(uow, case_id, actor, self._ports.clock.now()):
            raise NotFound("case", case_id)
        case = lock_case(uow, case_id)
        if case is None:
            raise NotFound("case", case_id)
        if case.status is not CaseStatus.ACTIVE:
            raise CaseEnded(case_id, case.status)
        return case

    def _doable(
        self, uow: UnitOfWork, work_item_id: str, actor: Actor, now: datetime
    ) -> tuple[CaseRow, WorkItemRow]:
        case_id, activation = parse_work_item_id(work_item_id)
        if not q.can_see(uow, case_id, actor, now):
            raise NotFound("task", work_item_id)
        case = lock_case(uow, case_id)
        item = read_work_item(uow, case_id, activation)
        if item.status is not WorkItemStatus.OPEN or case is None:
            raise WorkItemClosed(work_item_id, item.status, item.closed_by, item.closed_at)
        if item.assignee not in (None, actor.account_id):
            raise AlreadyClaimed(work_item_id, str(item.assignee))
        if not q.may_do(uow, item, actor, now):
            raise NotAllowed(
                f"Task {work_item_id} ('{item.name}') is not for your roles. "
                "Ask somebody of its group."
            )
        if item.separate_from and actor.account_id in performers(uow, case_id, item.separate_from):
            raise NotAllowed(
                f"Task {work_item_id} ('{item.name}') must be done by somebody else: you did "
                f"{', '.join(item.separate_from)} in this case."
            )
        return case, item

    def _record_task(
        self, uow: UnitOfWork, item: WorkItemRow, kind: str, actor: Actor, now: datetime
    ) -> None:
        uow.record(
            item.case_id,
            kind,
            {},
            actor=actor.account_id,
            at=now,
            element_id=item.element_id,
            activation=item.activation,
        )

    def _record_answer(
        self,
        uow: UnitOfWork,
        kind: str,
        accepted: Accepted,
        actor: Actor,
        now: datetime,
        element_id: str | None,
        activation: int | None,
    ) -> None:
        data: dict[str, Any] = {"commitments": dict(accepted.commitments)}
        if kind == EventKind.CASE_STARTED:
            data["reference"] = accepted.case.reference
            data["deployment"] = accepted.case.deployment_id
        uow.record_all(
            accepted.case.id, [NewEvent(kind, actor.account_id, now, element_id, activation, data)]
        )
