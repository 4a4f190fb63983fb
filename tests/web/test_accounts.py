"""Signing in, staying in, and being kept out."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ConfigurationError
from engine.settings import Settings
from engine.store import Store, upgrade
from handlers.composition import MIGRATIONS as HANDLERS
from tests.web.conftest import Site
from web import MIGRATIONS
from web.accounts import AccountRow, account_names, find_account, hash_password, save_account
from web.accounts.demo import DEMO_ACCOUNTS, seed
from web.site_secret import FILENAME, read_or_make


def test_every_demo_account_signs_in_and_lands_on_a_page_of_its_own(site: Site) -> None:
    for account in DEMO_ACCOUNTS:
        browser = site.browser()
        assert browser.sign_in(account.name).status_code == 302
        landed = browser.get("/", follow=True)
        assert landed.status_code == 200
        assert account.shown.split()[0] in landed.text


def test_wrong_password_and_unknown_address_look_the_same(site: Site) -> None:
    known = site.browser().sign_in("ofii", "wrong-password")
    unknown = site.browser().sign_in("nobody", "wrong-password")
    assert known.status_code == unknown.status_code == 200
    assert "ne vont pas ensemble" in known.text
    assert known.text.replace("ofii@", "@").count("demo.invalid") == unknown.text.replace(
        "nobody@", "@"
    ).count("demo.invalid")


def test_typed_address_is_kept_after_a_failure_and_the_password_is_not(site: Site) -> None:
    page = site.browser().sign_in("ofii", "wrong-password").text
    assert 'value="ofii@demo.invalid"' in page
    assert "wrong-password" not in page


def test_eleventh_attempt_on_one_account_within_a_minute_is_refused(site: Site) -> None:
    browser = site.browser()
    for _ in range(10):
        assert browser.sign_in("ofii", "wrong-password").status_code == 200
    refused = browser.sign_in("ofii")
    assert refused.status_code == 429
    assert "Attendez une minute" in refused.text
    assert site.browser().sign_in("comite").status_code == 302


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    cookie = site.browser().sign_in("ofii").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_session_cookie_needs_tls_outside_the_demo(settings: Settings, site: Site) -> None:
    from web.app import create_app

    real = create_app(replace(settings, demo=False), site.engine)
    assert real.config["SESSION_COOKIE_SECURE"] is True
    assert "passerelle-demo" not in real.test_client().get("/sign-in").text


def test_signing_out_ends_the_session(site: Site) -> None:
    browser = site.browser("ofii")
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/tasks").status_code == 302


def test_new_session_key_ends_every_open_session(site: Site) -> None:
    browser = site.browser("ofii")
    account = find_account(site.engine.store, email="ofii@demo.invalid")
    assert account is not None
    account.session_key = "another"
    save_account(site.engine.store, account)
    assert browser.get("/tasks").status_code == 302


def test_deactivated_account_is_out_at_once(site: Site) -> None:
    browser = site.browser("ofii")
    account = find_account(site.engine.store, email="ofii@demo.invalid")
    assert account is not None
    account.active = False
    save_account(site.engine.store, account)
    assert browser.get("/tasks").status_code == 302
    assert site.browser().sign_in("ofii").status_code == 200


def test_sign_in_leads_back_to_where_one_was_and_never_elsewhere(site: Site) -> None:
    browser = site.browser()
    asked = browser.get("/cases?status=active")
    assert asked.headers["Location"] == "/sign-in?next=/cases?status%3Dactive"
    browser.get(asked.headers["Location"])
    sent = {"email": "ofii@demo.invalid", "password": "passerelle-demo"}
    back = browser.post("/sign-in?next=/cases?status%3Dactive", dict(sent))
    assert back.headers["Location"] == "/cases?status=active"
    for elsewhere in ("https://example.org/", "//example.org", "/\\example.org"):
        other = site.browser()
        other.get("/sign-in")
        answer = other.post(f"/sign-in?next={elsewhere}", dict(sent))
        where = answer.headers.get("Location", "/")
        assert where.startswith("/")
        assert not where.startswith(("//", "/\\")), where


def test_form_without_its_token_changes_nothing(site: Site) -> None:
    browser = site.browser("accueil")
    refused = browser.client.post("/start/cm/ofii", data={"family_name": "X"})
    assert refused.status_code == 400
    assert "Rien n’a été modifié" in refused.text


def test_account_is_read_back_as_it_was_written(site: Site) -> None:
    grants = DEMO_ACCOUNTS[0].grants + DEMO_ACCOUNTS[-1].grants
    row = AccountRow("New@Demo.invalid ", "Neuf", hash_password("x" * 12), grants=grants)
    save_account(site.engine.store, row)
    found = find_account(site.engine.store, email="new@demo.INVALID")
    assert found is not None
    assert (found.id, found.grants, found.email) == (row.id, grants, "new@demo.invalid")
    assert account_names(site.engine.store, [row.id, "gone"]) == {row.id: "Neuf"}


def test_demo_accounts_are_refused_outside_the_demo(settings: Settings) -> None:
    real = replace(settings, demo=False)
    store = Store(real.database_url)
    upgrade(store, [HANDLERS, MIGRATIONS])
    with pytest.raises(ConfigurationError, match="PASSERELLE_DEMO"):
        seed(store, real)
    assert find_account(store, email="ofii@demo.invalid") is None


def test_seeding_twice_keeps_changed_accounts(site: Site) -> None:
    account = find_account(site.engine.store, email="ofii@demo.invalid")
    assert account is not None
    account.name = "Autre nom"
    save_account(site.engine.store, account)
    seed(site.engine.store, site.settings)
    again = find_account(site.engine.store, email="ofii@demo.invalid")
    assert again is not None
    assert again.name == "Autre nom"


def test_site_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    secret = read_or_make(tmp_path / "var")
    assert read_or_make(tmp_path / "var") == secret
    assert len(secret) >= 32
    path = tmp_path / "var" / FILENAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_or_make(tmp_path / "var")
