"""The worklist and the task page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseEnded, Conflict, InvalidAnswer, NotAllowed
from engine.service import CaseView, TaskView, WorklistQuery
from web.accounts import current_actor
from web.answers import Posted, read_posted
from web.cases.letters import needed
from web.context import engine, names, readable
from web.failures import explain
from web.forms import Asked, ask
from web.i18n import _
from web.locales import locale
from web.notices.problems import count_mine
from web.paging import page_number, text_argument

blueprint = Blueprint("worklist", __name__, url_prefix="/tasks")

_LISTS = ("mine", "group", "done")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the tasks of the signed-in person."""
    which = text_argument("which")
    query = WorklistQuery(
        which=which if which in _LISTS else "mine",
        search=text_argument("search"),
        page=page_number(),
    )
    tasks = engine().worklist(current_actor(), query, locale())
    free = engine().worklist(current_actor(), WorklistQuery(which="group", size=1), locale())
    return render_template(
        "worklist/index.html", tasks=tasks, query=query, free=free.total, unreached=count_mine()
    )


@blueprint.get("/<task_id>")
def task(task_id: str) -> ResponseReturnValue:
    """Show a task: its form as it was left, and the case beside it."""
    view = engine().task(task_id, current_actor(), locale())
    typed = view.draft or None
    return _page(view, _asked(view, typed), reason=str((typed or {}).get("_reason", "")))


@blueprint.post("/<task_id>")
def answer(task_id: str) -> ResponseReturnValue:
    """Complete a task, keep a draft of it, or show the fields that what was typed calls for."""
    view = engine().task(task_id, current_actor(), locale())
    posted = read_posted(view.form, view.case.id)
    if posted.intent == "complete":
        return _complete(view, posted)
    if posted.intent == "draft":
        return _keep(view, posted)
    return _page(view, _asked(view, posted.answer, posted.errors), reason=posted.reason)


@blueprint.post("/<task_id>/claim")
def claim(task_id: str) -> ResponseReturnValue:
    """Take a task."""
    engine().claim(task_id, current_actor())
    return redirect(url_for(".task", task_id=task_id), 303)


@blueprint.post("/<task_id>/release")
def release(task_id: str) -> ResponseReturnValue:
    """Give a task back to its group."""
    engine().release(task_id, current_actor())
    flash(_("The task is free again. A draft stays with it."))
    return redirect(url_for(".index", which="group"), 303)


def _complete(view: TaskView, posted: Posted) -> ResponseReturnValue:
    if posted.errors:
        return _page(view, _asked(view, posted.answer, posted.errors), 422, reason=posted.reason)
    try:
        case = engine().complete(
            view.item.id, posted.answer, current_actor(), reason=posted.reason, locale=locale()
        )
    except InvalidAnswer as error:
        return _page(view, _asked(view, posted.answer, error.errors), 422, reason=posted.reason)
    except (Conflict, NotAllowed, CaseEnded) as error:
        fresh = engine().task(view.item.id, current_actor(), locale())
        return _page(fresh, _asked(fresh, posted.answer), 409, explain(error), posted.reason)
    flash(_("Done: %(task)s, %(case)s.", task=view.item.name, case=case.reference))
    return redirect(_after(case), 303)


def _keep(view: TaskView, posted: Posted) -> ResponseReturnValue:
    if posted.errors:
        return _page(view, _asked(view, posted.answer, posted.errors), 422, reason=posted.reason)
    draft = {**posted.answer, "_reason": posted.reason}
    try:
        engine().save_draft(view.item.id, draft, current_actor())
    except InvalidAnswer as error:
        return _page(view, _asked(view, posted.answer, error.errors), 422, reason=posted.reason)
    except (Conflict, NotAllowed, CaseEnded) as error:
        return _page(view, _asked(view, posted.answer), 409, explain(error), posted.reason)
    flash(_("Your draft is saved. Nobody else reads it while you hold this task."))
    return redirect(url_for(".task", task_id=view.item.id), 303)


def _after(case: CaseView) -> str:
    # The step may have ended the organisation's part in the case: then the page is not theirs.
    return url_for("cases.case", case_id=case.id) if readable(case.id) else url_for(".index")


def _asked(
    view: TaskView, typed: Mapping[str, object] | None, errors: Mapping[str, str] | None = None
) -> Asked:
    return ask(view.form, view.labels, view.values, typed, errors or {}, case_id=view.case.id)


def _page(
    view: TaskView, asked: Asked, status: int = 200, problem: str = "", reason: str = ""
) -> ResponseReturnValue:
    html = render_template(
        "worklist/task.html",
        task=view,
        asked=asked,
        problem=problem,
        reason=reason,
        reason_error=dict(asked.errors).get("f-reason", ""),
        needs=needed(view.case, [view.item.element_id]),
        names_of=names([view.item.assignee, view.item.closed_by]),
    )
    return html, status
