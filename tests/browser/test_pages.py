"""What holds of every page: it fits, it is accessible, it tells, keeps and guards."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Meet
from tests.browser.person import Person
from tests.browser.site import ROOT, Site

AXE = ROOT / "web" / "assets" / "node_modules" / "axe-core" / "axe.min.js"

# The demo's cases, each at the stage that its number stands for.
CONFIRM, OFFER, STUDY, COMMITTEE, TRANCHE, FOLLOW_UP = range(1, 7)


def reference(site: Site, number: int) -> str:
    return f"CM-OFII-{site.made_on.year}-{number:05}"


def open_any_task(person: Person, case: str) -> None:
    """Open the first task of a case, whatever its name in the page's language; take nothing."""
    person.go(f"/tasks?which=group&search={case}")
    if not person.page.locator(".ps-table a").count():
        person.go(f"/tasks?which=mine&search={case}")
    person.page.locator(".ps-table a").first.click()


def open_beside(person: Person, page: str) -> None:
    """Open a page of the follow-up case that stands below the case's own."""
    case = "/cases/" + person.page.url.split("/cases/")[1].split("/")[0].split("?")[0]
    person.go(case.split("#")[0] + page)


def refer_by_hand(person: Person) -> None:
    """Ask for the structures that have a place for papers, where a need is to be chosen."""
    person.page.locator("#need").select_option("papers")
    person.page.locator("form.ps-form button").click()


def money_pages(meet: Meet, **how: Any) -> list[tuple[str, Person, Callable[[], object]]]:
    """Return the pages of payments, and those by which the agency enters organisations."""
    finance, agency = meet("finance", **how), meet("ofii", **how)
    row, main = ".ps-table a", "main button.govuk-button:not(.govuk-button--secondary)"
    return [
        ("paiements", finance, lambda: finance.go("/payments")),
        ("aucun paiement", finance, lambda: finance.go("/payments?search=aucun")),
        ("paiements payés", finance, lambda: finance.go("/payments?status=paid")),
        ("paiement", finance, lambda: finance.page.locator(row).first.click()),
        ("budgets", finance, lambda: finance.go("/payments/budgets")),
        ("ligne", finance, lambda: finance.page.locator(row).first.click()),
        ("ligne, erreur", finance, lambda: finance.page.locator(main).click()),
        ("ordres", finance, lambda: finance.go("/payments/orders")),
        ("nouvel ordre", finance, lambda: finance.go("/payments/orders/new")),
        ("relevés", finance, lambda: finance.go("/payments/statements")),
        ("relevés, erreur", finance, lambda: finance.page.locator(main).click()),
        ("double financement", finance, lambda: finance.go("/payments/double-funding")),
        ("organismes", agency, lambda: agency.go("/organisations")),
        ("organisme", agency, lambda: agency.page.locator(row).first.click()),
        ("nouvel organisme", agency, lambda: agency.go("/organisations/new")),
        ("nouvel organisme, erreur", agency, lambda: agency.page.locator(main).click()),
        ("cahiers des charges", agency, lambda: agency.go("/organisations/specifications")),
        ("cahier des charges", agency, lambda: agency.page.locator(row).first.click()),
        ("version suivante", agency, lambda: agency.page.locator("a[href*='?of=']").click()),
        ("nouveau cahier", agency, lambda: agency.go("/organisations/specifications/new")),
        ("nouveau cahier, erreur", agency, lambda: agency.page.locator(main).click()),
    ]


