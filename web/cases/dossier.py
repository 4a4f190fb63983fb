"""Everything the page of one case shows, read at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from engine.errors import NotFound
from engine.service import (
    ActionView,
    CaseView,
    EventView,
    LinkedCases,
    PlaneView,
    StepView,
    SummaryItem,
    WorkItemView,
    WorklistQuery,
)
from handlers.documents import Item
from handlers.notices import ContactProblem, problems_seen
from handlers.payments import LineProgress, Payment, lines_of, payments_of, progress_of
from handlers.referrals import Referral, find_referrals, may_refer
from web.accounts import current_actor
from web.cases.designations import Asked, asked_of
from web.cases.letters import by_series, needed
from web.cases.timeline import Line, tell
from web.context import engine, names, store
from web.documents import Document, listed
from web.locales import locale
from web.people.blueprint import people as people_room
from web.surveys.board import Panel, read_board


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the page of a case shows.

    :ivar person: who it is about, as far as the reader's tiers open it.
    :ivar mine: open tasks that the reader holds or may take; ``others``: the remaining ones.
    :ivar diagram: SVG drawn by the engine; empty where the diagram has no interchange.
    :ivar linked: the cases that began this one or began with it.
    :ivar operable: the reader may suspend the case, move it and correct its data.
    :ivar plane: the page of the diagram that is shown.
    :ivar planes: the scheme's own pages, and those shared ones that the case has reached.
    :ivar documents: the newest version of each. :ivar needs: what the open tasks need.
    :ivar unreached: to whom notices of the case do not arrive.
    :ivar refers: the reader works with the person, and may refer by hand.
    :ivar steps: by page of the diagram, the one that is shown first.
    """

    case: CaseView
    person: tuple[SummaryItem, ...]
    mine: tuple[WorkItemView, ...]
    others: tuple[WorkItemView, ...]
    actions: tuple[ActionView, ...]
    planes: tuple[PlaneView, ...]
    plane: PlaneView | None
    diagram: Markup
    steps: tuple[tuple[PlaneView, tuple[StepView, ...]], ...]
    timeline: tuple[Line, ...]
    documents: tuple[Document, ...]
    needs: tuple[Item, ...]
    unreached: tuple[ContactProblem, ...]
    payments: tuple[Payment, ...]
    plan: tuple[LineProgress, ...]
    asked: tuple[Asked, ...]
    surveys: tuple[Panel, ...]
    referrals: tuple[Referral, ...]
    refers: bool
    names: Mapping[str, str]
    linked: LinkedCases
    operable: bool


def read_dossier(case_id: str, plane_id: str | None, *, everything: bool) -> Dossier:
    """Read a case's page.

    :param plane_id: the page of the diagram to show; the one where the case stands if left out.
    :param everything: tell technical events too.
    :raises NotFound: there is no such case or page of its diagram, or it is not the reader's.
    """
    actor, language = current_actor(), locale()
    case = engine().case(case_id, actor, language)
    steps = engine().steps(case_id, actor, language)
    everywhere = engine().planes(case_id, actor, language)
    by_plane = steps_by_plane(everywhere, steps)
    planes = tuple(each for each in everywhere if _told(each, by_plane))
    plane = _chosen(planes, plane_id, by_plane)
    mine, others = _tasks(case)
    history = engine().history(case_id, actor, language)
    files, tranches = listed(case), _payments(case_id)
    people = names(_people(history, files, tranches))
    referrals, refers = _referrals(case_id)
    return Dossier(
        case=case,
        person=engine().person(case_id, actor, language),
        mine=mine,
        others=others,
        actions=engine().actions(case_id, actor, language),
        planes=planes,
        plane=plane,
        diagram=_drawn(case_id, plane),
        steps=_listed(planes, plane, by_plane),
        timeline=tell(history, people, everything=everything),
        documents=tuple(group.newest for group in by_series(files)),
        needs=needed(case, [task.element_id for task in (*mine, *others)]),
        unreached=_unreached(case_id),
        payments=tranches,
        plan=_plan(case_id, tranches),
        asked=asked_of(case, history),
        surveys=_surveys(case),
        referrals=referrals,
        refers=refers,
        names=people,
        linked=engine().linked(case_id, actor, language),
        operable=engine().may_operate(case_id, actor),
    )


