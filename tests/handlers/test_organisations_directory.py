"""Who may see and change which organisation; profiles by hand and by file; figures of work."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.model import Actor, CaseRef, Grant, WorkItemStatus
from engine.store.tables import work_item_groups, work_items
from handlers.csv_files import CsvRefused
from handlers.organisations import (
    Asked,
    Dimension,
    Performance,
    Profile,
    Punctuality,
    Rights,
    cases_of,
    change_profile,
    coverage_of,
    events_of,
    listed,
    measure,
    read_operator,
    read_organisation,
    read_profile,
    rights_over,
    visible_organisation,
)
from handlers.organisations.transfer import COLUMNS, Taken, export, take_in
from tests.handlers.support import NOW, Site, person

HORIZON = "op-horizon"
STAFF = person("h", "adviser", organisation=HORIZON)
OTHER = person("l", "operator_manager")
AGENCY = person("o", "agency_officer", organisation="ofii-cm")
CASHIER = person("f", "finance_officer", organisation="ofii-cm")
PRETENDER = person("p", "agency_officer", organisation="op-littoral-appui")
TUNISIAN = person("t", "agency_officer", organisation="ote-demo")
AUDITOR = Actor("a", (Grant("auditor", None, "CM"),))
EVERYWHERE = Actor("n", (Grant("auditor", None),))
NOBODY = Actor("x")


def rights(site: Site, actor: Actor, organisation: str = HORIZON) -> Rights:
    """Return what an actor may do with an organisation."""
    with site.store.snapshot() as uow:
        return rights_over(uow, visible_organisation(uow, organisation, actor), actor)


def ids(site: Site, actor: Actor, asked: Asked = Asked()) -> set[str]:  # noqa: B008
    """Return what the list shows an actor."""
    with site.store.snapshot() as uow:
        return {each.id for each in listed(uow, actor, asked, offset=0, limit=200).rows}


@pytest.mark.parametrize(
    ("actor", "inside", "edit"),
    [
        (STAFF, True, False),
        (OTHER, False, False),
        (AGENCY, True, True),
        (CASHIER, False, False),
        (PRETENDER, False, False),
        (AUDITOR, True, False),
        (EVERYWHERE, True, False),
    ],
)
def test_own_people_agency_and_auditors_read_inside_and_the_agency_alone_edits(
    site: Site, actor: Actor, inside: bool, edit: bool
) -> None:
    site.case()  # publishes the scheme that says what its roles are
    assert rights(site, actor) == Rights(inside, edit)


def test_an_agency_without_a_scheme_that_knows_the_role_edits_nothing(site: Site) -> None:
    assert rights(site, AGENCY) == Rights(False, False)


@pytest.mark.parametrize("actor", [TUNISIAN, NOBODY])
def test_another_countrys_organisation_does_not_exist_by_id_nor_in_the_list(
    site: Site, actor: Actor
) -> None:
    assert HORIZON not in ids(site, actor)
    with site.store.snapshot() as uow, pytest.raises(NotFound):
        visible_organisation(uow, HORIZON, actor)


def test_list_and_page_open_to_the_same_organisations(site: Site) -> None:
    everything = ids(site, EVERYWHERE)
    for actor in (STAFF, AGENCY, AUDITOR, TUNISIAN, NOBODY):
        seen = set()
        for organisation in everything:
            with site.store.snapshot() as uow:
                try:
                    seen.add(visible_organisation(uow, organisation, actor).id)
                except NotFound:
                    continue
        assert seen == ids(site, actor)


def test_the_list_is_narrowed_by_kind_country_region_and_name(site: Site) -> None:
    assert len(ids(site, EVERYWHERE, Asked(kind="operator", country="TN"))) == 6
    assert len(ids(site, EVERYWHERE, Asked(kind="association", country="TN"))) == 25
    assert ids(site, AUDITOR, Asked(kind="operator", region="nord")) == {
        "op-nord-conseil",
        "op-emploi-public",
        "op-jeunesse-publique",
    }
    assert ids(site, AUDITOR, Asked(search="HORIZON im")) == {HORIZON}
    assert ids(site, AUDITOR, Asked(search="100%")) == set()


def test_cases_of_an_operator_are_told_to_who_sees_the_case(site: Site) -> None:
    case = site.case("a", "ofii-cm")
    site.run("organisations.assign", case, organisation=HORIZON)
    with site.store.snapshot() as uow:
        assert [c.reference for c in cases_of(uow, HORIZON, AGENCY, NOW)] == [case.reference]
        assert cases_of(uow, HORIZON, OTHER, NOW) == ()


# --- profiles -------------------------------------------------------------------------------


def profile(site: Site, organisation: str = HORIZON) -> Profile:
    """Return an organisation's profile as it stands."""
    with site.store.snapshot() as uow:
        return Profile(
            read_organisation(uow, organisation),
            coverage_of(uow, [organisation])[organisation],
            read_operator(uow, organisation).capacity,
        )


