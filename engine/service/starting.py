"""New cases: their number, the organisations that see them, and those that a message starts."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from engine import bpmn
from engine.model import SYSTEM, Actor, CaseStatus, EventKind, MessageSent, StartProcess
from engine.service.publications import Deployed, Publications
from engine.service.steps import Stepper
from engine.store import GENESIS, Tail, UnitOfWork
from engine.store.cases import (
    CaseRow,
    case_by_request,
    insert_case,
    latest_deployments,
    next_number,
)
from engine.store.messages import keys_digest


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
    """Starts cases by messages, in the newest deployment of each scheme."""

    def __init__(self, publications: Publications, stepper: Stepper) -> None:
        self._publications = publications
        self._stepper = stepper

    def by_message(self, uow: UnitOfWork, message: MessageSent, now: datetime) -> int:
        """Start a case of every scheme that begins with this message.

        A message with keys starts one case of a scheme, however often it comes; one without keys
        starts another each time. Source: Camunda 8, message correlation to message start events.

        :returns: how many cases were started.
        """
        started = 0
        for row in latest_deployments(uow):
            deployed = self._publications.get(row.id)
            element = bpmn.message_starts(deployed.process).get(message.message)
            if element is not None:
                started += self._start(uow, row.id, deployed, element, message, now)
        return started

    def _start(
        self,
        uow: UnitOfWork,
        deployment_id: str,
        deployed: Deployed,
        element: str,
        message: MessageSent,
        now: datetime,
    ) -> bool:
        request = None
        if message.keys:
            what = f"{deployed.config.id}\0{message.message}\0{keys_digest(message.keys)}"
            request = hashlib.sha256(what.encode()).hexdigest()
            uow.serialize(f"start {request}")
            if case_by_request(uow, request) is not None:
                return False
        case = new_case(uow, deployment_id, deployed, SYSTEM, now)
        insert_case(uow, case, request)
        uow.record(
            case.id,
            EventKind.CASE_STARTED,
            {
                "reference": case.reference,
                "deployment": deployment_id,
                "message": message.message,
                "commitments": {},
            },
            actor=SYSTEM.account_id,
            at=now,
        )
        add_parties(uow, case, deployed, SYSTEM, (), now)
        self._stepper.step(uow, case, StartProcess(message.variables, element), SYSTEM, now)
        return True
