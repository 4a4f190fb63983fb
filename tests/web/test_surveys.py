"""Pages of surveys: scores by tier, drawn and as a table, labelled on every copy."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from engine.model import CaseRef
from handlers.people import People, PersonalFields, sensitive_reads
from handlers.surveys import import_shipped, seed_surveys
from tests.web.conftest import NOW, Site, actor
from web.surveys.chart import draw

NOTICES = {
    "fr": "Provisoire : ce n&#39;est pas le score officiel de l&#39;OIM",
    "en": "Provisional, not the official IOM score",
    "ar": "مؤقت، ليس المؤشر الرسمي للمنظمة الدولية للهجرة",
}


def fields_of(site: Site) -> PersonalFields:
    """Return the room of personal answers that the pages use."""
    people: People = site.app.extensions["people"]
    return people.fields


def surveyed(site: Site) -> str:
    """Open a case with a survey on arrival and one after six months; return its id."""
    case_id = site.start()
    view = site.engine.case(case_id, actor("auditeur"))
    ref = CaseRef(view.id, view.reference, view.scheme, view.country, view.subject)
    fields = fields_of(site)
    with site.engine.store.unit_of_work() as uow:
        import_shipped(uow, NOW)
        assert seed_surveys(uow, fields, ref, actor("ofii"), NOW) == 2
    return case_id


def survey_ids(page: str) -> list[str]:
    return sorted(set(re.findall(r"/surveys/([0-9a-f]{32})", page)))


@pytest.mark.parametrize("language", NOTICES)
def test_the_case_shows_the_scores_drawn_and_as_a_table_with_what_they_are_not(
    site: Site, language: str
) -> None:
    case_id = surveyed(site)
    browser = site.browser("ofii")
    browser.get(f"/language/{language}")
    page = browser.get(f"/surveys/cases/{case_id}").text
    assert NOTICES[language] in page
    assert page.count('class="ps-chart"') == 1
    assert re.search(r"<bdi dir=\"ltr\">\+0[.,]\d\d</bdi>", page)
    assert re.search(r"ps-chartbox\" dir=\"ltr\"", page)


def test_a_case_page_opens_no_score_and_logs_no_read_until_somebody_asks_to_see_them(
    site: Site,
) -> None:
    def read() -> int:
        with site.engine.store.snapshot() as uow:
            return sum("survey_result" in each.keys for each in sensitive_reads(uow, case_id))

    case_id = surveyed(site)
    browser, before = site.browser("ofii"), read()
    page = browser.get(f"/cases/{case_id}").text
    assert NOTICES["fr"] in page
    assert "Mois 6" in page
    assert 'class="ps-chart"' not in page
    assert read() == before
    assert f'href="/surveys/cases/{case_id}"' in page
    browser.get(f"/surveys/cases/{case_id}")
    assert read() == before + 1


def test_a_role_without_the_tier_sees_that_a_survey_was_taken_and_no_score(site: Site) -> None:
    case_id = surveyed(site)
    page = site.browser("auditeur").get(f"/surveys/cases/{case_id}").text
    assert len(survey_ids(page)) == 2
    assert 'ps-chart"' not in page
    assert "ne sont pas accessibles" in page
    one = site.browser("auditeur").get(f"/surveys/{survey_ids(page)[0]}")
    assert one.status_code == 200
    assert "rapports" not in one.text.lower() or "Rarement" not in one.text
    assert "govuk-summary-list__key" not in one.text


def test_a_survey_and_a_comparison_of_a_case_that_is_not_mine_do_not_exist(site: Site) -> None:
    case_id = surveyed(site)
    (one, _other) = survey_ids(site.browser("ofii").get(f"/surveys/cases/{case_id}").text)
    stranger = site.browser("conseiller")
    for path in (f"/surveys/{one}", f"/surveys/cases/{case_id}", f"/surveys/cases/{case_id}/csv"):
        assert stranger.get(path).status_code == 404


def test_answers_open_question_by_question_and_the_reading_is_logged(site: Site) -> None:
    case_id = surveyed(site)
    browser = site.browser("ofii")
    one = survey_ids(browser.get(f"/surveys/cases/{case_id}").text)[0]
    page = browser.get(f"/surveys/{one}").text
    assert page.count("govuk-summary-list__key") == 15
    assert NOTICES["fr"] in page
    with site.engine.store.snapshot() as uow:
        log = uow.connection.exec_driver_sql(
            "SELECT count(*) FROM sensitive_reads WHERE keys LIKE '%survey_result%'"
        ).scalar_one()
    assert log >= 2


@pytest.mark.parametrize("language", NOTICES)
def test_copies_carry_the_label_and_only_readers_of_the_scores_get_one(
    site: Site, language: str
) -> None:
    case_id = surveyed(site)
    browser = site.browser("ofii")
    browser.get(f"/language/{language}")
    csv = browser.get(f"/surveys/cases/{case_id}/csv").data.decode("utf-8-sig")
    assert csv.count(NOTICES[language].replace("&#39;", "'")) == 2
    assert "economic" in csv
    pdf = browser.get(f"/surveys/cases/{case_id}/pdf")
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Cache-Control"] == "no-store"
    assert site.browser("comite").get(f"/surveys/cases/{case_id}/csv").status_code == 404
    assert site.browser("auditeur").get(f"/surveys/cases/{case_id}/csv").status_code == 403


def test_an_erased_person_leaves_nothing_readable_on_the_pages(site: Site) -> None:
    case_id = surveyed(site)
    subject = site.engine.case(case_id, actor("ofii")).subject
    fields = fields_of(site)
    assert subject is not None
    with site.engine.store.unit_of_work() as uow:
        fields.keyring.erase_person(uow, subject, NOW)
    browser = site.browser("ofii")
    page = browser.get(f"/surveys/cases/{case_id}").text
    assert len(survey_ids(page)) == 2
    assert 'ps-chart"' not in page
    assert browser.get(f"/surveys/cases/{case_id}/pdf").status_code == 404


def test_a_case_without_surveys_says_what_to_do(site: Site) -> None:
    page = site.browser("ofii").get(f"/surveys/cases/{site.start()}").text
    assert "ps-empty" in page


def test_a_drawing_holds_figures_only_and_escapes_its_label() -> None:
    drawn = str(draw({"a": [(0, Decimal("0.5")), (6, Decimal(1))]}, 'x" onload="y'))
    assert 'onload="' not in drawn
    assert re.findall(r"<text[^>]*>([^<]*)</text>", drawn) == ["0", "0.5", "1", "0", "6"]
    assert str(draw({"a": []}, "x")) == ""
