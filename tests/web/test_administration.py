"""Accounts under administration: opened, given roles, closed; nobody changes their own."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest

from engine.errors import NotAllowed
from engine.model import Grant
from handlers import demo
from tests.web.conftest import Browser, Site, actor
from web.accounts import AccountRow, find_account, save_account
from web.accounts.administration import close_account

PASSWORD = "une phrase assez longue"
EMAIL = "nadia@demo.invalid"
ADVISER = {"role": "cm/ofii:adviser", "organisation": "op-horizon"}


@pytest.fixture
def site(site: Site) -> Site:
    """A site with the demo's organisations."""
    with site.engine.store.unit_of_work() as uow:
        demo.seed(uow)
    return site


def row(site: Site, email: str = EMAIL) -> AccountRow:
    """Return an account."""
    found = find_account(site.engine.store, email=email)
    assert found is not None
    return found


def opened(site: Site, browser: Browser) -> str:
    """Open an account as an administrator, and return its page's path."""
    browser.get("/accounts")
    answer = browser.post("/accounts", {"name": "Nadia Inventée", "email": EMAIL})
    assert answer.status_code == 303
    path = answer.headers["Location"]
    browser.get(path)
    return str(path)


def invited(browser: Browser, path: str) -> str:
    """Make a link and return where it leads."""
    browser.post(f"{path}/link")
    found = re.search(r"http://localhost(/accounts/first/[^<]+)<", browser.page)
    assert found is not None
    return found.group(1)


def choose(site: Site, link: str, password: str = PASSWORD, again: str | None = None) -> int:
    """Choose a password through a link; return the answer's status."""
    visitor = site.browser()
    visitor.get(link)
    visitor.get("/sign-in")  # a form that is open still has its token when the link is over
    sent = {"password": password, "again": password if again is None else again}
    return visitor.post(link, dict(sent)).status_code


def signs_in(site: Site, password: str = PASSWORD) -> bool:
    """Tell whether the new account signs in with a password."""
    return site.browser().sign_in("nadia", password).status_code == 302


def test_a_new_account_signs_in_by_a_link_and_sees_what_its_role_opens(site: Site) -> None:
    admin = site.browser("admin")
    path = opened(site, admin)
    assert admin.post(f"{path}/grants", dict(ADVISER)).status_code == 303
    assert choose(site, invited(admin, path)) == 303
    owner = site.browser()
    assert owner.sign_in("nadia", PASSWORD).status_code == 302
    assert owner.get("/organisations/op-horizon").status_code == 200
    assert "Nadia Inventée" in owner.page
    assert row(site).grants == (Grant("adviser", "op-horizon", "CM", frozenset({"cm/ofii"})),)


def test_a_link_serves_once_for_three_days_and_a_newer_one_ends_it(site: Site) -> None:
    admin = site.browser("admin")
    path = opened(site, admin)
    first = invited(admin, path)
    second = invited(admin, path)
    assert choose(site, first) == 404
    assert choose(site, second) == 303
    assert choose(site, second, "autre phrase assez longue") == 404
    assert signs_in(site)
    third = invited(admin, path)
    site.clock.move_to(site.clock.now() + timedelta(days=3))
    assert site.browser().get(third).status_code == 404


@pytest.mark.parametrize(
    ("password", "again"),
    [("trop court", None), (PASSWORD, "autre chose"), ("nadia, phrase longue", None)],
)
def test_a_weak_or_mistyped_password_is_refused_and_the_link_serves_on(
    site: Site, password: str, again: str | None
) -> None:
    admin = site.browser("admin")
    link = invited(admin, opened(site, admin))
    assert choose(site, link, password, again) == 422
    assert choose(site, link) == 303


def test_the_links_secret_is_kept_nowhere(site: Site) -> None:
    admin = site.browser("admin")
    secret = invited(admin, opened(site, admin)).rpartition("/")[2]
    content = b"".join(file.read_bytes() for file in site.settings.var_dir.parent.glob("test.db*"))
    assert secret.encode() not in content
    assert EMAIL.encode() in content


