"""The worklist: seeing, taking, drafting and completing tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import bpmn
from engine.errors import (
    DutiesNotSeparate,
    InvalidAnswer,
    NotAllowed,
    NotFound,
)
from engine.model import (
    Actor,
    CompleteActivity,
    EventKind,
    WorkItemStatus,
)
from engine.service.answers import accept, tiered_keys
from engine.service.base import UseCases, page_bounds, separated
from engine.service.publications import (
    Deployed,
)
from engine.service.views import (
    CaseView,
    Page,
    TaskView,
    WorkItemView,
    WorklistQuery,
)
from engine.store import UnitOfWork, retried
from engine.store import queries as q
from engine.store.cases import (
    CaseRow,
)
from engine.store.work import (
    WorkItemRow,
    parse_work_item_id,
    read_work_item,
    update_work_item,
)

DRAFT_LIMIT_BYTES = 500_000


class Tasks(UseCases):
    """What staff do."""

    def worklist(
        self, actor: Actor, query: WorklistQuery | None = None, locale: str = "fr"
    ) -> Page[WorkItemView]:
        """Return a page of the actor's tasks."""
        asked = query or WorklistQuery()
        page, size = page_bounds(asked.page, asked.size)
        with self.store.snapshot() as uow:
            found = q.find_work_items(
                uow,
                actor,
                self._ports.clock.now(),
                which=asked.which,
                scheme=asked.scheme,
                search=asked.search,
                offset=(page - 1) * size,
                limit=size,
            )
        items = tuple(self._item_view(item, case, locale) for item, case in found.rows)
        return Page(items, found.total, page, size)

    @retried
    def task(self, work_item_id: str, actor: Actor, locale: str = "fr") -> TaskView:
        """Return a task with its form and everything its page needs.

        :raises NotFound: there is none, or its case is not the actor's to see.
        """
        case_id, activation = parse_work_item_id(work_item_id)
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:  # Reading a sensitive field is written down.
            case = self._visible(uow, case_id, actor)
            item = read_work_item(uow, case_id, activation)
            deployed = self._publications.get(case.deployment_id)
            is_open = item.status is WorkItemStatus.OPEN
            may_do = is_open and q.may_do(uow, item, actor, now)
            element = deployed.elements.get(item.element_id)
            labels = deployed.labels_in(locale)
            return TaskView(
                item=self._item_view(item, case, locale),
                form=deployed.form(item.form_id) if item.form_id else None,
                labels=labels,
                values=self._values(uow, deployed, case, item, actor) if may_do else {},
                draft=self._draft(uow, case, item, actor),
                case=self._view(uow, case, locale),
                mine=item.assignee == actor.account_id,
                may_do=may_do,
                separated=separated(uow, item, actor),
                documentation=labels.documentation(element.id, element.documentation)
                if element
                else "",
            )

    def _values(
        self, uow: UnitOfWork, deployed: Deployed, case: CaseRow, item: WorkItemRow, actor: Actor
    ) -> Mapping[str, Any]:
        values = dict(bpmn.variables_at(deployed.process, case.state, item.activation))
        keys = tiered_keys(deployed.forms.get(item.form_id or ""))
        for key in keys:
            values.pop(key, None)  # The process holds the sink's id there, not the answer.
        values.update(self._ports.fields.read(uow, case.ref, keys, actor))
        return values

    def _draft(
        self, uow: UnitOfWork, case: CaseRow, item: WorkItemRow, actor: Actor
    ) -> Mapping[str, Any]:
        if item.draft is None or item.assignee != actor.account_id:
            return {}
        try:
            plain = self._ports.fields.unseal(uow, case.ref, item.draft)
        except NotFound:
            return {}  # The person was erased, and the draft with them; the task stays.
        draft = json.loads(plain)
        return draft if isinstance(draft, dict) else {}

    @retried
    def claim(self, work_item_id: str, actor: Actor) -> None:
        """Take a task: nobody else may complete it until it is released.

        :raises AlreadyClaimed: somebody else holds it.
        :raises WorkItemClosed: it is done or withdrawn.
        :raises NotAllowed: the actor did a step that this one must be kept apart from.
        """
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            _, item = self._doable(uow, work_item_id, actor, now)
            if item.assignee != actor.account_id:
                update_work_item(uow, item, assignee=actor.account_id)
                self._record_task(uow, item, EventKind.TASK_CLAIMED, actor, now)

    @retried
    def release(self, work_item_id: str, actor: Actor) -> None:
        """Give a task back to its groups; a draft stays with it.

        :raises NotAllowed: the actor does not hold it.
        """
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            _, item = self._doable(uow, work_item_id, actor, now, holding=True)
            if item.assignee != actor.account_id:
                raise NotAllowed(
                    f"Task {work_item_id} is not yours, so there is nothing to release."
                )
            update_work_item(uow, item, assignee=None)
            self._record_task(uow, item, EventKind.TASK_RELEASED, actor, now)

    @retried
    def save_draft(self, work_item_id: str, answer: Mapping[str, object], actor: Actor) -> None:
        """Keep what was typed, unchecked and encrypted, and take the task.

        :raises InvalidAnswer: it is larger than a draft may be.
        """
        now = self._ports.clock.now()
        raw = json.dumps(dict(answer), ensure_ascii=False, default=str).encode()
        if len(raw) > DRAFT_LIMIT_BYTES:
            raise InvalidAnswer({"": f"A draft holds at most {DRAFT_LIMIT_BYTES} bytes."})
        with self.store.unit_of_work() as uow:
            case, item = self._doable(uow, work_item_id, actor, now, holding=True)
            sealed = self._ports.fields.seal(uow, case.ref, raw)
            update_work_item(uow, item, draft=sealed, draft_at=now, assignee=actor.account_id)
            if item.assignee is None:
                self._record_task(uow, item, EventKind.TASK_CLAIMED, actor, now)

    @retried
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
        :raises DutiesNotSeparate: the actor did a step kept apart from it; history tells the try.
        """
        now = self._ports.clock.now()
        try:
            return self._complete(work_item_id, answer, actor, reason, locale, now)
        except DutiesNotSeparate:
            case_id, activation = parse_work_item_id(work_item_id)
            with self.store.unit_of_work() as uow:
                item = read_work_item(uow, case_id, activation)
                self._record_task(uow, item, EventKind.TASK_REFUSED, actor, now)
            raise

    def _complete(
        self,
        work_item_id: str,
        answer: Mapping[str, object],
        actor: Actor,
        reason: str | None,
        locale: str,
        now: datetime,
    ) -> CaseView:
        with self.store.unit_of_work() as uow:
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
                closed_for=json.dumps(actor.acting_for),
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
