"""Moving the cases of a version in bulk: one transaction a case, paused, resumed, tried again."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from engine import bpmn
from engine.errors import Conflict, InvalidAnswer
from engine.model import Actor
from engine.service.base import UseCases
from engine.service.batches import place_of, told
from engine.service.migrating import Mapped, can_undo
from engine.service.migration_views import BatchItemView, BatchPreview, BatchView
from engine.service.migrations import demand, demand_mover, pair_of, running_in
from engine.store import UnitOfWork, retried
from engine.store.batches import (
    BatchRow,
    BatchStatus,
    ItemStatus,
    batches_of,
    continue_batch,
    counts_of,
    insert_batch,
    items_of,
    jobs_of_batch,
    read_batch,
    stop_batch,
)
from engine.store.cases import read_case, read_deployment

EXAMPLES = 10


class MigrationBatches(UseCases):
    """What designers and administrators do with all cases of a version."""

    def preview_batch(
        self,
        scheme: str,
        from_version: int,
        to_version: int,
        mapping: Mapped,
        only: Collection[str] = (),
        locale: str = "fr",
    ) -> BatchPreview:
        """Return what a migration in bulk would do; nothing is changed.

        :param only: references of cases; all that run in the version if left out.
        :raises NotFound: the scheme has no such version.
        """
        reasons: Counter[str] = Counter()
        changes: Counter[str] = Counter()
        cases, examples = 0, []
        with self.store.snapshot() as uow:
            source, target = pair_of(uow, scheme, from_version, to_version)
            for case in running_in(uow, source, only):
                cases += 1
                plan = self._migrator.plan(uow, case, target, mapping)
                if plan.possible:
                    changes.update(_changes(plan, locale))
                else:
                    reasons.update(set(plan.reasons(locale)))
                    examples.append(case.reference)
        return BatchPreview(
            scheme=scheme,
            from_version=from_version,
            to_version=to_version,
            cases=cases,
            possible=cases - len(examples),
            refused=dict(reasons.most_common()),
            changes=dict(changes.most_common()),
            examples=tuple(examples[:EXAMPLES]),
        )

    @retried
    def start_migration_batch(
        self,
        scheme: str,
        from_version: int,
        to_version: int,
        mapping: Mapped,
        reason: str,
        actor: Actor,
        only: Collection[str] = (),
    ) -> BatchView:
        """Have the cases of a version moved, each in a transaction of its own, by the workers.

        :param only: references of cases; all that run in the version now if left out.
        :raises InvalidAnswer: no reason is given, or the mapping names what is not there.
        :raises NotFound: the scheme has no such version. :raises NotAllowed: the actor may not.
        :raises DocumentationOnly: the version that they would go to is there to be read only.
        """
        demand(reason)
        now = self.now()
        with self.store.unit_of_work() as uow:
            source, target = pair_of(uow, scheme, from_version, to_version)
            old, new = self._publications.get(source.id), self._publications.runnable(target)
            demand_mover(actor, scheme, old.config.country)
            problems = bpmn.mapping_problems(old.process, new.process, mapping)
            if problems:
                raise InvalidAnswer({"mapping": " ".join(note.told("en") for note in problems)})
            batch = BatchRow(
                id=uuid.uuid4().hex,
                scheme=scheme,
                from_deployment=source.id,
                to_deployment=target.id,
                mapping=dict(mapping),
                reason=b"",
                status=BatchStatus.RUNNING,
                created_at=now,
                created_by=actor.account_id,
            )
            place = place_of(batch, old.config.country)
            sealed = self._ports.fields.seal(uow, place, reason.encode())
            cases = [case.id for case in running_in(uow, source, only)]
            insert_batch(uow, replace(batch, reason=sealed), cases, now)
            return self._batch(uow, batch)

    def migration_batches(self, scheme: str | None = None) -> tuple[BatchView, ...]:
        """Return the migrations in bulk, the newest first."""
        with self.store.snapshot() as uow:
            return tuple(self._batch(uow, row) for row in batches_of(uow, scheme))

    def migration_batch(self, batch_id: str) -> BatchView:
        """Return a migration in bulk with how far it has come.

        :raises NotFound: there is none.
        """
        with self.store.snapshot() as uow:
            return self._batch(uow, read_batch(uow, batch_id))

    def migration_items(
        self,
        batch_id: str,
        statuses: Sequence[str] = (),
        locale: str = "fr",
        limit: int = 500,
    ) -> tuple[BatchItemView, ...]:
        """Return the cases of a batch by reference, those that are where it says.

        :raises NotFound: there is no such batch.
        """
        wanted = [ItemStatus(status) for status in statuses] or None
        with self.store.snapshot() as uow:
            batch = read_batch(uow, batch_id)
            return tuple(
                BatchItemView(
                    case_id=row.case_id,
                    reference=row.reference,
                    status=row.status,
                    reasons=told(row.detail, locale),
                    at=row.at,
                    can_undo=row.status is ItemStatus.MOVED
                    and self._undoable(uow, row.case_id, batch),
                )
                for row in items_of(uow, batch_id, wanted, limit)
            )

    def _undoable(self, uow: UnitOfWork, case_id: str, batch: BatchRow) -> bool:
        case = read_case(uow, case_id)
        return case.deployment_id == batch.to_deployment and can_undo(uow, case)

    @retried
    def pause_batch(self, batch_id: str, actor: Actor) -> BatchView:
        """Stop a batch between two cases until it is resumed.

        :raises Conflict: it was cancelled. :raises NotAllowed: the actor may not.
        """
        with self.store.unit_of_work() as uow:
            self._open_batch(uow, batch_id, actor)
            stop_batch(uow, batch_id, BatchStatus.PAUSED)
            return self._batch(uow, read_batch(uow, batch_id))

    @retried
    def cancel_batch(self, batch_id: str, actor: Actor) -> BatchView:
        """Stop a batch for good; cases that were moved stay so.

        :raises Conflict: it was cancelled already. :raises NotAllowed: the actor may not.
        """
        with self.store.unit_of_work() as uow:
            self._open_batch(uow, batch_id, actor)
            stop_batch(uow, batch_id, BatchStatus.CANCELLED)
            return self._batch(uow, read_batch(uow, batch_id))

    @retried
    def resume_batch(self, batch_id: str, actor: Actor, *, refused: bool = False) -> BatchView:
        """Let a batch go on.

        :param refused: try those again as well that were refused or failed.
        :raises Conflict: it was cancelled. :raises NotAllowed: the actor may not.
        """
        again = (ItemStatus.REFUSED, ItemStatus.FAILED) if refused else ()
        with self.store.unit_of_work() as uow:
            self._open_batch(uow, batch_id, actor)
            continue_batch(uow, batch_id, self.now(), again)
            return self._batch(uow, read_batch(uow, batch_id))

    def run_batch(self, batch_id: str, limit: int = 100) -> int:
        """Move waiting cases of a batch here and now, beside whatever workers do.

        :returns: how many were tried; 0 when none waits any more.
        """
        with self.store.snapshot() as uow:
            jobs = jobs_of_batch(uow, batch_id, limit)
        return sum(1 for job in jobs if self.runner.run(job))

    def _open_batch(self, uow: UnitOfWork, batch_id: str, actor: Actor) -> BatchRow:
        batch = read_batch(uow, batch_id, lock=True)
        country = self._publications.get(batch.from_deployment).config.country
        demand_mover(actor, batch.scheme, country)
        if batch.status is BatchStatus.CANCELLED:
            raise Conflict(
                f"Migration {batch_id} was cancelled; it takes nothing up again. Start another."
            )
        return batch

    def _batch(self, uow: UnitOfWork, batch: BatchRow) -> BatchView:
        counts = counts_of(uow, batch.id)
        done = batch.status is BatchStatus.RUNNING and not counts[ItemStatus.WAITING]
        return BatchView(
            id=batch.id,
            scheme=batch.scheme,
            from_version=read_deployment(uow, batch.from_deployment).version,
            to_version=read_deployment(uow, batch.to_deployment).version,
            mapping=batch.mapping,
            status="done" if done else str(batch.status),
            counts={str(status): count for status, count in counts.items()},
            created_at=batch.created_at,
            created_by=batch.created_by,
        )


def _changes(plan: bpmn.MigrationPlan, locale: str) -> set[str]:
    colon = " : " if locale == "fr" else ": "
    return {f"{move.name}{colon}{n.told(locale)}" for move in plan.moves for n in move.notes}
