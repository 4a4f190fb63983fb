"""What begins cases by itself: timers, signals, messages, conditions; each once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.composition import compose
from engine.errors import DeploymentRefused, NotFound
from engine.model import Actor, CaseStatus, Grant
from engine.service import Engine
from engine.store import tables as t
from engine.store.cases import latest_deployment
from engine.store.starts import all_starts
from tests.engine.conftest import ANNA, START, Bench
from tests.engine.test_signals import GROUPS, TASK, begin, deploy, status
from tests.unit.bpmn.diagrams import (
    bpmn,
    end,
    line,
    message,
    node,
    on_message,
    properties,
    start,
    timer,
    user,
)

DECLARED = '<bpmn:signal id="Alarm" name="alarm"/>'
ALARM = '<bpmn:signalEventDefinition signalRef="Alarm"/>'


def begun(bench: Bench, name: str) -> list[str]:
    page = bench.engine.cases(ANNA)
    return [case.id for case in page.items if case.scheme == f"cm/{name}"]


def waiting(*definitions: str, top: str = "", zeebe: str = "") -> bytes:
    """A scheme that begins by this and then asks for a task."""
    return bpmn(start("S", *definitions, zeebe), user("T", TASK), line("S", "T"), top=top)


def redeploy(bench: Bench, folder: Path, name: str, diagram: bytes) -> None:
    (folder / "cm" / name / "process.bpmn").write_bytes(diagram)
    bench.engine.deploy(folder / "cm" / name, ANNA)


def wait(bench: Bench, length: timedelta) -> None:
    bench.clock.move_to(bench.engine.now() + length)


def play(bench: Bench, until: datetime) -> None:
    while (due := bench.engine.next_due()) is not None and due <= until:
        bench.clock.move_to(max(due, bench.engine.now()))
        bench.engine.run_due()
    bench.clock.move_to(until)


# --- timers -------------------------------------------------------------------------------


def test_a_cycle_counts_from_the_publication_and_begins_a_case_each_time(
    bench: Bench, tmp_path: Path
) -> None:
    deploy(bench, tmp_path, "monthly", waiting(timer("cycle", "R3/P1M")))
    assert bench.engine.next_due() == datetime(2026, 2, 28, 9, tzinfo=UTC)
    play(bench, START + timedelta(days=365))
    moments = sorted(case.started_at for case in bench.engine.cases(ANNA).items)
    assert [moment.date().isoformat() for moment in moments] == [
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]
    assert bench.engine.planned_starts() == ()


def test_a_date_and_a_duration_begin_one_case(bench: Bench, tmp_path: Path) -> None:
    deploy(bench, tmp_path, "dated", waiting(timer("date", "2026-03-01")))
    deploy(bench, tmp_path, "later", waiting(timer("duration", "P3D")))
    deploy(bench, tmp_path, "past", waiting(timer("date", "2020-03-01")))
    play(bench, START + timedelta(days=60))
    assert [len(begun(bench, name)) for name in ("dated", "later", "past")] == [1, 1, 0]


def test_moments_missed_while_nothing_ran_do_not_come_in_a_burst(
    bench: Bench, tmp_path: Path
) -> None:
    deploy(bench, tmp_path, "daily", waiting(timer("cycle", "R/P1D")))
    wait(bench, timedelta(days=10, hours=1))
    bench.engine.run_due()
    assert len(begun(bench, "daily")) == 1
    assert bench.engine.next_due() == START + timedelta(days=11)


def test_two_workers_that_see_one_start_begin_one_case(bench: Bench, tmp_path: Path) -> None:
    deploy(bench, tmp_path, "daily", waiting(timer("cycle", "R/P1D")))
    wait(bench, timedelta(days=1))
    (due,) = bench.engine.starts.due(10)
    ready, ran = threading.Barrier(2), []

    def work() -> None:
        ready.wait(20)
        ran.append(bench.engine.starts.run(due))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ran) == [False, True]
    assert len(begun(bench, "daily")) == 1
    assert len(bench.engine.planned_starts()) == 1


def test_what_was_rolled_back_begins_its_case_once_afterwards(bench: Bench, tmp_path: Path) -> None:
    deploy(bench, tmp_path, "daily", waiting(timer("cycle", "R/P1D")))
    wait(bench, timedelta(days=1))
    (due,) = bench.engine.starts.due(10)
    with pytest.raises(KeyboardInterrupt), bench.store.unit_of_work() as uow:
        assert bench.engine.starts.run_within(uow, due)
        raise KeyboardInterrupt
    assert begun(bench, "daily") == []
    bench.engine.run_due()
    assert len(begun(bench, "daily")) == 1


def test_a_newer_version_takes_the_place_of_the_timers_before_it(
    bench: Bench, tmp_path: Path
) -> None:
    deploy(bench, tmp_path, "changes", waiting(timer("cycle", "R/P1D")))
    redeploy(bench, tmp_path, "changes", waiting(timer("cycle", "R/P7D")))
    play(bench, START + timedelta(days=15))
    assert len(begun(bench, "changes")) == 2
    redeploy(bench, tmp_path, "changes", waiting(zeebe=GROUPS))
    assert bench.engine.planned_starts() == ()


def test_an_unchanged_cycle_goes_on_over_a_new_version(bench: Bench, tmp_path: Path) -> None:
    deploy(bench, tmp_path, "weekly", waiting(timer("cycle", "R/P7D")))
    wait(bench, timedelta(days=5))
    changed = waiting(timer("cycle", "R/P7D"), zeebe=GROUPS)
    redeploy(bench, tmp_path, "weekly", changed)
    assert bench.engine.next_due() == START + timedelta(days=7)


def test_timers_may_be_counted_anew_from_a_moment(bench: Bench, tmp_path: Path) -> None:
    deploy(bench, tmp_path, "weekly", waiting(timer("cycle", "R/P7D")))
    wait(bench, timedelta(days=500))
    with bench.store.snapshot() as uow:
        newest = latest_deployment(uow, "cm/weekly")
    assert newest is not None
    bench.engine.count_starts_anew(newest.id)
    assert bench.engine.next_due() == bench.engine.now() + timedelta(days=7)


def test_a_moment_that_has_come_is_not_lost_by_a_publication(bench: Bench, tmp_path: Path) -> None:
    deploy(bench, tmp_path, "dated", waiting(timer("duration", "P1D")))
    wait(bench, timedelta(days=2))
    redeploy(bench, tmp_path, "dated", waiting(timer("duration", "P1D"), zeebe=GROUPS))
    bench.engine.run_due()
    assert len(begun(bench, "dated")) == 1


def test_a_timer_start_may_count_working_days(bench: Bench, tmp_path: Path) -> None:
    days = properties(workingDays="3")
    deploy(bench, tmp_path, "working", waiting(timer("duration", "P3D"), zeebe=days))
    # 31 January 2026 is a Saturday; Wednesday is the third working day after it.
    assert bench.engine.next_due() == datetime(2026, 2, 4, 9, tzinfo=UTC)


def test_a_timer_that_only_a_case_could_compute_is_refused(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(DeploymentRefused, match="cannot be told when the scheme is published"):
        deploy(bench, tmp_path, "never", waiting(timer("date", "=visit")))


def unreadable(bench: Bench, name: str) -> Engine:
    """Damage what a scheme's diagram says, and return an engine that has not read it yet."""
    with bench.store.unit_of_work() as uow:
        newest = latest_deployment(uow, f"cm/{name}")
        assert newest is not None
        here = sa.and_(
            t.definitions.c.deployment_id == newest.id, t.definitions.c.name == "process.bpmn"
        )
        uow.connection.execute(sa.update(t.definitions).where(here).values(content=b"<"))
    settings = bench.engine.settings
    return Engine(bench.store, compose(settings, bench.store, bench.clock), settings)


