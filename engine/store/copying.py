"""A copy of a SQLite database that is in use, as it stands at one moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from engine.errors import StoreUnavailable
from engine.store.explain import named
from engine.store.store import Store


def copy_database(store: Store, target: Path) -> None:
    """Copy a SQLite database into a new file, what is committed and nothing else.

    The pages are read in one go, under one read lock: in WAL mode neither waits for the other,
    writer and copy.

    :raises StoreUnavailable: the database cannot be read, or is damaged; or the disk is full.
    """
    try:
        with (
            closing(
                sqlite3.connect(f"{store.path.absolute().as_uri()}?mode=ro", uri=True)
            ) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{named(store.engine)} cannot be copied: {error}.") from error
    if verdict != "ok":
        raise StoreUnavailable(
            f"{named(store.engine)} is damaged ({verdict}). Restore its last good backup."
        )
