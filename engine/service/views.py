"""What the engine's use cases give back: frozen, translated, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from engine.forms import Form
from engine.labels import Labels
from engine.model import CaseStatus, WorkItemStatus

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    :ivar page: number of the page, counting from 1.
    :ivar size: rows a page.
    :ivar total: rows of the whole list.
    """

    items: tuple[T, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages the list has; at least 1."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """Which tasks to list.

    :ivar which: ``mine``, ``group`` (free for one of my roles to take) or ``done`` (by me).
    :ivar search: part of a case reference.
    """

    which: str = "group"
    scheme: str | None = None
    search: str | None = None
    page: int = 1
    size: int = 20


@dataclass(frozen=True, slots=True)
class CasesQuery:
    """Which cases to list; ``search`` is part of a case reference."""

    status: CaseStatus | None = None
    scheme: str | None = None
    search: str | None = None
    page: int = 1
    size: int = 20


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """A publication.

    :ivar created: false when the same files were published already.
    :ivar documentation: ids of processes that cannot be run and are there to be read only.
    :ivar runs: whether cases can be in it.
    """

    id: str
    scheme: str
    version: int
    digest: str
    created_at: datetime
    created: bool
    documentation: tuple[str, ...] = ()
    runs: bool = True


@dataclass(frozen=True, slots=True)
class SchemeView:
    """A scheme as published last.

    :ivar runs: whether cases can be in it; false of one that is there to be read only.
    """

    id: str
    name: str
    country: str
    version: int
    languages: tuple[str, ...]
    start_form_id: str | None
    start_groups: tuple[str, ...]
    runs: bool = True


@dataclass(frozen=True, slots=True)
class FormView:
    """A form to be answered, with what is known already.

    :ivar values: by field key; readable personal fields included.
    """

    form: Form
    labels: Labels
    values: Mapping[str, Any]
    title: str


@dataclass(frozen=True, slots=True)
class WorkItemView:
    """A task as the worklist shows it.

    :ivar suspended: its case is suspended, so it cannot be taken or completed now.
    """

    id: str
    case_id: str
    case_reference: str
    scheme: str
    element_id: str
    name: str
    phase: str | None
    status: WorkItemStatus
    assignee: str | None
    due_at: datetime | None
    priority: int
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    form_id: str | None
    reason_required: bool
    has_draft: bool
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """One line of a case's summary: a translated name and a translated value.

    :ivar raw: the FEEL value itself, for whoever writes numbers and dates in a language.
    """

    name: str
    label: str
    value: str
    raw: Any = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as lists and pages show it.

    :ivar phase: phase that is active, where one is.
    :ivar active: names of the steps that are active.
    """

    id: str
    reference: str
    scheme: str
    scheme_name: str
    country: str
    subject: str | None
    status: CaseStatus
    started_at: datetime
    ended_at: datetime | None
    updated_at: datetime
    phase: str | None = None
    active: tuple[str, ...] = ()
    summary: tuple[SummaryItem, ...] = ()
    incidents: int = 0


@dataclass(frozen=True, slots=True)
class LinkedCases:
    """The cases that a message links with one, as far as the reader may see them.

    :ivar origin: the case whose message began it. :ivar begun: those that its own messages began.
    """

    origin: CaseView | None
    begun: tuple[CaseView, ...]


@dataclass(frozen=True, slots=True)
class ReportName:
    """A report that somebody may open."""

    scheme: str
    scheme_name: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report.

    :ivar cells: the values that tell it apart, translated; empty for cases without one.
    :ivar count: how many cases; ``None`` where so few are not told.
    :ivar total: sum of the report's amount over them; ``None`` where it has none, or as above.
    """

    cells: tuple[str, ...]
    count: int | None
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report: the most frequent lines first.

    :ivar columns: names of what tells the lines apart. :ivar total_name: of the amount, if any.
    :ivar cases: how many cases count in all; fewer than the lines' sum where one has several
        values. ``None`` where so few are not told.
    """

    scheme: str
    scheme_name: str
    code: str
    name: str
    columns: tuple[str, ...]
    total_name: str | None
    currency: str
    lines: tuple[ReportLine, ...]
    cases: int | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with everything its page needs.

    :ivar draft: what was typed and kept, raw, by field key; empty if nothing was.
    :ivar mine: the actor holds it. :ivar may_do: the actor is among those who may do it.
    :ivar separated: the actor did a step that this one must be kept apart from.
    """

    item: WorkItemView
    form: Form | None
    labels: Labels
    values: Mapping[str, Any]
    draft: Mapping[str, Any]
    case: CaseView
    mine: bool
    may_do: bool
    separated: bool
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step beside the diagram; ``state`` is ``done``, ``active``, ``failed`` or ``todo``.

    :ivar version: of the scheme, for what was done in one that the case has left since.
    """

    element_id: str
    name: str
    kind: str
    phase: str | None
    parent: str
    state: str
    at: datetime | None
    times: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PlaneView:
    """One page of a case's diagrams: a file and one of its planes.

    :ivar version: of the scheme, where the case has left it since; ``None`` for the one it is in.
    """

    id: str
    name: str
    file: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ActionView:
    """What a person may ask of a case beside its tasks, such as a withdrawal."""

    activation: int
    element_id: str
    name: str
    form_id: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """One event of a case's history.

    :ivar hash: SHA-256 of the event and the one before it, hex.
    """

    seq: int
    at: datetime
    kind: str
    element_id: str | None
    element_name: str | None
    activation: int | None
    actor: str
    data: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Where a case cannot go on by itself, and what an operator may know of it."""

    id: int
    case_id: str
    case_reference: str
    scheme: str
    element_id: str
    element_name: str
    code: str
    message: str
    raised_at: datetime
    activation: int
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class StartView:
    """A case that is to begin by itself, or could not.

    :ivar scheme_name: in the reader's language; so ``element_name``, of its start event.
    :ivar trigger: ``timer``, ``message``, ``signal`` or ``conditional``.
    :ivar failed: it was tried as often as it is, and waits for an operator.
    """

    id: int
    scheme: str
    scheme_name: str
    element_id: str
    element_name: str
    trigger: str
    due_at: datetime
    failed: bool
    error: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a history does not verify."""

    seq: int
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying a case's history found: sound where ``problems`` is empty."""

    case_id: str
    events: int
    problems: tuple[Problem, ...] = field(default=())
