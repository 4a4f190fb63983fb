"""Cases about organisations: who applies, accredited or refused with a reason, agreed, reviewed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import BusinessError, HandlerFailed
from engine.model import CaseRef
from engine.store.queries import can_see, read_events
from handlers.organisations import (
    Dimension,
    Status,
    accreditations_of,
    agreements_of,
    applications_of,
    coverage_of,
    events_of,
    publish_specification,
    read_organisation,
)
from handlers.organisations.demo import OFII_OPERATOR
from tests.handlers.support import AUDITOR, NOW, OFFICER, STRANGER, Site, person

PANEL = OFII_OPERATOR.code
TODAY = NOW.date()


def apply(site: Site, case: CaseRef, name: str = "Cabinet Inventé", **more: Any) -> str:
    """Register an applicant and return its id."""
    given: dict[str, Any] = {"kind": "operator", "regions": ["centre"], "levels": ["business"]}
    found = site.run("organisations.register_applicant", case, name=name, **(given | more))
    return str(found["organisation"])


def accredit(site: Site, case: CaseRef, applicant: str, **more: Any) -> dict[str, Any]:
    """Accredit an applicant on the panel's specifications for two years."""
    given: dict[str, Any] = {"months": Decimal(24), "body": "cm-ofii-finance", "reason": "meets"}
    given |= {"organisation": applicant, "specification": PANEL}
    return dict(site.run("organisations.accredit", case, **(given | more)))


def last_event(site: Site, case: CaseRef) -> tuple[str, dict[str, Any]]:
    """Return kind and data of the case's newest event."""
    with site.store.snapshot() as uow:
        event = list(read_events(uow, case.id))[-1]
    return event.kind, json.loads(event.body)["data"]


def test_an_applicant_is_entered_once_and_sees_its_own_case_only(site: Site) -> None:
    case, other = site.case("a", "ofii-cm"), site.case("b", "ofii-cm")
    applicant = apply(site, case)
    assert apply(site, case) == applicant
    theirs = person("r", "organisation_representative", organisation=applicant)
    with site.store.snapshot() as uow:
        assert can_see(uow, case.id, theirs, NOW)
        assert not can_see(uow, other.id, theirs, NOW)
        known = read_organisation(uow, applicant)
        assert (known.name, known.country, known.type) == ("Cabinet Inventé", "CM", "private")
        assert coverage_of(uow, [applicant])[applicant][Dimension.REGION] == {"centre"}
        (listed,) = applications_of(uow, applicant, theirs, NOW)
        assert applications_of(uow, applicant, STRANGER, NOW) == ()
    assert listed.reference == case.reference
    assert site.kinds(case).count("organisation.registered") == 1


def test_an_organisation_that_is_known_by_that_name_applies_as_it_stands(site: Site) -> None:
    case = site.case()
    found = site.run(
        "organisations.register_applicant",
        case,
        name="  cabinet  HORIZON imaginaire ",
        kind="association",
    )
    assert found == {"organisation": "op-horizon", "known": True}
    with site.store.snapshot() as uow:
        assert read_organisation(uow, "op-horizon").kind == "operator"
    assert "organisation.registered" not in site.kinds(case)


def test_entering_it_again_in_the_same_case_corrects_it(site: Site) -> None:
    case = site.case()
    applicant = apply(site, case)
    accredit(site, case, applicant, capacity=Decimal(5))
    assert apply(site, case, "Cabinet Corrigé", regions=["littoral"]) == applicant
    with site.store.snapshot() as uow:
        assert read_organisation(uow, applicant).name == "Cabinet Corrigé"
        assert coverage_of(uow, [applicant])[applicant][Dimension.REGION] == {"littoral"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "agency"}, "kind"),
        ({"kind": "ministry"}, "kind"),
        ({"name": " "}, "name"),
        ({"regions": ["sfax"]}, "region"),
        ({"email": "nulle part"}, "email"),
    ],
)
def test_what_an_applicant_cannot_be_is_refused_by_a_code_that_the_diagram_can_catch(
    site: Site, given: dict[str, Any], field: str
) -> None:
    case = site.case()
    with pytest.raises(BusinessError, match=field) as refused:
        apply(site, case, **given)
    assert refused.value.code == "applicant-invalid"
    with site.store.snapshot() as uow:
        assert applications_of(uow, "org-cm-ofii-2026-a", AUDITOR, NOW) == ()


