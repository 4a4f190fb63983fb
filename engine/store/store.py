"""The database: connections, transactions, and the only place that commits."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.errors import ConfigurationError, StoreBusy, StoreUnavailable
from engine.store import tables as t
from engine.store.events import NewEvent, Tail, link
from engine.store.explain import explain, lost_to_another, named
from engine.store.retry import note_commit

BUSY_TIMEOUT_S = 15
"""How long a SQLite writer waits for another before it gives up."""


class UnitOfWork:
    """One open transaction. Everything written through it is committed together, or not at all.

    :ivar connection: the SQLAlchemy connection, inside the transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._pending: dict[str, list[NewEvent]] = defaultdict(list)

    def record(
        self,
        case_id: str,
        kind: str,
        data: Mapping[str, Any] | None = None,
        *,
        actor: str,
        at: datetime,
        element_id: str | None = None,
        activation: int | None = None,
    ) -> None:
        """Append an event to the case's history; it is written with the commit.

        ``data`` never holds personal or free-text values: pass their salted commitments.
        """
        self._pending[case_id].append(
            NewEvent(kind, actor, at, element_id, activation, dict(data or {}))
        )

    def record_all(self, case_id: str, events: Iterable[NewEvent]) -> None:
        """Append several events at once."""
        self._pending[case_id].extend(events)

    def write_events(self, case_id: str, tail: Tail) -> Tail:
        """Write what is pending for this case after ``tail``, which the caller has locked."""
        pending = self._pending.pop(case_id, [])
        rows, tail = link(case_id, tail, pending)
        if rows:
            self.connection.execute(sa.insert(t.events), rows)
        return tail

    def flush(self) -> None:
        """Write the events still pending, case by case, under each case's lock."""
        for case_id in sorted(self._pending):
            tail = self.lock_tail(case_id)
            tail = self.write_events(case_id, tail)
            self.connection.execute(
                sa.update(t.cases)
                .where(t.cases.c.id == case_id)
                .values(last_seq=tail.seq, last_hash=tail.hash)
            )

    def lock_tail(self, case_id: str) -> Tail:
        """Lock a case's row and return the end of its history."""
        row = self.connection.execute(
            sa.select(t.cases.c.last_seq, t.cases.c.last_hash)
            .where(t.cases.c.id == case_id)
            .with_for_update(key_share=True)
        ).one()
        return Tail(row.last_seq, row.last_hash)

    def serialize(self, name: str) -> None:
        """Make transactions that name the same thing follow one another until they end.

        For what has no row yet that could be locked. SQLite's writers follow one another anyway.
        """
        if self.connection.dialect.name == "postgresql":
            lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))
            self.connection.execute(sa.select(lock))

    def add_party(
        self,
        case_id: str,
        organisation_id: str,
        role: str,
        since: datetime,
        until: datetime | None = None,
    ) -> bool:
        """Let an organisation see the case; ``False`` if it is a party already."""
        p = t.case_parties.c
        self.lock_tail(case_id)
        known = self.connection.execute(
            sa.select(p.id).where(
                p.case_id == case_id,
                p.organisation_id == organisation_id,
                p.role == role,
                sa.or_(p.until.is_(None), p.until > since),
            )
        ).first()
        if known is not None:
            return False
        self.connection.execute(
            sa.insert(t.case_parties).values(
                case_id=case_id,
                organisation_id=organisation_id,
                role=role,
                since=since,
                until=until,
            )
        )
        return True

    def end_party(self, case_id: str, organisation_id: str, at: datetime) -> bool:
        """Close the organisation's sight of the case from ``at`` on.

        :returns: whether it had sight of it until now.
        """
        p = t.case_parties.c
        ended = self.connection.execute(
            sa.update(t.case_parties)
            .where(
                p.case_id == case_id,
                p.organisation_id == organisation_id,
                sa.or_(p.until.is_(None), p.until > at),
            )
            .values(until=at)
        )
        return ended.rowcount > 0

    def parties(self, case_id: str, role: str, at: datetime) -> tuple[str, ...]:
        """Return the organisations that see the case in this role, the first one first."""
        p = t.case_parties.c
        rows = self.connection.execute(
            sa.select(p.organisation_id)
            .where(p.case_id == case_id, p.role == role, sa.or_(p.until.is_(None), p.until > at))
            .order_by(p.id)
        )
        return tuple(row.organisation_id for row in rows)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only what is done inside, if it raises; pending events included."""
        before = {case_id: len(items) for case_id, items in self._pending.items()}
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            for case_id in list(self._pending):
                del self._pending[case_id][before.get(case_id, 0) :]
            raise


def upsert(uow: UnitOfWork, table: sa.Table) -> sqlite_dialect.Insert | postgresql.Insert:
    """Return an insert into ``table`` that can say what to do if the row is there already."""
    if uow.connection.dialect.name == "sqlite":
        return sqlite_dialect.insert(table)
    return postgresql.insert(table)


class Store:
    """A database of cases: SQLite for one office, PostgreSQL for a ministry.

    :ivar engine: the SQLAlchemy engine, for rooms that keep tables of their own beside ours.
    """

    def __init__(self, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Open lazily; no connection is made yet.

        :param url: SQLAlchemy URL; ``sqlite:///path``, ``postgresql://…``.
        :param busy_timeout_s: how long a SQLite writer waits for another.
        :raises ConfigurationError: the URL is none, or names a database that is not supported.
        """
        parsed = _parsed(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        # An error's text goes to logs, and parameters may be personal.
        if self.is_sqlite:
            self.path = Path(parsed.database or "")
            self.engine: Engine = sa.create_engine(
                parsed,
                hide_parameters=True,
                connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
            )
            _configure_sqlite(self.engine)
        else:
            self.engine = sa.create_engine(parsed, hide_parameters=True, pool_pre_ping=True)

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """Open a transaction; commit when the block ends, roll back if it raises.

        :raises StoreUnavailable: the database cannot take it; nothing was written.
        :raises StoreBusy: another transaction got in its way; see :func:`~engine.store.retried`.
        """
        with self._translated(), self.engine.connect() as connection, connection.begin():
            unit_of_work = UnitOfWork(connection)
            yield unit_of_work
            unit_of_work.flush()
        note_commit()

    @contextmanager
    def snapshot(self) -> Iterator[UnitOfWork]:
        """Open a transaction for reading, all of it as at one moment; nothing in it is kept."""
        with self._translated(), self.engine.connect() as connection:
            options: dict[str, Any] = {"passerelle_read_only": True}
            if not self.is_sqlite:
                options["isolation_level"] = "REPEATABLE READ"
            transaction = connection.execution_options(**options).begin()
            try:
                yield UnitOfWork(connection)
            finally:
                transaction.rollback()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    # --- the site's own facts ------------------------------------------------------------

    def clock_offset(self) -> timedelta:
        """Return how far the demo's clock runs ahead; zero elsewhere."""
        with self.snapshot() as uow:
            value = uow.connection.execute(
                sa.select(t.site.c.value).where(t.site.c.name == "clock_offset_s")
            ).scalar()
        return timedelta(seconds=float(value or 0))

    def set_clock_offset(self, offset: timedelta) -> None:
        """Move the demo's clock."""
        with self.unit_of_work() as uow:
            uow.connection.execute(sa.delete(t.site).where(t.site.c.name == "clock_offset_s"))
            uow.connection.execute(
                sa.insert(t.site).values(name="clock_offset_s", value=str(offset.total_seconds()))
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise StoreUnavailable(
                f"{named(self.engine)} is busy: every connection to it is in use. Try again."
            ) from error
        except DBAPIError as error:
            explained = explain(error, self.engine)
            if explained is None:
                raise
            cause = lost_to_another(error)
            if cause is not None:
                raise StoreBusy(explained, cause) from error
            raise StoreUnavailable(explained) from error


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
        parsed.get_dialect()
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        backend = ""
    if backend not in {"sqlite", "postgresql"}:
        # The URL may hold a password: it is not repeated.
        raise ConfigurationError(
            "PASSERELLE_DATABASE_URL must read sqlite:///path or "
            "postgresql://[user:password@]host/database."
        )
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _configure_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # A destroyed key must not lie on in a free part of the file.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("passerelle_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
