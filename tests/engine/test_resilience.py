"""What the engine promises when two act at once, a handler misbehaves, or the database is away."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import (
    CallPostponed,
    HandlerFailed,
    InvalidAnswer,
    NotAllowed,
    NotFound,
    StateUnreadable,
    StoreUnavailable,
)
from engine.model import Actor, CallWanted, CaseStatus, Grant, JobKind
from engine.play import play_until
from engine.ports import HandlerCall, HandlerRegistry, handler
from engine.service import Engine, WorklistQuery
from engine.service.arguments import check_arguments
from engine.store import tables as t
from engine.store.work import open_incidents
from engine.worker import Worker
from tests.engine.conftest import ANNA, BEN, OPERATOR, SCHEMES, Bench
from tests.engine.test_service import kinds

AUDITOR = Actor("auditor", (Grant("auditor", None),))
ANSWER = {"family_name": "Essai", "amount": "5"}


def at_once(*acts: Any) -> list[Any]:
    """Do these at once, each on a thread, and return what they gave."""
    ready = threading.Barrier(len(acts))
    found: list[Any] = []

    def work(act: Any) -> None:
        ready.wait(20)
        found.append(act())

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == len(acts)
    return found


# --- two at once ------------------------------------------------------------------------------


def test_one_request_that_arrives_twice_at_once_starts_one_case(bench: Bench) -> None:
    def start() -> str:
        return bench.engine.start("cm/loan", ANSWER, ANNA, request_id="r").id

    assert len(set(at_once(start, start, start))) == 1
    assert bench.engine.cases(ANNA).total == 1
    next_one = bench.engine.case(bench.start(), ANNA)
    assert next_one.reference.endswith("00002")  # the repetitions used up no number


def test_a_request_id_too_long_to_keep_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidAnswer, match="64"):
        bench.engine.start("cm/loan", ANSWER, ANNA, request_id="r" * 65)


def test_one_message_published_twice_at_once_is_delivered_once(bench: Bench) -> None:
    case_id = bench.start()

    def publish() -> int:
        return bench.engine.publish("withdrawal", {"key": case_id}, {}, message_id="m")

    assert sorted(at_once(publish, publish)) == [0, 1]


def test_a_scheme_published_twice_at_once_makes_one_deployment(bench: Bench) -> None:
    def deploy() -> int:
        return bench.engine.deploy(SCHEMES / "cm" / "round", ANNA).version

    assert at_once(deploy, deploy) == [1, 1]


# --- messages ---------------------------------------------------------------------------------


def test_a_second_message_on_its_way_is_kept_for_whoever_waits_next(bench: Bench) -> None:
    case_id = bench.start()
    for _ in range(2):
        assert bench.engine.publish("withdrawal", {"key": case_id}, {}) == 1
    bench.engine.run_due()
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.COMPLETED
    assert len(_rows(bench, t.buffered_messages)) == 1
    assert _rows(bench, t.jobs) == []


def test_a_buffered_message_is_dropped_by_the_sweep_when_its_time_is_over(bench: Bench) -> None:
    bench.engine.publish("withdrawal", {"key": "nobody"}, {}, time_to_live_s=60, message_id="m")
    bench.engine.runner.sweep()
    assert len(_rows(bench, t.buffered_messages)) == 1
    bench.clock.move_to(bench.clock.now() + timedelta(seconds=61))
    bench.engine.runner.sweep()
    assert _rows(bench, t.buffered_messages) == []
    assert _rows(bench, t.published_messages) == []


# --- people -----------------------------------------------------------------------------------


def test_a_candidate_user_finds_the_task_in_the_worklist_and_may_do_it(bench: Bench) -> None:
    case_id = bench.start()
    with bench.store.unit_of_work() as uow:
        uow.connection.execute(sa.delete(t.work_item_groups))
        uow.connection.execute(sa.update(t.work_items).values(candidate_users='["ann", "anna"]'))
    item = bench.task(case_id)
    assert [i.id for i in bench.engine.worklist(ANNA).items] == [item]
    for other in ("Anna", "nna", "ben"):
        assert bench.engine.worklist(replace(ANNA, account_id=other)).total == 0
        with pytest.raises(NotAllowed):
            bench.engine.claim(item, replace(ANNA, account_id=other))
    bench.engine.claim(item, ANNA)
    assert bench.engine.worklist(ANNA, WorklistQuery("mine")).total == 1


def test_a_draft_takes_the_task_and_history_says_so_once(bench: Bench) -> None:
    case_id = bench.start()
    for text in ("un", "deux"):
        bench.engine.save_draft(bench.task(case_id), {"note": text}, ANNA)
    assert kinds(bench, case_id).count("task.claimed") == 1


def test_who_only_reads_a_case_may_not_cancel_it(bench: Bench) -> None:
    case_id = bench.start()
    with pytest.raises(NotAllowed, match="clerk"):
        bench.engine.cancel(case_id, "non", AUDITOR)
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.ACTIVE


def test_a_cancelled_case_leaves_no_open_incident_and_no_job(bench: Bench) -> None:
    for amount, failures in ((666, 0), (500, 9)):
        case_id = bench.start(amount)
        bench.bell.failures = failures
        bench.check(case_id)
        play_until(bench.engine, bench.clock, bench.clock.now() + timedelta(hours=1))
        assert bench.engine.case(case_id, ANNA).incidents == 1
        bench.engine.cancel(case_id, "fini", ANNA)
        assert bench.engine.case(case_id, ANNA).incidents == 0
    assert bench.engine.incidents() == ()
    assert _rows(bench, t.jobs) == []


@pytest.mark.parametrize("search", ["\0", "%", "a" * 5000])
def test_any_search_gives_a_list(bench: Bench, search: str) -> None:
    bench.start()
    assert bench.engine.worklist(ANNA, WorklistQuery(search=search)).page == 1


def test_a_page_beyond_any_is_an_empty_list(bench: Bench) -> None:
    bench.start()
    page = bench.engine.worklist(ANNA, WorklistQuery(page=10**30))
    assert (page.items, page.total) == ((), 1)


def test_an_incident_number_beyond_any_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound):
        bench.engine.retry(10**30, "raison", OPERATOR)


# --- handlers ---------------------------------------------------------------------------------


def test_a_local_call_tried_again_is_still_in_its_person_s_name(bench: Bench) -> None:
    seen: list[str] = []

    @handler("test.book", local=True)
    def book(call: HandlerCall, amount: Decimal) -> None:
        seen.append(call.actor.account_id)
        if len(seen) == 1:
            raise HandlerFailed("the book is away")

    engine = _with_handlers(bench, book)
    case_id = bench.start(5000)
    bench.check(case_id)
    bench.engine.run_due()
    engine.complete(bench.task(case_id), {}, BEN)
    play_until(engine, bench.clock, bench.clock.now() + timedelta(hours=1))
    assert seen == ["ben", "ben"]


def test_a_handler_that_gives_back_nonsense_is_an_incident_and_the_task_stays_done(
    bench: Bench,
) -> None:
    @handler("test.book", local=True)
    def book(call: HandlerCall, amount: Decimal) -> Mapping[str, Any]:
        return {"found": object()}

    engine = _with_handlers(bench, book)
    case_id = bench.start(5000)
    bench.check(case_id)
    bench.engine.run_due()
    engine.complete(bench.task(case_id), {}, BEN)
    assert engine.tasks_of(case_id, ANNA) == ()
    play_until(engine, bench.clock, bench.clock.now() + timedelta(hours=2))
    (incident,) = engine.incidents()
    assert "no variable can keep" in incident.message


def test_a_handler_that_is_gone_is_an_incident_and_every_page_still_opens(bench: Bench) -> None:
    case_id = bench.start()
    bench.check(case_id)
    engine = _with_handlers(bench)
    play_until(engine, bench.clock, bench.clock.now() + timedelta(hours=2))
    (incident,) = engine.incidents()
    assert "No handler is called 'test.ring' any more" in incident.message
    assert engine.cases(ANNA).total == 1
    assert engine.steps(case_id, ANNA)
    bench.engine.retry(incident.id, "remis en place", OPERATOR)
    bench.engine.run_due()
    assert "book.entry" in kinds(bench, case_id)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"amount": "five", "codes": ("a",)}, "'amount' as Decimal; the diagram passes str"),
        ({"amount": Decimal(5), "codes": (Decimal(1),)}, "'codes'"),
        ({"codes": ()}, "needs 'amount'"),
        ({"amount": Decimal(5), "codes": (), "more": "x"}, "takes amount, codes"),
    ],
)
def test_a_handler_is_not_called_with_what_it_does_not_take(
    arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(HandlerFailed) as refused:
        check_arguments(_strict(), CallWanted(1, "Task_X", "test.strict", arguments, 3, False))
    assert told in str(refused.value)
    assert "five" not in str(refused.value)


def test_null_passes_as_any_argument() -> None:
    arguments = {"amount": None, "codes": None}
    check_arguments(_strict(), CallWanted(1, "Task_X", "test.strict", arguments, 3, False))


def _strict() -> Any:
    @handler("test.strict")
    def strict(call: HandlerCall, amount: Decimal, codes: Sequence[str]) -> None:
        """Take two arguments."""

    return strict.__handler__.spec  # type: ignore[attr-defined]


# --- the database and the worker --------------------------------------------------------------


def test_a_database_away_costs_a_job_no_attempt(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = bench.start(5)
    bench.check(case_id)
    bench.engine.run_due()
    due = bench.engine.next_due()
    assert due is not None
    bench.clock.move_to(due)
    (job,) = bench.engine.runner.due(10)
    assert job.kind is JobKind.TIMER
    stop = _fail_at_commit(bench)
    with pytest.raises(StoreUnavailable):
        bench.engine.runner.run(job)
    stop()
    assert bench.engine.runner.due(10) == (job,)
    bench.engine.run_due()
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.COMPLETED
    assert "call.failed" not in kinds(bench, case_id)


def _fail_at_commit(bench: Bench) -> Any:
    def refuse(_connection: Any) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, Exception("database is locked"))

    sa.event.listen(bench.store.engine, "commit", refuse)
    return lambda: sa.event.remove(bench.store.engine, "commit", refuse)


def test_a_state_of_a_newer_version_stops_its_case_alone(bench: Bench) -> None:
    broken, sound = bench.start(5), bench.start(5)
    for case_id in (broken, sound):
        bench.check(case_id)
    bench.engine.run_due()
    with bench.store.unit_of_work() as uow:
        uow.connection.execute(
            sa.update(t.cases).where(t.cases.c.id == broken).values(state=b'{"version": 99}')
        )
    play_until(bench.engine, bench.clock, bench.clock.now() + timedelta(days=60))
    assert bench.engine.case(sound, ANNA).status is CaseStatus.COMPLETED
    with bench.store.snapshot() as uow:
        (incident,) = open_incidents(uow)
    assert incident.case_id == broken
    assert "version 99" in incident.message
    with pytest.raises(StateUnreadable, match="version 99"):
        bench.engine.cancel(broken, "non", ANNA)
    listed = {view.id: view.incidents for view in bench.engine.cases(ANNA).items}
    assert listed == {broken: 1, sound: 0}


def test_a_worker_goes_on_after_an_error_that_nobody_foresaw(bench: Bench) -> None:
    engine = Engine(bench.store, bench.engine._ports, replace(bench.engine.settings, poll_s=0.01))
    worker = Worker(engine)
    failed, worked = threading.Event(), threading.Event()

    def due(limit: int, *, inside_only: bool = False) -> tuple[()]:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("nobody foresaw this, and it quotes Mme Essai")
        worked.set()
        return ()

    engine.runner.due = due  # type: ignore[method-assign]
    worker.start()
    assert worked.wait(20)
    worker.stop()


def test_calls_that_wait_do_not_hide_a_timer_that_is_due(bench: Bench) -> None:
    case_id = bench.start(5)
    bench.check(case_id)
    (call,) = bench.engine.runner.due(10)
    bench.engine.run_due()
    due = bench.engine.next_due()
    assert due is not None
    bench.check(bench.start(5))
    bench.clock.move_to(due)
    assert [job.kind for job in bench.engine.runner.due(1)] == [JobKind.HANDLER]
    (timer,) = bench.engine.runner.due(1, inside_only=True)
    assert (timer.kind, call.kind) == (JobKind.TIMER, JobKind.HANDLER)


def _rows(bench: Bench, table: sa.Table) -> list[Any]:
    with bench.store.snapshot() as uow:
        return list(uow.connection.execute(sa.select(table)).all())


def _with_handlers(bench: Bench, *functions: Any) -> Engine:
    """Return another engine on the same database, whose test handlers are these only."""
    registry = HandlerRegistry()
    for known in bench.engine._ports.registry:
        if not known.spec.name.startswith("test."):
            registry.add(known.function)
    for function in functions:
        registry.add(function)
    ports = replace(bench.engine._ports, registry=registry)
    return Engine(bench.store, ports, bench.engine.settings)


def test_a_call_that_is_put_off_costs_no_attempt_and_is_no_failure(bench: Bench) -> None:
    case_id = bench.start()
    bench.bell.error = CallPostponed("not at night", timedelta(hours=10))
    bench.check(case_id)
    for _ in range(5):  # more nights than the call has attempts
        bench.engine.run_due()
        bench.clock.move_to(bench.clock.now() + timedelta(hours=10))
    assert bench.engine.incidents() == ()
    bench.bell.error = None
    bench.engine.run_due()
    told = kinds(bench, case_id)
    assert told.count("call.postponed") == 5
    assert "call.failed" not in told
    assert len(set(bench.bell.rings)) == 1
