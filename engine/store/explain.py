"""What an operator can do about a database that does not take a transaction."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

_CAUSES = (
    ("database is locked", "another process writes to it; wait and try again, or stop that one"),
    ("disk is full", "the disk is full; free space and try again"),
    ("No space left", "the disk is full; free space and try again"),
    ("readonly", "it is read-only for this account; correct the file's owner and mode"),
    ("read-only", "it is read-only for this account; correct its rights"),
    ("unable to open", "the file cannot be opened; correct the path or its rights"),
    ("disk I/O error", "its disk fails; check the disk"),
    ("malformed", "its file is damaged; restore it from a backup"),
    ("not a database", "the file is no SQLite database; correct the path"),
    ("no such table", "its tables are missing or too old; run 'passerelle db upgrade'"),
    ("no such column", "its tables are too old; run 'passerelle db upgrade'"),
    ("FATAL:  database", "there is none of this name; create it or correct the URL"),
    ("FATAL:  role", "it does not know this account; correct the URL"),
    ("authentication failed", "it refuses this account; correct the URL's user and password"),
    ("does not exist", "its tables are missing or too old; run 'passerelle db upgrade'"),
    ("onnection refused", "nobody answers there; start the server or correct the URL"),
    ("could not connect", "nobody answers there; start the server or correct the URL"),
    ("too many clients", "it has no connection left; raise max_connections or lower the pool"),
)


def explain(error: DBAPIError, engine: Engine) -> str | None:
    """Say what an operator can do about it; ``None`` if the fault is the statement's own."""
    text = str(error.orig)
    for needle, remedy in _CAUSES:
        if needle in text:
            return f"{named(engine)} cannot be used: {remedy}."
    if error.connection_invalidated:
        return f"{named(engine)} closed the connection. Nothing was written; try again."
    # PostgreSQL's driver says so of what is no fault of the statement (class 40, 53, 57, 58 …);
    # SQLite's says it of wrong statements too.
    if isinstance(error, OperationalError) and engine.dialect.name == "postgresql":
        kind = type(error.orig).__name__
        return (
            f"{named(engine)} did not take the transaction ({kind}). Nothing was written; try "
            "again, and look into its log if that does not help."
        )
    return None


def lost_to_another(error: BaseException) -> str | None:
    """Say by what a transaction lost to another one; ``None`` if that is not what happened.

    :returns: ``serialization``, ``deadlock`` or ``busy``: the database has undone it, or it never
        began. Not a connection that broke: it may have broken after the commit.
    """
    fault = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(fault, psycopg.errors.SerializationFailure):
        return "serialization"
    if isinstance(fault, psycopg.errors.DeadlockDetected):
        return "deadlock"
    # The low byte is the primary code; the others tell the kind of it.
    if getattr(fault, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "busy"
    return None


def named(engine: Engine) -> str:
    """Return how errors call a database; its password is left out."""
    return f"The database {engine.url.render_as_string()}"
