"""Incidents: seen by administrators, tried again with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.model import Actor, Grant
from tests.web.conftest import Site


def _stop(site: Site) -> str:
    site.outside.answers = False
    officer = Actor("officer", (Grant("ofii_officer", "ofii-cm"),))
    case = site.engine.start("cm/stuck", {}, officer)
    for _ in range(3):
        site.engine.run_due()
        site.clock.move_to(site.clock.now() + timedelta(hours=6))
    return case.reference


def test_stopped_case_is_shown_with_its_cause_and_tried_again_with_a_reason(site: Site) -> None:
    reference = _stop(site)
    browser = site.browser("admin")
    page = browser.get("/operations").text
    assert reference in page
    assert "Appeler dehors" in page
    incident = site.engine.incidents()[0]
    address = f"/operations/incidents/{incident.id}/retry"
    assert browser.post(address, {"reason": "  "}).status_code == 422
    assert f'id="reason-{incident.id}-error"' in browser.page
    site.outside.answers = True
    assert browser.post(address, {"reason": "réparé"}).status_code == 303
    site.engine.run_due()
    assert "Aucun dossier n’est arrêté" in browser.get("/operations").text


def test_incident_that_is_over_is_not_tried_twice(site: Site) -> None:
    _stop(site)
    site.outside.answers = True
    incident = site.engine.incidents()[0]
    browser = site.browser("admin")
    browser.get("/operations")
    address = f"/operations/incidents/{incident.id}/retry"
    assert browser.post(address, {"reason": "réparé"}).status_code == 303
    assert browser.post(address, {"reason": "encore"}).status_code == 303
    assert "déjà clos" in browser.get("/operations").text


def test_lost_database_is_a_page_to_act_on_with_a_reference(site: Site) -> None:
    browser = site.browser("ofii")
    with site.engine.store.unit_of_work() as uow:
        uow.connection.exec_driver_sql("ALTER TABLE work_item_groups RENAME TO gone")
    broken = browser.get("/tasks?which=group")
    assert broken.status_code == 503
    assert "Réessayez dans une minute" in broken.text
    assert "passerelle db" not in broken.text


def test_unforeseen_error_shows_a_reference_and_logs_no_text_of_it(site: Site) -> None:
    def crash() -> str:
        raise ValueError("a name that somebody typed")

    from structlog.testing import capture_logs

    site.app.view_functions["pages.healthy"] = crash
    site.app.testing = False
    with capture_logs() as logs:
        page = site.browser().get("/healthy")
    assert page.status_code == 500
    line = next(entry for entry in logs if entry["event"] == "crashed")
    assert line["code"] in page.text
    assert "somebody typed" not in str(logs) + page.text


def test_demo_is_announced_on_every_page_and_only_there(site: Site) -> None:
    from web.app import create_app

    assert "Démonstration" in site.browser("ofii").get("/tasks").text
    real = create_app(replace(site.settings, demo=False), site.engine)
    assert "Démonstration" not in real.test_client().get("/sign-in").text
