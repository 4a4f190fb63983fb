"""A designation on the case's page and the operator's: why the table chose, why a person did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.clock import ManualClock
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store, upgrade
from handlers import demo
from handlers.composition import compose
from handlers.people import ensure_secrets
from tests.web.conftest import NOW, Outside, Site, actor
from web import MIGRATIONS
from web.accounts.demo import seed
from web.app import create_app
from web.demo_cases import CASES

PROCESSES = Path(__file__).parents[2] / "processes"
REASON = "Seul cabinet qui parle la langue du quartier"


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A demo site with the real scheme published."""
    settings = replace(settings, processes_dir=PROCESSES)
    clock, store = ManualClock(NOW), Store(settings.database_url)
    ensure_secrets(settings)
    ports = compose(settings, store, clock)
    upgrade(store, [*ports.migrations, MIGRATIONS])
    seed(store, settings)
    with store.unit_of_work() as uow:
        demo.seed(uow)
    engine = Engine(store, ports, settings)
    engine.deploy(PROCESSES / "cm" / "ofii", actor("concepteur"))
    app = create_app(settings, engine)
    app.testing = True
    yield Site(app, engine, clock, settings, Outside())
    store.close()


def offered(site: Site) -> str:
    """Bring a case to where an operator has it offered, and return its id."""
    wanted = next(each for each in CASES if each.stage == "Task_AnswerOffer")
    case = site.engine.start("cm/ofii", wanted.start_answer(NOW.date()), actor("accueil"))
    site.engine.run_due()
    answer = {
        "assistance_type": "business",
        "project_sector": wanted.sector,
        "region": wanted.region,
    }
    needs = {"household_size": "1", "needs": ["business"], "intake_survey": "later"}
    complete(site, case.id, "Task_AssessNeeds", needs, "ofii")
    complete(site, case.id, "Task_ConfirmType", answer, "ofii")
    return case.id


def complete(site: Site, case_id: str, element: str, answer: dict[str, object], who: str) -> None:
    """Complete a case's open task of that element."""
    tasks = {t.element_id: t.id for t in site.engine.tasks_of(case_id, actor("ofii"))}
    assert element in tasks, tasks
    site.engine.complete(tasks[element], answer, actor(who))
    site.engine.run_due()


def test_an_offer_says_which_rule_led_to_it_and_what_the_table_was_given(site: Site) -> None:
    case_id = offered(site)
    browser = site.browser("ofii")
    browser.get(f"/cases/{case_id}")
    for shown in (
        "Désignation d&#39;un opérateur",
        "Littoral Appui Imaginaire",
        "Réponse attendue",
        "W3 (2019) : trois cabinets suivent les projets",
        "project_sector",
        "commerce",
    ):
        assert shown in browser.page, shown
    browser.get("/organisations/op-littoral-appui")
    assert "trois cabinets suivent les projets" in browser.page
    assert "Places prises\N{NO-BREAK SPACE}: 1 sur 40" in browser.page


def test_a_choice_by_hand_keeps_its_reason_encrypted_for_who_may_read_it(site: Site) -> None:
    case_id = offered(site)
    declined = {"operator_answer": "declined", "decline_reason": "conflict"}
    complete(site, case_id, "Task_AnswerOffer", dict(declined), "responsable")
    choice = {"choice": "choose", "candidate": "op-littoral-appui", "choice_reason": REASON}
    complete(site, case_id, "Task_ChooseOperator", dict(choice), "ofii")
    browser = site.browser("ofii")
    browser.get(f"/cases/{case_id}")
    for shown in ("Conflit d’intérêts", "À la main", REASON):
        assert shown in browser.page, shown
    browser.get("/organisations/op-littoral-appui")
    assert "À la main" in browser.page
    assert REASON not in browser.page
    stored = b"".join(f.read_bytes() for f in site.settings.var_dir.parent.glob("test.db*"))
    assert REASON.encode() not in stored


def test_nobody_free_is_told_to_the_agency(site: Site) -> None:
    case_id = offered(site)
    declined = {"operator_answer": "declined", "decline_reason": "no-capacity"}
    complete(site, case_id, "Task_AnswerOffer", dict(declined), "responsable")
    told = [event.data for event in site.engine.history(case_id, actor("ofii"))]
    assert any("nobody_free" in str(data.values()) for data in told)
