"""Moving one locked case to another version, and back, in the transaction that is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from engine import bpmn
from engine.errors import Conflict, NotFound
from engine.model import Actor, CaseStatus, EventKind, JobKind, JobStatus, Tier
from engine.ports import Ports, TieredValue
from engine.service.payloads import dump, load
from engine.service.publications import Publications
from engine.service.steps import Stepper
from engine.store import UnitOfWork
from engine.store.cases import CaseRow, DeploymentRow, read_deployment, save_case
from engine.store.jobs import JobRow, jobs_of, update_job
from engine.store.moved import (
    MigrationRow,
    insert_migration,
    mark_undone,
    migrations_of,
    relocate,
    restore_rows,
    revise_item,
    revise_subscription,
    rows_of,
)

Mapped = Mapping[str, str]


class Migrator:
    """Moves cases inside a transaction that somebody else opened and commits."""

    def __init__(self, ports: Ports, publications: Publications, stepper: Stepper) -> None:
        self._ports = ports
        self._publications = publications
        self._stepper = stepper

    def plan(
        self, uow: UnitOfWork, case: CaseRow, target: DeploymentRow, mapping: Mapped
    ) -> bpmn.MigrationPlan:
        """Return what a migration would do to a case.

        :raises CaseEnded: it has ended. :raises Conflict: it is in that version already.
        """
        _demand_other(case, target)
        old, new = self._processes(case, target)
        context = bpmn.StepContext(case.ref, self._ports.clock.now())
        aside = _set_aside(jobs_of(uow, case.id))
        return bpmn.plan_migration(old, new, case.state, mapping, context, aside)

    def move(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        target: DeploymentRow,
        mapping: Mapped,
        reason: str,
        actor: Actor,
        now: datetime,
    ) -> CaseRow:
        """Move a locked case.

        :returns: the case as it was saved.
        :raises MigrationRefused: something in it has no place there; nothing was changed.
        :raises CaseEnded: it has ended. :raises Conflict: it is in that version already.
        """
        _demand_other(case, target)
        old, new = self._processes(case, target)
        jobs, rows = jobs_of(uow, case.id), rows_of(uow, case.id)
        context = bpmn.StepContext(case.ref, now)
        moved = bpmn.migrate(old, new, case.state, mapping, context, _set_aside(jobs))
        self._record(uow, case, target, mapping, moved.plan, reason, actor, now)
        self._follow(uow, case, moved, jobs)
        there = replace(case, deployment_id=target.id)
        saved = self._stepper.settle(uow, there, moved.outcome, actor, now)
        kept = None if moved.went_on else case.state
        insert_migration(
            uow,
            MigrationRow(
                case_id=case.id,
                revision=saved.revision,
                from_deployment=case.deployment_id,
                to_deployment=target.id,
                mapping=mapping,
                state_before=kept,
                rows_before=None if kept is None else rows,
                migrated_at=now,
                migrated_by=actor.account_id,
                undone_at=None,
            ),
        )
        return saved

    def _processes(
        self, case: CaseRow, target: DeploymentRow
    ) -> tuple[bpmn.Publication, bpmn.Publication]:
        new = self._publications.runnable(target)
        return self._publications.get(case.deployment_id).process, new.process

    def _follow(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        moved: bpmn.Migrated,
        jobs: tuple[JobRow, ...],
    ) -> None:
        """Have the rows of what waits follow to the new version."""
        renamed = {
            m.activation: m.new
            for m in moved.plan.moves
            if m.activation and m.new is not None and m.old not in (None, m.new)
        }
        relocate(uow, case.id, renamed)
        for item in moved.tasks:
            revise_item(uow, case.id, item.activation, item.values)
        for wanted in moved.subscriptions:
            revise_subscription(uow, case.id, wanted.activation, wanted.values)
        calls = {call.activation: call for call in moved.calls}
        for job in jobs:
            if job.kind is JobKind.HANDLER and job.activation in {*calls, *renamed}:
                self._revise_call(uow, job, calls.get(job.activation), job.activation in renamed)

    def _revise_call(
        self, uow: UnitOfWork, job: JobRow, call: bpmn.CallRevised | None, renamed: bool
    ) -> None:
        payload = load(job.payload)
        if renamed and not payload.get("keyed_by"):
            payload["keyed_by"] = job.element_id  # Its idempotency key stays what it was.
        values: dict[str, object] = {}
        if call is not None:
            payload["arguments"] = dict(call.arguments)
            values = {"handler": call.handler, "retries": call.retries}
        update_job(uow, job, payload=dump(payload), **values)

    def _record(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        target: DeploymentRow,
        mapping: Mapped,
        plan: bpmn.MigrationPlan,
        reason: str,
        actor: Actor,
        now: datetime,
    ) -> None:
        source = read_deployment(uow, case.deployment_id)
        withdrawn = [m.old for m in plan.moves if m.fate is bpmn.Fate.WITHDRAWN]
        armed = [m.new for m in plan.moves if m.fate is bpmn.Fate.ARMED]
        uow.record(
            case.id,
            EventKind.CASE_MIGRATED,
            {
                "from": source.version,
                "from_deployment": source.id,
                "to": target.version,
                "to_deployment": target.id,
                "mapping": dict(mapping),
                "withdrawn": tuple(withdrawn),
                "armed": tuple(armed),
                "commitments": self._reason(uow, case, "migration_reason", reason, actor),
            },
            actor=actor.account_id,
            at=now,
        )

    def _reason(
        self, uow: UnitOfWork, case: CaseRow, what: str, reason: str, actor: Actor
    ) -> dict[str, str]:
        key = f"{what}_{case.revision}"
        field = {key: TieredValue(reason, Tier.CASE)}
        return dict(self._ports.fields.write(uow, case.ref, field, actor).commitments)

    # --- back ---------------------------------------------------------------------------------

    def undo(
        self, uow: UnitOfWork, case: CaseRow, reason: str, actor: Actor, now: datetime
    ) -> CaseRow:
        """Bring a locked case back to the version it came from, exactly as it was.

        :raises NotFound: it was never moved, or moved back already.
        :raises Conflict: it has gone on since; nothing was changed.
        """
        row = _undoable(uow, case)
        assert row.state_before is not None  # noqa: S101 - _undoable has looked
        assert row.rows_before is not None  # noqa: S101 - kept together with the state
        uow.record(
            case.id,
            EventKind.CASE_MIGRATION_UNDONE,
            {
                "from": read_deployment(uow, row.to_deployment).version,
                "from_deployment": row.to_deployment,
                "to": read_deployment(uow, row.from_deployment).version,
                "to_deployment": row.from_deployment,
                "commitments": self._reason(uow, case, "migration_undo_reason", reason, actor),
            },
            actor=actor.account_id,
            at=now,
        )
        restore_rows(uow, case.id, row.rows_before, now)
        mark_undone(uow, row, now)
        back = replace(case, state=row.state_before, deployment_id=row.from_deployment)
        tail = uow.write_events(case.id, case.tail)
        save_case(uow, back, tail, now)
        return replace(back, revision=back.revision + 1, updated_at=now, tail=tail)


def can_undo(uow: UnitOfWork, case: CaseRow) -> bool:
    """Tell whether the last migration of a case can still be undone."""
    rows = [row for row in migrations_of(uow, case.id) if row.undone_at is None]
    return bool(rows) and _hindrance(rows[-1], case) is None


def _undoable(uow: UnitOfWork, case: CaseRow) -> MigrationRow:
    rows = [row for row in migrations_of(uow, case.id) if row.undone_at is None]
    if not rows:
        raise NotFound("migration to undo", case.reference)
    hindrance = _hindrance(rows[-1], case)
    if hindrance is not None:
        raise Conflict(hindrance)
    return rows[-1]


def _hindrance(row: MigrationRow, case: CaseRow) -> str | None:
    if case.status in {CaseStatus.COMPLETED, CaseStatus.CANCELLED}:
        return f"Case {case.reference} is {case.status}; its migration cannot be undone."
    remedy = "Nothing was changed. Move it on to a version that suits it, with a mapping."
    if row.revision != case.revision:
        return f"Case {case.reference} has gone on since it was moved. {remedy}"
    if row.state_before is None:
        return f"Case {case.reference} went on by itself as it was moved. {remedy}"
    return None


def _demand_other(case: CaseRow, target: DeploymentRow) -> None:
    if target.scheme != case.scheme:
        raise NotFound("version", f"{case.scheme}, not {target.scheme}")
    if target.id == case.deployment_id:
        raise Conflict(f"Case {case.reference} is in version {target.version} already.")


def _set_aside(jobs: tuple[JobRow, ...]) -> frozenset[int]:
    return frozenset(
        job.activation
        for job in jobs
        if job.kind is JobKind.HANDLER and job.status is JobStatus.INCIDENT
    )