def change(site: Site, wanted: Profile, revision: int | None = None) -> bool:
    """Write a profile."""
    with site.store.unit_of_work() as uow:
        return change_profile(uow, wanted, by="officer", at=NOW, revision=revision)


def test_a_change_is_written_once_and_its_fields_are_told(site: Site) -> None:
    known = profile(site)
    wanted = replace(
        known,
        organisation=replace(known.organisation, name="Cabinet Horizon Inventé"),
        coverage={**known.coverage, Dimension.LANGUAGE: frozenset({"fr"})},
        capacity=31,
    )
    assert change(site, wanted) is True
    assert change(site, wanted) is False
    with site.store.snapshot() as uow:
        told = events_of(uow, HORIZON)[0]
    assert (told.account_id, told.kind) == ("officer", "changed")
    assert told.data["fields"] == ["name", "language", "capacity"]
    assert profile(site).capacity == 31


def test_the_second_of_two_people_who_change_one_profile_is_told(site: Site) -> None:
    known = profile(site)
    revision = known.organisation.revision
    change(site, replace(known, capacity=40), revision)
    with pytest.raises(Conflict, match="changed by somebody else"):
        change(site, replace(known, capacity=50), revision)
    assert profile(site).capacity == 40


def test_an_organisation_does_not_move_to_another_country(site: Site) -> None:
    known = profile(site)
    with pytest.raises(Conflict, match="does not move"):
        change(site, replace(known, organisation=replace(known.organisation, country="TN")))


