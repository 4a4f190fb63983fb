"""A database that is locked, full, broken, newer or away: a message, and nothing half-written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import ConfigurationError, PasserelleError, StoreUnavailable
from engine.store import Store, is_current, upgrade
from engine.store import queries as q
from engine.store import tables as t
from engine.store.cases import next_number, read_case
from tests.store.test_store import NOW, make_case


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "site.db"


@pytest.fixture
def sqlite_store(path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{path}", busy_timeout_s=0.1)
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def postgres_store(fresh_postgres: str) -> Iterator[Store]:
    made = Store(fresh_postgres)
    upgrade(made)
    yield made
    made.close()


def test_a_locked_database_is_waited_for_a_while_then_told(sqlite_store: Store, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = pytest.raises(StoreUnavailable, match="another process writes")
    with refused, sqlite_store.unit_of_work() as uow:
        next_number(uow, "x")
    with sqlite_store.snapshot() as uow:  # Readers are not kept waiting.
        assert uow.connection.execute(sa.select(t.counters)).all() == []
    other.execute("ROLLBACK")
    other.close()
    with sqlite_store.unit_of_work() as uow:
        assert next_number(uow, "x") == 1


def test_a_full_disk_leaves_nothing_half_written_and_works_again_with_space(
    sqlite_store: Store,
) -> None:
    case = make_case(sqlite_store)
    with sqlite_store.snapshot() as uow:
        pages = uow.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        uow.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreUnavailable, match="free space"), sqlite_store.unit_of_work() as uow:
        next_number(uow, "x")
        for _ in range(100):
            uow.record(case.id, "note", {"text": "x" * 4000}, actor="me", at=NOW)
    with sqlite_store.snapshot() as uow:
        assert q.read_events(uow, case.id) == ()
        assert read_case(uow, case.id).tail.seq == 0
        uow.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    with sqlite_store.unit_of_work() as uow:
        assert next_number(uow, "x") == 1
        uow.record(case.id, "note", {"text": "x" * 400_000}, actor="me", at=NOW)


def test_a_file_that_is_no_database_is_named(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1000)
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match="no SQLite database"), store.unit_of_work():
        pass


def test_a_connection_killed_in_mid_transaction_is_told_and_the_next_one_works(
    postgres_store: Store, fresh_postgres: str
) -> None:
    import psycopg

    with pytest.raises(StoreUnavailable, match="try again"), postgres_store.unit_of_work() as uow:
        next_number(uow, "x")
        pid = uow.connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        plain = fresh_postgres.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", [pid])
        next_number(uow, "x")
    with postgres_store.unit_of_work() as uow:
        assert next_number(uow, "x") == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"database": "nowhere"}, "none of this name"),
        ({"username": "nobody"}, "does not know this account"),
        ({"port": 1}, "nobody answers"),
    ],
)
def test_a_server_that_cannot_be_used_says_why(
    fresh_postgres: str, change: dict[str, str], told: str
) -> None:
    url = sa.make_url(fresh_postgres).set(**change)
    store = Store(url.render_as_string(hide_password=False))
    with pytest.raises(StoreUnavailable, match=told), store.snapshot():
        pass


def test_a_password_stands_in_no_message() -> None:
    store = Store("postgresql://someone:sesame@127.0.0.1:1/x")
    with pytest.raises(StoreUnavailable) as refused, store.snapshot():
        pass
    assert "sesame" not in str(refused.value)
    with pytest.raises(ConfigurationError) as wrong:
        Store("mysql://someone:sesame@host/x")
    assert "sesame" not in str(wrong.value)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://h/x", "strange://h/x", "postgresql+x://"])
def test_a_database_address_that_cannot_be_read_is_named(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PASSERELLE_DATABASE_URL"):
        Store(url)


def test_what_was_written_stands_in_no_error(store: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError) as refused, store.unit_of_work() as uow:
        for _ in range(2):
            uow.connection.execute(sa.insert(t.site).values(name="n", value="Mme Essai"))
    assert "Essai" not in str(refused.value)


def test_tables_of_a_newer_version_are_named_not_touched(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.connection.execute(sa.text("UPDATE alembic_version SET version_num = 'engine_9999'"))
    assert not is_current(store)
    with pytest.raises(StoreUnavailable, match="newer"):
        upgrade(store)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PasserelleError, match="file"):
        upgrade(Store(f"sqlite:///{tmp_path / 'file' / 'x.db'}"))
