"""What the use cases share: who may see and do what, and how a case is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from engine import bpmn
from engine.errors import (
    AlreadyClaimed,
    CaseEnded,
    CaseSuspended,
    DutiesNotSeparate,
    NotAllowed,
    NotFound,
    StateUnreadable,
    WorkItemClosed,
)
from engine.feel import to_text
from engine.jobs.timetable import Timetable
from engine.labels import Labels
from engine.model import (
    Actor,
    CaseStatus,
    EventKind,
    WorkItemStatus,
)
from engine.ports import Clock, Ports
from engine.service.answers import Accepted
from engine.service.batches import Batches
from engine.service.migrating import Migrator
from engine.service.publications import (
    Deployed,
    Publications,
)
from engine.service.runner import Runner
from engine.service.starting import Starts
from engine.service.steps import Stepper
from engine.service.views import (
    CaseView,
    SummaryItem,
    WorkItemView,
)
from engine.settings import Settings
from engine.store import NewEvent, Store, UnitOfWork
from engine.store import queries as q
from engine.store.cases import (
    CaseRow,
    lock_case,
    read_case,
)
from engine.store.moved import former_ids
from engine.store.work import (
    WorkItemRow,
    open_incidents,
    parse_work_item_id,
    performers,
    read_work_item,
)

SITE_OPERATORS = frozenset({"administrator", "operator"})
"""Roles that keep a site's cases moving; a scheme names others of its own (``operators``)."""

LARGEST_PAGE = 100
LAST_PAGE = 1_000_000

log = structlog.get_logger(__name__)


