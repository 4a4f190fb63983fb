"""Steps whose transaction PostgreSQL gave to somebody else: begun again, their effects once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from engine.errors import StoreBusy, StoreUnavailable
from engine.ports import HandlerCall
from engine.store import queries as q
from engine.store.retry import TRIES
from tests.engine.conftest import Bench

Act = Callable[[], None]


@pytest.fixture
def database_url(fresh_postgres: str, other: psycopg.Connection[Any]) -> str:
    """PostgreSQL, whose transactions see one moment: what changed since cannot be locked.

    SQLite's writers follow one another (``tests/store/test_retry.py``).
    """
    level = "default_transaction_isolation = 'repeatable read'"
    other.execute(f'ALTER DATABASE "{other.info.dbname}" SET {level}')
    return fresh_postgres


@pytest.fixture
def other(fresh_postgres: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else at the same database."""
    plain = fresh_postgres.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


@contextmanager
def before(bench: Bench, words: str, times: int, act: Act) -> Iterator[list[str]]:
    """Have ``act`` done before a statement that holds ``words``, the first ``times`` times."""
    done: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if words in statement and len(done) < times:
            done.append(statement)
            act()

    sa.event.listen(bench.store.engine, "before_cursor_execute", listen)
    try:
        yield done
    finally:
        sa.event.remove(bench.store.engine, "before_cursor_execute", listen)


def touch(other: psycopg.Connection[Any], case_id: str) -> Act:
    """Commit a change of the case's row that changes nothing."""

    def act() -> None:
        other.execute("UPDATE cases SET country = country WHERE id = %s", [case_id])

    return act


def lost(bench: Bench, cause: str, outcome: str) -> float:
    text = bench.engine.metrics().decode()
    labels = re.escape(f'{{cause="{cause}",outcome="{outcome}"}}')
    found = re.search(rf"passerelle_transactions_lost_total{labels} (\S+)", text)
    return float(found[1]) if found else 0


def counted(bench: Bench, case_id: str, kind: str) -> int:
    with bench.store.snapshot() as uow:
        return sum(event.kind == kind for event in q.read_events(uow, case_id))


def test_a_serialization_failure_is_begun_again_and_its_effects_are_there_once(
    bench: Bench, other: psycopg.Connection[Any]
) -> None:
    case_id = bench.start()
    already = lost(bench, "serialization", "tried_again")
    with before(bench, "FOR NO KEY UPDATE", 2, touch(other, case_id)) as done:
        bench.check(case_id)
    assert len(done) == 2
    assert lost(bench, "serialization", "tried_again") == already + 2
    assert counted(bench, case_id, "task.completed") == 1
    bench.engine.run_due()
    assert len(bench.bell.rings) == 1
    assert bench.engine.examine().ailments == ()


def test_the_tries_end_and_nothing_is_written(bench: Bench, other: psycopg.Connection[Any]) -> None:
    case_id = bench.start()
    already = lost(bench, "serialization", "given_up")
    with (
        before(bench, "FOR NO KEY UPDATE", 1000, touch(other, case_id)) as done,
        pytest.raises(StoreBusy, match=f"Nothing was written; try again.*tried {TRIES} times"),
    ):
        bench.check(case_id)
    assert len(done) == TRIES
    assert lost(bench, "serialization", "given_up") == already + 1
    assert counted(bench, case_id, "task.completed") == 0
    bench.check(case_id)
    assert counted(bench, case_id, "task.completed") == 1
    assert bench.engine.examine().ailments == ()


def test_a_call_whose_end_was_lost_is_not_made_again(
    bench: Bench, other: psycopg.Connection[Any]
) -> None:
    case_id = bench.start()
    bench.check(case_id)
    already = lost(bench, "serialization", "tried_again")

    def touch_job() -> None:
        assert len(bench.bell.rings) == 1, "the call was made, and its end is being written"
        other.execute("UPDATE jobs SET due_at = due_at WHERE case_id = %s", [case_id])

    with before(bench, "DELETE FROM jobs", 1, touch_job) as done:
        bench.engine.run_due()
    assert len(done) == 1
    assert lost(bench, "serialization", "tried_again") == already + 1
    assert len(bench.bell.rings) == 1
    assert counted(bench, case_id, "book.entry") == 1
    assert bench.engine.examine().ailments == ()


def test_a_local_handler_that_lost_costs_no_attempt_and_its_step_is_begun_again(
    bench: Bench, other: psycopg.Connection[Any]
) -> None:
    neighbour, case_id = bench.start(), bench.start()
    bench.check(case_id)
    tries: list[int] = []

    def lock_neighbour(call: HandlerCall) -> None:
        assert call.unit_of_work is not None
        tries.append(call.attempt)
        if len(tries) == 1:
            touch(other, neighbour)()
        call.unit_of_work.lock_tail(neighbour)

    bench.bell.within = lock_neighbour
    bench.engine.run_due()
    assert tries == [1, 1]
    assert counted(bench, case_id, "call.failed") == 0
    assert counted(bench, case_id, "book.entry") == 1
    assert len(bench.bell.rings) == 1


def test_the_victim_of_a_deadlock_begins_again(
    bench: Bench, other: psycopg.Connection[Any]
) -> None:
    """The other holds the task's row and wants the case's, which the step holds."""
    case_id = bench.start()
    already = lost(bench, "deadlock", "tried_again")
    name = other.info.dbname
    other.execute(f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '50ms'")
    bench.store.close()  # Its next connections look for deadlocks at once, the other's never do.
    other.execute("SET deadlock_timeout = '1h'")
    other.execute("BEGIN")
    other.execute("SELECT 1 FROM work_items WHERE case_id = %s FOR UPDATE", [case_id])

    def want_case() -> None:
        other.execute("SELECT 1 FROM cases WHERE id = %s FOR UPDATE", [case_id])
        other.execute("COMMIT")

    waiting = threading.Thread(target=want_case)
    with (
        psycopg.connect(other.info.dsn, autocommit=True) as watcher,
        before(bench, "UPDATE work_items", 1, lambda: wait_for(watcher, other, waiting)) as done,
    ):
        bench.check(case_id)
    waiting.join(60)
    assert len(done) == 1
    assert lost(bench, "deadlock", "tried_again") == already + 1
    assert counted(bench, case_id, "task.completed") == 1
    assert bench.engine.examine().ailments == ()


def wait_for(
    watcher: psycopg.Connection[Any], other: psycopg.Connection[Any], waiting: threading.Thread
) -> None:
    """Start the thread, and return when the other's backend stands before a lock."""
    waiting.start()
    query = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
    pid = other.info.backend_pid
    while waiting.is_alive():
        row = watcher.execute(query, [pid]).fetchone()
        if row is not None and row[0]:
            return
    raise AssertionError("the other did not have to wait")


def test_a_connection_that_broke_is_not_tried_again(
    bench: Bench, other: psycopg.Connection[Any]
) -> None:
    """It may have broken after the commit."""
    case_id = bench.start()

    def cut() -> None:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with (
        before(bench, "UPDATE work_items", 1000, cut) as done,
        pytest.raises(StoreUnavailable),
    ):
        bench.check(case_id)
    assert len(done) == 1
