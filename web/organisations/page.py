"""The list of organisations, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from engine.store import UnitOfWork
from handlers.organisations import (
    Accreditation,
    Asked,
    Designation,
    Fired,
    Kind,
    Operator,
    Organisation,
    accreditations_of,
    agreements_of,
    applications_of,
    cases_of,
    coverage_of,
    designations_of,
    edited_in,
    events_of,
    listed,
    measure,
    read_operator,
    read_specification,
    reasons,
    rights_over,
    role_names,
    visible_organisation,
)
from handlers.organisations.codes import REGIONS
from web.accounts import current_actor, staff_of
from web.context import engine, names, store
from web.locales import locale
from web.organisations.blueprint import blueprint
from web.organisations.words import word
from web.paging import page_number, text_argument

PAGE_SIZE = 25
PERIOD = timedelta(days=365)
MOST_DESIGNATIONS = 20


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of the list, as the pager reads it."""

    items: tuple[Organisation, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_SIZE))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the organisations that the signed-in person may see."""
    kind, country = text_argument("kind"), text_argument("country")
    asked = Asked(
        kind=kind if kind in set(Kind) else None,
        country=country,
        region=text_argument("region"),
        search=text_argument("search"),
    )
    page = page_number()
    with store().snapshot() as uow:
        offset = (page - 1) * PAGE_SIZE
        found = listed(uow, current_actor(), asked, offset=offset, limit=PAGE_SIZE)
        covered = coverage_of(uow, [each.id for each in found.rows])
        editable = bool(edited_in(uow, current_actor()))
    return render_template(
        "organisations/index.html",
        list=Paged(found.rows, found.total, page),
        asked=asked,
        covered=covered,
        countries=found.countries,
        kinds=Kind,
        editable=editable,
        regions=_regions(found.countries),
    )


def _regions(countries: tuple[str, ...]) -> list[tuple[str, str]]:
    codes = [code for country in countries for code in REGIONS.get(country, ())]
    return sorted(((code, word("region", code)) for code in codes), key=lambda each: each[1])


@blueprint.get("/<organisation_id>")
def organisation(organisation_id: str) -> ResponseReturnValue:
    """Show an organisation: what is public, and to its own, the agency and auditors the rest."""
    actor, now = current_actor(), engine().now()
    first, last = period(request.args, now.date())
    with store().snapshot() as uow:
        found = visible_organisation(uow, organisation_id, actor)
        rights = rights_over(uow, found, actor)
        shown: dict[str, Any] = {
            "organisation": found,
            "rights": rights,
            "covered": coverage_of(uow, [found.id])[found.id],
            "accreditations": accredited(uow, found.id, now.date()),
        }
        if rights.inside:
            bounds = midnight(first), midnight(last + timedelta(days=1))
            shown |= {
                "operator": _operator(uow, found.id),
                "performance": measure(uow, found, *bounds, now),
                "cases": cases_of(uow, found.id, actor, now),
                "applications": applications_of(uow, found.id, actor, now),
                "agreements": agreements_of(uow, found.id),
                "designations": designations_of(uow, found.id, actor, now, MOST_DESIGNATIONS),
                "events": events_of(uow, found.id),
                "roles": role_names(uow, found.country, locale()),
            }
    if rights.inside:
        shown["staff"] = staff_of(store(), found.id)
        shown["why"] = _why(designation for reference, designation in shown["designations"])
        shown["names"] = names(each.account_id for each in shown["events"])
    return render_template("organisations/organisation.html", **shown, first=first, last=last)


def _why(designations: Iterable[Designation]) -> Mapping[int, tuple[Fired, ...]]:
    """Return why each was asked; the reader sees these cases."""
    by_case: dict[str, list[Designation]] = {}
    for each in designations:
        by_case.setdefault(each.case_id, []).append(each)
    found = {}
    for case_id, rows in by_case.items():
        why = reasons(engine().history(case_id, current_actor(), locale()))
        for row in rows:
            found[row.id] = why.get((row.organisation_id, row.made_at), ())
    return found


def _operator(uow: UnitOfWork, organisation_id: str) -> Operator | None:
    try:
        return read_operator(uow, organisation_id)
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class Held:
    """An accreditation as pages show it.

    :ivar standing: its status, or that its dates are over or to come.
    """

    row: Accreditation
    name: Mapping[str, str]
    version: int
    standing: str


def accredited(uow: UnitOfWork, organisation_id: str, today: date) -> tuple[Held, ...]:
    """Return an organisation's accreditations with how each stands today."""
    found = []
    for row in accreditations_of(uow, organisation_id):
        specification = read_specification(uow, row.specification_id)
        standing = standing_of(row, today)
        found.append(Held(row, specification.name, specification.version, standing))
    return tuple(found)


def standing_of(row: Accreditation, today: date) -> str:
    """Return an accreditation's status, or that its dates are over (``ended``) or ``to-come``."""
    standing = row.status.value
    if standing != "withdrawn" and row.until is not None and row.until < today:
        return "ended"
    return "to-come" if standing == "active" and today < row.since else standing


def period(typed: Mapping[str, str], today: date) -> tuple[date, date]:
    """Return the first and last day of the figures: those asked for, or the last year."""
    try:
        first, last = (date.fromisoformat(typed.get(key, "")) for key in ("first", "last"))
    except ValueError:
        return today - PERIOD, today
    # Beyond year 9000 a day's end cannot be told; before the first there is nothing to count.
    if last < first or last.year > 9000:
        return today - PERIOD, today
    return first, last


def midnight(day: date) -> datetime:
    """Return the beginning of a day, in UTC."""
    return datetime.combine(day, time(), UTC)
