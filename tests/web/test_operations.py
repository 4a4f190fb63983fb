"""Incidents: seen by administrators, tried again with a reason."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import NotAllowed
from engine.model import Actor, Grant
from engine.service import Engine
from engine.store import tables as t
from engine.store.cases import latest_deployment
from handlers.composition import compose
from tests.web.conftest import SCHEMES, Site, actor


def _stop(site: Site) -> str:
    site.outside.answers = False
    officer = Actor("officer", (Grant("agency_officer", "ofii-cm"),))
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
    assert "a échoué 1 fois" in page
    browser.get("/language/ar?next=/operations")
    assert "فشل المعالج" in browser.get("/operations").text
    browser.get("/language/fr?next=/operations")
    browser.get("/operations")
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

    site.app.view_functions["pages.ready"] = crash
    site.app.testing = False
    with capture_logs() as logs:
        page = site.browser().get("/ready")
    assert page.status_code == 500
    line = next(entry for entry in logs if entry["event"] == "crashed")
    assert line["code"] in page.text
    assert "somebody typed" not in str(logs) + page.text


def test_demo_is_announced_on_every_page_and_only_there(site: Site) -> None:
    from web.app import create_app

    assert "Démonstration" in site.browser("ofii").get("/tasks").text
    real = create_app(replace(site.settings, demo=False), site.engine)
    assert "Démonstration" not in real.test_client().get("/sign-in").text


def test_a_value_is_corrected_and_the_stopped_step_tried_again_in_one_go(site: Site) -> None:
    officer = Actor("officer", (Grant("agency_officer", "ofii-cm"),))
    case_id = site.engine.start("cm/halted", {"level": Decimal(7)}, officer).id
    browser = site.browser("admin")
    listed = browser.get("/operations").text
    assert "Quel niveau d&#39;accompagnement ?" in listed
    assert "Aucune suite" in listed or "aucune des conditions" in listed
    (address,) = set(re.findall(r'href="(/operations/cases/[^"]*/data\?activation=\d+)"', listed))
    asked = browser.get(address.replace("&amp;", "&")).text
    assert "Quel niveau d&#39;accompagnement ?" in asked
    incident = site.engine.incidents()[0]
    sent: dict[str, object] = {
        "activation": str(incident.activation),
        "incident": str(incident.id),
        "retry": "yes",
        "name": "level",
        "value": "2",
    }
    shown = browser.post(f"/operations/cases/{case_id}/data", {**sent, "_intent": "preview"}).text
    assert "Ce qui se passerait" in shown
    assert site.engine.incidents()[0].id == incident.id
    assert f'name="incident" value="{incident.id}"' in shown
    assert re.search(r'name="retry"[^>]* checked', shown)
    revision = re.findall(r'name="revision" value="(\d+)"', shown)[-1]
    unsaid = {**sent, "retry": "", "revision": revision, "_intent": "confirm"}
    assert browser.post(f"/operations/cases/{case_id}/data", unsaid).status_code == 422
    assert not re.search(r'name="retry"[^>]* checked', browser.page)
    confirmed = {**sent, "revision": revision, "reason": "saisie corrigée", "_intent": "confirm"}
    assert browser.post(f"/operations/cases/{case_id}/data", confirmed).status_code == 303
    assert site.engine.incidents() == ()
    (task,) = site.engine.tasks_of(case_id, officer)
    assert task.element_id == "Task_Visit"
    assert "l’étape" in browser.get(f"/operations/cases/{case_id}").text


def _fail_to_begin(site: Site, folder: Path) -> None:
    """Have a scheme's daily case fail to begin as often as that is tried."""
    shutil.copytree(SCHEMES / "cm" / "stuck", folder / "cm" / "stuck")
    diagram = folder / "cm" / "stuck" / "stuck.bpmn"
    every_day = (
        "<bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle>"
        "</bpmn:timerEventDefinition></bpmn:startEvent>"
    )
    source = diagram.read_text(encoding="utf-8")
    diagram.write_text(source.replace("</bpmn:startEvent>", every_day), encoding="utf-8")
    site.engine.deploy(folder / "cm" / "stuck", actor("concepteur"))
    with site.engine.store.unit_of_work() as uow:
        newest = latest_deployment(uow, "cm/stuck")
        assert newest is not None
        here = sa.and_(
            t.definitions.c.deployment_id == newest.id, t.definitions.c.name == "stuck.bpmn"
        )
        uow.connection.execute(sa.update(t.definitions).where(here).values(content=b"<"))
    store = site.engine.store
    broken = Engine(store, compose(site.settings, store, site.clock), site.settings)
    for _ in range(4):
        site.clock.move_to(site.clock.now() + timedelta(days=1))
        broken.run_due()


def test_a_case_that_could_not_begin_is_shown_and_tried_again_by_administrators_alone(
    site: Site, tmp_path: Path
) -> None:
    _fail_to_begin(site, tmp_path / "schemes")
    (failed,) = (each for each in site.engine.planned_starts() if each.failed)
    browser = site.browser("admin")
    page = browser.get("/operations").text
    assert "Dossiers qui n’ont pas pu commencer" in page
    assert "Une date le fait commencer" in page
    assert "Event_Begun" not in page
    assert ">cm/stuck<" not in page
    assert "Aucun dossier n’est arrêté" not in page
    address = f"/operations/starts/{failed.id}/retry"
    officer = site.browser("ofii")
    officer.get("/tasks")
    assert officer.post(address).status_code in {403, 404}
    with pytest.raises(NotAllowed):
        site.engine.retry_start(failed.id, actor("ofii"))
    assert browser.post(address).status_code == 303
    assert browser.post(address).status_code == 303
    assert "rien n’a été fait" in browser.get("/operations").text
    site.engine.run_due()
    assert "Aucun dossier n’est arrêté" in browser.get("/operations").text
    assert [each.failed for each in site.engine.planned_starts()] == [False]


def test_an_operator_sees_when_regular_work_ran_and_when_it_runs_next(site: Site) -> None:
    browser = site.browser("admin")
    page = browser.get("/operations").text
    assert "Demander l’effacement des données" in page
    assert "pas encore" in page
    site.engine.timetable.run("people.retention")
    page = browser.get("/operations").text
    assert "2 mars 2026" in page
    assert "3 mars 2026" in page
    assert site.browser("ofii").get("/operations").status_code == 403