def steps_by_plane(
    planes: tuple[PlaneView, ...], steps: tuple[StepView, ...]
) -> Mapping[str, tuple[StepView, ...]]:
    """Return the steps that each page of the diagram draws, by the page's id."""
    homes = {plane.id for plane in planes}
    parents = {step.element_id: step.parent for step in steps}
    found: dict[str, list[StepView]] = {plane.id: [] for plane in planes}
    for step in steps:
        home = step.parent
        while home not in homes and home in parents:
            home = parents[home]
        if home in homes:
            found[home].append(step)
    return {plane: tuple(group) for plane, group in found.items()}


def _told(plane: PlaneView, steps: Mapping[str, tuple[StepView, ...]]) -> bool:
    own = not plane.file.startswith("common/") and plane.version is None
    return own or any(step.state != "todo" for step in steps[plane.id])


def _chosen(
    planes: tuple[PlaneView, ...],
    plane_id: str | None,
    steps: Mapping[str, tuple[StepView, ...]],
) -> PlaneView | None:
    if plane_id is not None:
        found = next((plane for plane in planes if plane.id == plane_id), None)
        if found is None:
            raise NotFound("page of the diagram", plane_id)
        return found
    here = [plane for plane in planes if any(_waits(step) for step in steps[plane.id])]
    return next(iter((*here, *planes)), None)


def _waits(step: StepView) -> bool:
    return step.state in {"active", "failed"} and step.kind not in {"subProcess", "callActivity"}


def _listed(
    planes: tuple[PlaneView, ...],
    shown: PlaneView | None,
    steps: Mapping[str, tuple[StepView, ...]],
) -> tuple[tuple[PlaneView, tuple[StepView, ...]], ...]:
    ordered = sorted(planes, key=lambda plane: plane != shown)
    return tuple((plane, steps[plane.id]) for plane in ordered if steps[plane.id])


def _drawn(case_id: str, plane: PlaneView | None) -> Markup:
    if plane is None:
        return Markup("")
    # The engine escapes every text that it draws.
    svg = engine().diagram(case_id, current_actor(), plane.id, locale())
    return Markup(svg)  # noqa: S704


def _tasks(case: CaseView) -> tuple[tuple[WorkItemView, ...], tuple[WorkItemView, ...]]:
    actor, language = current_actor(), locale()
    offered = {
        item.id
        for which in ("mine", "group")
        for item in engine()
        .worklist(actor, WorklistQuery(which=which, search=case.reference), language)
        .items
    }
    tasks = engine().tasks_of(case.id, actor, language)
    mine = tuple(task for task in tasks if task.id in offered)
    return mine, tuple(task for task in tasks if task.id not in offered)


def _unreached(case_id: str) -> tuple[ContactProblem, ...]:
    with store().snapshot() as uow:
        return problems_seen(uow, current_actor(), engine().now(), case_id=case_id)


def _payments(case_id: str) -> tuple[Payment, ...]:
    with store().snapshot() as uow:
        return payments_of(uow, case_id)


def _surveys(case: CaseView) -> tuple[Panel, ...]:
    with store().snapshot() as uow:
        # A score is psychosocial: it is read, and the read logged, when somebody asks to see it.
        return read_board(uow, case, scores=False)


def _plan(case_id: str, tranches: tuple[Payment, ...]) -> tuple[LineProgress, ...]:
    with store().snapshot() as uow:
        return progress_of(lines_of(uow, case_id), tranches)


def _people(
    history: tuple[EventView, ...], files: tuple[Document, ...], tranches: tuple[Payment, ...]
) -> set[str | None]:
    people: set[str | None] = {event.actor for event in history}
    people |= {each.uploaded_by for each in files}
    for each in tranches:
        people |= {each.prepared_by, each.approved_by, each.paid_by}
    return people


def _referrals(case_id: str) -> tuple[tuple[Referral, ...], bool]:
    """Return a case's referrals, and whether the reader may refer by hand."""
    actor, now = current_actor(), engine().now()
    with store().snapshot() as uow:
        found = find_referrals(uow, actor, now, case_id=case_id)
        return found, may_refer(uow, people_room().fields, case_id, actor)
