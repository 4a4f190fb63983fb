"""A person's consents: the signed sheet handed in, seen, replaced, and a consent withdrawn."""

from __future__ import annotations

import io
import re

from engine.store import UnitOfWork
from handlers.people import Purpose, agrees, consents_of
from tests.web.conftest import Browser, Site
from tests.web.test_people import register

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"


def sign(browser: Browser, person_id: str, **typed: object) -> dict[str, object]:
    """Hand in a sheet by the form of the page; return what was sent, without the file."""
    page = browser.get(f"/people/{person_id}/consents").text
    document = re.search(r'name="document_id" value="([^"]+)"', page)
    assert document is not None
    sent = {"document_id": document[1], "given": "true", **typed}
    file = {"sheet": (io.BytesIO(PDF), "feuille.pdf")}
    assert browser.post(f"/people/{person_id}/consents", sent | file).status_code == 303
    return sent


def test_a_signed_sheet_is_handed_in_seen_replaced_and_the_consent_withdrawn(site: Site) -> None:
    browser = site.browser("ofii")
    person_id = register(browser, family_name="Essai")
    path = f"/people/{person_id}/consents"
    assert "n’a pas encore été interrogée" in browser.get(path).text
    sign(browser, person_id, purpose=["processing", "promotion"])
    page = browser.get(path).text
    assert page.count("Retirer ce consentement") == 2
    (address,) = set(re.findall(rf'href="({path}/sheets/[0-9a-f]+)"', page))
    answer = browser.client.get(address)
    assert answer.data == PDF
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")

    newer = {"file": (io.BytesIO(PDF + b"%2\n"), "feuille signee.pdf")}
    assert browser.post(address, dict(newer)).status_code == 303
    page = browser.get(path).text
    assert "feuille signee.pdf" in page
    assert "Versions antérieures" in page or "version 1" in page
    older = {"file": (io.BytesIO(PDF + b"%3\n"), "trop tard.pdf")}
    browser.post(address, dict(older))
    assert "trop tard.pdf" not in browser.get(path).text

    sent: dict[str, object] = {"purpose": "promotion", "recipient": ""}
    assert browser.post(f"{path}/withdraw", sent).status_code == 303
    with site.engine.store.snapshot() as uow:
        assert not agrees(uow, person_id, Purpose.PROMOTION)
        assert agrees(uow, person_id, Purpose.PROCESSING)
    assert browser.get(path).text.count("Retirer ce consentement") == 1
    assert "documents.open" in _purposes(site, person_id)


def test_a_form_sent_twice_records_one_decision_and_stores_one_sheet(site: Site) -> None:
    browser = site.browser("ofii")
    person_id = register(browser, family_name="Essai")
    sent = sign(browser, person_id, purpose="sharing", recipient="anpe-tn")
    again = {"sheet": (io.BytesIO(PDF), "feuille.pdf")}
    assert browser.post(f"/people/{person_id}/consents", sent | again).status_code == 303
    page = browser.get(f"/people/{person_id}/consents").text
    assert len(set(re.findall(r"sheets/([0-9a-f]+)\"", page))) == 1
    with site.engine.store.snapshot() as uow:
        assert len(consents_of(uow, person_id)) == 1


def test_a_sheet_that_is_no_document_is_refused_and_nothing_is_recorded(site: Site) -> None:
    browser = site.browser("ofii")
    person_id = register(browser, family_name="Essai")
    browser.get(f"/people/{person_id}/consents")
    sent = {"purpose": "processing", "given": "true", "sheet": (io.BytesIO(b"MZ"), "a.exe")}
    assert browser.post(f"/people/{person_id}/consents", sent).status_code == 422
    assert 'id="sheet-error"' in browser.page
    assert browser.post(f"/people/{person_id}/consents", {"given": "true"}).status_code == 422
    assert 'id="purpose-error"' in browser.page
    with site.engine.store.snapshot() as uow:
        assert consents_of(uow, person_id) == ()


def test_somebody_elses_sheet_does_not_exist(site: Site) -> None:
    browser = site.browser("ofii")
    person_id, other = (register(browser, family_name=name) for name in ("Essai", "Autre"))
    sign(browser, person_id, purpose="processing")
    page = browser.get(f"/people/{person_id}/consents").text
    (document,) = set(re.findall(r"sheets/([0-9a-f]+)\"", page))
    assert browser.get(f"/people/{other}/consents/sheets/{document}").status_code == 404
    assert browser.get(f"/cases/documents/{document}").status_code == 404
    stranger = site.browser("conseiller2")
    for path in ("", f"/sheets/{document}"):
        assert stranger.get(f"/people/{person_id}/consents{path}").status_code == 404
    sent: dict[str, object] = {"purpose": "processing", "recipient": ""}
    assert stranger.post(f"/people/{person_id}/consents/withdraw", sent).status_code in {400, 404}
    with site.engine.store.snapshot() as uow:
        assert agrees(uow, person_id, Purpose.PROCESSING)


def _purposes(site: Site, person_id: str) -> set[str]:
    from handlers.people import person_owner, reads_of_owners

    def read(uow: UnitOfWork) -> set[str]:
        return {each.purpose for each in reads_of_owners(uow, [person_owner(person_id)])}

    with site.engine.store.snapshot() as uow:
        return read(uow)