def test_accreditation_keeps_its_dates_body_and_reason_and_opens_designation(site: Site) -> None:
    case = site.case()
    applicant = apply(site, case, sectors=["services"])
    made = accredit(site, case, applicant, capacity=Decimal(15))
    assert accredit(site, case, applicant, capacity=Decimal(15)) == made
    assert (made["since"], made["until"]) == (TODAY, date(2028, 11, 1))
    with site.store.snapshot() as uow:
        (held,) = accreditations_of(uow, applicant)
        told = events_of(uow, applicant)[0]
    assert (held.body, held.reason, held.case_id) == ("cm-ofii-finance", "meets", case.id)
    assert (told.kind, told.data["body"], told.account_id) == (
        "accredited",
        "cm-ofii-finance",
        OFFICER.account_id,
    )
    kind, data = last_event(site, case)
    assert (kind, data["reason"]) == ("organisation.accredited", "meets")
    found = site.run(
        "organisations.find_operators",
        site.case("b"),
        level="business",
        region="centre",
        specification=PANEL,
    )["operators"]
    assert applicant in [each["id"] for each in found]


def test_a_renewal_begins_the_day_after_and_on_the_newest_version(site: Site) -> None:
    case = site.case()
    applicant = apply(site, case)
    first = accredit(site, case, applicant)
    again = accredit(site, case, applicant, activation=2)
    assert again["since"] == first["until"] + timedelta(days=1)
    with site.store.unit_of_work() as uow:
        publish_specification(uow, replace(OFII_OPERATOR, version=2, published_on=TODAY))
    third = accredit(site, case, applicant, activation=3)
    assert third["since"] == TODAY
    with site.store.snapshot() as uow:
        held = {each.id: each.specification_id for each in accreditations_of(uow, applicant)}
    assert held[third["accreditation"]] == f"{PANEL}-2"


def test_an_accreditation_without_an_end_is_not_given_twice(site: Site) -> None:
    case = site.case()
    applicant = apply(site, case)
    assert accredit(site, case, applicant, months=None)["until"] is None
    with pytest.raises(BusinessError) as refused:
        accredit(site, case, applicant, activation=2)
    assert refused.value.code == "accredited-already"


def test_a_refusal_needs_a_reason_and_leaves_what_is_held(site: Site) -> None:
    case = site.case()
    asked = {"organisation": "op-horizon", "specification": PANEL, "body": "ofii-cm"}
    with pytest.raises(BusinessError) as refused:
        site.run("organisations.refuse_accreditation", case, reason=" ", **asked)
    assert refused.value.code == "reason-missing"
    site.run("organisations.refuse_accreditation", case, reason="capacity", **asked)
    assert last_event(site, case)[1]["reason"] == "capacity"
    with site.store.snapshot() as uow:
        assert [each.status for each in accreditations_of(uow, "op-horizon")] == [Status.ACTIVE]
        assert events_of(uow, "op-horizon")[0].kind == "accreditation-refused"


def test_a_review_suspends_resumes_and_withdraws(site: Site) -> None:
    case = site.case()

    def move(status: str, reason: str = "review") -> None:
        site.run(
            "organisations.change_accreditation",
            case,
            organisation="op-horizon",
            specification=PANEL,
            status=status,
            reason=reason,
        )

    for status in ("suspended", "active", "suspended", "withdrawn"):
        move(status)
    with site.store.snapshot() as uow:
        assert [each.status for each in accreditations_of(uow, "op-horizon")] == [Status.WITHDRAWN]
    with pytest.raises(BusinessError) as refused:
        move("active")
    assert refused.value.code == "not-accredited"
    with pytest.raises(HandlerFailed, match="one of active, suspended, withdrawn"):
        move("lost")
    assert site.kinds(case).count("organisation.suspended") == 2


