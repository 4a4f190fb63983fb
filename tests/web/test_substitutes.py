"""Substitutes: a colleague acts in somebody's place, under their own name, for some days."""

from __future__ import annotations

from datetime import timedelta

from tests.web.conftest import NOW, Site
from web.accounts import find_account

TODAY = NOW.date()


def named(site: Site, absent: str, substitute: str, days: int = 3) -> None:
    """Name a substitute from today."""
    browser = site.browser(absent)
    browser.get("/account/substitute")
    last = TODAY + timedelta(days=days)
    answer = browser.post(
        "/account/substitute",
        {"email": f"{substitute}@demo.invalid", "since": str(TODAY), "until": str(last)},
    )
    assert answer.status_code == 303


def test_a_substitute_holds_the_roles_of_whom_they_act_for_until_the_last_day(site: Site) -> None:
    named(site, "responsable", "conseiller")
    for moment, held in ((NOW, True), (NOW + timedelta(days=4), False)):
        row = find_account(site.engine.store, email="conseiller@demo.invalid", at=moment)
        assert row is not None
        assert row.acting_for == (("demo-responsable",) if held else ())
        assert ("operator_manager" in {grant.role for grant in row.borrowed}) is held


def test_a_substitution_ended_early_gives_nothing_any_more(site: Site) -> None:
    named(site, "responsable", "conseiller")
    browser = site.browser("responsable")
    page = browser.get("/account/substitute").text
    assert "Clarisse Ngo Bell" in page
    action = page.split('action="')[-2].split('"')[0]
    assert action.endswith("/end")
    stranger = site.browser("ofii")
    stranger.get("/account/substitute")
    assert stranger.post(action).status_code == 303
    row = find_account(site.engine.store, email="conseiller@demo.invalid", at=NOW)
    assert row is not None
    assert row.acting_for == ("demo-responsable",)
    browser.get("/account/substitute")
    assert browser.post(action).status_code == 303
    row = find_account(site.engine.store, email="conseiller@demo.invalid", at=NOW)
    assert row is not None
    assert row.acting_for == ()


def test_nobody_names_a_stranger_themselves_or_days_that_are_past(site: Site) -> None:
    browser = site.browser("responsable")
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    for email, since, until in (
        ("conseiller2@demo.invalid", TODAY, tomorrow),
        ("nobody@demo.invalid", TODAY, tomorrow),
        ("responsable@demo.invalid", TODAY, tomorrow),
        ("conseiller@demo.invalid", yesterday, tomorrow),
        ("conseiller@demo.invalid", tomorrow, TODAY),
        ("conseiller@demo.invalid", TODAY, TODAY + timedelta(days=400)),
        ("", "", "demain"),
    ):
        browser.get("/account/substitute")
        answer = browser.post(
            "/account/substitute", {"email": email, "since": str(since), "until": str(until)}
        )
        assert answer.status_code == 422
        assert "govuk-error-summary" in answer.text
    row = find_account(site.engine.store, email="conseiller@demo.invalid", at=NOW)
    assert row is not None
    assert row.acting_for == ()
