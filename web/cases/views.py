"""The list of cases and the page of one case."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseEnded, Conflict, InvalidAnswer
from engine.model import CaseStatus
from engine.service import CasesQuery
from web.accounts import current_actor
from web.answers import Posted, read_posted
from web.cases.blueprint import blueprint
from web.cases.dossier import read_dossier
from web.context import engine
from web.failures import explain
from web.forms import ask
from web.i18n import _
from web.locales import locale
from web.paging import page_number, text_argument


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the cases that the signed-in person may see."""
    status = text_argument("status")
    query = CasesQuery(
        status=CaseStatus(status) if status in set(CaseStatus) else None,
        search=text_argument("search"),
        page=page_number(),
    )
    found = engine().cases(current_actor(), query, locale())
    return render_template("cases/index.html", cases=found, query=query, statuses=CaseStatus)


@blueprint.get("/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """Show a case: summary, diagram and steps, timeline, documents, payments."""
    everything = text_argument("events") == "all"
    dossier = read_dossier(case_id, text_argument("plane"), everything=everything)
    return render_template("cases/case.html", dossier=dossier, everything=everything)


@blueprint.get("/<case_id>/actions/<int:activation>")
def action(case_id: str, activation: int) -> ResponseReturnValue:
    """Show the form of what may be asked of a case at any time, such as a withdrawal."""
    return _action_page(case_id, activation, None)


@blueprint.post("/<case_id>/actions/<int:activation>")
def send(case_id: str, activation: int) -> ResponseReturnValue:
    """Ask it of the case."""
    view = engine().action_form(case_id, activation, current_actor(), locale())
    posted = read_posted(view.form if view else None, case_id)
    if posted.intent != "complete" or posted.errors:
        return _action_page(case_id, activation, posted, posted.errors)
    try:
        done = engine().send(case_id, activation, posted.answer, current_actor(), locale=locale())
    except InvalidAnswer as error:
        return _action_page(case_id, activation, posted, error.errors)
    except (Conflict, CaseEnded) as error:
        return _action_page(case_id, activation, posted, {"": explain(error)}, 409)
    flash(_("Your request is recorded in %(case)s.", case=done.reference))
    return redirect(url_for(".case", case_id=case_id), 303)


def _action_page(
    case_id: str,
    activation: int,
    posted: Posted | None,
    errors: dict[str, str] | None = None,
    status: int = 422,
) -> ResponseReturnValue:
    actor = current_actor()
    offered = engine().actions(case_id, actor, locale())
    view = engine().action_form(case_id, activation, actor, locale())
    asked = ask(
        view.form if view else None,
        view.labels if view else None,
        view.values if view else {},
        posted.answer if posted else None,
        errors or {},
        case_id=case_id,
    )
    html = render_template(
        "cases/action.html",
        case=engine().case(case_id, actor, locale()),
        title=next(each.name for each in offered if each.activation == activation),
        asked=asked,
        activation=activation,
        path=request.path,
    )
    return html, status if errors else 200
