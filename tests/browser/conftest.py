"""A real Chromium before a real site; one browser at a time, whatever the number of workers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.person import Person
from tests.browser.site import Site
from web.catalogues import compile_all

HERE = Path(__file__).parent
NO_CHROMIUM = "Chromium is missing; install it: apt-get install chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=fr-FR",
)

Meet = Callable[..., Person]
"""Makes a person: account name (empty for nobody), then :class:`Person`'s own arguments."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and keep them on one worker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's, Ubuntu's or Google's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found,
            args=list(ARGUMENTS),
            # The browser's own words (a date's order, "choose a file") follow the machine's.
            env={**os.environ, "LANGUAGE": "fr"},
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def filled_folder(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo site's folder, made once; each module serves a copy with a time of its own."""
    compile_all()
    folder = tmp_path_factory.mktemp("demo") / "var"
    folder.mkdir()
    Site(folder).make()
    return folder


@pytest.fixture(scope="module")
def site(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A fresh demo site, served."""
    folder = tmp_path_factory.mktemp("site") / "var"
    shutil.copytree(filled_folder, folder)
    served = Site(folder)
    served.serve()
    try:
        yield served
    finally:
        served.end()


@pytest.fixture
def meet(browser: Browser, site: Site) -> Iterator[Meet]:
    """Make people that sign in; at the end let them go, and hear what their consoles said."""
    met: list[Person] = []

    def sign_in(name: str, **how: Any) -> Person:
        person = Person(browser, site, name, **how)
        met.append(person)
        return person.sign_in() if name else person

    yield sign_in
    for person in met:
        person.leave()
    assert [text for person in met for text in person.complaints] == []
