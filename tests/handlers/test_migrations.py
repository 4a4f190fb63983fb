"""The handlers' migrations make exactly the tables that the code uses."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import handlers
from engine.store import is_current, tables, upgrade
from handlers.composition import MIGRATIONS
from tests.handlers.support import Site

HANDLERS = Path(handlers.__file__).parent
ROOMS = [
    import_module(f"handlers.{'.'.join(file.relative_to(HANDLERS).with_suffix('').parts)}")
    for file in sorted(HANDLERS.glob("*/tables.py"))
]


def test_migrations_make_exactly_the_tables_that_the_code_uses(site: Site) -> None:
    with site.store.snapshot() as uow:
        context = MigrationContext.configure(uow.connection)
        metadata = [tables.metadata, *(room.metadata for room in ROOMS)]
        differences = [
            difference
            for difference in compare_metadata(context, metadata)
            if not (difference[0] == "remove_table" and difference[1].name.startswith("alembic"))
        ]
    assert differences == []


def test_upgrading_again_changes_nothing(site: Site) -> None:
    upgrade(site.store, (MIGRATIONS,))
    assert is_current(site.store, (MIGRATIONS,))
