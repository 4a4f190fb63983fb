"""Operators: found by what they cover, entrusted with cases up to their capacity."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

import pytest

from engine.errors import BusinessError, Conflict, HandlerFailed, NotFound
from engine.model import CaseRef
from engine.store.queries import can_see
from handlers import demo
from handlers.organisations import (
    Organisation,
    assignments_of,
    find_organisations,
    list_operators,
    read_operator,
    read_organisation,
    save_organisation,
    save_profile,
)
from tests.handlers.support import NOW, Site, person

HORIZON = person("horizon", "adviser", organisation="op-horizon")


def set_capacity(site: Site, organisation: str, capacity: int) -> None:
    """Change how many cases an operator can have."""
    with site.store.unit_of_work() as uow:
        save_profile(
            uow,
            organisation,
            capacity=capacity,
            sectors=["services"],
            regions=["centre"],
            levels=["business"],
        )


def load(site: Site, organisation: str) -> int:
    """Return how many cases an operator has."""
    with site.store.snapshot() as uow:
        return read_operator(uow, organisation).load


def seen(site: Site, case: CaseRef) -> bool:
    """Tell whether op-horizon sees the case now."""
    with site.store.snapshot() as uow:
        return can_see(uow, case.id, HORIZON, site.clock.now())


def test_operators_are_found_by_level_region_and_sector_the_freest_first(site: Site) -> None:
    found = site.run(
        "organisations.find_operators",
        site.case(),
        level="business",
        region="centre",
        sector="services",
        specification="cm-ofii-operator",
    )["operators"]
    assert [operator["id"] for operator in found] == ["op-littoral-appui", "op-horizon"]
    assert found[1]["type"] == "private"
    assert found[1]["capacity_left"] == 30
    assert "business" in found[1]["levels"]


def test_without_a_sector_every_operator_of_level_and_region_is_found(site: Site) -> None:
    found = site.run(
        "organisations.find_operators", site.case(), level="social", region="nord", sector=None
    )["operators"]
    assert [operator["id"] for operator in found] == ["op-emploi-public", "op-jeunesse-publique"]


def test_a_full_operator_is_not_offered(site: Site) -> None:
    set_capacity(site, "op-horizon", 0)
    found = site.run(
        "organisations.find_operators", site.case(), level="business", region="centre"
    )["operators"]
    assert "op-horizon" not in [operator["id"] for operator in found]


def test_demo_operators_cover_every_level_region_and_sector(sqlite_site: Site) -> None:
    case = sqlite_site.case()
    missing = [
        wanted
        for wanted in itertools.product(demo.LEVELS, demo.REGIONS, demo.SECTORS)
        if not sqlite_site.run(
            "organisations.find_operators",
            case,
            **dict(zip(("level", "region", "sector"), wanted, strict=True)),
        )["operators"]
    ]
    assert missing == []


def test_an_operator_sees_a_case_from_its_assignment_to_its_end(site: Site) -> None:
    case = site.case()
    assert not seen(site, case)
    site.run("organisations.assign", case, organisation="op-horizon")
    assert seen(site, case)
    site.clock.move_to(NOW + timedelta(days=3))
    site.run("organisations.unassign", case, organisation="op-horizon")
    assert not seen(site, case)
    with site.store.snapshot() as uow:
        (charge,) = assignments_of(uow, case.id)
    assert (charge.since, charge.until) == (NOW, NOW + timedelta(days=3))
    assert site.kinds(case) == [
        "operator.assigned",
        "party.added",
        "operator.unassigned",
        "party.ended",
    ]


def test_the_load_follows_assignments_and_repeating_one_changes_nothing(site: Site) -> None:
    case, other = site.case("a"), site.case("b")
    site.run("organisations.assign", case, organisation="op-horizon")
    site.run("organisations.assign", case, organisation="op-horizon")
    site.run("organisations.assign", other, organisation="op-horizon")
    assert load(site, "op-horizon") == 2
    site.run("organisations.unassign", case, organisation="op-horizon")
    site.run("organisations.unassign", case, organisation="op-horizon")
    assert load(site, "op-horizon") == 1


def test_a_full_operator_is_refused_by_a_code_that_the_diagram_can_catch(site: Site) -> None:
    set_capacity(site, "op-horizon", 1)
    site.run("organisations.assign", site.case("a"), organisation="op-horizon")
    late = site.case("b")
    with pytest.raises(BusinessError, match="no place left") as refused:
        site.run("organisations.assign", late, organisation="op-horizon")
    assert refused.value.code == "capacity-full"
    assert not seen(site, late)
    assert site.kinds(late) == []


def test_two_cases_that_want_the_last_place_at_once_get_it_once(site: Site) -> None:
    set_capacity(site, "op-horizon", 1)
    cases = [site.case(name) for name in "abcd"]
    start, results = threading.Barrier(len(cases)), []

    def want(case: CaseRef) -> None:
        start.wait()
        try:
            site.run("organisations.assign", case, organisation="op-horizon")
            results.append("taken")
        except BusinessError as error:
            results.append(error.code)

    threads = [threading.Thread(target=want, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(results) == ["capacity-full"] * 3 + ["taken"]
    assert load(site, "op-horizon") == 1


def test_an_unknown_organisation_is_refused_naming_element_and_case(site: Site) -> None:
    case = site.case()
    for name, arguments in (
        ("organisations.assign", {"organisation": "op-nobody"}),
        ("organisations.open_access", {"organisation": "op-nobody", "role": "x"}),
        ("organisations.assign", {"organisation": "ofii-cm"}),
    ):
        with pytest.raises(HandlerFailed, match="Task_Test of case CM-OFII-2026-a names"):
            site.run(name, case, **arguments)


def test_access_is_opened_and_closed_for_any_organisation(site: Site) -> None:
    case = site.case()
    for _ in range(2):
        site.run(
            "organisations.open_access", case, organisation="op-horizon", role="committee_secretary"
        )
    assert seen(site, case)
    site.run("organisations.close_access", case, organisation="op-horizon")
    assert not seen(site, case)
    assert site.kinds(case) == ["party.added", "party.ended"]


def test_a_capacity_below_the_load_is_refused(site: Site) -> None:
    site.run("organisations.assign", site.case(), organisation="op-horizon")
    with pytest.raises(Conflict, match="Move cases to another operator"):
        set_capacity(site, "op-horizon", 0)


def test_seeding_again_keeps_the_load(site: Site) -> None:
    site.run("organisations.assign", site.case(), organisation="op-horizon")
    with site.store.unit_of_work() as uow:
        demo.seed(uow)
    assert load(site, "op-horizon") == 1


def test_organisations_are_listed_by_country_and_kind(site: Site) -> None:
    foreign = Organisation("op-tunis", "Tunis", "operator", "TN", "private", "tn@demo.invalid")
    with site.store.unit_of_work() as uow:
        save_organisation(uow, foreign)
        operators = find_organisations(uow, country="CM", kind="operator")
        assert read_organisation(uow, "op-tunis") == foreign
        with pytest.raises(NotFound, match="op-nobody"):
            read_organisation(uow, "op-nobody")
        profiles = list_operators(uow, "CM")
    assert len(operators) == 5
    assert {o.type for o in operators} == {"public", "private"}
    agreed = {"pari-jedi-demo"}  # A contract entrusts it with cases (domain file, A12).
    assert {p.organisation.id for p in profiles} == {o.id for o in operators} | agreed


def test_the_applicant_is_the_organisation_for_which_the_case_was_opened(site: Site) -> None:
    case = site.case("a", "ofii-cm")
    with site.store.unit_of_work() as uow:
        uow.add_party(case.id, "lemma-1", "organisation_representative", NOW)
    found = site.run("organisations.applicant", case)
    assert found == {"organisation": "lemma-1", "name": read_in(site, "lemma-1").name}


def test_a_case_without_one_applicant_alone_is_a_fault_of_the_diagram(site: Site) -> None:
    case = site.case()
    with pytest.raises(HandlerFailed, match="0 do, one must"):
        site.run("organisations.applicant", case)
    with site.store.unit_of_work() as uow:
        for organisation in ("lemma-1", "lemma-2"):
            uow.add_party(case.id, organisation, "organisation_representative", NOW)
    with pytest.raises(HandlerFailed, match="2 do, one must"):
        site.run("organisations.applicant", case)


def read_in(site: Site, organisation: str) -> Organisation:
    """Return an organisation as it is kept."""
    with site.store.snapshot() as uow:
        return read_organisation(uow, organisation)
