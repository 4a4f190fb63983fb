"""The use cases that only read: lists, tasks, cases, diagrams, history."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import bpmn, diagram
from engine.errors import NotFound
from engine.feel import from_json, to_text
from engine.history import parse_body, verify_events
from engine.labels import Labels
from engine.model import Actor, CaseStatus, EventKind, WorkItemStatus
from engine.ports import Ports
from engine.service.answers import tiered_keys
from engine.service.publications import Deployed, Publications
from engine.service.views import (
    ActionView,
    CasesQuery,
    CaseView,
    EventView,
    FormView,
    IncidentView,
    Page,
    PlaneView,
    Problem,
    SchemeView,
    StepView,
    SummaryItem,
    TaskView,
    Verification,
    WorkItemView,
    WorklistQuery,
)
from engine.store import Store, UnitOfWork
from engine.store import queries as q
from engine.store.cases import (
    CaseRow,
    DeploymentRow,
    latest_deployment,
    latest_deployments,
    read_case,
)
from engine.store.messages import subscriptions_of
from engine.store.work import (
    WorkItemRow,
    open_incidents,
    parse_work_item_id,
    performers,
    read_job,
    read_work_item,
)

LARGEST_PAGE = 100
_SHOWN_KINDS = frozenset(
    {
        "userTask",
        "manualTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "task",
        "callActivity",
        "subProcess",
    }
)


class Reading:
    """What the engine tells without changing anything."""

    def __init__(self, store: Store, ports: Ports, publications: Publications) -> None:
        self._store = store
        self._ports = ports
        self._publications = publications

    @property
    def store(self) -> Store:
        """The database, for rooms that keep tables of their own beside the engine's."""
        return self._store

    def now(self) -> datetime:
        """Return the present moment as this engine tells it, aware, in UTC."""
        return self._ports.clock.now()

    # --- schemes -------------------------------------------------------------------------

    def schemes(self, locale: str = "fr") -> tuple[SchemeView, ...]:
        """Return every published scheme, as published last."""
        with self._store.snapshot() as uow:
            rows = latest_deployments(uow)
        return tuple(self._scheme(row, locale) for row in rows)

    def startable(self, actor: Actor, locale: str = "fr") -> tuple[SchemeView, ...]:
        """Return the schemes of which the actor may start a case."""
        return tuple(s for s in self.schemes(locale) if _may_start(actor, s))

    def _scheme(self, row: DeploymentRow, locale: str) -> SchemeView:
        deployed = self._publications.get(row.id)
        form_id, groups = bpmn.start_form(deployed.process)
        return SchemeView(
            id=row.scheme,
            name=deployed.config.name_in(locale),
            country=deployed.config.country,
            version=row.version,
            languages=deployed.config.languages,
            start_form_id=form_id,
            start_groups=groups,
        )

    def _startable(self, scheme: str, actor: Actor) -> tuple[DeploymentRow, Deployed]:
        with self._store.snapshot() as uow:
            row = latest_deployment(uow, scheme)
        if row is None or not _may_start(actor, self._scheme(row, "fr")):
            raise NotFound("scheme", scheme)
        return row, self._publications.get(row.id)

    def start_form(self, scheme: str, actor: Actor, locale: str = "fr") -> FormView | None:
        """Return the form that starts a case; ``None`` if it starts without one.

        :raises NotFound: the actor may not start this scheme, or there is none.
        """
        _, deployed = self._startable(scheme, actor)
        form_id, _ = bpmn.start_form(deployed.process)
        if form_id is None:
            return None
        title = deployed.config.name_in(locale)
        return FormView(deployed.form(form_id), deployed.labels_in(locale), {}, title)

    # --- worklist and tasks ---------------------------------------------------------------

    def worklist(
        self, actor: Actor, query: WorklistQuery | None = None, locale: str = "fr"
    ) -> Page[WorkItemView]:
        """Return a page of the actor's tasks."""
        asked = query or WorklistQuery()
        page, size = max(1, asked.page), min(max(1, asked.size), LARGEST_PAGE)
        with self._store.snapshot() as uow:
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

    def task(self, work_item_id: str, actor: Actor, locale: str = "fr") -> TaskView:
        """Return a task with its form and everything its page needs.

        :raises NotFound: there is none, or its case is not the actor's to see.
        """
        case_id, activation = parse_work_item_id(work_item_id)
        now = self._ports.clock.now()
        with self._store.unit_of_work() as uow:  # Reading a sensitive field is written down.
            case = self._visible(uow, case_id, actor)
            item = read_work_item(uow, case_id, activation)
            deployed = self._publications.get(case.deployment_id)
            is_open = item.status is WorkItemStatus.OPEN
            may_do = is_open and q.may_do(uow, item, actor, now)
            element = deployed.elements.get(item.element_id)
            return TaskView(
                item=self._item_view(item, case, locale),
                form=deployed.form(item.form_id) if item.form_id else None,
                labels=deployed.labels_in(locale),
                values=self._values(uow, deployed, case, item, actor) if may_do else {},
                draft=self._draft(uow, case, item, actor),
                case=self._view(uow, case, locale),
                mine=item.assignee == actor.account_id,
                may_do=may_do,
                separated=bool(item.separate_from)
                and actor.account_id in performers(uow, case_id, item.separate_from),
                documentation=element.documentation if element else "",
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
        draft = json.loads(self._ports.fields.unseal(uow, case.ref, item.draft))
        return draft if isinstance(draft, dict) else {}

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
        )

    # --- cases ---------------------------------------------------------------------------

    def cases(
        self, actor: Actor, query: CasesQuery | None = None, locale: str = "fr"
    ) -> Page[CaseView]:
        """Return a page of the cases that the actor may see."""
        asked = query or CasesQuery()
        page, size = max(1, asked.page), min(max(1, asked.size), LARGEST_PAGE)
        with self._store.snapshot() as uow:
            found = q.find_cases(
                uow,
                actor,
                self._ports.clock.now(),
                status=asked.status,
                scheme=asked.scheme,
                search=asked.search,
                offset=(page - 1) * size,
                limit=size,
            )
            views = tuple(self._view(uow, row, locale) for row in found.rows)
        return Page(views, found.total, page, size)

    def case(self, case_id: str, actor: Actor, locale: str = "fr") -> CaseView:
        """Return a case.

        :raises NotFound: there is none, or it is not the actor's to see.
        """
        with self._store.snapshot() as uow:
            return self._view(uow, self._visible(uow, case_id, actor), locale)

    def tasks_of(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[WorkItemView, ...]:
        """Return the open tasks of a case."""
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            return tuple(
                self._item_view(item, case, locale) for item in q.open_items_of(uow, case_id)
            )

    def actions(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[ActionView, ...]:
        """Return what the actor may ask of the case beside its tasks."""
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            rows = subscriptions_of(uow, case_id)
        labels = self._publications.get(case.deployment_id).labels_in(locale)
        return tuple(
            ActionView(r.activation, r.element_id, labels.element(r.element_id, r.name), r.form_id)
            for r in rows
            if actor.roles & set(r.candidate_groups)
        )

    def action_form(
        self, case_id: str, activation: int, actor: Actor, locale: str = "fr"
    ) -> FormView | None:
        """Return the form with which an action is asked; ``None`` if it has none.

        :raises NotFound: the case does not await it from this actor.
        """
        action = next(
            (a for a in self.actions(case_id, actor, locale) if a.activation == activation), None
        )
        if action is None:
            raise NotFound("action", f"{case_id}/{activation}")
        if action.form_id is None:
            return None
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
        deployed = self._publications.get(case.deployment_id)
        form = deployed.form(action.form_id)
        values = bpmn.variables_at(deployed.process, case.state, None)
        return FormView(form, deployed.labels_in(locale), values, action.name)

    def _visible(self, uow: UnitOfWork, case_id: str, actor: Actor) -> CaseRow:
        if not q.can_see(uow, case_id, actor, self._ports.clock.now()):
            raise NotFound("case", case_id)
        return read_case(uow, case_id)

    def _view(self, uow: UnitOfWork, case: CaseRow, locale: str) -> CaseView:
        deployed = self._publications.get(case.deployment_id)
        labels = deployed.labels_in(locale)
        items = q.open_items_of(uow, case.id)
        positions = [
            deployed.elements[position.element_id]
            for position in bpmn.positions(deployed.process, case.state)
            if position.element_id in deployed.elements
        ]
        phases = [element.phase for element in positions if element.phase]
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
            version=0,
            phase=phases[-1] if phases else None,
            active=tuple(
                dict.fromkeys(labels.element(item.element_id, item.name) for item in items)
            ),
            summary=self._summary(deployed, case, labels),
            incidents=len(open_incidents(uow, case.id)),
        )

    def _summary(
        self, deployed: Deployed, case: CaseRow, labels: Labels
    ) -> tuple[SummaryItem, ...]:
        if case.status is not CaseStatus.ACTIVE and not case.state:
            return ()
        values = bpmn.variables_at(deployed.process, case.state, None)
        return tuple(
            SummaryItem(name, labels.variable(name), labels.value(name, to_text(values[name])))
            for name in deployed.config.summary
            if values.get(name) is not None
        )

    # --- diagram and steps ------------------------------------------------------------------

    def planes(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[PlaneView, ...]:
        """Return the pages of the case's diagrams, the top process first."""
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
        deployed = self._publications.get(case.deployment_id)
        labels = deployed.labels_in(locale)
        return tuple(
            PlaneView(plane, labels.element(plane, name) or plane, file)
            for file in _diagram_files(deployed)
            for plane, name in diagram.planes(deployed.files[file])
        )

    def diagram(
        self, case_id: str, actor: Actor, plane: str | None = None, locale: str = "fr"
    ) -> str:
        """Return one page of the case's diagram as SVG, with done, active and failed steps.

        :raises NotFound: the case is not the actor's to see, or has no such page.
        """
        planes = self.planes(case_id, actor, locale)
        chosen = next((p for p in planes if plane in (None, p.id)), None)
        if chosen is None:
            raise NotFound("diagram page", str(plane))
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            done, active, failed, _ = self._marks(uow, case)
        deployed = self._publications.get(case.deployment_id)
        labels = deployed.labels_in(locale)
        return diagram.render_svg(
            deployed.files[chosen.file],
            chosen.id,
            done=done,
            active=active,
            failed=failed,
            labels=labels.element,
            title=f"{case.reference}: {chosen.name}",
        )

    def steps(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[StepView, ...]:
        """Return the activities of the case's diagrams with where each stands."""
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            done, active, failed, seen = self._marks(uow, case)
        deployed = self._publications.get(case.deployment_id)
        labels = deployed.labels_in(locale)
        return tuple(
            StepView(
                element_id=element.id,
                name=labels.element(element.id, element.name),
                kind=element.kind,
                phase=element.phase,
                parent=element.parent,
                state=_state(element.id, done, active, failed),
                at=seen[element.id][0] if element.id in seen else None,
                times=seen[element.id][1] if element.id in seen else 0,
            )
            for element in deployed.elements.values()
            if element.kind in _SHOWN_KINDS and element.name
        )

    def _marks(
        self, uow: UnitOfWork, case: CaseRow
    ) -> tuple[set[str], set[str], set[str], dict[str, tuple[datetime, int]]]:
        deployed = self._publications.get(case.deployment_id)
        completed = q.read_events(uow, case.id, [EventKind.ELEMENT_COMPLETED])
        times = Counter(row.element_id for row in completed)
        seen = {
            row.element_id: (_moment(parse_body(row.body)), times[row.element_id])
            for row in completed
            if row.element_id
        }
        active = {p.element_id for p in bpmn.positions(deployed.process, case.state)}
        for element_id in list(active):
            element = deployed.elements.get(element_id)
            while element is not None and element.parent in deployed.elements:
                active.add(element.parent)
                element = deployed.elements[element.parent]
        failed = {incident.element_id for incident in open_incidents(uow, case.id)}
        return set(seen) - active, active - failed, failed, seen

    # --- history -------------------------------------------------------------------------

    def history(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[EventView, ...]:
        """Return everything that happened in a case, in order."""
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            rows = q.read_events(uow, case_id)
        deployed = self._publications.get(case.deployment_id)
        labels = deployed.labels_in(locale)
        views = []
        for row in rows:
            body = parse_body(row.body)
            element = deployed.elements.get(row.element_id or "")
            views.append(
                EventView(
                    seq=row.seq,
                    at=_moment(body),
                    kind=row.kind,
                    element_id=row.element_id,
                    element_name=labels.element(element.id, element.name) if element else None,
                    activation=body["activation"],
                    actor=body["actor"],
                    data=from_json(body["data"]),
                    hash=row.hash.hex(),
                )
            )
        return tuple(views)

    def verify(self, case_id: str, actor: Actor) -> Verification:
        """Prove that a case's history was not changed, or say where it was."""
        with self._store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            rows = q.read_events(uow, case_id)
        problems = tuple(
            Problem(seq, text) for seq, text in verify_events(case_id, rows, case.tail)
        )
        return Verification(case_id, len(rows), problems)

    # --- incidents -----------------------------------------------------------------------

    def incidents(self, locale: str = "fr") -> tuple[IncidentView, ...]:
        """Return where cases cannot go on by themselves; for operators of the site."""
        views = []
        with self._store.snapshot() as uow:
            for row in open_incidents(uow):
                case = read_case(uow, row.case_id)
                job = read_job(uow, row.job_id) if row.job_id is not None else None
                deployed = self._publications.get(case.deployment_id)
                element = deployed.elements.get(row.element_id)
                labels = deployed.labels_in(locale)
                name = element.name if element else row.element_id
                views.append(
                    IncidentView(
                        id=row.id,
                        case_id=row.case_id,
                        case_reference=case.reference,
                        scheme=case.scheme,
                        element_id=row.element_id,
                        element_name=labels.element(row.element_id, name),
                        code=row.code,
                        message=row.message,
                        raised_at=row.raised_at,
                        attempts=job.attempt if job else 0,
                    )
                )
        return tuple(views)

    # --- small helpers --------------------------------------------------------------------

    def _reason_missing(self, deployed: Deployed, locale: str) -> str:
        texts = {
            "fr": "Indiquez le motif de cette décision.",
            "en": "Give the reason for this decision.",
            "ar": "اذكر سبب هذا القرار.",
        }
        return texts.get(locale, texts["fr"])

    def _later(self, now: datetime, seconds: int) -> datetime:
        return now + timedelta(seconds=seconds)


def _may_start(actor: Actor, scheme: SchemeView) -> bool:
    return any(
        grant.role in scheme.start_groups
        and grant.sees_cases
        and grant.country in (None, scheme.country)
        and (not grant.schemes or scheme.id in grant.schemes)
        for grant in actor.grants
    )


def _diagram_files(deployed: Deployed) -> list[str]:
    names = [name for name in deployed.files if name.endswith(".bpmn")]
    return sorted(names, key=lambda name: (name.startswith("common/"), name))


def _state(element_id: str, done: set[str], active: set[str], failed: set[str]) -> str:
    if element_id in failed:
        return "failed"
    if element_id in active:
        return "active"
    return "done" if element_id in done else "todo"


def _moment(body: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(body["at"])