GOOD = {
    "id": "op-neuf",
    "name": "Neuf Imaginaire",
    "kind": "operator",
    "country": "CM",
    "type": "private",
    "email": "neuf@demo.invalid",
    "language": "fr",
    "capacity": "5",
}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "Op Neuf", "id"),
        ("name", "", "required"),
        ("name", "x" * 201, "long"),
        ("kind", "bank", "choice"),
        ("country", "Cameroun", "country"),
        ("email", "neuf", "email"),
        ("language", "de", "choice"),
        ("capacity", "-1", "number"),
        ("capacity", "²", "number"),
        ("capacity", "9" * 5000, "number"),
        ("capacity", "0000000009999999999", "number"),
    ],
)
def test_what_is_written_wrongly_is_told_by_field(field: str, value: str, code: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        read_profile({**GOOD, field: value}, {})
    assert refused.value.errors == {field: code}


def test_a_region_of_another_country_is_refused() -> None:
    assert read_profile(GOOD, {Dimension.REGION: ["nord"]}).capacity == 5
    with pytest.raises(InvalidAnswer) as refused:
        read_profile(GOOD, {Dimension.REGION: ["sfax"]})
    assert refused.value.errors == {"region": "choice"}


# --- files ----------------------------------------------------------------------------------


def take(site: Site, *lines: str, all_or_nothing: bool = True) -> Taken:
    """Import a file of these lines."""
    content = "\n".join([",".join(COLUMNS), *lines]).encode()
    with site.store.unit_of_work() as uow:
        return take_in(uow, content, NOW, all_or_nothing=all_or_nothing)


NEW = "op-neuf,Neuf,operator,CM,private,neuf@demo.invalid,fr,,5,I,commerce,nord|est,social,"
WRONG = "op-dix,Dix,bank,CM,private,dix,fr,,,,,,,"


def test_a_file_is_taken_whole_or_not_at_all(site: Site) -> None:
    with pytest.raises(CsvRefused) as refused:
        take(site, NEW, WRONG)
    assert {(p.row, p.column) for p in refused.value.problems} == {(3, "kind"), (3, "email")}
    with site.store.snapshot() as uow, pytest.raises(NotFound):
        read_organisation(uow, "op-neuf")


def test_good_rows_are_taken_and_the_others_are_told(site: Site) -> None:
    site.run("organisations.assign", site.case(), organisation=HORIZON)
    full = "op-horizon,Autre Nom,operator,CM,private,h@demo.invalid,fr,,0,,,,,"
    taken = take(site, NEW, WRONG, NEW, full, all_or_nothing=False)
    assert (taken.changed, taken.same) == (1, 0)
    assert [(p.row, p.column) for p in taken.problems][2:] == [(4, "id"), (5, "")]
    assert profile(site, "op-neuf").coverage[Dimension.REGION] == {"nord", "est"}
    assert profile(site).organisation.name == "Cabinet Horizon Imaginaire"


def test_an_export_comes_back_as_it_is(site: Site) -> None:
    with site.store.unit_of_work() as uow:
        content = export(uow)
        taken = take_in(uow, content, NOW, all_or_nothing=True)
    assert taken.changed == 0
    assert taken.same == content.count(b"\n") - 1


# --- figures --------------------------------------------------------------------------------


def task(
    site: Site,
    case: CaseRef,
    element: str,
    *,
    opened: int,
    due: int | None = None,
    closed: int | None = None,
    role: str = "adviser",
) -> None:
    """Write a task, its moments in days after NOW."""

    def moment(days: int | None) -> datetime | None:
        return None if days is None else NOW + timedelta(days=days)

    with site.store.unit_of_work() as uow:
        count = uow.connection.execute(
            sa.select(sa.func.count()).select_from(work_items)
        ).scalar_one()
        key = {"case_id": case.id, "activation": count + 1}
        uow.connection.execute(
            sa.insert(work_items).values(
                **key,
                element_id=element,
                name=element,
                status=WorkItemStatus.OPEN if closed is None else WorkItemStatus.COMPLETED,
                candidate_users="[]",
                separate_from="[]",
                reason_required=False,
                priority=50,
                opened_at=moment(opened),
                due_at=moment(due),
                closed_at=moment(closed),
            )
        )
        uow.connection.execute(sa.insert(work_item_groups).values(**key, role=role))


def figures(site: Site, days: int = 30) -> Performance:
    """Return op-horizon's figures of 30 days, told so many days after NOW."""
    until = NOW + timedelta(days=30)
    with site.store.snapshot() as uow:
        organisation = read_organisation(uow, HORIZON)
        return measure(uow, organisation, NOW, until, NOW + timedelta(days=days))


def test_first_contact_counts_from_the_designation_to_the_operators_first_task(site: Site) -> None:
    first, second, silent = (site.case(name) for name in "abc")
    task(site, first, "Task_AnswerOffer", opened=-3, closed=0, role="operator_manager")
    for case in (first, second, silent):
        site.run("organisations.assign", case, organisation=HORIZON)
    task(site, first, "Task_ReflectOnProject", opened=0, closed=2)
    task(site, first, "Task_ApproveProject", opened=2, closed=9)
    task(site, second, "Task_ConfirmType", opened=0, closed=1, role="agency_officer")
    task(site, second, "Task_ReflectOnProject", opened=0, closed=6)
    found = figures(site)
    assert (found.entrusted, found.contacted) == (3, 2)
    assert found.first_contact == timedelta(days=4)


def test_visits_and_difficulties_are_on_time_late_or_not_yet_due(site: Site) -> None:
    case, other = site.case("a"), site.case("b")
    site.run("organisations.assign", case, organisation=HORIZON)
    site.run("organisations.assign", other, organisation="op-littoral-appui")
    task(site, case, "Task_VisitPromoter", opened=1, due=5, closed=5)
    task(site, case, "Task_VisitPromoter", opened=1, due=5, closed=6)
    task(site, case, "Task_VisitPromoter", opened=1, due=8)
    task(site, case, "Task_VisitPromoter", opened=1, due=29)
    task(site, case, "Task_AnswerDifficulty", opened=1, due=6, closed=3)
    task(site, other, "Task_AnswerDifficulty", opened=1, due=6, closed=9)
    found = figures(site, days=20)
    assert found.visits == Punctuality(on_time=1, late=2)
    assert found.difficulties == Punctuality(on_time=1, late=0)
    assert found.response == timedelta(days=2)
    assert (found.visits.percent, found.difficulties.percent) == (33, 100)


def test_a_period_without_work_has_no_figures_and_no_percentage(site: Site) -> None:
    found = figures(site)
    assert (found.entrusted, found.first_contact, found.visits.percent) == (0, None, None)