class UseCases:
    """Holds the rooms together; its subclasses are the use cases.

    :ivar store: the database.
    :ivar runner: runs due work. :ivar starts: starts the cases that are due.
    :ivar timetable: runs what the rooms do of themselves every so often.
    """

    def __init__(self, store: Store, ports: Ports, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._ports = ports
        self.timetable = Timetable(store, ports.clock, ports.periodic)
        self._publications = Publications(store, ports.registry.specs)
        self._stepper = Stepper(store, ports, self._publications)
        self._migrator = Migrator(ports, self._publications, self._stepper)
        batches = Batches(ports, self._migrator)
        self.runner = Runner(store, ports, self._stepper, batches, settings.lease_s)
        self.starts = Starts(store, ports, self._publications, self._stepper)

    @property
    def clock(self) -> Clock:
        """The clock that the ports brought."""
        return self._ports.clock

    def now(self) -> datetime:
        """Return the present moment as this engine tells it, aware, in UTC."""
        return self._ports.clock.now()

    def adopt(self, deployment_id: str, deployed: Deployed) -> None:
        """Take a publication that this process compiled already, instead of compiling it again."""
        self._publications.keep(deployment_id, deployed)

    def _visible(self, uow: UnitOfWork, case_id: str, actor: Actor) -> CaseRow:
        if not q.can_see(uow, case_id, actor, self._ports.clock.now()):
            raise NotFound("case", case_id)
        return read_case(uow, case_id)

    def _active(self, uow: UnitOfWork, case_id: str, actor: Actor) -> CaseRow:
        if not q.can_see(uow, case_id, actor, self._ports.clock.now()):
            raise NotFound("case", case_id)
        case = lock_case(uow, case_id)
        if case is None:
            raise NotFound("case", case_id)
        if case.status.is_final:
            raise CaseEnded(case_id, case.status)
        if case.status is CaseStatus.SUSPENDED:
            raise CaseSuspended(case_id)
        return case

    def _operable(
        self, uow: UnitOfWork, case_id: str, actor: Actor, *, working: bool = False
    ) -> CaseRow:
        """Return a case, locked, that the actor may operate; suspended or not.

        :param working: whoever has a part in the scheme's work may as well.
        :raises CaseEnded: it is completed or cancelled.
        """
        self._demand_operator(uow, case_id, actor, working=working)
        case = lock_case(uow, case_id)
        if case is None:
            raise NotFound("case", case_id)
        if case.status.is_final:
            raise CaseEnded(case_id, case.status)
        return case

    def _demand_operator(
        self, uow: UnitOfWork, case_id: str, actor: Actor, *, working: bool = False
    ) -> None:
        """Refuse whoever does not operate the site, or this case's scheme.

        The site's operators need not see cases otherwise: they read no form and no person.

        :raises NotFound: there is no such case, or it is not the actor's to know of.
        :raises NotAllowed: the actor may see it and not operate it.
        """
        now = self._ports.clock.now()
        if q.held_over(uow, case_id, actor, SITE_OPERATORS, now):
            return
        case = self._visible(uow, case_id, actor)
        config = self._publications.get(case.deployment_id).config
        allowed = set(config.operators) | (set(config.roles) if working else set())
        if not q.roles_in(uow, case_id, actor, now) & allowed:
            roles = ", ".join(sorted(allowed | SITE_OPERATORS))
            raise NotAllowed(f"Case {case.reference} is operated by {roles} only. Ask one of them.")

    def _operates(self, uow: UnitOfWork, case_id: str, actor: Actor) -> bool:
        try:
            self._demand_operator(uow, case_id, actor)
        except (NotFound, NotAllowed):
            return False
        return True

    def _doable(
        self,
        uow: UnitOfWork,
        work_item_id: str,
        actor: Actor,
        now: datetime,
        *,
        holding: bool = False,
    ) -> tuple[CaseRow, WorkItemRow]:
        """Return a task that the actor may do now, and its case, locked.

        :param holding: whoever holds it already may, though the case is suspended.
        """
        case_id, activation = parse_work_item_id(work_item_id)
        if not q.can_see(uow, case_id, actor, now):
            raise NotFound("task", work_item_id)
        case = lock_case(uow, case_id)
        item = read_work_item(uow, case_id, activation)
        if item.status is not WorkItemStatus.OPEN or case is None:
            raise WorkItemClosed(work_item_id, item.status, item.closed_by, item.closed_at)
        if item.assignee not in (None, actor.account_id):
            raise AlreadyClaimed(work_item_id, str(item.assignee))
        held = holding and item.assignee == actor.account_id
        if case.status is CaseStatus.SUSPENDED and not held:
            raise CaseSuspended(case_id)
        if not q.may_do(uow, item, actor, now):
            raise NotAllowed(
                f"Task {work_item_id} ('{item.name}') is not for your roles. "
                "Ask somebody of its group."
            )
        if separated(uow, item, actor):
            raise DutiesNotSeparate(work_item_id, item.name, item.separate_from)
        return case, item

    def _view(self, uow: UnitOfWork, case: CaseRow, locale: str) -> CaseView:
        deployed = self._publications.get(case.deployment_id)
        labels = deployed.labels_in(locale)
        items = q.open_items_of(uow, case.id)
        try:
            phases = [element.phase for element in standing(deployed, case) if element.phase]
            summary = self._summary(deployed, case, labels)
        except StateUnreadable as error:
            # One damaged case must not close the list that it stands in.
            log.error("state unreadable", case=case.id, error=str(error))
            phases, summary = [], ()
        return CaseView(
            id=case.id,
            reference=case.reference,
            scheme=case.scheme,
            scheme_name=deployed.config.name_in(locale),
            country=case.country,
            subject=case.subject,
            status=case.status,
            started_at=case.started_at,
            ended_at=case.ended_at,
            updated_at=case.updated_at,
            phase=phases[-1] if phases else None,
            active=tuple(
                dict.fromkeys(labels.element(item.element_id, item.name) for item in items)
            ),
            summary=summary,
            incidents=len(open_incidents(uow, case.id)),
        )

    def _summary(
        self, deployed: Deployed, case: CaseRow, labels: Labels
    ) -> tuple[SummaryItem, ...]:
        if case.status is not CaseStatus.ACTIVE and not case.state:
            return ()
        values = bpmn.variables_at(deployed.process, case.state, None)
        return tuple(
            SummaryItem(
                name,
                labels.variable(name),
                worded(labels, name, values[name]),
                values[name],
            )
            for name in deployed.config.summary
            if values.get(name) is not None
        )

    def _item_view(self, item: WorkItemRow, case: CaseRow, locale: str) -> WorkItemView:
        labels = self._publications.get(case.deployment_id).labels_in(locale)
        return WorkItemView(
            id=item.id,
            case_id=case.id,
            case_reference=case.reference,
            scheme=case.scheme,
            element_id=item.element_id,
            name=labels.element(item.element_id, item.name),
            phase=item.phase,
            status=item.status,
            assignee=item.assignee,
            due_at=item.due_at,
            priority=item.priority,
            opened_at=item.opened_at,
            closed_at=item.closed_at,
            closed_by=item.closed_by,
            form_id=item.form_id,
            reason_required=item.reason_required,
            has_draft=item.draft is not None,
            suspended=case.status is CaseStatus.SUSPENDED,
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

    def _reason_missing(self, deployed: Deployed, locale: str) -> str:
        texts = {
            "fr": "Indiquez le motif de cette décision.",
            "en": "Give the reason for this decision.",
            "ar": "اذكر سبب هذا القرار.",
        }
        return texts.get(locale, texts["fr"])


def worded(labels: Labels, name: str, value: Any) -> str:
    """Return a variable's value in a language's words, a list's entries one by one."""
    if isinstance(value, tuple):
        return ", ".join(worded(labels, name, each) for each in value)
    return labels.value(name, to_text(value))


def separated(uow: UnitOfWork, item: WorkItemRow, actor: Actor) -> bool:
    """Tell whether the actor, or who they act for, did a step that this one is kept apart from."""
    if not item.separate_from:
        return False
    apart = former_ids(uow, item.case_id, item.separate_from)
    return bool(actor.principals & performers(uow, item.case_id, sorted(apart)))


def page_bounds(page: int, size: int) -> tuple[int, int]:
    """Return a list's page and its rows a page, kept within what a database can count to."""
    return min(max(1, page), LAST_PAGE), min(max(1, size), LARGEST_PAGE)


def standing(deployed: Deployed, case: CaseRow) -> list[bpmn.ElementInfo]:
    """Return the elements at which the case stands.

    What only waits beside a token (a boundary event, the start of an event sub-process) could
    still happen; nobody stands there.
    """
    return [
        deployed.elements[position.element_id]
        for position in bpmn.positions(deployed.process, case.state)
        if not position.on_the_side and position.element_id in deployed.elements
    ]
