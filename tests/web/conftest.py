"""A whole site for each test: real database, engine, handlers, pages; a clock that stands still."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.clock import ManualClock
from engine.model import Actor
from engine.ports import HandlerCall, handler
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store, upgrade
from handlers.composition import compose
from handlers.demo import seed as seed_reference
from handlers.people import ensure_secrets
from web import MIGRATIONS
from web.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, seed
from web.app import create_app
from web.catalogues import compile_all

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCHEMES = Path(__file__).parent / "schemes"


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    compile_all()


class Browser:
    """A person at a browser without JavaScript."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""

    def get(self, path: str, *, follow: bool = False) -> TestResponse:
        """Open a page and remember it."""
        return self._keep(self.client.get(path, follow_redirects=follow))

    def post(self, path: str, data: dict[str, object] | None = None) -> TestResponse:
        """Send a form with the token of the page that is open."""
        return self._keep(self.client.post(path, data={"csrf_token": self.token(), **(data or {})}))

    def sign_in(self, name: str, password: str = DEMO_PASSWORD) -> TestResponse:
        """Sign in as a demo account."""
        self.get("/sign-in")
        sent = {"email": f"{name}@demo.invalid", "password": password}
        return self.post("/sign-in", dict(sent))

    def token(self) -> str:
        """Return the form token of the page that is open."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        return found.group(1) if found else ""

    def _keep(self, response: TestResponse) -> TestResponse:
        if response.status_code != 303 and response.mimetype == "text/html":
            self.page = response.text or self.page
        return response


@dataclass
class Outside:
    """The outside world: answers, or does not."""

    answers: bool = True


@dataclass
class Site:
    """A site with everything a test moves by hand."""

    app: Flask
    engine: Engine
    clock: ManualClock
    settings: Settings
    outside: Outside

    def browser(self, name: str = "") -> Browser:
        """Return a new browser, signed in as a demo account where one is named."""
        browser = Browser(self.app.test_client())
        if name:
            assert browser.sign_in(name).status_code == 302
            browser.get("/", follow=True)
        return browser

    def start(self, **changes: object) -> str:
        """Open a case as the local administration and return its id."""
        answer: dict[str, object] = {"family_name": "Essai", "assistance_type": "social"}
        return self.engine.start("cm/ofii", answer | changes, actor("accueil")).id

    def task(self, case_id: str, name: str = "ofii") -> str:
        """Return the id of the case's one open task."""
        (item,) = self.engine.tasks_of(case_id, actor(name))
        return item.id


def actor(name: str) -> Actor:
    """Return a demo account as the engine knows it."""
    return next(each.actor for each in DEMO_ACCOUNTS if each.name == name)


CONFIRMED: dict[str, object] = {
    "adults": "2",
    "arrived_on": "2026-02-14",
    "needs": ["housing"],
    "agreed": "true",
    "budget.0._row": "1",
    "budget.0.line": "Couveuse",
    "budget.0.cost": "450000",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a demo site in a folder of its own."""
    return Settings(f"sqlite:///{tmp_path / 'test.db'}", tmp_path / "var", SCHEMES, demo=True)


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A demo site with the trial scheme published."""
    clock, store = ManualClock(NOW), Store(settings.database_url)
    ensure_secrets(settings)
    ports = compose(settings, store, clock)
    outside = Outside()

    @handler("test.outside")
    def call_outside(call: HandlerCall) -> None:
        """Ask the outside world."""
        if not outside.answers:
            raise OSError("nobody answers")

    ports.registry.add(call_outside)
    upgrade(store, [*ports.migrations, MIGRATIONS])
    seed(store, settings)
    with store.unit_of_work() as uow:
        seed_reference(uow)
    engine = Engine(store, ports, settings)
    for scheme in ("ofii", "stuck", "halted"):
        engine.deploy(SCHEMES / "cm" / scheme, actor("concepteur"))
    app = create_app(settings, engine)
    app.testing = True
    yield Site(app, engine, clock, settings, outside)
    store.close()
