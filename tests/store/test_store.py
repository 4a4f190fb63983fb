"""The store's guarantees, on SQLite and on PostgreSQL through the same code."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine.errors import NotFound, RevisionConflict, StoreUnavailable
from engine.history import verify_events
from engine.model import CaseStatus, JobKind, SubscriptionWanted, TaskOpened
from engine.store import GENESIS, NewEvent, Store, Tail, is_current, upgrade
from engine.store import queries as q
from engine.store import tables as t
from engine.store.cases import (
    CaseRow,
    DeploymentRow,
    insert_case,
    insert_deployment,
    lock_case,
    next_number,
    read_case,
    save_case,
)
from engine.store.jobs import delete_job, due_jobs, insert_job, read_job, update_job
from engine.store.messages import (
    buffer_message,
    insert_subscriptions,
    keys_digest,
    match_buffered,
    take_buffered,
    waiting_for,
)
from engine.store.work import insert_work_items, read_work_item, withdraw

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def make_case(store: Store, name: str = "a") -> CaseRow:
    """Write a bare case and return it."""
    case = CaseRow(
        id=f"case{name}",
        reference=f"CM-TEST-2026-{name}",
        scheme="cm/test",
        deployment_id=f"dep{name}",
        country="CM",
        subject=None,
        status=CaseStatus.ACTIVE,
        state=b"{}",
        revision=0,
        started_at=NOW,
        started_by="someone",
        updated_at=NOW,
        ended_at=None,
        tail=Tail(0, GENESIS),
    )
    with store.unit_of_work() as uow:
        deployment = DeploymentRow(case.deployment_id, f"cm/{name}", 1, "d", NOW, "someone")
        insert_deployment(uow, deployment, {"x.bpmn": b"<x/>"})
        insert_case(uow, case, None)
    return case


def task(activation: int, *groups: str) -> TaskOpened:
    return TaskOpened(
        activation,
        f"Task_{activation}",
        "Do it",
        None,
        None,
        groups,
        (),
        None,
        None,
        50,
        None,
        (),
        False,
    )


def test_migrations_make_exactly_the_tables_that_the_code_uses(store: Store) -> None:
    with store.snapshot() as uow:
        context = MigrationContext.configure(uow.connection)
        differences = [
            d
            for d in compare_metadata(context, t.metadata)
            if not (d[0] == "remove_table" and d[1].name.startswith("alembic"))
        ]
    assert differences == []


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    upgrade(store)
    assert is_current(store)


def test_an_event_cannot_be_changed_or_deleted(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        uow.record(case.id, "note", {"x": 1}, actor="me", at=NOW)
    for statement in (
        sa.update(t.events).values(kind="other"),
        sa.delete(t.events),
    ):
        with pytest.raises(sa.exc.DBAPIError, match="never rewritten"), store.unit_of_work() as uow:
            uow.connection.execute(statement)


def test_history_verifies_and_tells_where_it_was_changed(store: Store) -> None:
    case = make_case(store)
    for number in range(3):
        with store.unit_of_work() as uow:
            uow.record(case.id, "note", {"n": number}, actor="me", at=NOW)
    with store.snapshot() as uow:
        rows, tail = q.read_events(uow, case.id), read_case(uow, case.id).tail
    assert verify_events(case.id, rows, tail) == []
    changed = [rows[0], replace(rows[1], body=rows[1].body.replace(b'"1"', b'"7"')), rows[2]]
    if changed[1].body == rows[1].body:
        changed[1] = replace(rows[1], body=rows[1].body + b" ")
    assert [seq for seq, _ in verify_events(case.id, changed, tail)] == [2]
    assert verify_events(case.id, rows[:2], tail)
    assert verify_events(case.id, [rows[0], rows[2]], tail)


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    case = make_case(store)
    with pytest.raises(RuntimeError), store.unit_of_work() as uow:
        insert_work_items(uow, case.id, [task(1, "staff")], NOW)
        uow.record(case.id, "note", {}, actor="me", at=NOW)
        raise RuntimeError("power cut")
    with store.snapshot() as uow:
        assert q.read_events(uow, case.id) == ()
        with pytest.raises(NotFound):
            read_work_item(uow, case.id, 1)


def test_a_savepoint_takes_back_its_rows_and_its_events_only(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        uow.record(case.id, "kept", {}, actor="me", at=NOW)
        with pytest.raises(RuntimeError), uow.savepoint():
            insert_work_items(uow, case.id, [task(1, "staff")], NOW)
            uow.record(case.id, "undone", {}, actor="me", at=NOW)
            raise RuntimeError
    with store.snapshot() as uow:
        assert [row.kind for row in q.read_events(uow, case.id)] == ["kept"]
        assert q.open_items_of(uow, case.id) == ()


def test_a_case_saved_from_an_old_revision_is_refused(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        save_case(uow, case, case.tail, NOW)
    with pytest.raises(RevisionConflict), store.unit_of_work() as uow:
        save_case(uow, case, case.tail, NOW)


def test_two_transactions_on_one_case_follow_one_another(store: Store) -> None:
    case = make_case(store)
    entered, leave = threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        with store.unit_of_work() as uow:
            locked = lock_case(uow, case.id)
            assert locked is not None
            entered.set()
            leave.wait(10)
            order.append("first")
            save_case(uow, locked, locked.tail, NOW)

    def second() -> None:
        entered.wait(10)
        leave.set()
        with store.unit_of_work() as uow:
            locked = lock_case(uow, case.id)
            assert locked is not None
            order.append("second")
            assert locked.revision == 1
            save_case(uow, locked, locked.tail, NOW)

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert order == ["first", "second"]


def test_concurrent_counting_gives_each_its_own_number(store: Store) -> None:
    with store.unit_of_work() as uow:
        assert next_number(uow, "CM-2026") == 1
    got: list[int] = []

    def count() -> None:
        for _ in range(10):
            with store.unit_of_work() as uow:
                got.append(next_number(uow, "CM-2026"))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(got) == list(range(2, 42))


def test_a_job_is_deleted_once_and_only_at_the_attempt_that_was_read(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        job_id = insert_job(
            uow, case_id=case.id, activation=1, element_id="T", kind=JobKind.TIMER, due_at=NOW
        )
        job = read_job(uow, job_id)
        assert job is not None
        assert update_job(uow, job, attempt=1)
    with store.unit_of_work() as uow:
        assert not delete_job(uow, job)
        assert delete_job(uow, replace(job, attempt=1))
        assert not delete_job(uow, replace(job, attempt=1))


def test_a_job_is_due_when_its_moment_has_come_and_not_before(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        for number, moment in enumerate((NOW, NOW + timedelta(days=31))):
            insert_job(
                uow,
                case_id=case.id,
                activation=number,
                element_id="T",
                kind=JobKind.TIMER,
                due_at=moment,
            )
    with store.snapshot() as uow:
        assert [job.activation for job in due_jobs(uow, NOW, 10)] == [0]
        assert [j.activation for j in due_jobs(uow, NOW + timedelta(days=31), 10)] == [0, 1]


def test_withdrawing_takes_items_jobs_and_subscriptions(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        insert_work_items(uow, case.id, [task(1, "staff"), task(2, "staff")], NOW)
        insert_job(
            uow, case_id=case.id, activation=1, element_id="T", kind=JobKind.TIMER, due_at=NOW
        )
        insert_subscriptions(uow, case.id, [SubscriptionWanted(1, "E", "n", "m", {"key": "k"})])
        withdraw(uow, case.id, [1], NOW)
    with store.snapshot() as uow:
        assert [item.activation for item in q.open_items_of(uow, case.id)] == [2]
        assert due_jobs(uow, NOW, 10) == ()
        assert waiting_for(uow, "m", keys_digest({"key": "k"})) == ()


def test_a_message_matches_only_when_all_of_its_keys_do(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        wanted = SubscriptionWanted(1, "E", "n", "decided", {"file": "F1", "session": "S1"})
        insert_subscriptions(uow, case.id, [wanted])
    with store.snapshot() as uow:
        assert waiting_for(uow, "decided", keys_digest({"session": "S1", "file": "F1"}))
        assert not waiting_for(uow, "decided", keys_digest({"file": "F1", "session": "S2"}))
        assert not waiting_for(uow, "decided", keys_digest({"file": "F1"}))


def test_a_buffered_message_is_taken_once_and_not_after_its_time(store: Store) -> None:
    case, digest = make_case(store), keys_digest({"key": "k"})
    with store.unit_of_work() as uow:
        buffer_message(uow, "1", "m", digest, b"1", NOW + timedelta(hours=1))
    with store.unit_of_work() as uow:
        assert take_buffered(uow, case.id, "m", digest, NOW + timedelta(hours=2)) is None
        assert take_buffered(uow, case.id, "m", digest, NOW) == b"1"
        assert take_buffered(uow, case.id, "m", digest, NOW) is None


def test_a_case_is_given_a_message_once_though_two_copies_of_it_come_back(store: Store) -> None:
    case, other, digest = make_case(store), make_case(store, "b"), keys_digest({"key": "k"})
    until = NOW + timedelta(hours=1)
    for expected in ((b"1", ()), (None, ())):
        with store.unit_of_work() as uow:
            buffer_message(uow, "1", "m", digest, b"1", until)
            buffer_message(uow, "1", "m", digest, b"1", until)
            insert_subscriptions(uow, case.id, [SubscriptionWanted(4, "E", "n", "m", {"key": "k"})])
            taken = take_buffered(uow, case.id, "m", digest, NOW)
            swept = match_buffered(uow, NOW)
            uow.connection.execute(sa.delete(t.subscriptions))
        assert (taken, swept) == expected
    with store.unit_of_work() as uow:
        assert take_buffered(uow, other.id, "m", digest, NOW) == b"1"


def test_a_message_and_a_subscription_that_passed_each_other_are_brought_together(
    store: Store,
) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        buffer_message(uow, "1", "m", keys_digest({"key": "k"}), b"1", NOW + timedelta(hours=1))
        insert_subscriptions(uow, case.id, [SubscriptionWanted(4, "E", "n", "m", {"key": "k"})])
    with store.unit_of_work() as uow:
        assert match_buffered(uow, NOW) == ((case.id, 4, "E", b"1"),)
        assert match_buffered(uow, NOW) == ()


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    case = make_case(store)
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(sa.exc.StatementError, match="no time zone"), store.unit_of_work() as uow:
        uow.add_party(case.id, "org", "role", naive)


def test_a_database_without_tables_says_to_upgrade(database_url: str) -> None:
    store = Store(database_url)
    with pytest.raises(StoreUnavailable, match="db upgrade"), store.snapshot() as uow:
        read_case(uow, "x")
    store.close()


def test_a_read_only_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ro.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    reopened = Store(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable, match="read-only"), reopened.unit_of_work() as uow:
        next_number(uow, "x")


def test_a_case_is_visible_to_its_parties_while_they_are(store: Store) -> None:
    from engine.model import Actor, Grant

    case = make_case(store)
    actor = Actor("u", (Grant("adviser", "op-1", "CM"),))
    later = NOW + timedelta(days=2)
    with store.unit_of_work() as uow:
        assert not q.can_see(uow, case.id, actor, NOW)
        assert uow.add_party(case.id, "op-1", "operator", NOW)
        assert not uow.add_party(case.id, "op-1", "operator", NOW)
        assert q.can_see(uow, case.id, actor, NOW)
        assert not q.can_see(uow, case.id, Actor("u", (Grant("adviser", "op-1", "TG"),)), NOW)
        assert not q.can_see(uow, case.id, Actor("u", (Grant("adviser", "op-2", "CM"),)), NOW)
        uow.end_party(case.id, "op-1", NOW + timedelta(days=1))
        assert q.can_see(uow, case.id, actor, NOW)
        assert not q.can_see(uow, case.id, actor, later)


def test_events_of_two_cases_link_each_to_its_own(store: Store) -> None:
    one, two = make_case(store, "one"), make_case(store, "two")
    with store.unit_of_work() as uow:
        for case in (one, two, one):
            uow.record_all(case.id, [NewEvent("note", "me", NOW)])
    with store.snapshot() as uow:
        for case, count in ((one, 2), (two, 1)):
            rows = q.read_events(uow, case.id)
            assert len(rows) == count
            assert verify_events(case.id, rows, read_case(uow, case.id).tail) == []


def test_an_item_that_an_incident_had_stopped_opens_again_as_new(store: Store) -> None:
    case = make_case(store)
    with store.unit_of_work() as uow:
        insert_work_items(uow, case.id, [task(1, "staff")], NOW)
        withdraw(uow, case.id, [1], NOW)
        insert_work_items(uow, case.id, [task(1, "staff", "chief")], NOW, reopened=[1, 7])
    with store.snapshot() as uow:
        (item,) = q.open_items_of(uow, case.id)
        assert item.closed_at is None
