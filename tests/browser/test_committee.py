"""A committee's session as people live it: fourteen files, each case moved on exactly once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.committee import VOTERS, call_session, choose, decide, move, shown, vote
from tests.browser.conftest import Meet
from tests.browser.fourteen import FILES
from tests.browser.person import Person
from tests.browser.site import ARTEFACTS, Site
from tests.browser.test_pages import violations

FOLDER = "committee"


@pytest.fixture(scope="module")
def site(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo site with fourteen files before the committee."""
    folder = tmp_path_factory.mktemp("committee") / "var"
    shutil.copytree(filled_folder, folder)
    served = Site(folder)
    served.run_module("tests.browser.fourteen")
    served.serve()
    try:
        yield served
    finally:
        served.end()


def agenda(person: Person, session: str) -> list[str]:
    """Return the references on a session's agenda, in order."""
    person.go(session)
    return person.page.locator("#agenda ~ table tbody th a").all_inner_texts()


def test_fourteen_files_are_decided_once_each_and_every_case_moves_on(
    site: Site, meet: Meet
) -> None:
    team = cache(lambda name: meet(name))
    secretary, page = team("comite"), team("comite").page
    session = call_session(secretary, in_days=2)
    later = call_session(secretary, in_days=180, place="Douala")
    secretary.go("/committees/cm-ofii-finance")
    secretary.shot(f"{FOLDER}/le comité")

    # The demo's own file waits longest; it is taken off, the fourteen stay.
    secretary.go(session)
    page.fill("#most", str(FILES + 1))
    page.get_by_role("button", name="Remplir l’ordre du jour").click()
    page.get_by_role("button", name="Retirer").first.click()
    page.get_by_role("button", name="Ouvrir la séance").click()
    references = agenda(secretary, session)
    assert len(references) == FILES

    # Three in the room are no quorum; the officer who confirmed the first file recuses by rule.
    for name in (*VOTERS[:2], "agentofii"):
        move(secretary, session, name, here=True)
    expect(page.locator("#room ~ p")).to_contain_text("Pas de quorum")
    move(secretary, session, VOTERS[2], here=True)
    expect(page.locator("#room ~ p")).to_contain_text("Quorum atteint")
    first = page.locator("tr").filter(has_text=references[0])
    expect(first).to_contain_text(shown("agentofii"))
    expect(first).to_contain_text("a préparé le dossier")
    expect(first).to_contain_text("Pas de quorum")
    move(secretary, session, VOTERS[3], here=True)
    expect(first).to_contain_text("Quorum atteint")
    secretary.shot(f"{FOLDER}/la séance")
    for name in VOTERS:
        vote(team(name), session, "for", references[:12])
        vote(team(name), session, "against", references[12:])
    team("agentofii").go(f"{session}/votes")
    expect(team("agentofii").page.locator("main")).to_contain_text("Vous vous récusez")
    team("agentofii").shot(f"{FOLDER}/mes votes")

    # The quorum is lost while the page is open: nothing is decided, nothing typed is lost.
    choose(secretary, session, references[:12])
    away = secretary.another_window()
    away.goto(session)
    leaves = away.locator("#room ~ ul li")
    leaves.filter(has_text=shown(VOTERS[3])).get_by_role("button", name="Part").click()
    decide(secretary, "approved", "Ouvrir un compte bancaire.")
    expect(page.locator(".govuk-error-summary")).to_contain_text("pas de quorum")
    expect(page.locator("#words")).to_have_value("Ouvrir un compte bancaire.")
    secretary.shot(f"{FOLDER}/pas de quorum")
    leaves.filter(has_text=shown(VOTERS[3])).get_by_role("button", name="Arrive").click()

    # The same page sent from two windows: decided once, the second is told so.
    twice = secretary.another_window()
    twice.goto(f"{session}/decide?" + "&".join(f"file={i}" for i in chosen(secretary)))
    twice.locator("#outcome-approved").check()
    decide(secretary, "approved", "Ouvrir un compte bancaire.")
    expect(page.locator(".ps-notice")).to_contain_text("Décisions consignées : 12")
    twice.get_by_role("button", name="Enregistrer la décision").click()
    expect(twice.locator(".govuk-error-summary")).to_contain_text("C’était déjà consigné")

    choose(secretary, session, references[12:13])
    page.select_option("#next_session", later.rpartition("/")[2])
    decide(secretary, "adjourned", "Un second devis.")
    choose(secretary, session, references[13:])
    decide(secretary, "refused")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Écrivez ce qui manque")
    decide(secretary, "refused", "Marché déjà saturé.")
    secretary.shot(f"{FOLDER}/décidé")

    chair = team(VOTERS[0])
    chair.go(session)
    chair.page.get_by_role("button", name="Clore la séance et signer").click()
    expect(chair.page.locator("main")).to_contain_text("accordés : 12, ajournés : 1, refusés : 1")
    chair.shot(f"{FOLDER}/procès-verbal")
    keep_minutes(chair)
    moved_on(team("auditeur"), references)