def pages(meet: Meet, site: Site, **how: Any) -> list[tuple[str, Person, Callable[[], object]]]:
    """Return every kind of page: its name, who looks at it, and how to open it."""
    visitor, desk, officer = meet("", **how), meet("accueil", **how), meet("ofii", **how)
    adviser, designer = meet("conseiller", **how), meet("concepteur", **how)
    guard = meet("donnees", **how)
    return [
        *money_pages(meet, **how),
        ("connexion", visitor, lambda: visitor.go("/sign-in")),
        ("dispositifs", desk, lambda: desk.go("/start")),
        ("premier contact", desk, lambda: desk.go("/start/cm/ofii")),
        ("erreurs", desk, lambda: desk.button("complete").click()),
        ("tâches", officer, lambda: officer.go("/tasks?which=group")),
        ("tâche", officer, lambda: open_any_task(officer, reference(site, CONFIRM))),
        ("dossiers", adviser, lambda: adviser.go("/cases")),
        ("dossier", adviser, lambda: adviser.open_case(reference(site, FOLLOW_UP))),
        ("documents", adviser, lambda: open_beside(adviser, "/documents")),
        ("lettre", adviser, lambda: open_beside(adviser, "/letters/invitation")),
        ("notifications", adviser, lambda: adviser.go("/notices")),
        ("dossier encore", adviser, lambda: adviser.open_case(reference(site, FOLLOW_UP))),
        ("demande", adviser, lambda: adviser.page.locator("#now ~ * a.govuk-button").first.click()),
        ("orientations reçues", desk, lambda: desk.go("/referrals/")),
        ("orientation", desk, lambda: desk.page.locator(".ps-table a").first.click()),
        ("orientations envoyées", adviser, lambda: adviser.go("/referrals/sent")),
        ("annuaire des appuis", adviser, lambda: adviser.go("/referrals/directory")),
        ("dossier à orienter", adviser, lambda: adviser.open_case(reference(site, FOLLOW_UP))),
        ("orienter", adviser, lambda: adviser.page.locator("a[href$='/new']").first.click()),
        ("orienter à la main", adviser, lambda: refer_by_hand(adviser)),
        ("versions", designer, lambda: designer.go("/versions")),
        ("personnes", officer, lambda: officer.go("/people?name=Khadija+Gasmi")),
        ("fiche", officer, lambda: officer.page.locator(".ps-table a").first.click()),
        ("modifier la fiche", officer, lambda: officer.page.locator("#entries ~ p a").click()),
        ("nouvelle fiche", officer, lambda: officer.go("/people/new")),
        ("doublons", officer, lambda: officer.go("/people/duplicates")),
        ("côte à côte", officer, lambda: officer.page.locator(".ps-table a").first.click()),
        ("urgence", officer, lambda: officer.go("/people/emergency")),
        ("accès d'urgence", guard, lambda: guard.go("/protection")),
        ("effacements", guard, lambda: guard.go("/protection/erasures")),
        ("lectures", guard, lambda: guard.go("/protection/reads")),
        ("copie", guard, lambda: guard.go("/protection/access")),
        ("introuvable", adviser, lambda: adviser.go("/cases/none")),
    ]


