"""Operators change a case by hand: explained first, done once, and by nobody else."""

from __future__ import annotations

import re

import pytest

from engine.model import CaseStatus
from tests.web.conftest import Browser, Site, actor


def hidden(browser: Browser, name: str) -> str:
    found = re.findall(rf'name="{name}" value="([^"]*)"', browser.page)
    return found[-1] if found else ""


def activation(browser: Browser) -> str:
    found = re.search(r"/move\?activation=(\d+)", browser.page)
    assert found is not None
    return found.group(1)


def status(site: Site, case_id: str) -> CaseStatus:
    return site.engine.case(case_id, actor("ofii")).status


def test_suspending_is_explained_needs_a_reason_and_is_told_in_the_timeline(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("admin")
    asked = browser.get(f"/operations/cases/{case_id}/orders/suspend").text
    assert "aucune date ne se déclenche" in asked
    address = f"/operations/cases/{case_id}/orders/suspend"
    assert browser.post(address, {"reason": " "}).status_code == 422
    assert 'id="reason-error"' in browser.page
    assert browser.post(address, {"reason": "Contrôle en cours"}).status_code == 303
    assert status(site, case_id) is CaseStatus.SUSPENDED
    assert browser.post(address, {"reason": "Contrôle en cours"}).status_code == 409
    assert "fait qu’une fois" in browser.page
    worker = site.browser("ofii")
    page = worker.get(f"/cases/{case_id}").text
    assert "Dossier suspendu" in page
    assert "Contrôle en cours" not in page
    assert "Suspendu" in worker.get("/tasks?which=group").text


def test_a_task_of_a_suspended_case_says_so_and_keeps_what_was_typed(site: Site) -> None:
    case_id = site.start()
    task_id = site.task(case_id)
    worker = site.browser("ofii")
    worker.get(f"/tasks/{task_id}")
    worker.post(f"/tasks/{task_id}/claim")
    worker.get(f"/tasks/{task_id}")
    site.engine.suspend(case_id, "contrôle", actor("admin"))
    sent = worker.post(f"/tasks/{task_id}", {"_intent": "complete", "adults": "2"})
    assert sent.status_code in {409, 422}
    assert 'value="2"' in sent.text
    page = worker.get(f"/tasks/{task_id}").text
    assert "personne ne peut faire ses tâches" in page
    assert 'value="complete"' not in page
    assert 'value="draft"' in page


def test_a_move_is_shown_before_it_is_confirmed_and_sent_twice_is_done_once(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("admin")
    browser.get(f"/operations/cases/{case_id}")
    origin = activation(browser)
    asked = browser.get(f"/operations/cases/{case_id}/move?activation={origin}")
    target = re.findall(r'<option value="(Task_[^"]+)"', asked.text)[0]
    address = f"/operations/cases/{case_id}/move"
    fields: dict[str, object] = {"activation": origin, "target": target}
    shown = browser.post(address, {**fields, "_intent": "preview"})
    assert shown.status_code == 200
    assert "Ce qui se passerait" in shown.text
    assert site.engine.tasks_of(case_id, actor("ofii"))[0].status == "open"
    confirmed = {**fields, "revision": hidden(browser, "revision"), "_intent": "confirm"}
    assert browser.post(address, confirmed).status_code == 422
    sent = {**confirmed, "reason": "Refaire l’étape"}
    assert browser.post(address, sent).status_code == 303
    assert browser.post(address, sent).status_code == 409
    events = [e for e in site.engine.history(case_id, actor("ofii")) if e.kind == "tokens.moved"]
    assert len(events) == 1
    assert "Déplacé à la main vers" in site.browser("ofii").get(f"/cases/{case_id}").text


def test_a_further_step_confirmed_twice_begins_once(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("admin")
    asked = browser.get(f"/operations/cases/{case_id}/move")
    target = re.findall(r'<option value="(Task_[^"]+)"', asked.text)[0]
    address = f"/operations/cases/{case_id}/move"
    browser.post(address, {"target": target, "_intent": "preview"})
    sent: dict[str, object] = {
        "target": target,
        "revision": hidden(browser, "revision"),
        "reason": "En plus",
        "_intent": "confirm",
    }
    assert browser.post(address, sent).status_code == 303
    assert browser.post(address, sent).status_code == 409
    assert "avancé depuis" in browser.page
    moved = [e for e in site.engine.history(case_id, actor("ofii")) if e.kind == "tokens.moved"]
    assert len(moved) == 1


def test_data_is_corrected_with_its_old_and_new_value_shown_first(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("admin")
    page = browser.get(f"/operations/cases/{case_id}/data?name=assistance_type").text
    assert "&#34;social&#34;" in page
    address = f"/operations/cases/{case_id}/data"
    fields: dict[str, object] = {"name": "assistance_type", "value": "12"}
    shown = browser.post(address, {**fields, "_intent": "preview"}).text
    assert "social" in shown
    assert "Autre genre de valeur" in shown
    sent = {
        **fields,
        "revision": hidden(browser, "revision"),
        "reason": "Erreur de saisie",
        "_intent": "confirm",
    }
    assert browser.post(address, sent).status_code == 303
    assert browser.post(address, sent).status_code == 409
    told = site.browser("ofii").get(f"/cases/{case_id}").text
    assert "assistance_type: social → 12" in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("family_name", '"Essai"', "champ personnel"),
        ("amount", "1 +", "pas du FEEL"),
        ("", "1", "Donnez le nom"),
    ],
)
def test_what_cannot_be_set_is_told_at_its_field(
    site: Site, name: str, value: str, told: str
) -> None:
    case_id = site.start()
    browser = site.browser("admin")
    browser.get(f"/operations/cases/{case_id}/data")
    sent = browser.post(f"/operations/cases/{case_id}/data", {"name": name, "value": value})
    assert sent.status_code == 422
    assert told in sent.text


def test_who_does_not_operate_a_case_is_refused_and_a_stranger_finds_none(site: Site) -> None:
    case_id = site.start()
    pages = ("", "/orders/suspend", "/move", "/data")
    worker, stranger = site.browser("ofii"), site.browser("conseiller2")
    for page in pages:
        address = f"/operations/cases/{case_id}{page}"
        assert worker.get(address).status_code == 403, page
        assert stranger.get(address).status_code == 404, page
    sent: dict[str, object] = {"reason": "x", "target": "Task_X", "name": "a", "value": "1"}
    for page in pages[1:]:
        address = f"/operations/cases/{case_id}{page}"
        assert worker.post(address, sent).status_code == 403, page
        assert stranger.post(address, sent).status_code == 404, page
    assert status(site, case_id) is CaseStatus.ACTIVE
    assert "/operations/cases/" not in site.browser("ofii").get(f"/cases/{case_id}").text


def test_unknown_orders_and_tokens_are_told(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("admin")
    assert browser.get(f"/operations/cases/{case_id}/orders/explode").status_code == 404
    assert browser.post(f"/operations/cases/{case_id}/orders/explode").status_code == 404
    gone = browser.get(f"/operations/cases/{case_id}/move?activation=9999")
    assert gone.status_code == 409
    assert "Plus rien n’attend" in gone.text
