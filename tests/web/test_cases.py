"""Starting a case, its page, what may be asked of it, its documents."""

from __future__ import annotations

import io
import re

import pytest
from flask_babel import force_locale

from engine.service import EventView
from tests.web.conftest import CONFIRMED, Site, actor
from web.cases.timeline import tell

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _fields(page: str) -> set[str]:
    return set(re.findall(r'name="([a-z][a-z_.0-9]*)"', page)) - {"csrf_token"}


def test_start_page_lists_only_what_the_roles_may_start(site: Site) -> None:
    assert "/start/cm/ofii" in site.browser("accueil").get("/start").text
    nothing = site.browser("comite").get("/start").text
    assert "/start/cm/ofii" not in nothing
    assert "Vos rôles n’ouvrent aucun dossier" in nothing
    assert site.browser("comite").get("/start/cm/ofii").status_code == 404


def test_start_form_opens_a_case_and_shows_it(site: Site) -> None:
    browser = site.browser("accueil")
    browser.get("/start/cm/ofii")
    sent = {"family_name": "Essai", "assistance_type": "social", "_intent": "complete"}
    answer = browser.post("/start/cm/ofii", dict(sent))
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "CM-OFII-2026-00001" in page
    assert "Essai" in page
    assert "Essai" not in site.browser("auditeur").get(answer.headers["Location"]).text


def test_one_start_page_sent_twice_opens_one_case(site: Site) -> None:
    browser = site.browser("accueil")
    page = browser.get("/start/cm/ofii").text
    token = re.search(r'name="_request" value="([0-9a-f]+)"', page)
    assert token is not None
    sent = {"family_name": "E", "assistance_type": "social", "_request": token.group(1)}
    first = browser.post("/start/cm/ofii", dict(sent))
    second = browser.post("/start/cm/ofii", dict(sent))
    assert first.headers["Location"] == second.headers["Location"]


def test_file_of_a_start_form_is_stored_with_the_case_that_it_opens(site: Site) -> None:
    browser = site.browser("accueil")
    browser.get("/start/cm/ofii")
    sent: dict[str, object] = {"family_name": "Essai", "assistance_type": "social"}
    sent["consent_sheet.file"] = (io.BytesIO(PDF), "feuille.pdf")
    opened = browser.post("/start/cm/ofii", sent)
    assert opened.status_code == 303
    assert "feuille.pdf" in browser.get(opened.headers["Location"]).text


def test_refused_file_of_a_start_form_is_told_and_the_case_stays_open(site: Site) -> None:
    browser = site.browser("accueil")
    browser.get("/start/cm/ofii")
    sent: dict[str, object] = {"family_name": "Essai", "assistance_type": "social"}
    sent["consent_sheet.file"] = (io.BytesIO(b"MZ\x90"), "x.exe")
    page = browser.get(browser.post("/start/cm/ofii", sent).headers["Location"]).text
    assert "Remettez-le ci-dessous" in page
    assert "CM-OFII-2026-00001" in page


def test_conditional_field_appears_without_javascript_and_nothing_typed_is_lost(
    site: Site,
) -> None:
    browser = site.browser("accueil")
    assert "sector" not in _fields(browser.get("/start/cm/ofii").text)
    sent = {"family_name": "Essai", "assistance_type": "business", "_intent": "refresh"}
    page = browser.post("/start/cm/ofii", dict(sent)).text
    assert "sector" in _fields(page)
    assert 'value="Essai"' in page
    assert "Mettre à jour les champs" in page


def test_error_in_a_choice_leads_to_its_first_option(site: Site) -> None:
    browser = site.browser("accueil")
    browser.get("/start/cm/ofii")
    page = browser.post("/start/cm/ofii", {"_intent": "complete"})
    assert page.status_code == 422
    assert 'href="#f-assistance_type"' in page.text
    assert 'id="f-assistance_type"' in page.text
    assert 'href="#f-family_name"' in page.text


def test_markdown_of_a_form_is_shown_and_its_scripts_are_not(site: Site) -> None:
    page = site.browser("accueil").get("/start/cm/ofii").text
    assert "<strong>les pièces</strong>" in page
    assert "alert(1)" not in page


def test_case_page_draws_the_diagram_and_lists_its_steps(site: Site) -> None:
    case_id = site.start()
    page = site.browser("ofii").get(f"/cases/{case_id}").text
    assert 'class="ps-diagram" dir="ltr"' in page
    assert "<svg" in page
    assert "Confirmer le type d" in page
    assert "À venir" in page
    assert "En cours" in page


def test_unknown_page_of_the_diagram_is_a_404(site: Site) -> None:
    case_id = site.start()
    assert site.browser("ofii").get(f"/cases/{case_id}?plane=None_Such").status_code == 404