def test_an_agreement_is_noted_once_with_its_term_and_sheet(site: Site) -> None:
    case = site.case()
    asked = {"organisation": "op-horizon", "kind": "contract", "document": "d" * 32}
    for _ in range(2):
        made = site.run("organisations.note_agreement", case, months=Decimal(12), **asked)
    with site.store.snapshot() as uow:
        (noted,) = agreements_of(uow, "op-horizon")
    assert (noted.id, noted.until, noted.document) == (
        made["agreement"],
        date(2027, 11, 1),
        "d" * 32,
    )
    assert site.kinds(case).count("organisation.agreed") == 1


def test_measuring_an_operator_without_work_gives_no_figure_but_the_count(site: Site) -> None:
    found = site.run("organisations.measure", site.case(), organisation="op-horizon")
    assert found == {
        "entrusted": 0,
        "first_contact_days": None,
        "visits": None,
        "difficulties": None,
        "response_days": None,
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"organisation": "nobody"}, "passes organisation 'nobody'"),
        ({"organisation": "op-tn-1"}, "must be one of CM"),
        ({"specification": "tn-tounesna-operator"}, "published in CM"),
        ({"months": Decimal("1.5")}, "a whole number from 1 to 600"),
        ({"body": "x" * 65}, "a code of 1 to 64 letters"),
        ({"reason": "x" * 501}, "at most 500 letters"),
    ],
)
def test_a_diagrams_mistake_is_told_with_step_and_case(
    site: Site, given: dict[str, Any], message: str
) -> None:
    asked = {"organisation": "op-horizon", "specification": PANEL, "months": Decimal(1)}
    with pytest.raises(HandlerFailed, match=f"Task_Test of case CM-OFII-2026-a.*{message}"):
        site.run("organisations.accredit", site.case(), **(asked | given))


def test_the_criteria_to_score_are_those_published_in_a_language_that_they_have(
    site: Site,
) -> None:
    case = site.case()
    found = site.run("organisations.criteria", case, specification=PANEL, language="en")
    assert [each["code"] for each in found["criteria"]] == [
        "business-creation",
        "support",
        "reactivity",
        "dialogue",
    ]
    assert found["criteria"][2]["text"].startswith("Reactivity")
    other = site.run("organisations.criteria", case, specification=PANEL, language="de")
    assert other["criteria"][2]["text"].startswith("Réactivité")
    with pytest.raises(HandlerFailed, match="nothing-published"):
        site.run("organisations.criteria", case, specification="nothing-published")


def test_who_has_places_is_found_for_what_it_takes_and_nothing_else(site: Site) -> None:
    case = site.case("a", "ofii-cm")
    applicant = apply(site, case)
    accredit(site, case, applicant)
    site.run(
        "organisations.open_places",
        case,
        organisation=applicant,
        capacity=Decimal(2),
        levels=["social"],
        regions=["est"],
    )
    assert last_event(site, case)[0] == "organisation.places"
    wanted = {"sector": "transport", "specification": PANEL}
    found = site.run("organisations.find_operators", case, level="social", region="est", **wanted)[
        "operators"
    ]
    assert {each["id"]: each["capacity_left"] for each in found}[applicant] == 2
    elsewhere = site.run(
        "organisations.find_operators", case, level="social", region="centre", **wanted
    )["operators"]
    assert applicant not in {each["id"] for each in elsewhere}


def test_places_of_an_unknown_region_or_below_the_cases_taken_are_refused(site: Site) -> None:
    case = site.case("a", "ofii-cm")
    applicant = apply(site, case)
    given: dict[str, Any] = {"organisation": applicant, "levels": ["social"]}
    with pytest.raises(HandlerFailed, match="one or more of"):
        site.run("organisations.open_places", case, capacity=Decimal(2), regions=["tunis"], **given)
    site.run("organisations.open_places", case, capacity=Decimal(2), regions=["est"], **given)
    for name in ("b", "c"):
        site.run("organisations.assign", site.case(name), organisation=applicant)
    with pytest.raises(BusinessError) as refused:
        site.run("organisations.open_places", case, capacity=Decimal(1), regions=["est"], **given)
    assert refused.value.code == "capacity-taken"
