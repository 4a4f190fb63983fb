"""A case's documents, letters and notices on pages: what is theirs, once, in their language."""

from __future__ import annotations

import io
import re

import pytest

from engine.model import CaseRef, Tier
from engine.ports import TieredValue
from tests.web.conftest import Site, actor

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nplan\n"


def hand_in(site: Site, case_id: str, name: str = "plan.pdf") -> str:
    """Hand in a document as the agency and return its id."""
    browser = site.browser("ofii")
    browser.get(f"/cases/{case_id}")
    browser.post(f"/cases/{case_id}/documents", {"file": (io.BytesIO(PDF), name)})
    page = browser.get(f"/cases/{case_id}/documents").text
    found = re.search(r"/cases/documents/([0-9a-f]{32})", page)
    assert found
    return found.group(1)


def test_a_new_version_is_shown_first_and_the_old_one_stays(site: Site) -> None:
    case = site.start()
    first = hand_in(site, case)
    browser = site.browser("ofii")
    browser.get(f"/cases/{case}/documents")
    sent: dict[str, object] = {"file": (io.BytesIO(PDF + b"2"), "plan-2.pdf")}
    assert browser.post(f"/cases/{case}/documents/{first}/version", sent).status_code == 303
    page = browser.get(f"/cases/{case}/documents").text
    assert page.index("plan-2.pdf") < page.index("plan.pdf")
    assert "version 2" in page
    again: dict[str, object] = {"file": (io.BytesIO(PDF + b"3"), "plan-3.pdf")}
    browser.post(f"/cases/{case}/documents/{first}/version", again)
    page = browser.get(f"/cases/{case}/documents").text
    assert "plan-3.pdf" not in page
    assert "version plus récente" in page


def test_a_letter_is_previewed_then_stored_once_though_sent_twice(site: Site) -> None:
    case = site.start()
    browser = site.browser("ofii")
    page = browser.get(f"/cases/{case}/letters/invitation").text
    found = re.search(r'name="document_id" value="([0-9a-f]{32})"', page)
    assert found
    typed: dict[str, object] = {
        "language": "ar",
        "v-place": "Bureau <imaginaire>",
        "document_id": found.group(1),
    }
    shown = browser.post(f"/cases/{case}/letters/invitation", {**typed, "intent": "preview"}).text
    assert "Bureau &lt;imaginaire&gt;" in shown
    assert 'dir="rtl"' in shown
    for _ in range(2):
        browser.post(f"/cases/{case}/letters/invitation", {**typed, "intent": "store"})
    page = browser.get(f"/cases/{case}/documents").text
    assert page.count("دعوة إلى موعد.pdf</a>") == 1
    assert browser.get(f"/cases/documents/{found.group(1)}").data.startswith(b"%PDF")


def test_somebody_elses_case_has_no_documents_page_no_letter_and_no_preview(site: Site) -> None:
    case = site.start()
    browser = site.browser("conseiller2")
    for path in (
        f"/cases/{case}/documents",
        f"/cases/{case}/letters/invitation",
        f"/notices/cases/{case}",
    ):
        assert browser.get(path).status_code == 404, path


def test_how_a_person_is_reached_is_shown_to_who_may_know_it_only(site: Site) -> None:
    case = site.start()
    view = site.engine.case(case, actor("ofii"))
    fields = {"safe_contact_email": TieredValue("amie@demo.invalid", Tier.PROTECTION)}
    with site.engine.store.unit_of_work() as uow:
        ref = CaseRef(view.id, view.reference, view.scheme, view.country, view.subject)
        site.app.extensions["people"].fields.write(uow, ref, fields, actor("ofii"))
    page = site.browser("ofii").get(f"/notices/cases/{case}?template=news").text
    assert "Une information vous attend" in page
    assert "à l’adresse sûre" in page
    assert "amie@" not in page
    page = site.browser("auditeur").get(f"/notices/cases/{case}").text
    assert "Une information vous attend" not in page


@pytest.mark.parametrize("name", ["ofii", "auditeur"])
def test_the_list_of_notices_says_what_to_expect_while_it_is_empty(site: Site, name: str) -> None:
    assert "Rien n" in site.browser(name).get("/notices").text
