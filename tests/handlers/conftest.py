"""A composed site on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store import Store, upgrade
from handlers.composition import MIGRATIONS
from handlers.demo import seed
from tests.handlers.support import Site, open_site, settings_in


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site with the demo's organisations, on SQLite and on PostgreSQL in turn."""
    store = Store(database_url)
    upgrade(store, (MIGRATIONS,))
    with store.unit_of_work() as uow:
        seed(uow)
    yield open_site(settings_in(tmp_path, database_url=database_url), store)
    store.close()


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Iterator[Site]:
    """A site on SQLite, for what no database has a say in."""
    settings = settings_in(tmp_path)
    store = Store(settings.database_url)
    upgrade(store, (MIGRATIONS,))
    with store.unit_of_work() as uow:
        seed(uow)
    yield open_site(settings, store)
    store.close()
