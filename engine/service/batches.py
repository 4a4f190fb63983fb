"""One case of a migration in bulk, in its own transaction: moved, refused or failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from engine import bpmn
from engine.errors import PasserelleError, RevisionConflict, StoreUnavailable
from engine.jobs.failures import failure_text
from engine.model import Actor, CaseRef
from engine.ports import Ports
from engine.service.migrating import Migrator
from engine.store import UnitOfWork, lost_to_another
from engine.store.batches import BatchRow, BatchStatus, ItemStatus, read_batch, set_item
from engine.store.cases import CaseRow, DeploymentRow, read_deployment

log = structlog.get_logger(__name__)


class Batches:
    """Moves the cases of batches; each in a transaction that somebody else opened."""

    def __init__(self, ports: Ports, migrator: Migrator) -> None:
        self._ports = ports
        self._migrator = migrator

    def run_item(self, uow: UnitOfWork, case: CaseRow, batch_id: str, now: datetime) -> None:
        """Move a locked case of a batch, planned anew, and write what became of it.

        :raises RevisionConflict: another transaction advanced it; so :class:`StoreUnavailable`.
        """
        batch = read_batch(uow, batch_id)
        if batch.status is not BatchStatus.RUNNING:
            return
        status, detail = self._try(uow, case, batch, now)
        set_item(uow, batch_id, case.id, status, detail, now)

    def _try(
        self, uow: UnitOfWork, case: CaseRow, batch: BatchRow, now: datetime
    ) -> tuple[ItemStatus, dict[str, Any]]:
        target = read_deployment(uow, batch.to_deployment)
        try:
            with uow.savepoint():
                reason = self._ports.fields.unseal(uow, place_of(batch, case.country), batch.reason)
                self._move(uow, case, batch, target, reason.decode(), now)
        except bpmn.MigrationRefused as refused:
            return ItemStatus.REFUSED, notes_of(refused.plan)
        except (StoreUnavailable, RevisionConflict):
            raise
        except PasserelleError as error:
            return ItemStatus.REFUSED, {"text": str(error)}
        except Exception as error:
            if lost_to_another(error):
                raise
            text = failure_text(error)
            log.warning("migration failed", case=case.id, batch=batch.id, error=text)
            return ItemStatus.FAILED, {"text": text}
        return ItemStatus.MOVED, {}

    def _move(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        batch: BatchRow,
        target: DeploymentRow,
        reason: str,
        now: datetime,
    ) -> None:
        if case.deployment_id not in {batch.from_deployment, batch.to_deployment}:
            raise PasserelleError(
                f"Case {case.reference} was moved to another version meanwhile. Look at it by "
                "itself."
            )
        actor = Actor(batch.created_by)
        self._migrator.move(uow, case, target, batch.mapping, reason, actor, now)


def place_of(batch: BatchRow, country: str) -> CaseRef:
    """Return under what a batch's reason is sealed: a key of its own, as a case has."""
    return CaseRef(batch.id, batch.id, batch.scheme, country)


def notes_of(plan: bpmn.MigrationPlan) -> dict[str, Any]:
    """Return why a plan cannot be done, to be kept and told in any language later."""
    stuck = [note for m in plan.moves if m.fate is bpmn.Fate.STUCK for note in m.notes]
    return {
        "notes": [
            {"code": n.code, "figures": dict(n.figures), "near": list(n.near)}
            for n in (*plan.problems, *stuck)
        ]
    }


def told(detail: Any, language: str) -> tuple[str, ...]:
    """Return what was kept of a case that did not move, in French or English."""
    if "text" in detail:
        return (str(detail["text"]),)
    return tuple(
        bpmn.Note(note["code"], note["figures"], tuple(note["near"])).told(language)
        for note in detail.get("notes", ())
    )