def test_a_closed_account_is_out_at_once_and_comes_back_with_its_roles(site: Site) -> None:
    admin = site.browser("admin")
    officer = site.browser("ofii")
    path = "/accounts/demo-ofii"
    admin.get(path)
    assert admin.post(f"{path}/activity", {"act": "close"}).status_code == 303
    assert officer.get("/cases").status_code == 302
    assert site.browser().sign_in("ofii").status_code != 302
    admin.post(f"{path}/activity", {"act": "reopen"})
    assert site.browser("ofii").get("/cases").status_code == 200


def test_a_role_taken_away_holds_no_more_in_an_open_session(site: Site) -> None:
    admin, officer = site.browser("admin"), site.browser("ofii")
    assert officer.get("/cases").status_code == 200
    admin.get("/accounts/demo-ofii")
    taken = {"role": "agency_officer", "organisation": "ofii-cm", "country": "CM"}
    taken["schemes"] = ",".join(sorted(actor("ofii").grants[0].schemes))
    for _ in range(2):
        answer = admin.post("/accounts/demo-ofii/grants/revoke", taken)
        assert answer.status_code == 303
    assert officer.get("/cases").status_code == 403
    admin.get("/accounts/demo-ofii")
    assert admin.page.count("Rôle retiré") == 1


@pytest.mark.parametrize("path", ["grants", "grants/revoke", "activity", "link"])
def test_nobody_changes_their_own_account(site: Site, path: str) -> None:
    admin = site.browser("admin")
    admin.get("/accounts/demo-admin")
    sent = {"role": "administrator", "act": "close"}
    if path == "grants":
        sent["role"] = ":auditor"
    assert admin.post(f"/accounts/demo-admin/{path}", dict(sent)).status_code == 403
    kept = row(site, "admin@demo.invalid")
    assert kept.active
    assert [grant.role for grant in kept.grants] == ["administrator"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"role": "cm/ofii:king", "organisation": "op-horizon"}, "role"),
        ({"role": "cm/ofii:adviser"}, "organisation"),
        ({"role": "cm/ofii:adviser", "organisation": "nobody"}, "organisation"),
        ({"role": "cm/ofii:adviser", "organisation": "op-tn-1"}, "organisation"),
        ({"role": ":auditor", "country": "Cameroun"}, "country"),
    ],
)
def test_a_role_that_fits_no_scheme_or_organisation_is_refused_by_field(
    site: Site, sent: dict[str, object], field: str
) -> None:
    admin = site.browser("admin")
    path = opened(site, admin)
    assert admin.post(f"{path}/grants", sent).status_code == 422
    assert f'href="#{field}"' in admin.page
    assert row(site).grants == ()


def test_an_address_belongs_to_one_account(site: Site) -> None:
    admin = site.browser("admin")
    opened(site, admin)
    again = {"name": "Autre", "email": "  NADIA@demo.invalid "}
    assert admin.post("/accounts", dict(again)).status_code == 422
    assert "Un compte a déjà cette adresse" in admin.page


def test_roles_of_oversight_see_cases_only_where_they_read_them(site: Site) -> None:
    admin = site.browser("admin")
    path = opened(site, admin)
    for role in ("auditor", "process_designer"):
        admin.post(f"{path}/grants", {"role": f":{role}", "country": "CM"})
    assert row(site).grants == (
        Grant("auditor", None, "CM"),
        Grant("process_designer", None, "CM", sees_cases=False),
    )


def test_two_administrators_who_close_one_another_at_once_leave_one(site: Site) -> None:
    names = ("first", "second")
    for name in names:
        held = (Grant("administrator", None, sees_cases=False),)
        save_account(
            site.engine.store, AccountRow(f"{name}@demo.invalid", name, "x", id=name, grants=held)
        )
    start, told = threading.Barrier(2), []

    def close(by: str, other: str) -> None:
        start.wait()
        try:
            with site.engine.store.unit_of_work() as uow:
                close_account(uow, other, by=by, at=site.clock.now())
            told.append("closed")
        except NotAllowed:
            told.append("refused")

    threads = [threading.Thread(target=close, args=pair) for pair in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["closed", "refused"]
    assert sum(row(site, f"{name}@demo.invalid").active for name in names) == 1
