"""The surveys of one case, one survey's answers, and both to take along."""

from __future__ import annotations

from flask import abort, make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from weasyprint import HTML

from engine.service import CaseView
from handlers.csv_files import write_csv
from handlers.surveys import Surveys, instrument_of, read_survey
from web.accounts import current_actor
from web.context import engine, names, store
from web.documents import case_ref
from web.i18n import _
from web.locales import locale
from web.people.blueprint import people
from web.surveys.blueprint import blueprint
from web.surveys.board import Panel, Taken, read_board


@blueprint.get("/cases/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """Compare the surveys of a case over time."""
    view, panels = _read(case_id)
    return render_template("surveys/case.html", case=view, panels=panels)


@blueprint.get("/<survey_id>")
def survey(survey_id: str) -> ResponseReturnValue:
    """Show what was answered in one survey, question by question."""
    actor, now = current_actor(), engine().now()
    with store().snapshot() as uow:
        found = read_survey(uow, survey_id, actor, now)
        instrument = instrument_of(uow, found.instrument, found.version)
    view = engine().case(found.case_id, actor, locale())
    with store().snapshot() as uow:
        results = Surveys(people().fields).results(uow, case_ref(view), [found], actor)
    taken = Taken(found, results.get(found.id))
    return render_template(
        "surveys/survey.html",
        case=view,
        taken=taken,
        panel=Panel(instrument, (taken,), Markup("")),
        names=names([found.taken_by]),
    )


@blueprint.get("/cases/<case_id>/<any(csv, pdf):suffix>")
def export(case_id: str, suffix: str) -> ResponseReturnValue:
    """Give the comparison to whoever may read the scores, with what they are not on every page."""
    view, panels = _read(case_id)
    if not any(panel.readable for panel in panels):
        abort(404)
    if suffix == "csv":
        response = make_response(_csv(view, panels))
        response.content_type = "text/csv; charset=utf-8"
    else:
        html = render_template("surveys/print.html", case=view, panels=panels)
        response = make_response(HTML(string=html, url_fetcher=_nothing).write_pdf())
        response.content_type = "application/pdf"
    name = f"{view.reference}-{_('surveys')}.{suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(case_id: str) -> tuple[CaseView, tuple[Panel, ...]]:
    view = engine().case(case_id, current_actor(), locale())
    with store().snapshot() as uow:
        return view, read_board(uow, view)


def _csv(view: CaseView, panels: tuple[Panel, ...]) -> bytes:
    names_ = list(dict.fromkeys(name for panel in panels for name in panel.instrument.dimensions))
    rows = [
        {
            "case": view.reference,
            "instrument": panel.instrument.code,
            "version": panel.instrument.version,
            "moment": each.survey.moment,
            "taken_at": each.survey.taken_at.isoformat(),
            "completeness": each.completeness,
            **(dict(each.result.scores) if each.result else {}),
            "notice": panel.notice,
        }
        for panel in panels
        for each in panel.taken
    ]
    head = ("case", "instrument", "version", "moment", "taken_at", "completeness")
    return write_csv((*head, *names_, "notice"), rows)


def _nothing(url: str, *_args: object, **_kwargs: object) -> dict[str, object]:
    raise ValueError(f"A report of surveys loads nothing from outside: {url[:80]}")
