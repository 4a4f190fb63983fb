"""Bringing a database to the tables this version needs (Alembic)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection

from engine.errors import StoreUnavailable
from engine.store.store import Store

_HERE = Path(__file__).parent / "migrations"


def upgrade(store: Store, migrations: Sequence[Path] = ()) -> None:
    """Run every migration that this database has not seen.

    :param migrations: folders of further versions (handlers, web), each its own branch.
    :raises StoreUnavailable: the database cannot be reached or written, or is a newer version's.
    """
    if store.is_sqlite:
        _make_folder(store.path.parent)
    config = _config(migrations)
    with store.unit_of_work() as unit_of_work:
        unit_of_work.serialize("upgrade")
        _refuse_newer(unit_of_work.connection, config)
        config.attributes["connection"] = unit_of_work.connection
        command.upgrade(config, "heads")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"The database's folder {folder} cannot be made: {error.strerror}. Correct the path "
            "or its rights."
        ) from error


def _refuse_newer(connection: Connection, config: Config) -> None:
    known = {version.revision for version in _versions(config)}
    heads = MigrationContext.configure(connection).get_current_heads()
    if unknown := sorted(set(heads) - known):
        raise StoreUnavailable(
            f"The database was upgraded by a newer version (it is at {', '.join(unknown)}). "
            "Install that version again, or restore a backup from before."
        )


def _versions(config: Config) -> Iterator[Script]:
    return ScriptDirectory.from_config(config).walk_revisions()


def is_current(store: Store, migrations: Sequence[Path] = ()) -> bool:
    """Tell whether the database has every migration of this version."""
    script = ScriptDirectory.from_config(_config(migrations))
    known = {version.revision for version in script.walk_revisions()}
    with store.snapshot() as unit_of_work:
        heads = MigrationContext.configure(unit_of_work.connection).get_current_heads()
    # Alembic stores no row for a version that another branch's depends on: it is applied too.
    applied = script.get_all_current(tuple(head for head in heads if head in known))
    return set(script.get_heads()) <= {version.revision for version in applied}


def revisions(store: Store) -> tuple[str, ...]:
    """Return at which migrations the database stands, a branch each."""
    with store.snapshot() as unit_of_work:
        context = MigrationContext.configure(unit_of_work.connection)
        return tuple(sorted(context.get_current_heads()))


def _config(migrations: Sequence[Path]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    folders = [_HERE / "versions", *migrations]
    config.set_main_option("version_locations", os.pathsep.join(str(f) for f in folders))
    return config