def chosen(person: Person) -> list[str]:
    """Return the files of the page of decisions that is open."""
    return [
        each.get_attribute("value") or ""
        for each in person.page.locator("input[type=hidden][name=file]").all()
    ]


def keep_minutes(chair: Person) -> None:
    """Keep the minutes' PDF in three languages among the artefacts."""
    for language, name in (("fr", "Français"), ("en", "English"), ("ar", "العربية")):
        with chair.page.expect_download() as download:
            chair.page.locator("main").get_by_role("link", name=name).click()
        path = ARTEFACTS / FOLDER / f"minutes-{language}.pdf"
        download.value.save_as(path)
        assert path.read_bytes().startswith(b"%PDF-")


def moved_on(auditor: Person, references: list[str]) -> None:
    """Check that each case heard its decision once, and stands where it leads."""
    expected = ["Accordé"] * 12 + ["Ajourné"] + ["Refusé"]
    for reference, words in zip(references, expected, strict=True):
        auditor.open_case(reference)
        lines = auditor.page.locator(".ps-timeline li")
        told = lines.filter(has_text=f"{words} par le comité")
        expect(told).to_have_count(1)
        expect(lines.filter(has_text="Message reçu")).to_have_count(1)
        if words == "Ajourné":
            expect(auditor.page.locator("#now ~ ul")).to_contain_text("Compléter le dossier")
        if words == "Accordé":
            expect(auditor.page.locator("#now ~ ul")).to_contain_text("Planifier la formation")


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_committees_pages_fit_the_screen_and_axe_finds_no_fault(
    site: Site, meet: Meet, language: str
) -> None:
    chair, faults = meet(VOTERS[0]), []
    chair.go(f"/language/{language}?next=/committees")
    listed = [("comités", "/committees"), ("comité", "/committees/cm-ofii-finance")]
    chair.go(listed[1][1])
    sessions = chair.page.locator("#sessions ~ ul a").all()
    paths = [each.get_attribute("href") or "" for each in sessions]
    done = next(path for path in paths if minutes_of(chair, path))
    listed += [("séance", done), ("procès-verbal", f"{done}/minutes"), ("annexe", f"{done}/annex")]
    chair.go(done)
    file = chair.page.locator("#agenda ~ table tbody th a").first.get_attribute("href") or ""
    listed += [("fiche", file), ("séance à venir", paths[0])]
    for name, path in listed:
        assert chair.go(path) == 200
        for width in (1280, 360):
            chair.page.set_viewport_size({"width": width, "height": 900})
            chair.shot(f"{FOLDER}-{language}-{width}/{name}")
            if chair.scrolls_sideways():
                faults.append(f"{name}, {width} px: scrolls sideways")
            faults += [f"{name}, {width} px: {text}" for text in violations(chair.page)]
    chair.go("/language/fr?next=/committees")
    assert faults == []


def minutes_of(person: Person, path: str) -> bool:
    """Tell whether a session has signed minutes."""
    return person.go(f"{path}/minutes") == 200
