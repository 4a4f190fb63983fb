"""The list of reports, and one of them with its period, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog
from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from engine.service import ReportName, ReportView
from handlers.csv_files import write_csv
from web.accounts import current_actor
from web.context import engine
from web.i18n import _
from web.locales import locale
from web.paging import text_argument

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Period:
    """Days in which the counted cases began; ``wrong`` where what was asked is no period."""

    since: date | None
    until: date | None
    wrong: bool = False


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the reports of every scheme whose cases the reader may count."""
    found: dict[str, list[ReportName]] = {}
    for each in engine().report_names(current_actor(), locale()):
        found.setdefault(each.scheme_name, []).append(each)
    return render_template("reports/index.html", schemes=found)


@blueprint.get("/<path:scheme>/<code>")
def report(scheme: str, code: str) -> ResponseReturnValue:
    """Show a report over the cases that began in a period."""
    period = _period()
    view = _read(scheme, code, period)
    return render_template("reports/report.html", report=view, period=period)


@blueprint.get("/<path:scheme>/<code>.csv")
def export(scheme: str, code: str) -> ResponseReturnValue:
    """Give the same as a file; the log keeps who took it."""
    period = _period()
    if period.wrong:
        abort(400)
    view = _read(scheme, code, period)
    log.info("report exported", report=f"{view.scheme}/{code}", account=current_actor().account_id)
    response = make_response(_csv(view))
    response.content_type = "text/csv; charset=utf-8"
    name = f"{view.scheme.replace('/', '-')}-{code}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(scheme: str, code: str, period: Period) -> ReportView:
    since, until = (None, None) if period.wrong else (period.since, period.until)
    return engine().report(
        scheme,
        code,
        current_actor(),
        locale(),
        since=None if since is None else _moment(since),
        until=None if until is None else _moment(until + timedelta(days=1)),
    )


def _period() -> Period:
    try:
        days = [_day(text_argument(name)) for name in ("since", "until")]
    except ValueError:
        return Period(None, None, wrong=True)
    since, until = days
    wrong = since is not None and until is not None and until < since
    return Period(since, until, wrong)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _csv(view: ReportView) -> bytes:
    count = _("Cases")
    names = [*view.columns, count, *([view.total_name] if view.total_name else [])]
    rows: list[Mapping[str, Any]] = [
        {
            **dict(zip(view.columns, line.cells, strict=True)),
            count: line.count,
            **({view.total_name: line.total} if view.total_name else {}),
        }
        for line in view.lines
    ]
    return write_csv(names, rows)
