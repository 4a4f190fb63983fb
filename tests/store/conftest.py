"""A store on each database, with the engine's own tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store import Store, upgrade


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store whose tables the migrations made."""
    made = Store(database_url)
    upgrade(made)
    yield made
    made.close()
