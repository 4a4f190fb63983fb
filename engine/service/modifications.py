"""What operators do to a case by hand: suspend, resume, move tokens, set variables.

Each has a reason, kept encrypted; history keeps who, when, what, and the reason's commitment. A
change may be previewed: the same step, whose outcome nobody writes. Whoever confirms a preview
passes its revision, so that a case which moved on meanwhile, or the same form sent twice, is a
:class:`~engine.errors.RevisionConflict` and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import bpmn
from engine.errors import Conflict, InvalidAnswer, RevisionConflict
from engine.model import Actor, CaseStatus, EventKind, JobKind, Tier, Variables
from engine.ports import TieredValue
from engine.service.base import UseCases
from engine.service.changes import (
    ChangeView,
    OperatedView,
    TargetView,
    TokenView,
    change_view,
)
from engine.service.given import demand_impersonal, personal_keys, read_expressions
from engine.service.payloads import dump, load
from engine.service.publications import Deployed
from engine.store import UnitOfWork, retried
from engine.store.cases import CaseRow, read_case, save_case
from engine.store.jobs import pause_jobs, paused_jobs, unpause_jobs, update_job
from engine.store.work import open_incidents

NO_VARIABLES: Variables = {}


class Modifications(UseCases):
    """What operators of a site, and the roles that a scheme names, do to its cases."""

    # --- suspending ---------------------------------------------------------------------------

    @retried
    def suspend(self, case_id: str, reason: str, actor: Actor) -> None:
        """Let a case take nothing until it is resumed; nothing is lost meanwhile.

        Timers that come due fire on resumption. Messages, signals and what calls give back wait,
        and a message's time to live stands still. Tasks stay where they are and cannot be taken or
        completed; who holds one may still save a draft. Due dates go on.

        :raises InvalidAnswer: no reason is given.
        :raises Conflict: it is suspended already; nothing was changed.
        :raises CaseEnded: it is completed or cancelled.
        :raises NotAllowed: the actor does not operate the site or the scheme.
        """
        with self.store.unit_of_work() as uow:
            case, now = self._ordered(uow, case_id, reason, actor, None)
            if case.status is CaseStatus.SUSPENDED:
                raise Conflict(f"Case {case.reference} is suspended already. Nothing was changed.")
            pause_jobs(uow, case.id)
            self._record(uow, case, EventKind.CASE_SUSPENDED, {}, reason, actor, now)
            self._save(uow, replace(case, status=CaseStatus.SUSPENDED), now)

    @retried
    def resume(self, case_id: str, reason: str, actor: Actor) -> None:
        """Let a suspended case go on: what came meanwhile reaches it now.

        :raises Conflict: it is not suspended; nothing was changed. Otherwise as :meth:`suspend`.
        """
        with self.store.unit_of_work() as uow:
            case, now = self._ordered(uow, case_id, reason, actor, None)
            if case.status is not CaseStatus.SUSPENDED:
                raise Conflict(f"Case {case.reference} is not suspended. Nothing was changed.")
            for job in paused_jobs(uow, case.id, JobKind.MESSAGE):
                payload = load(job.payload)
                payload["expires_at"] += max(now, job.due_at) - job.due_at
                update_job(uow, job, payload=dump(payload))
            unpause_jobs(uow, case.id)
            self._record(uow, case, EventKind.CASE_RESUMED, {}, reason, actor, now)
            self._save(uow, replace(case, status=CaseStatus.ACTIVE), now)

    # --- changing -----------------------------------------------------------------------------

    def move_token(
        self,
        case_id: str,
        activation: int,
        to_element: str,
        reason: str,
        actor: Actor,
        *,
        variables: Variables = NO_VARIABLES,
        within: int | None = None,
        revision: int | None = None,
    ) -> None:
        """Take the token at an activation away and put one before an element; see :meth:`change`.

        :param variables: given to the scope around the target before the token enters.
        """
        move = bpmn.TokenMove(activation, None, to_element, within, variables)
        self.change(case_id, bpmn.MoveTokens((move,)), reason, actor, revision=revision)

    def set_variables(
        self,
        case_id: str,
        values: Variables,
        reason: str,
        actor: Actor,
        *,
        activation: int | None = None,
        revision: int | None = None,
    ) -> None:
        """Give variables their values; see :meth:`change`.

        :param activation: whose scope is meant; ``None`` for the process's own. A value goes to
            the nearest scope from there outwards that has the variable, else to the process's.
        """
        change = bpmn.SetVariables(activation, values)
        self.change(case_id, change, reason, actor, revision=revision)

    @retried
    def change(
        self,
        case_id: str,
        change: bpmn.Modification,
        reason: str,
        actor: Actor,
        *,
        revision: int | None = None,
        locale: str = "fr",
    ) -> None:
        """Change a case by hand and let it run on; a suspended one stays suspended.

        :param revision: that of the preview which is confirmed.
        :raises InvalidAnswer: no reason is given, or a variable is a personal field.
        :raises RevisionConflict: the case moved on since the preview.
        :raises ChangeRefused: the case would not be sound.
        :raises NotFound: there is no such case, or element. :raises CaseEnded: it is over.
        :raises NotAllowed: the actor does not operate the site or the scheme.
        """
        with self.store.unit_of_work() as uow:
            case, now = self._ordered(uow, case_id, reason, actor, revision)
            deployed = self._publications.get(case.deployment_id)
            demand_impersonal(deployed, change, locale)
            kind, data = _told(deployed, case, change)
            self._record(uow, case, kind, data, reason, actor, now, _element(data))
            self._stepper.step(uow, case, change, actor, now)

    def preview(
        self, case_id: str, change: bpmn.Modification, actor: Actor, locale: str = "fr"
    ) -> ChangeView:
        """Return what a change would do; nothing is written and no handler is called.

        :raises InvalidAnswer: a variable is a personal field. Otherwise as :meth:`change`.
        """
        with self.store.snapshot() as uow:
            case, deployed = self._operated(uow, case_id, actor)
        demand_impersonal(deployed, change, locale)
        context = bpmn.StepContext(case.ref, self.now())
        outcome = bpmn.modify(deployed.process, case.state, change, context)
        return change_view(deployed, case, change, outcome, locale)

    def read_values(
        self,
        case_id: str,
        expressions: Mapping[str, str],
        actor: Actor,
        activation: int | None,
        locale: str = "fr",
    ) -> dict[str, Any]:
        """Return what FEEL texts are worth where a case stands: ``1200``, ``"text"``, ``a + 1``.

        :raises InvalidAnswer: by name, what does not parse or gives nothing that can be kept.
        """
        with self.store.snapshot() as uow:
            case, deployed = self._operated(uow, case_id, actor)
        return read_expressions(deployed, case, expressions, activation, self.now(), locale)

    # --- looking ------------------------------------------------------------------------------

    def operated(self, case_id: str, actor: Actor, locale: str = "fr") -> OperatedView:
        """Return a case as its operators see it: tokens, variables, incidents; no person.

        :raises NotFound: there is none, or it is not the actor's to know of.
        :raises NotAllowed: the actor does not operate the site or the scheme.
        """
        with self.store.snapshot() as uow:
            case, deployed = self._operated(uow, case_id, actor)
            stopped = {row.activation: row for row in open_incidents(uow, case.id)}
        labels = deployed.labels_in(locale)
        tokens = bpmn.standing_tokens(deployed.process, case.state)
        values = dict(bpmn.variables_at(deployed.process, case.state, None))
        # Under a personal field's name stands only the id of what the person's file keeps.
        for name in ("scheme", *personal_keys(deployed)):
            values.pop(name, None)
        return OperatedView(
            id=case.id,
            reference=case.reference,
            scheme=case.scheme,
            scheme_name=deployed.config.name_in(locale),
            country=case.country,
            status=case.status,
            revision=case.revision,
            tokens=tuple(
                TokenView(
                    token=token,
                    name=deployed.name_of(token.element_id, labels),
                    incident_id=stopped[token.activation].id
                    if token.activation in stopped
                    else None,
                )
                for token in tokens
            ),
            variables=values,
        )

    def targets(
        self,
        case_id: str,
        actor: Actor,
        *,
        activation: int | None = None,
        flow: str | None = None,
        locale: str = "fr",
    ) -> tuple[TargetView, ...]:
        """Return the elements before which a token may be put by hand.

        :param activation: of the token that would be moved; ``None`` with no ``flow`` either for a
            further token.
        :raises ChangeRefused: that token cannot be moved at all. :raises Conflict: it is gone.
        """
        with self.store.snapshot() as uow:
            case, deployed = self._operated(uow, case_id, actor)
        labels = deployed.labels_in(locale)
        found = bpmn.targets(deployed.process, case.state, activation, flow)
        return tuple(
            TargetView(
                element_id=name,
                name=deployed.name_of(name, labels),
                kind=deployed.elements[name].kind,
                around=deployed.name_of(deployed.elements[name].parent, labels),
            )
            for name in found
        )

    def may_operate(self, case_id: str, actor: Actor) -> bool:
        """Tell whether the actor operates this case, so that pages leave out dead links."""
        with self.store.snapshot() as uow:
            return self._operates(uow, case_id, actor)

    # --- what they share ----------------------------------------------------------------------

    def _operated(self, uow: UnitOfWork, case_id: str, actor: Actor) -> tuple[CaseRow, Deployed]:
        self._demand_operator(uow, case_id, actor)
        case = read_case(uow, case_id)
        return case, self._publications.get(case.deployment_id)

    def _ordered(
        self, uow: UnitOfWork, case_id: str, reason: str, actor: Actor, revision: int | None
    ) -> tuple[CaseRow, datetime]:
        case = self._operable(uow, case_id, actor)
        if not reason.strip():
            raise InvalidAnswer({"reason": "A reason is needed; history keeps it."})
        if revision is not None and case.revision != revision:
            raise RevisionConflict(case_id)
        return case, self.now()

    def _record(
        self,
        uow: UnitOfWork,
        case: CaseRow,
        kind: EventKind,
        data: Mapping[str, Any],
        reason: str,
        actor: Actor,
        now: datetime,
        element_id: str | None = None,
    ) -> None:
        # The revision keeps each reason apart from those of earlier changes.
        key = f"{kind.replace('.', '_')}_reason_{case.revision}"
        written = self._ports.fields.write(
            uow, case.ref, {key: TieredValue(reason, Tier.CASE)}, actor
        )
        uow.record(
            case.id,
            kind,
            {**data, "commitments": dict(written.commitments)},
            actor=actor.account_id,
            at=now,
            element_id=element_id,
        )

    def _save(self, uow: UnitOfWork, case: CaseRow, now: datetime) -> None:
        save_case(uow, case, uow.write_events(case.id, case.tail), now)


def _told(
    deployed: Deployed, case: CaseRow, change: bpmn.Modification
) -> tuple[EventKind, dict[str, Any]]:
    """Return the kind and the data of the event that tells of a change."""
    if isinstance(change, bpmn.SetVariables):
        before = bpmn.values_before(deployed.process, case.state, change)
        data = {"activation": change.activation, "values": change.values, "before": before}
        return EventKind.VARIABLES_SET, data
    tokens = bpmn.standing_tokens(deployed.process, case.state)
    moves = [
        {
            "from": next(
                (
                    token.element_id
                    for token in tokens
                    if move.takes and (token.activation, token.flow) == (move.activation, move.flow)
                ),
                None,
            ),
            "activation": move.activation,
            "to": move.target,
        }
        for move in change.moves
    ]
    return EventKind.TOKENS_MOVED, {"moves": moves}


def _element(data: Mapping[str, Any]) -> str | None:
    """Return the element that a change is told of: where it leads, else what it takes away."""
    moves: list[Mapping[str, str | None]] = data.get("moves", [])
    return moves[0]["to"] or moves[0]["from"] if moves else None
