"""Transactions that lost to another one: begun again, with a bound, and never done twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import StoreBusy, StoreUnavailable
from engine.store import Store, retried, upgrade
from engine.store.cases import next_number
from engine.store.retry import TRIES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "site.db"


@pytest.fixture
def impatient(path: Path) -> Iterator[Store]:
    """A SQLite store whose writers do not wait for one another."""
    made = Store(f"sqlite:///{path}", busy_timeout_s=0)
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def other(impatient: Store, path: Path) -> Iterator[sqlite3.Connection]:
    """Another process, in the middle of writing."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def test_a_busy_sqlite_is_tried_again(impatient: Store, other: sqlite3.Connection) -> None:
    tries: list[int] = []

    @retried
    def number() -> int:
        tries.append(1)
        if len(tries) == 3:
            other.execute("ROLLBACK")
        with impatient.unit_of_work() as uow:
            return next_number(uow, "x")

    assert (number(), len(tries)) == (1, 3)


def test_the_tries_are_bounded_and_told(impatient: Store, other: sqlite3.Connection) -> None:
    tries: list[int] = []

    @retried
    def number() -> int:
        tries.append(1)
        with impatient.unit_of_work() as uow:
            return next_number(uow, "x")

    @retried
    def around() -> int:
        return number()

    with pytest.raises(StoreBusy, match=f"another process writes.*tried {TRIES} times") as told:
        around()
    assert len(tries) == TRIES, "what was tried inside is not tried once more around it"
    assert (told.value.cause, told.value.tries) == ("busy", TRIES)
    other.execute("ROLLBACK")
    assert number() == 1


def test_what_was_committed_is_not_done_twice(impatient: Store, other: sqlite3.Connection) -> None:
    other.execute("ROLLBACK")

    @retried
    def two_numbers() -> None:
        with impatient.unit_of_work() as uow:
            next_number(uow, "x")
        other.execute("BEGIN IMMEDIATE")
        with impatient.unit_of_work() as uow:
            next_number(uow, "x")

    with pytest.raises(StoreBusy):
        two_numbers()
    other.execute("ROLLBACK")
    with impatient.unit_of_work() as uow:
        assert next_number(uow, "x") == 2


def test_a_database_that_cannot_be_used_is_not_tried_again(tmp_path: Path) -> None:
    tries: list[int] = []
    broken = Store(f"sqlite:///{tmp_path / 'nowhere' / 'site.db'}")

    @retried
    def number() -> int:
        tries.append(1)
        with broken.unit_of_work() as uow:
            return next_number(uow, "x")

    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        number()
    assert len(tries) == 1
