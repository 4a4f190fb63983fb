"""Bringing a database to the tables this version needs (Alembic)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store.store import Store

_HERE = Path(__file__).parent / "migrations"


def upgrade(store: Store, migrations: Sequence[Path] = ()) -> None:
    """Run every migration that this database has not seen.

    :param migrations: folders of further versions (handlers, web), each its own branch.
    :raises StoreUnavailable: the database cannot be reached or written.
    """
    if store.is_sqlite:
        store.path.parent.mkdir(parents=True, exist_ok=True)
    with store.unit_of_work() as unit_of_work:
        config = _config(migrations)
        config.attributes["connection"] = unit_of_work.connection
        command.upgrade(config, "heads")


def is_current(store: Store, migrations: Sequence[Path] = ()) -> bool:
    """Tell whether the database has every migration of this version."""
    script = ScriptDirectory.from_config(_config(migrations))
    known = {version.revision for version in script.walk_revisions()}
    with store.snapshot() as unit_of_work:
        heads = MigrationContext.configure(unit_of_work.connection).get_current_heads()
    # Alembic stores no row for a version that another branch's depends on: it is applied too.
    applied = script.get_all_current(tuple(head for head in heads if head in known))
    return set(script.get_heads()) <= {version.revision for version in applied}


def _config(migrations: Sequence[Path]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    folders = [_HERE / "versions", *migrations]
    config.set_main_option("version_locations", os.pathsep.join(str(f) for f in folders))
    return config
