"""Moving cases to another version, on pages that work without JavaScript."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from engine.model import Actor, Grant
from tests.web.conftest import SCHEMES, Browser, Site, actor

OFFICER = Actor("officer", (Grant("agency_officer", "ofii-cm"),))
QUERY = "scheme=cm/ofii&from=1&to=2"


@pytest.fixture
def task(site: Site, tmp_path: Path) -> str:
    """The element at which a case of version 1 stands; version 2 calls it otherwise."""
    case = site.engine.start(
        "cm/ofii", {"family_name": "Essai", "assistance_type": "social"}, actor("accueil")
    )
    (item,) = site.engine.tasks_of(case.id, actor("accueil"))
    folder = tmp_path / "second" / "cm" / "ofii"
    folder.mkdir(parents=True)
    for path in (SCHEMES / "cm" / "ofii").iterdir():
        text = path.read_text()
        if path.suffix == ".bpmn":
            text = text.replace(f'"{item.element_id}"', '"Task_Renamed"')
        (folder / path.name).write_text(text)
    site.engine.deploy(folder, actor("concepteur"))
    return item.element_id


def start(site: Site, task: str) -> tuple[Browser, str]:
    """Begin the move of every case and return the page of it."""
    browser = site.browser("concepteur")
    browser.get(f"/versions/plan?{QUERY}&map.{task}=Task_Renamed")
    sent = {"scheme": "cm/ofii", "from": "1", "to": "2", "more": f"{task}=Task_Renamed"}
    answer = browser.post("/versions/run", {**sent, "reason": "Nouvel accord"})
    assert answer.status_code == 303
    return browser, answer.headers["Location"]


def test_a_designer_sees_where_cases_stand_and_what_has_no_counterpart(
    site: Site, task: str
) -> None:
    browser = site.browser("concepteur")
    assert "Dossiers en cours" in browser.get("/versions").text
    page = browser.get(f"/versions/plan?{QUERY}").text
    assert f'name="map.{task}"' in page
    assert "0 dossier sur 1 peut passer" in page
    assert "la nouvelle version n&#39;a pas" in page
    assert 'action="/versions/run"' not in page
    page = browser.get(f"/versions/plan?{QUERY}&map.{task}=Task_Renamed").text
    assert "1 dossier sur 1 peut passer" in page
    assert 'action="/versions/run"' in page


def test_cases_move_with_a_reason_and_one_is_brought_back(site: Site, task: str) -> None:
    browser, address = start(site, task)
    assert "0 sur 1" in browser.get(address).text
    site.engine.run_due()
    page = browser.get(address).text
    assert "1 sur 1" in page
    (case,) = site.engine.cases(actor("accueil")).items
    assert case.reference in page
    undo = re.search(r'action="([^"]+/undo)"', page)
    assert undo is not None
    assert browser.post(undo[1], {"reason": " "}).status_code == 422
    assert browser.post(undo[1], {"reason": "Trop tôt"}).status_code == 303
    assert site.engine.tasks_of(case.id, actor("accueil"))[0].element_id == task
    assert browser.post(undo[1], {"reason": "Encore"}).status_code == 409
    told = site.browser("accueil").get(f"/cases/{case.id}").text
    assert "Dossier passé à une autre version" in told
    assert "de la version 1 à la version 2" in told


def test_a_move_is_paused_resumed_and_stopped(site: Site, task: str) -> None:
    browser, address = start(site, task)
    browser.get(address)
    assert browser.post(f"{address}/pause").status_code == 303
    site.engine.run_due()
    assert "Suspendu" in browser.get(address).text
    browser.post(f"{address}/resume")
    assert "Arrêter définitivement" in browser.get(address).text
    browser.post(f"{address}/cancel")
    assert "Annulé" in browser.get(address).text
    browser.post(f"{address}/resume")
    assert "arrêté définitivement" in browser.get(address).text


def test_no_reason_and_no_mapping_are_told_beside_their_fields(site: Site, task: str) -> None:
    browser = site.browser("concepteur")
    browser.get(f"/versions/plan?{QUERY}&map.{task}=Task_Renamed")
    sent = {"scheme": "cm/ofii", "from": "1", "to": "2", "more": f"{task}=Task_Renamed"}
    assert browser.post("/versions/run", {**sent, "reason": ""}).status_code == 422
    assert 'id="reason-error"' in browser.page
    wrong = {**sent, "more": "no pair", "reason": "x"}
    assert browser.post("/versions/run", wrong).status_code == 422
    assert 'id="more-error"' in browser.page


def test_an_unknown_version_or_scheme_is_not_found(site: Site, task: str) -> None:
    browser = site.browser("admin")
    for query in ("scheme=cm/ofii&from=1&to=9", "scheme=xx/none&from=1&to=2", "scheme=cm/ofii"):
        assert browser.get(f"/versions/plan?{query}").status_code == 404
    assert browser.get("/versions/plan?scheme=cm/ofii&from=1&to=1").status_code == 409
    assert browser.get("/versions/batches/none").status_code == 404


def test_a_version_to_be_read_shows_its_drawing_and_why_it_cannot_be_run(
    site: Site, tmp_path: Path
) -> None:
    folder = tmp_path / "third" / "cm" / "ofii"
    shutil.copytree(SCHEMES / "cm" / "ofii", folder)
    for path in folder.glob("*.bpmn"):
        path.write_text(path.read_text().replace('formId="', 'formId="none-of-ours-'))
    site.engine.deploy(folder, actor("concepteur"), as_documentation=True)
    browser = site.browser("concepteur")
    assert "À lire seulement" in browser.get("/versions").text
    page = browser.get("/versions/2/cm/ofii").text
    assert "aucun dossier ne peut y commencer" in page
    assert "none-of-ours-" in page
    assert "<svg" in page
    assert "aucun dossier ne peut" not in browser.get("/versions/1/cm/ofii").text
    assert browser.get("/versions/9/cm/ofii").status_code == 404
    assert browser.get("/versions/2/cm/ofii?plane=none").status_code == 404
    assert browser.get(f"/versions/plan?{QUERY}").status_code == 409


def test_one_case_is_found_previewed_moved_and_brought_back(site: Site, task: str) -> None:
    (case,) = site.engine.cases(actor("accueil")).items
    browser = site.browser("concepteur")
    browser.get("/versions")
    found = browser.get(f"/versions/case?reference={case.reference}")
    assert found.headers["Location"].endswith(f"/versions/cases/{case.id}")
    address = f"/versions/cases/{case.id}"
    assert "version 1" in browser.get(address).text
    page = browser.get(f"{address}?to=2").text
    assert f'name="map.{task}"' in page
    assert "ne peut pas passer" in page
    assert f'action="{address}/move"' not in page
    page = browser.get(f"{address}?to=2&map.{task}=Task_Renamed").text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    sent = {"to": "2", "more": f"{task}=Task_Renamed", "revision": revision[1]}
    assert browser.post(f"{address}/move", {**sent, "reason": " "}).status_code == 422
    assert 'id="reason-error"' in browser.page
    assert browser.post(f"{address}/move", {**sent, "reason": "Accord"}).status_code == 303
    assert "version 2" in browser.get(address).text
    assert site.engine.tasks_of(case.id, actor("accueil"))[0].element_id == "Task_Renamed"
    assert browser.post(f"{address}/undo", {"reason": ""}).status_code == 422
    assert browser.post(f"{address}/undo", {"reason": "Trop tôt"}).status_code == 303
    assert site.engine.tasks_of(case.id, actor("accueil"))[0].element_id == task
    assert browser.post(f"{address}/undo", {"reason": "Encore"}).status_code == 409


def test_a_preview_that_somebody_has_overtaken_moves_nothing(site: Site, task: str) -> None:
    (case,) = site.engine.cases(actor("accueil")).items
    browser = site.browser("concepteur")
    browser.get(f"/versions/cases/{case.id}?to=2&map.{task}=Task_Renamed")
    sent = {"to": "2", "more": f"{task}=Task_Renamed", "revision": "99", "reason": "Accord"}
    assert browser.post(f"/versions/cases/{case.id}/move", sent).status_code == 409
    assert site.engine.tasks_of(case.id, actor("accueil"))[0].element_id == task


def test_an_unknown_reference_is_told_on_the_page_that_asked_for_it(site: Site, task: str) -> None:
    browser = site.browser("concepteur")
    assert browser.get("/versions/case?reference=NONE-1").status_code == 303
    assert "NONE-1" in browser.get("/versions").text
    assert browser.get("/versions/cases/none").status_code == 404
