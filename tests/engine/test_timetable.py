"""Periodic work: on its day, by one worker, each run written down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import ConfigurationError, NotFound
from engine.jobs.timetable import Timetable
from engine.ports import Periodic
from engine.service import Engine
from engine.worker import Worker
from tests.engine.conftest import START, Bench

HOUR = timedelta(hours=1)


def timetable(bench: Bench, run: Callable[[], object], every: timedelta = HOUR) -> Timetable:
    """Return a worker's timetable with one work, prepared."""
    made = Timetable(bench.store, bench.clock, [Periodic("test.tidy", every, run)])
    made.prepare(alone=False)
    return made


def test_work_runs_at_once_then_once_an_interval_and_catches_up_on_nothing(bench: Bench) -> None:
    runs: list[object] = []
    works = timetable(bench, lambda: runs.append(bench.clock.now()))
    assert [works.run_due(), works.run_due()] == [1, 0]
    bench.clock.move_to(START + HOUR * 5 + timedelta(minutes=1))
    assert [works.run_due(), works.run_due()] == [1, 0]
    assert runs == [START, START + HOUR * 5 + timedelta(minutes=1)]
    (view,) = works.overview()
    assert (view.started_at, view.due_at) == (runs[1], START + HOUR * 6 + timedelta(minutes=1))
    assert (view.running, view.failures, view.error) == (False, 0, None)


def test_of_two_workers_one_has_the_run_and_the_other_begins_none(bench: Bench) -> None:
    inside, leave, runs = threading.Event(), threading.Event(), []

    def slow() -> None:
        runs.append(1)
        inside.set()
        assert leave.wait(30)

    one, other = timetable(bench, slow), timetable(bench, slow)
    thread = threading.Thread(target=one.run_due)
    thread.start()
    assert inside.wait(30)
    assert other.overview()[0].running
    assert other.run_due() == 0
    assert other.run("test.tidy") is False
    leave.set()
    thread.join()
    assert len(runs) == 1
    assert not other.overview()[0].running


def test_a_run_whose_worker_died_is_taken_over_when_its_lease_is_over(bench: Bench) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    dead = timetable(bench, die)
    with pytest.raises(Killed):
        dead.run_due()
    runs: list[int] = []
    alive = timetable(bench, lambda: runs.append(1))
    bench.clock.move_to(START + timedelta(minutes=59))
    assert alive.run_due() == 0
    bench.clock.move_to(START + HOUR)
    assert alive.run_due() == 1


def test_where_a_worker_is_alone_it_takes_over_at_once(bench: Bench) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        timetable(bench, die).run_due()
    alive = Timetable(bench.store, bench.clock, [Periodic("test.tidy", HOUR, lambda: None)])
    alive.prepare(alone=True)
    assert alive.run_due() == 1


def test_a_run_that_outlives_its_lease_does_not_end_the_next_ones(bench: Bench) -> None:
    def slow() -> None:
        bench.clock.move_to(bench.clock.now() + HOUR * 2)
        assert quick.run_due() == 1

    quick = timetable(bench, lambda: None)
    late = timetable(bench, slow)
    assert late.run_due() == 1
    (view,) = quick.overview()
    assert view.due_at == START + HOUR * 3


def test_a_failure_is_shown_without_a_foreign_errors_words_and_tried_again_soon(
    bench: Bench,
) -> None:
    errors: list[Exception] = [OSError("Mme Essai's file is locked")]

    def fail() -> None:
        if errors:
            raise errors.pop()

    works = timetable(bench, fail, timedelta(days=1))
    assert works.run_due() == 1
    (view,) = works.overview()
    assert (view.failures, view.error) == (1, "builtins.OSError")
    assert view.due_at == START + timedelta(seconds=30)
    bench.clock.move_to(START + timedelta(seconds=30))
    assert works.run_due() == 1
    (view,) = works.overview()
    assert (view.failures, view.error, view.due_at) == (
        0,
        None,
        START + timedelta(days=1, seconds=30),
    )


def test_an_operator_runs_a_work_before_its_time_and_learns_of_a_wrong_name(bench: Bench) -> None:
    runs: list[int] = []
    works = timetable(bench, lambda: runs.append(1))
    works.run_due()
    assert works.run("test.tidy")
    assert len(runs) == 2
    with pytest.raises(NotFound):
        works.run("test.tidi")


def test_two_works_of_one_name_are_refused(bench: Bench) -> None:
    work = Periodic("test.tidy", HOUR, lambda: None)
    with pytest.raises(ConfigurationError, match="one name"):
        Timetable(bench.store, bench.clock, [work, work])


def test_the_worker_keeps_time(bench: Bench) -> None:
    ran = threading.Event()
    ports = replace(bench.engine._ports, periodic=(Periodic("test.tidy", HOUR, ran.set),))
    worker = Worker(Engine(bench.store, ports, bench.engine.settings))
    worker.start()
    assert ran.wait(30)
    worker.stop()
    (view,) = worker.engine.timetable.overview()
    assert view.ended_at == START