def test_a_start_that_fails_is_tried_again_and_then_left_to_an_operator(
    bench: Bench, tmp_path: Path
) -> None:
    deploy(bench, tmp_path, "daily", waiting(timer("cycle", "R/P1D")))
    wait(bench, timedelta(days=1))
    broken = unreadable(bench, "daily")
    for _ in range(3):
        broken.run_due()
        wait(bench, timedelta(hours=6))
    (planned,) = bench.engine.planned_starts()
    assert planned.failed
    assert "process.bpmn" in (planned.error or "")
    assert (planned.scheme_name, planned.element_name) == ("Essai", "S")
    (unnamed,) = broken.planned_starts()
    assert (unnamed.scheme_name, unnamed.failed) == ("cm/daily", True)
    assert bench.engine.run_due() == 0
    bench.engine.retry_start(planned.id)
    with pytest.raises(NotFound):
        bench.engine.retry_start(planned.id)
    bench.engine.run_due()
    assert len(begun(bench, "daily")) == 1


def test_who_had_a_failed_start_tried_again_is_told_by_the_history_of_the_case_that_begins(
    bench: Bench, tmp_path: Path
) -> None:
    admin = Actor("admin", (Grant("administrator", None, sees_cases=False),))
    deploy(bench, tmp_path, "daily", waiting(timer("cycle", "R/P1D")))
    wait(bench, timedelta(days=1))
    broken = unreadable(bench, "daily")
    for _ in range(3):
        broken.run_due()
        wait(bench, timedelta(hours=6))
    (planned,) = bench.engine.planned_starts()
    asked_at = bench.engine.now()
    bench.engine.retry_start(planned.id, admin)
    bench.engine.run_due()
    wait(bench, timedelta(days=1))
    bench.engine.run_due()
    first, second = (
        next(e for e in bench.engine.history(case_id, ANNA) if e.kind == "case.started")
        for case_id in sorted(
            begun(bench, "daily"), key=lambda i: bench.engine.case(i, ANNA).reference
        )
    )
    assert first.data["retries"] == ({"by": "admin", "at": asked_at},)
    assert "retries" not in second.data


