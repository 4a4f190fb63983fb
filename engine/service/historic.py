"""Cases of before: those that ended in earlier records come in with what reports count."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine import bpmn
from engine.errors import NotFound
from engine.model import Actor, CaseStatus, EventKind
from engine.service.base import UseCases
from engine.service.publications import Deployed
from engine.service.report_specs import CASE_NAMES
from engine.service.starting import add_parties, new_case
from engine.store import UnitOfWork
from engine.store.cases import case_by_request, insert_case, latest_deployment, save_case


@dataclass(frozen=True, slots=True)
class Record:
    """One case of earlier records.

    :ivar key: what those records call it; taken in twice, it is there once.
    :ivar variables: the scheme's own codes, dates and amounts; nothing that tells who it was.
    """

    key: str
    started_at: datetime
    ended_at: datetime
    variables: Mapping[str, Any]


class Historic(UseCases):
    """Late and retroactive entry of cases that are over."""

    def countable_variables(self, scheme: str) -> Mapping[str, frozenset[str]]:
        """Return what a record may tell: variables that reports or the case page show.

        :returns: by variable, the codes that it may have; none where it is a number or a date.
        :raises NotFound: there is no such scheme.
        """
        with self.store.snapshot() as uow:
            _, deployed = self._newest(uow, scheme)
        config = deployed.config
        shown = {*config.summary, *(n for r in config.reports.values() for n in r.by)}
        shown |= {n for r in config.reports.values() if r.where for n in r.where.free_names}
        shown |= {report.total for report in config.reports.values() if report.total}
        values = deployed.labels_in(config.languages[0]).values
        shown -= set(CASE_NAMES)
        return {name: frozenset(values.get(name, {})) for name in sorted(shown)}

    def take_in(self, uow: UnitOfWork, scheme: str, record: Record, actor: Actor) -> bool:
        """Enter a case that is over, in a transaction that is open.

        It gets the next number of the year in which it began, no task, no person, and one event
        that says when and by whom it was entered.

        :returns: ``False`` if the record was taken in before.
        :raises NotFound: there is no such scheme.
        """
        request = hashlib.sha256(f"record\0{scheme}\0{record.key}".encode()).hexdigest()
        uow.serialize(f"record {request}")
        if case_by_request(uow, request) is not None:
            return False
        now = self.now()
        deployment_id, deployed = self._newest(uow, scheme)
        case = new_case(uow, deployment_id, deployed, actor, record.started_at)
        context = bpmn.StepContext(case=case.ref, now=now)
        case = replace(
            case,
            status=CaseStatus.COMPLETED,
            state=bpmn.ended(deployed.process, record.variables, context),
            ended_at=record.ended_at,
        )
        insert_case(uow, case, request)
        data = {"reference": case.reference, "deployment": deployment_id}
        uow.record(case.id, EventKind.CASE_IMPORTED, data, actor=actor.account_id, at=now)
        add_parties(uow, case, deployed, actor, (), now)
        save_case(uow, case, uow.write_events(case.id, case.tail), now)
        return True

    def _newest(self, uow: UnitOfWork, scheme: str) -> tuple[str, Deployed]:
        newest = latest_deployment(uow, scheme)
        if newest is None:
            raise NotFound("scheme", scheme)
        return newest.id, self._publications.get(newest.id)
