"""People, notices and surveys in three languages: pages fit, read their way, have no fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Meet
from tests.browser.person import Person
from tests.browser.site import Site
from tests.browser.test_pages import FOLLOW_UP, reference, violations

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"


@pytest.fixture(scope="module")
def bounced(site: Site) -> None:
    """Every mail that the demo's cases sent comes back."""
    for path in sorted((site.folder / "outbox").glob("*.eml")):
        name = message_from_bytes(path.read_bytes())["Message-ID"]
        returned = site.folder / "returned.eml"
        returned.write_text(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
            f"Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n"
            f"Message-ID: {name}\nSubject: x\n\nx\n--b--\n",
            encoding="utf-8",
        )
        site.run("notices", "bounce", str(returned))


def sign(officer: Person) -> None:
    """Hand in a signed sheet on the page of the consents."""
    page = officer.page
    page.locator("#purpose-processing").check()
    page.locator("#purpose-promotion").check()
    page.locator("#sheet").set_input_files(
        {"name": "feuille signée.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.locator("#new ~ form button").click()
    expect(page.locator("section[aria-labelledby=sheets] li").first).to_be_visible()


def pages(meet: Meet, site: Site, **how: Any) -> list[tuple[str, Person, Callable[[], object]]]:
    """Return each page: its name, who looks at it, and how to open it."""
    officer, adviser = meet("ofii", **how), meet("conseiller", **how)

    def to_consents() -> None:
        officer.go("/people?name=Khadija+Gasmi")
        officer.page.locator(".ps-table a").first.click()
        officer.go("/people/" + officer.page.url.split("/people/")[1].split("?")[0] + "/consents")

    def to_surveys() -> None:
        adviser.open_case(reference(site, FOLLOW_UP))
        adviser.page.locator("section[aria-labelledby=surveys] > p a").click()

    return [
        ("consentements", officer, to_consents),
        ("feuille", officer, lambda: sign(officer)),
        ("coordonnées", officer, lambda: officer.go("/notices/unreached")),
        ("notifications", officer, lambda: officer.go("/notices")),
        ("tâches", officer, lambda: officer.go("/tasks?which=group")),
        ("mes notifications", officer, lambda: officer.go("/account/notices")),
        ("suivi", adviser, lambda: adviser.open_case(reference(site, FOLLOW_UP))),
        ("enquêtes", adviser, to_surveys),
        ("enquête", adviser, lambda: adviser.page.locator(".ps-table th a").first.click()),
    ]


@pytest.mark.usefixtures("bounced")
@pytest.mark.parametrize("language", ["fr-FR", "en-GB", "ar-TN"])
def test_pages_of_care_fit_the_screen_and_axe_finds_no_fault(
    site: Site, meet: Meet, language: str
) -> None:
    faults = []
    code = language[:2]
    for name, person, open_page in pages(meet, site, locale=language):
        open_page()
        root = person.page.locator("html")
        expect(root).to_have_attribute("lang", code)
        expect(root).to_have_attribute("dir", "rtl" if code == "ar" else "ltr")
        for width in (1280, 360):
            person.page.set_viewport_size({"width": width, "height": 900})
            person.shot(f"care-{code}-{width}/{name}")
            if person.scrolls_sideways():
                faults.append(f"{name}, {width} px: scrolls sideways")
            faults += [f"{name}, {width} px: {text}" for text in violations(person.page)]
    assert faults == []


@pytest.mark.usefixtures("bounced")
def test_contact_details_that_fail_stand_above_the_tasks_until_they_are_seen_to(
    site: Site, meet: Meet
) -> None:
    officer = meet("ofii")
    officer.go("/tasks")
    note = officer.page.locator(".ps-quick")
    expect(note).to_contain_text("coordonnées")
    note.get_by_role("link").click()
    cards = officer.page.locator(".ps-cards > li")
    there = cards.count()
    assert there > 0
    cards.first.get_by_role("button", name="Joint autrement").click()
    expect(cards).to_have_count(there - 1)


def test_an_administrator_sees_the_regular_work_that_ran(site: Site, meet: Meet) -> None:
    admin = meet("admin")
    admin.go("/operations")
    row = admin.page.get_by_role("row").filter(has_text="Envoyer les notifications")
    expect(row).to_contain_text(re.compile("Terminé|Fait|Effectué|\\d{4}"))
    for width in (1280, 360):
        admin.page.set_viewport_size({"width": width, "height": 900})
        admin.shot(f"care-fr-{width}/travaux")
        assert not admin.scrolls_sideways()
        assert violations(admin.page) == []