def test_a_corrected_publication_takes_up_the_starts_that_failed(
    bench: Bench, tmp_path: Path
) -> None:
    deploy(bench, tmp_path, "alarmed", waiting(ALARM, top=DECLARED))
    broken = unreadable(bench, "alarmed")
    assert broken.signal("alarm", {}) == 1
    for _ in range(2):
        wait(bench, timedelta(hours=6))
        broken.run_due()
    assert [planned.failed for planned in bench.engine.planned_starts()] == [True]
    redeploy(bench, tmp_path, "alarmed", waiting(ALARM, top=DECLARED, zeebe=GROUPS))
    bench.engine.run_due()
    assert len(begun(bench, "alarmed")) == 1


# --- signals and conditions ------------------------------------------------------------------


def test_a_signal_begins_a_case_of_every_scheme_that_begins_with_it(
    bench: Bench, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        deploy(bench, tmp_path, name, waiting(ALARM, top=DECLARED))
    waits = bpmn(
        start("S", GROUPS),
        node("intermediateCatchEvent", "C", ALARM),
        end(),
        line("S", "C", "E"),
        top=DECLARED,
    )
    deploy(bench, tmp_path, "waits", waits)
    waited = begin(bench, "waits")
    assert bench.engine.signal("alarm", {"level": 3}, signal_id="first") == 3
    assert bench.engine.signal("alarm", {"level": 3}, signal_id="first") == 0
    assert bench.engine.signal("other", {}) == 0
    bench.engine.run_due()
    assert status(bench, waited) is CaseStatus.COMPLETED
    assert [len(begun(bench, name)) for name in ("one", "two")] == [1, 1]


def test_a_case_that_signals_begins_others_of_the_newest_version(
    bench: Bench, tmp_path: Path
) -> None:
    deploy(bench, tmp_path, "begins", bpmn(start("S", ALARM), end(), line("S", "E"), top=DECLARED))
    redeploy(bench, tmp_path, "begins", waiting(ALARM, top=DECLARED))
    throws = bpmn(start("S", GROUPS), end("E", ALARM), line("S", "E"), top=DECLARED)
    deploy(bench, tmp_path, "throws", throws)
    begin(bench, "throws")
    assert begun(bench, "begins") == []
    bench.engine.run_due()
    (case_id,) = begun(bench, "begins")
    assert status(bench, case_id) is CaseStatus.ACTIVE
    first = bench.engine.history(case_id, ANNA)[0]
    assert first.data["trigger"] == "signal"
    assert first.data["start_event"] == "S"


def test_conditions_are_asked_when_somebody_says_so(bench: Bench, tmp_path: Path) -> None:
    text = "<bpmn:condition>level &gt; 2</bpmn:condition>"
    high = f"<bpmn:conditionalEventDefinition>{text}</bpmn:conditionalEventDefinition>"
    deploy(bench, tmp_path, "high", waiting(high))
    assert bench.engine.evaluate_conditions({"level": 2}) == 0
    assert bench.engine.evaluate_conditions({}) == 0
    assert bench.engine.evaluate_conditions({"level": 3}) == 1
    (case_id,) = begun(bench, "high")
    assert status(bench, case_id) is CaseStatus.ACTIVE


def test_each_of_several_start_events_begins_a_case_of_its_own(
    bench: Bench, tmp_path: Path
) -> None:
    diagram = bpmn(
        start("Plain", GROUPS),
        start("ByMessage", on_message("M")),
        start("BySignal", ALARM),
        start("ByTimer", timer("duration", "P1D")),
        *(script_user(name) for name in ("Plain", "ByMessage", "BySignal", "ByTimer")),
        top=message("M", "=case.id") + DECLARED,
    )
    deploy(bench, tmp_path, "several", diagram)
    begin(bench, "several")
    assert bench.engine.publish("M", {"key": "k"}, {}) == 1
    assert bench.engine.signal("alarm", {}) == 1
    play(bench, START + timedelta(days=2))
    tasks = sorted(
        item.element_id
        for case_id in begun(bench, "several")
        for item in bench.engine.tasks_of(case_id, ANNA)
    )
    assert tasks == ["T_ByMessage", "T_BySignal", "T_ByTimer", "T_Plain"]


def script_user(name: str) -> str:
    return user(f"T_{name}", TASK) + line(name, f"T_{name}")


def test_triggers_that_must_all_come_begin_no_case(bench: Bench, tmp_path: Path) -> None:
    diagram = bpmn(
        start("S", on_message("M"), ALARM, parallelMultiple="true"),
        user("T", TASK),
        line("S", "T"),
        top=message("M", "=case.id") + DECLARED,
    )
    with pytest.raises(DeploymentRefused, match="must all come to start one case"):
        deploy(bench, tmp_path, "both", diagram)


def test_two_starts_by_one_message_are_refused(bench: Bench, tmp_path: Path) -> None:
    diagram = bpmn(
        start("A", on_message("M")),
        start("B", on_message("M")),
        end(),
        line("A", "E"),
        line("B", "E"),
        top=message("M", "=case.id"),
    )
    with pytest.raises(DeploymentRefused, match="starts a case at A as well"):
        deploy(bench, tmp_path, "twice", diagram)


# --- messages between cases --------------------------------------------------------------------


def sends(key: str) -> bytes:
    """A scheme whose cases send M when they end."""
    return bpmn(
        start("S", GROUPS),
        end("E", on_message("M")),
        line("S", "E"),
        top=message("M", key),
    )


def test_messages_that_cases_send_begin_one_case_for_each_key(bench: Bench, tmp_path: Path) -> None:
    receives = bpmn(
        start("S", on_message("M")), user("T", TASK), line("S", "T"), top=message("M", "=case.id")
    )
    deploy(bench, tmp_path, "receives", receives)
    deploy(bench, tmp_path, "sends", sends('="k"'))
    begin(bench, "sends")
    begin(bench, "sends")
    bench.engine.run_due()
    assert len(begun(bench, "receives")) == 1
    begin(bench, "sends")
    bench.engine.run_due()
    assert len(begun(bench, "receives")) == 1


def test_a_case_that_begins_another_of_its_kind_for_ever_hangs_no_transaction(
    bench: Bench, tmp_path: Path
) -> None:
    diagram = bpmn(
        start("Plain", GROUPS),
        start("S", on_message("M")),
        end("E", on_message("M")),
        line("Plain", "E"),
        line("S", "E"),
        top=message("M", "=case.id"),
    )
    deploy(bench, tmp_path, "endless", diagram)
    first = begin(bench, "endless")
    assert status(bench, first) is CaseStatus.COMPLETED
    assert bench.engine.run_due(limit=5) == 5
    assert len(begun(bench, "endless")) == 6
    with bench.store.snapshot() as uow:
        assert len(all_starts(uow, "cm/endless")) == 1


def test_a_message_reaches_a_case_once_though_the_other_receiver_is_gone(
    bench: Bench, tmp_path: Path
) -> None:
    """Both had a copy; the copy of the one that was cancelled goes on, not to the other again."""
    twice = bpmn(
        start("S", GROUPS),
        node("intermediateCatchEvent", "C1", on_message("M")),
        node("intermediateCatchEvent", "C2", on_message("M")),
        end(),
        line("S", "C1", "C2", "E"),
        top=message("M", '="k"'),
    )
    deploy(bench, tmp_path, "twice", twice)
    gone, stays = begin(bench, "twice"), begin(bench, "twice")
    assert bench.engine.publish("M", {"key": "k"}, {}) == 2
    bench.engine.cancel(gone, "withdrawn", ANNA)
    bench.engine.run_due()
    assert status(bench, stays) is CaseStatus.ACTIVE
    late = begin(bench, "twice")
    bench.engine.run_due()
    received = [
        sum(e.kind == "message.received" for e in bench.engine.history(case_id, ANNA))
        for case_id in (gone, stays, late)
    ]
    assert received == [0, 1, 1]


@pytest.mark.parametrize("kind", ["Exclusive", "Parallel"])
def test_an_event_based_gateway_that_begins_its_process_begins_it_by_any_of_its_messages(
    bench: Bench, tmp_path: Path, kind: str
) -> None:
    diagram = bpmn(
        node("eventBasedGateway", "G", instantiate="true", eventGatewayType=kind),
        node("intermediateCatchEvent", "C1", on_message("M")),
        node("intermediateCatchEvent", "C2", on_message("N")),
        user("T1", TASK),
        user("T2", TASK),
        line("G", "C1", "T1"),
        line("G", "C2", "T2"),
        top=message("M", '="k"') + message("N", '="k"'),
    )
    deploy(bench, tmp_path, "offered", diagram)
    assert bench.engine.publish("N", {"key": "k"}, {}) == 1
    (case_id,) = begun(bench, "offered")
    assert [item.element_id for item in bench.engine.tasks_of(case_id, ANNA)] == ["T2"]
    bench.engine.publish("M", {"key": "k"}, {})
    bench.engine.run_due()
    open_now = sorted(item.element_id for item in bench.engine.tasks_of(case_id, ANNA))
    # One that awaits all goes on in the same case; of one that chose, M begins another.
    assert open_now == (["T1", "T2"] if kind == "Parallel" else ["T2"])
    assert len(begun(bench, "offered")) == (1 if kind == "Parallel" else 2)
