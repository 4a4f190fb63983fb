"""The handlers' migrations make exactly the tables that the code uses."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine.store import is_current, tables, upgrade
from handlers.composition import MIGRATIONS
from handlers.documents import tables as documents
from handlers.notices import tables as notices
from handlers.organisations import tables as organisations
from handlers.payments import tables as payments
from handlers.people import tables as people
from tests.handlers.support import Site

ROOMS = (people, organisations, documents, payments, notices)


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
