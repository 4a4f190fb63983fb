"""Two transactions at once: what each may do, and that neither waits for the other in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import StoreUnavailable
from engine.history import verify_events
from engine.model import JobKind, SubscriptionWanted
from engine.store import Store, UnitOfWork
from engine.store import queries as q
from engine.store import tables as t
from engine.store.cases import lock_case, next_number, read_case
from engine.store.jobs import insert_job
from engine.store.messages import (
    buffer_message,
    drop_expired,
    first_publication,
    insert_subscriptions,
    keys_digest,
    match_buffered,
)
from tests.store.test_store import NOW, make_case


def at_once(store: Store, count: int, act: Callable[[UnitOfWork], Any]) -> list[Any]:
    """Do the same in several transactions, all open before the first one goes on."""
    ready = threading.Barrier(count)
    found: list[Any] = []

    def work() -> None:
        if store.is_sqlite:  # Its second writer waits before it can begin at all.
            ready.wait(20)
        with store.unit_of_work() as uow:
            if not store.is_sqlite:
                ready.wait(20)
            found.append(act(uow))

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == count
    return found


def test_the_first_number_of_a_year_is_given_once(store: Store) -> None:
    assert sorted(at_once(store, 4, lambda uow: next_number(uow, "CM-2027"))) == [1, 2, 3, 4]


def test_one_message_id_is_first_for_one_of_two_publishers(store: Store) -> None:
    until = NOW + timedelta(hours=1)
    found = at_once(store, 3, lambda uow: first_publication(uow, "m", "id", NOW, until))
    assert sorted(found) == [False, False, True]


def test_a_message_id_may_come_again_once_its_time_is_over(store: Store) -> None:
    until = NOW + timedelta(hours=1)
    with store.unit_of_work() as uow:
        assert first_publication(uow, "m", "id", NOW, until)
        assert not first_publication(uow, "m", "id", NOW, until)
        assert first_publication(uow, "m", "id", until, until + timedelta(hours=1))


def test_an_organisation_becomes_a_party_once_though_added_twice_at_once(store: Store) -> None:
    case = make_case(store)
    found = at_once(store, 3, lambda uow: uow.add_party(case.id, "org", "operator", NOW))
    assert sorted(found) == [False, False, True]


def test_two_sweeps_at_once_deliver_a_buffered_message_once(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        buffer_message(uow, "1", "m", keys_digest({"key": "k"}), b"1", NOW + timedelta(hours=1))
        insert_subscriptions(uow, case.id, [SubscriptionWanted(4, "E", "n", "m", {"key": "k"})])
    found = at_once(store, 2, lambda uow: match_buffered(uow, NOW))
    assert sorted(found) == [(), ((case.id, 4, "E", b"1"),)]


def test_expired_messages_and_their_ids_are_dropped(store: Store) -> None:
    with store.unit_of_work() as uow:
        buffer_message(uow, "1", "m", "digest", b"1", NOW)
        buffer_message(uow, "2", "m", "digest", b"2", NOW + timedelta(hours=1))
        first_publication(uow, "m", "id", NOW - timedelta(hours=1), NOW)
        assert drop_expired(uow, NOW) == 1
    with store.snapshot() as uow:
        assert uow.connection.execute(sa.select(t.published_messages)).all() == []


def test_a_job_for_a_case_is_written_while_another_transaction_works_on_it(
    fresh_postgres: str,
) -> None:
    """Two cases that send one another a message would else wait in a circle."""
    from engine.store import upgrade

    store = Store(fresh_postgres)
    upgrade(store)
    case = make_case(store)
    with store.unit_of_work() as working:
        assert lock_case(working, case.id) is not None
        with store.unit_of_work() as sending:
            sending.connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            assert insert_job(
                sending,
                case_id=case.id,
                activation=1,
                element_id="E",
                kind=JobKind.MESSAGE,
                due_at=NOW,
            )
    store.close()


def test_a_snapshot_sees_one_moment(store: Store) -> None:
    case = make_case(store)
    with store.snapshot() as reading:
        tail = read_case(reading, case.id).tail
        with store.unit_of_work() as writing:
            writing.record(case.id, "note", {}, actor="me", at=NOW)
        assert verify_events(case.id, q.read_events(reading, case.id), tail) == []


def test_a_wait_for_a_lock_that_the_server_cuts_short_says_to_try_again(
    fresh_postgres: str,
) -> None:
    from engine.store import upgrade

    store = Store(fresh_postgres)
    upgrade(store)
    case = make_case(store)
    with store.unit_of_work() as working:
        lock_case(working, case.id)
        with pytest.raises(StoreUnavailable, match="try again"), store.unit_of_work() as waiting:
            waiting.connection.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
            lock_case(waiting, case.id)
    store.close()