def test_timeline_names_people_and_never_gives_the_system_a_persons_name(site: Site) -> None:
    case_id = site.start()
    site.engine.complete(
        site.task(case_id),
        {"adults": "2", "arrived_on": "2026-02-14", "note": "secret"},
        actor("ofii"),
    )
    browser = site.browser("ofii")
    page = browser.get(f"/cases/{case_id}").text
    assert "Aïssatou Mbarga" in page
    assert "Paul Etoundi" in page
    assert "le système, de lui-même" in page
    assert "secret" not in page
    assert "Étape commencée" not in page
    assert "Étape commencée" in browser.get(f"/cases/{case_id}?events=all").text


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Signal reçu"), ("en", "Signal received"), ("ar", "وصلت إشارة")]
)
def test_timeline_has_words_for_signals_in_each_language(
    site: Site, language: str, words: str
) -> None:
    event = EventView(
        1, site.clock.now(), "signal.received", "E", "Alarm", 1, "system", {"signal": "alarm"}, "0"
    )
    with site.app.test_request_context(), force_locale(language):
        [line] = tell((event,), {}, everything=False)
    assert (line.words, line.detail) == (words, "alarm")


def test_withdrawal_is_offered_to_its_group_and_ends_the_case(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("ofii")
    page = browser.get(f"/cases/{case_id}").text
    link = re.search(rf"/cases/{case_id}/actions/\d+", page)
    assert link is not None
    assert "Demander un retrait" in page
    assert "/actions/" not in site.browser("finance").get(f"/cases/{case_id}").text
    browser.get(link.group())
    assert browser.post(link.group(), {"_intent": "complete"}).status_code == 422
    assert 'href="#f-withdrawal_reason"' in browser.page
    sent = {"withdrawal_reason": "moved", "_intent": "complete"}
    assert browser.post(link.group(), dict(sent)).status_code == 303
    ended = browser.get(f"/cases/{case_id}").text
    assert "Clos" in ended
    assert browser.get(link.group()).status_code == 404


def test_auditor_reads_a_case_and_is_offered_nothing_to_change(site: Site) -> None:
    case_id = site.start()
    page = site.browser("auditeur").get(f"/cases/{case_id}").text
    assert "CM-OFII-2026-00001" in page
    for forbidden in ("/actions/", "Remettre", "Nouveau dossier", 'href="/tasks"'):
        assert forbidden not in page


def test_document_handed_in_comes_back_whole_and_harmless(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("ofii")
    browser.get(f"/cases/{case_id}")
    sent = {"file": (io.BytesIO(PDF), "étude.pdf")}
    assert browser.post(f"/cases/{case_id}/documents", dict(sent)).status_code == 303
    page = browser.get(f"/cases/{case_id}").text
    assert "étude.pdf" in page
    link = re.search(r"/cases/documents/[0-9a-zA-Z-]+", page)
    assert link is not None
    file = browser.get(link.group())
    assert file.data == PDF
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert site.browser("conseiller2").get(link.group()).status_code == 404


def test_document_of_a_forbidden_type_or_none_is_refused_with_a_reason(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("ofii")
    browser.get(f"/cases/{case_id}")
    browser.post(f"/cases/{case_id}/documents", {"file": (io.BytesIO(b"MZ\x90"), "x.exe")})
    assert "Il y a un problème" in browser.get(f"/cases/{case_id}").text
    browser.post(f"/cases/{case_id}/documents")
    assert "Choisissez d’abord un fichier" in browser.get(f"/cases/{case_id}").text


def test_file_larger_than_the_site_takes_is_refused_before_it_is_read(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("ofii")
    browser.get(f"/cases/{case_id}")
    large = io.BytesIO(b"%PDF-1.4" + bytes(site.settings.document_limit_bytes + 2_000_000))
    refused = browser.post(f"/cases/{case_id}/documents", {"file": (large, "x.pdf")})
    assert refused.status_code == 413
    assert "trop volumineux" in refused.text


def test_closed_case_takes_no_more_documents(site: Site) -> None:
    case_id = site.start()
    site.engine.complete(
        site.task(case_id),
        {key: value for key, value in CONFIRMED.items() if "." not in key},
        actor("ofii"),
    )
    site.engine.complete(site.task(case_id), {}, actor("finance"), reason="bon")
    browser = site.browser("ofii")
    assert f'action="/cases/{case_id}/documents"' not in browser.get(f"/cases/{case_id}").text
    sent = {"file": (io.BytesIO(PDF), "late.pdf")}
    assert browser.post(f"/cases/{case_id}/documents", dict(sent)).status_code == 409
