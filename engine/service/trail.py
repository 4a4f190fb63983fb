"""Where a case stands and how it came there: diagram, steps, history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
from engine.service.drawings import planes_of
from engine.service.publications import (
    Deployed,
)
from engine.service.versions import Span, course_of
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

_VERSION = {"fr": "version", "en": "version", "ar": "الإصدار"}

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


@dataclass(frozen=True, slots=True)
class _Marks:
    """Where a case stands in one version.

    :ivar version: of one that it has left; ``None`` for the one it is in.
    :ivar seen: by element, when it was done last and how often.
    """

    deployment_id: str
    version: int | None
    seen: Mapping[str, tuple[datetime, int]]
    flows: set[str]
    standing: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    @property
    def done(self) -> set[str]:
        return set(self.seen) - self.standing

    @property
    def active(self) -> set[str]:
        return self.standing - self.failed

    def state(self, element_id: str) -> str:
        if element_id in self.failed:
            return "failed"
        if element_id in self.standing:
            return "active"
        return "done" if element_id in self.seen else "todo"


class Trail(UseCases):
    """What an auditor retraces."""

    def planes(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[PlaneView, ...]:
        """Return the pages of the case's diagrams, the top process first.

        Those of versions that the case has left come last, each with its version's number.
        """
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            course = course_of(uow, case)
        found = planes_of(self._publications.get(case.deployment_id), locale)
        for span in course.former:
            found += _former_planes(self._publications.get(span.deployment_id), span, locale)
        return tuple({plane.id: plane for plane in found}.values())

    def diagram(
        self, case_id: str, actor: Actor, plane: str | None = None, locale: str = "fr"
    ) -> str:
        """Return one page of the case's diagram as SVG, with done, active and failed steps.

        A page of a version that the case has left shows what was done in it.

        :raises NotFound: the case is not the actor's to see, or has no such page.
        """
        planes = self.planes(case_id, actor, locale)
        chosen = next((p for p in planes if plane in (None, p.id)), None)
        if chosen is None:
            raise NotFound("diagram page", str(plane))
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            marks = self._marks(uow, case, chosen.version)
        deployed = self._publications.get(marks.deployment_id)
        labels = deployed.labels_in(locale)
        return diagram.render_svg(
            deployed.files[chosen.file],
            chosen.id if chosen.version is None else chosen.id.partition(":")[2],
            done=marks.done | marks.flows,
            active=marks.active,
            failed=marks.failed,
            labels=labels.element,
            title=f"{case.reference}: {chosen.name}",
        )

    def steps(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[StepView, ...]:
        """Return the activities of the case's diagrams with where each stands.

        What was done in versions that the case has left comes last, as it was called there.
        """
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            versions = [span.version for span in course_of(uow, case).former]
            found = [
                self._marks(uow, case, version) for version in (None, *dict.fromkeys(versions))
            ]
        return tuple(step for marks in found for step in self._steps(marks, locale))

    def _steps(self, marks: _Marks, locale: str) -> Iterator[StepView]:
        deployed = self._publications.get(marks.deployment_id)
        labels = deployed.labels_in(locale)
        homes = frozenset[str]() if marks.version is None else _homes(deployed)
        for element in deployed.elements.values():
            if element.kind not in _SHOWN_KINDS or not element.name:
                continue
            seen = marks.seen.get(element.id)
            if marks.version is not None and seen is None:
                continue
            yield StepView(
                element_id=element.id,
                name=labels.element(element.id, element.name),
                kind=element.kind,
                phase=element.phase,
                parent=(
                    element.parent
                    if marks.version is None
                    else f"{marks.version}:{_home(deployed, homes, element.parent)}"
                ),
                state=marks.state(element.id),
                at=seen[0] if seen else None,
                times=seen[1] if seen else 0,
                version=marks.version,
            )

    def _marks(self, uow: UnitOfWork, case: CaseRow, version: int | None = None) -> _Marks:
        """Return where a case stands; for a version that it has left, what was done in it."""
        course = course_of(uow, case)
        spans = [s for s in course.spans if version is None or s.version == version]
        seen: dict[str, tuple[datetime, int]] = {}
        flows: set[str] = set()
        kinds = [EventKind.ELEMENT_COMPLETED, EventKind.FLOW_TAKEN]
        for row in q.read_events(uow, case.id, kinds):
            if not row.element_id or not any(span.has(row.seq) for span in spans):
                continue
            name = row.element_id if version is not None else course.now(row.seq, row.element_id)
            if row.kind == EventKind.FLOW_TAKEN:
                flows.add(name)
                continue
            times = seen[name][1] if name in seen else 0
            seen[name] = (_moment(parse_body(row.body)), times + 1)
        if version is not None:
            return _Marks(spans[-1].deployment_id, version, seen, flows)
        deployed = self._publications.get(case.deployment_id)
        active = {element.id for element in standing(deployed, case)}
        for element_id in list(active):
            element = deployed.elements.get(element_id)
            while element is not None and element.parent in deployed.elements:
                active.add(element.parent)
                element = deployed.elements[element.parent]
        failed = {incident.element_id for incident in open_incidents(uow, case.id)}
        return _Marks(case.deployment_id, None, seen, flows, active, failed)

    def history(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[EventView, ...]:
        """Return everything that happened in a case, in order, as each version called it."""
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            course = course_of(uow, case)
            rows = q.read_events(uow, case_id)
        views = []
        for row in rows:
            deployed = self._publications.get(course.at(row.seq).deployment_id)
            labels = deployed.labels_in(locale)
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


def _former_planes(deployed: Deployed, span: Span, locale: str) -> list[PlaneView]:
    return [
        PlaneView(
            f"{span.version}:{plane.id}",
            f"{plane.name} ({_VERSION.get(locale, 'version')} {span.version})",
            plane.file,
            span.version,
        )
        for plane in planes_of(deployed, locale)
    ]


def _homes(deployed: Deployed) -> frozenset[str]:
    return frozenset(plane.id for plane in planes_of(deployed, "fr"))


def _home(deployed: Deployed, homes: frozenset[str], parent: str) -> str:
    while parent not in homes and parent in deployed.elements:
        parent = deployed.elements[parent].parent
    return parent


def _moment(body: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(body["at"])


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
