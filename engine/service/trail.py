"""Where a case stands and how it came there: diagram, steps, history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import diagram
from engine.errors import (
    NotFound,
)
from engine.feel import Value, from_json
from engine.history import parse_body, verify_events
from engine.model import (
    Actor,
    EventKind,
)
from engine.service.base import UseCases, standing
from engine.service.publications import (
    Deployed,
)
from engine.service.views import (
    EventView,
    PlaneView,
    Problem,
    StepView,
    Verification,
)
from engine.store import UnitOfWork
from engine.store import queries as q
from engine.store.cases import (
    CaseRow,
)
from engine.store.work import (
    open_incidents,
)

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
        "transaction",
        "adHocSubProcess",
    }
)


class Trail(UseCases):
    """What an auditor retraces."""

    def planes(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[PlaneView, ...]:
        """Return the pages of the case's diagrams, the top process first."""
        with self.store.snapshot() as uow:
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
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            done, active, failed, _ = self._marks(uow, case)
            taken = q.read_events(uow, case.id, [EventKind.FLOW_TAKEN])
        deployed = self._publications.get(case.deployment_id)
        labels = deployed.labels_in(locale)
        return diagram.render_svg(
            deployed.files[chosen.file],
            chosen.id,
            done=done | {row.element_id for row in taken if row.element_id},
            active=active,
            failed=failed,
            labels=labels.element,
            title=f"{case.reference}: {chosen.name}",
        )

    def steps(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[StepView, ...]:
        """Return the activities of the case's diagrams with where each stands."""
        with self.store.snapshot() as uow:
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
        active = {element.id for element in standing(deployed, case)}
        for element_id in list(active):
            element = deployed.elements.get(element_id)
            while element is not None and element.parent in deployed.elements:
                active.add(element.parent)
                element = deployed.elements[element.parent]
        failed = {incident.element_id for incident in open_incidents(uow, case.id)}
        return set(seen) - active, active - failed, failed, seen

    def history(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[EventView, ...]:
        """Return everything that happened in a case, in order."""
        with self.store.snapshot() as uow:
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
                    data=_mapping(from_json(body["data"])),
                    hash=row.hash.hex(),
                )
            )
        return tuple(views)

    def verify(self, case_id: str, actor: Actor) -> Verification:
        """Prove that a case's history was not changed, or say where it was."""
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            rows = q.read_events(uow, case_id)
        problems = tuple(
            Problem(seq, text) for seq, text in verify_events(case_id, rows, case.tail)
        )
        return Verification(case_id, len(rows), problems)


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


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