def violations(page: Page) -> list[str]:
    """Return what axe-core finds at fault on a page: rule and element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("language", ["fr-FR", "en-GB"])
def test_pages_fit_the_screen_and_axe_finds_no_fault(site: Site, meet: Meet, language: str) -> None:
    faults = []
    for name, person, open_page in pages(meet, site, locale=language):
        open_page()
        expect(person.page.locator("html")).to_have_attribute("lang", language[:2])
        for width in (1280, 720, 360):
            person.page.set_viewport_size({"width": width, "height": 900})
            person.shot(f"pages-{language[:2]}-{width}/{name}")
            if person.scrolls_sideways():
                faults.append(f"{name}, {width} px: scrolls sideways")
            faults += [f"{name}, {width} px: {text}" for text in violations(person.page)]
    assert faults == []


def test_a_wrong_answer_is_told_on_top_and_what_was_typed_stays(site: Site, meet: Meet) -> None:
    adviser = meet("conseiller")
    adviser.open_task(reference(site, STUDY), "Étudier la faisabilité")
    adviser.answer({"local_context": "Quartier en croissance.", "project_budget": "beaucoup"})
    adviser.button("complete").click()
    summary = adviser.page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(adviser.page).to_have_title(re.compile("^Erreur"))
    expect(adviser.page.locator("#f-local_context")).to_have_value("Quartier en croissance.")
    budget = adviser.page.locator("#f-project_budget")
    expect(budget).to_have_value("beaucoup")
    adviser.shot("pages/erreurs d'une tâche")
    summary.get_by_role("link", name="Budget du projet").click()
    expect(budget).to_be_focused()


def test_a_draft_comes_back_as_it_was_left(site: Site, meet: Meet) -> None:
    adviser = meet("conseiller")
    adviser.open_task(reference(site, STUDY), "Étudier la faisabilité")
    adviser.answer({"local_market": "À compléter.", "feasibility_conclusion": "rework"})
    adviser.button("draft").click()
    expect(adviser.page.locator(".ps-notice")).to_contain_text("brouillon")
    later = meet("conseiller")
    later.go("/tasks?which=mine")
    row = later.page.get_by_role("row").filter(has_text=reference(site, STUDY))
    expect(row).to_contain_text("Brouillon")
    later.open_task(reference(site, STUDY), "Étudier la faisabilité")
    expect(later.page.locator("#f-local_market")).to_have_value("À compléter.")
    expect(later.page.get_by_role("radio", name="À revoir")).to_be_checked()


def test_of_two_people_at_one_task_the_second_is_told_who_did_it_and_when(
    site: Site, meet: Meet
) -> None:
    case = reference(site, FOLLOW_UP)
    adviser, manager = meet("conseiller"), meet("responsable")
    adviser.open_case(case)
    adviser.page.get_by_role("button", name="Signaler une difficulté").click()
    adviser.answer({"difficulty_raised_on": site.today, "difficulty_text": "Loyer doublé."})
    adviser.button("complete").click()
    name = "Répondre à la difficulté"
    adviser.open_task(case, name)
    answer = {"difficulty_outcome": "advice", "difficulty_answer": "Renégocier le bail."}
    adviser.answer(answer)
    second = adviser.another_window()
    second.goto(adviser.page.url)
    second.locator("form[action$='/release'] button").click()
    manager.do(case, name, answer | {"difficulty_answer": "Bail renégocié."})
    adviser.button("complete").click()
    summary = adviser.page.locator(".govuk-error-summary")
    expect(summary).to_contain_text("Samuel Ekambi")
    expect(summary).to_contain_text(str(site.today.year))
    expect(adviser.page.locator("#f-difficulty_answer")).to_have_value("Renégocier le bail.")
    adviser.shot("pages/tâche faite par un autre")


def test_a_case_of_somebody_else_is_a_page_that_does_not_exist(site: Site, meet: Meet) -> None:
    adviser, stranger = meet("conseiller"), meet("conseiller2")
    adviser.open_case(reference(site, COMMITTEE))
    address = adviser.page.url
    assert stranger.go(address) == 404
    assert stranger.heading() == "Page introuvable"
    expect(stranger.page.locator("body")).not_to_contain_text(reference(site, COMMITTEE))


def test_an_auditor_sees_a_case_and_nothing_that_changes_it(site: Site, meet: Meet) -> None:
    auditor = meet("auditeur")
    auditor.open_case(reference(site, COMMITTEE))
    expect(auditor.page.locator(".ps-diagram svg")).to_be_visible()
    expect(auditor.page.locator(".ps-timeline li")).not_to_have_count(0)
    expect(auditor.page.locator("main form[method=post]")).to_have_count(0)
    expect(auditor.page.locator("main .govuk-button")).to_have_count(0)
    expect(auditor.page.get_by_role("link", name="Nouveau dossier")).to_have_count(0)
    auditor.shot("pages/dossier vu par l'audit")


def test_a_language_once_chosen_stays_the_person_s(meet: Meet) -> None:
    officer = meet("finance")
    officer.go("/tasks?which=group")
    officer.page.get_by_role("link", name="English").click()
    expect(officer.page).to_have_url(re.compile(r"/tasks\?which=group"))
    assert officer.heading() == "Tasks"
    elsewhere = meet("finance")
    elsewhere.go("/tasks")
    assert elsewhere.heading() == "Tasks"


def test_the_keyboard_alone_reaches_everything_and_sees_where_it_is(meet: Meet) -> None:
    officer = meet("ofii")
    page = officer.page
    officer.go("/tasks?which=group")
    page.keyboard.press("Tab")
    skip = page.locator(".govuk-skip-link")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    officer.shot("pages/lien d'évitement")
    seen = [skip.inner_text()]
    for _ in range(40):
        page.keyboard.press("Tab")
        name, visible = page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e);
                const ring = style.outlineStyle !== 'none' && style.outlineWidth !== '0px';
                return [e.innerText || e.id, ring || style.boxShadow !== 'none'];
            }"""
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        assert visible, f"{name} has the focus and does not show it"
        seen.append(name)
    assert {"Passerelle", "Dossiers", "Se déconnecter", "Confirmer ou changer le type"} <= set(seen)
    page.keyboard.press("Home")
    officer.go("/tasks?which=group")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
