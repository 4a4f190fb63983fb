"""Making a database's files forget what was overwritten or deleted in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from engine.errors import StoreUnavailable
from engine.store.store import Store

LOCK_TIMEOUT_MS = 3_000
"""How long PostgreSQL waits for a table that others use, and meanwhile keeps others waiting."""


def scrub(store: Store, tables: Sequence[str]) -> bool:
    """Make the files of the database forget what these tables said before.

    SQLite has overwritten it in place already (``secure_delete``), but its write-ahead log still
    tells of it: the log is moved into the file and cut to nothing. PostgreSQL keeps old versions
    of rows in a table's pages, and plain ``VACUUM`` frees their room without overwriting it: the
    tables are written anew into new files (``VACUUM FULL``). Its own write-ahead log, archives and
    backups are beyond reach.

    :returns: whether all of it was done; where somebody reads just now, call again later.
    :raises StoreUnavailable: the database is away.
    """
    if store.is_sqlite:
        return _empty_log(store)
    done = [_rewrite(store, table) for table in tables]
    return all(done)


def _empty_log(store: Store) -> bool:
    # Beneath SQLAlchemy, which would open a transaction: a checkpoint runs in none.
    connection = store.engine.raw_connection()
    try:
        cursor = connection.cursor()
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.close()


def _rewrite(store: Store, table: str) -> bool:
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        try:
            connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{table}"')
        except OperationalError as error:
            if type(error.orig).__name__ == "LockNotAvailable":
                return False
            raise StoreUnavailable(
                f"Table {table} cannot be rewritten ({type(error.orig).__name__}). Look into the "
                "database's log."
            ) from error
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True
