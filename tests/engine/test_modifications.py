"""Operators suspend, resume and change cases: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from engine import bpmn
from engine.errors import (
    BusinessError,
    CaseEnded,
    CaseSuspended,
    ChangeRefused,
    Conflict,
    InvalidAnswer,
    NotAllowed,
    NotFound,
    RevisionConflict,
)
from engine.model import Actor, CaseStatus, Grant
from engine.play import play_until
from tests.engine.conftest import ANNA, BEN, OPERATOR, STRANGER, Bench

WHY = "la pièce manque; Essai Premier revient demain"


def kinds(bench: Bench, case_id: str) -> list[str]:
    return [event.kind for event in bench.engine.history(case_id, ANNA)]


def status(bench: Bench, case_id: str) -> CaseStatus:
    return bench.engine.case(case_id, ANNA).status


def suspended(bench: Bench) -> str:
    case_id = bench.start()
    bench.engine.suspend(case_id, WHY, OPERATOR)
    return case_id


def at(bench: Bench, case_id: str, element_id: str) -> int:
    tokens = bench.engine.operated(case_id, OPERATOR).tokens
    found = next(each.token for each in tokens if each.token.element_id == element_id)
    assert found.activation is not None
    return found.activation


# --- suspended --------------------------------------------------------------------------------


def test_a_suspended_case_takes_no_work_and_goes_on_after_it_is_resumed(bench: Bench) -> None:
    case_id = suspended(bench)
    task = bench.task(case_id)
    for attempt in (
        lambda: bench.engine.claim(task, ANNA),
        lambda: bench.engine.complete(task, {"complete": "yes"}, ANNA),
        lambda: bench.engine.save_draft(task, {"note": "x"}, ANNA),
    ):
        with pytest.raises(CaseSuspended, match="until it is resumed"):
            attempt()
    assert status(bench, case_id) is CaseStatus.SUSPENDED
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.check(case_id)
    assert kinds(bench, case_id).count("task.completed") == 1


def test_who_holds_a_task_of_a_suspended_case_keeps_a_draft_and_may_give_it_back(
    bench: Bench,
) -> None:
    case_id = bench.start()
    task = bench.task(case_id)
    bench.engine.claim(task, ANNA)
    bench.engine.suspend(case_id, WHY, OPERATOR)
    bench.engine.save_draft(task, {"note": "encore à vérifier"}, ANNA)
    assert bench.engine.task(task, ANNA).draft["note"] == "encore à vérifier"
    bench.engine.release(task, ANNA)
    with pytest.raises(CaseSuspended):
        bench.engine.claim(task, BEN)


def test_a_timer_that_came_due_while_suspended_fires_once_on_resumption(bench: Bench) -> None:
    case_id = bench.start()
    bench.check(case_id)
    bench.engine.run_due()
    bench.engine.suspend(case_id, WHY, OPERATOR)
    play_until(bench.engine, bench.clock, bench.clock.now() + timedelta(days=60))
    assert bench.engine.next_due() is None  # nothing of it is looked at again and again
    assert status(bench, case_id) is CaseStatus.SUSPENDED
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    assert status(bench, case_id) is CaseStatus.COMPLETED
    assert kinds(bench, case_id).count("timer.fired") == 1


def test_a_message_that_comes_while_suspended_arrives_after_resumption(bench: Bench) -> None:
    case_id = suspended(bench)
    assert bench.engine.publish("withdrawal", {"key": case_id}, {}, time_to_live_s=60) == 1
    assert bench.engine.run_due() == 1  # it is set aside, once
    assert bench.engine.run_due() == 0
    bench.clock.move_to(bench.clock.now() + timedelta(days=3))
    assert status(bench, case_id) is CaseStatus.SUSPENDED
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    assert status(bench, case_id) is CaseStatus.COMPLETED
    assert "message.received" in kinds(bench, case_id)


def test_a_message_nobody_takes_in_the_end_is_kept_for_as_long_as_it_had_to_live(
    bench: Bench,
) -> None:
    case_id = suspended(bench)
    keys = {"key": case_id}
    bench.engine.publish("withdrawal", keys, {}, time_to_live_s=60)
    bench.engine.publish("withdrawal", keys, {}, time_to_live_s=60)
    bench.engine.run_due()
    bench.clock.move_to(bench.clock.now() + timedelta(days=3))
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    with bench.store.snapshot() as uow:
        count = uow.connection.exec_driver_sql("SELECT count(*) FROM buffered_messages").scalar()
    assert count == 1


def test_a_call_that_returns_while_suspended_is_kept_and_not_made_again(bench: Bench) -> None:
    case_id = bench.start()
    bench.check(case_id)
    bench.bell.during = lambda: bench.engine.suspend(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    bench.bell.during = None
    bench.clock.move_to(bench.clock.now() + timedelta(days=1))
    bench.engine.runner.sweep(everything=True)
    assert bench.engine.run_due() == 0
    assert "call.succeeded" not in kinds(bench, case_id)
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    assert len(bench.bell.rings) == 1
    assert kinds(bench, case_id).count("call.succeeded") == 2  # the ring, then the booking


def test_an_error_that_a_call_reports_while_suspended_reaches_the_diagram_later(
    bench: Bench,
) -> None:
    case_id = bench.start()
    bench.check(case_id)
    bench.bell.during = lambda: bench.engine.suspend(case_id, WHY, OPERATOR)
    bench.bell.error = BusinessError("deaf", "nobody hears")
    bench.engine.run_due()
    assert bench.engine.incidents() == ()
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    (incident,) = bench.engine.incidents()
    assert (incident.code, "deaf" in incident.message) == ("uncaught-error", True)
    assert len(bench.bell.rings) == 1


def test_a_call_that_fails_while_suspended_is_tried_again_after_resumption(bench: Bench) -> None:
    case_id = bench.start()
    bench.check(case_id)
    bench.bell.during = lambda: bench.engine.suspend(case_id, WHY, OPERATOR)
    bench.bell.failures = 1
    bench.engine.run_due()
    bench.bell.during = None
    play_until(bench.engine, bench.clock, bench.clock.now() + timedelta(hours=2))
    assert len(bench.bell.rings) == 1
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    assert len(bench.bell.rings) == 2
    assert len(set(bench.bell.rings)) == 1


def test_a_call_that_waits_when_its_case_is_suspended_is_not_made(bench: Bench) -> None:
    case_id = bench.start()
    bench.check(case_id)
    (job,) = bench.engine.runner.due(10)
    bench.engine.suspend(case_id, WHY, OPERATOR)
    assert bench.engine.runner.claim(job) is None
    assert not bench.engine.runner.run(job)
    assert bench.bell.rings == []


def test_suspending_twice_and_resuming_twice_are_conflicts_that_change_nothing(
    bench: Bench,
) -> None:
    case_id = suspended(bench)
    with pytest.raises(Conflict, match="already"):
        bench.engine.suspend(case_id, WHY, OPERATOR)
    bench.engine.resume(case_id, WHY, OPERATOR)
    with pytest.raises(Conflict, match="not suspended"):
        bench.engine.resume(case_id, WHY, OPERATOR)
    assert kinds(bench, case_id)[-2:] == ["case.suspended", "case.resumed"]


def test_a_suspended_case_is_cancelled_and_messages_on_their_way_are_handed_on(
    bench: Bench,
) -> None:
    case_id = suspended(bench)
    bench.engine.publish("withdrawal", {"key": case_id}, {}, time_to_live_s=3600)
    bench.engine.run_due()
    bench.engine.cancel(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    assert status(bench, case_id) is CaseStatus.CANCELLED
    with bench.store.snapshot() as uow:
        kept = uow.connection.exec_driver_sql("SELECT count(*) FROM buffered_messages").scalar()
        jobs = uow.connection.exec_driver_sql("SELECT count(*) FROM jobs").scalar()
    assert (kept, jobs) == (1, 0)
    with pytest.raises(CaseEnded):
        bench.engine.suspend(case_id, WHY, OPERATOR)


# --- changed ----------------------------------------------------------------------------------


def test_a_moved_token_leaves_its_task_withdrawn_and_the_next_one_open(bench: Bench) -> None:
    case_id = bench.start()
    task = bench.task(case_id)
    origin = at(bench, case_id, "Task_Check")
    bench.engine.move_token(
        case_id, origin, "Task_Approve", WHY, OPERATOR, variables={"complete": "yes"}
    )
    assert bench.engine.task(task, ANNA).item.status == "cancelled"
    assert bench.engine.tasks_of(case_id, ANNA)[0].element_id == "Task_Approve"
    event = next(e for e in bench.engine.history(case_id, ANNA) if e.kind == "tokens.moved")
    assert event.actor == "operator"
    assert event.data["moves"][0] == {
        "from": "Task_Check",
        "activation": origin,
        "to": "Task_Approve",
    }
    assert bench.engine.verify(case_id, ANNA).problems == ()


def test_a_preview_tells_what_would_happen_and_writes_nothing(bench: Bench) -> None:
    case_id = bench.start()
    before = kinds(bench, case_id)
    move = bpmn.TokenMove(at(bench, case_id, "Task_Check"), target="Task_Ring")
    seen = bench.engine.preview(case_id, bpmn.MoveTokens((move,)), OPERATOR)
    assert (seen.left, seen.entered, seen.calls) == (
        ("Vérifier le dossier",),
        ("Prévenir",),
        ("Prévenir",),
    )
    assert (seen.ends, seen.incidents) == (False, ())
    assert kinds(bench, case_id) == before
    assert bench.engine.run_due() == 0


def test_a_change_sent_twice_is_done_once(bench: Bench) -> None:
    case_id = bench.start()
    change = bpmn.MoveTokens((bpmn.TokenMove(target="Task_Approve"),))
    seen = bench.engine.preview(case_id, change, OPERATOR)
    bench.engine.change(case_id, change, WHY, OPERATOR, revision=seen.revision)
    with pytest.raises(RevisionConflict):
        bench.engine.change(case_id, change, WHY, OPERATOR, revision=seen.revision)
    assert len(bench.engine.tasks_of(case_id, ANNA)) == 2


def _together(*acts: Callable[[], None]) -> list[Exception]:
    gate, failures = Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except Conflict as error:
            failures.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_of_two_operators_who_move_one_token_at_once_one_is_told_of_the_other(
    bench: Bench,
) -> None:
    case_id = bench.start()
    origin = at(bench, case_id, "Task_Check")
    other = Actor("other", OPERATOR.grants)
    failures = _together(
        lambda: bench.engine.move_token(case_id, origin, "Task_Approve", WHY, OPERATOR),
        lambda: bench.engine.move_token(case_id, origin, "Task_Approve", WHY, other),
    )
    assert len(failures) == 1
    assert len(bench.engine.tasks_of(case_id, ANNA)) == 1
    assert kinds(bench, case_id).count("tokens.moved") == 1


def test_of_two_operators_who_suspend_at_once_one_is_told_of_the_other(bench: Bench) -> None:
    case_id = bench.start()
    failures = _together(
        lambda: bench.engine.suspend(case_id, WHY, OPERATOR),
        lambda: bench.engine.suspend(case_id, WHY, Actor("other", OPERATOR.grants)),
    )
    assert len(failures) == 1
    assert kinds(bench, case_id).count("case.suspended") == 1


def test_a_suspended_case_is_repaired_and_what_follows_waits(bench: Bench) -> None:
    case_id = suspended(bench)
    bench.engine.move_token(case_id, at(bench, case_id, "Task_Check"), "Task_Ring", WHY, OPERATOR)
    assert bench.engine.run_due() == 0
    assert bench.bell.rings == []
    bench.engine.resume(case_id, WHY, OPERATOR)
    bench.engine.run_due()
    assert len(bench.bell.rings) == 1


def test_variables_are_set_from_feel_with_what_they_were_kept_in_history(bench: Bench) -> None:
    case_id = bench.start(amount=500)
    texts = {"amount": "amount * 2", "approved_on": 'date("2026-02-01")'}
    values = bench.engine.read_values(case_id, texts, OPERATOR, None)
    change = bpmn.SetVariables(None, values)
    seen = bench.engine.preview(case_id, change, OPERATOR)
    assert [(v.name, v.old, v.new, v.other_kind) for v in seen.values] == [
        ("amount", 500, 1000, False),
        ("approved_on", None, values["approved_on"], False),
    ]
    bench.engine.set_variables(case_id, values, WHY, OPERATOR)
    event = next(e for e in bench.engine.history(case_id, ANNA) if e.kind == "variables.set")
    assert (event.data["before"], event.data["values"]["amount"]) == ({"amount": 500}, 1000)
    assert bench.engine.operated(case_id, OPERATOR).variables["amount"] == 1000


def test_a_value_of_another_kind_is_told_before_it_is_set(bench: Bench) -> None:
    case_id = bench.start()
    change = bpmn.SetVariables(None, {"amount": "five hundred"})
    (value,) = bench.engine.preview(case_id, change, OPERATOR).values
    assert (value.old_kind, value.new_kind, value.other_kind) == ("number", "string", True)


@pytest.mark.parametrize("text", ["1 +", "nobody + 1", "function(x) x"])
def test_a_text_that_gives_no_value_is_told_by_name(bench: Bench, text: str) -> None:
    case_id = bench.start()
    with pytest.raises(InvalidAnswer) as caught:
        bench.engine.read_values(case_id, {"amount": text}, OPERATOR, None)
    assert set(caught.value.errors) == {"amount"}


def test_personal_fields_are_refused_as_variables_however_deep(bench: Bench) -> None:
    case_id = bench.start()
    origin = at(bench, case_id, "Task_Check")
    deep = {"who": ({"family_name": "Essai"},)}
    move = bpmn.TokenMove(origin, target="Task_Check", variables={"family_name": "Essai"})
    for change in (
        bpmn.SetVariables(None, {"family_name": "Essai"}),
        bpmn.SetVariables(None, deep),
        bpmn.SetVariables(None, {"scheme": 1}),
        bpmn.MoveTokens((move,)),
    ):
        with pytest.raises(InvalidAnswer):
            bench.engine.preview(case_id, change, OPERATOR)
        with pytest.raises(InvalidAnswer):
            bench.engine.change(case_id, change, WHY, OPERATOR)


def test_reasons_are_kept_sealed_and_stand_nowhere_in_the_open(bench: Bench) -> None:
    case_id = suspended(bench)
    bench.engine.set_variables(case_id, {"amount": 7}, WHY, OPERATOR)
    bench.engine.resume(case_id, WHY, OPERATOR)
    events = bench.engine.history(case_id, ANNA)
    assert "Essai Premier" not in str([event.data for event in events])
    for kind in ("case.suspended", "variables.set", "case.resumed"):
        (event,) = [each for each in events if each.kind == kind]
        assert len(event.data["commitments"]) == 1


def test_every_order_needs_a_reason(bench: Bench) -> None:
    case_id = bench.start()
    for order in (
        lambda: bench.engine.suspend(case_id, "  ", OPERATOR),
        lambda: bench.engine.resume(case_id, "", OPERATOR),
        lambda: bench.engine.set_variables(case_id, {"a": 1}, "", OPERATOR),
        lambda: bench.engine.cancel(case_id, "", OPERATOR),
    ):
        with pytest.raises(InvalidAnswer, match="reason"):
            order()


def test_a_refused_change_leaves_no_trace(bench: Bench) -> None:
    case_id = bench.start()
    before = kinds(bench, case_id)
    with pytest.raises(ChangeRefused):
        origin = at(bench, case_id, "Task_Check")
        bench.engine.move_token(case_id, origin, "Event_WithdrawalRecorded", WHY, OPERATOR)
    assert kinds(bench, case_id) == before


# --- by whom ----------------------------------------------------------------------------------


def _orders(bench: Bench, case_id: str, actor: Actor) -> list[Callable[[], object]]:
    change = bpmn.SetVariables(None, {"a": 1})
    return [
        lambda: bench.engine.suspend(case_id, WHY, actor),
        lambda: bench.engine.resume(case_id, WHY, actor),
        lambda: bench.engine.change(case_id, change, WHY, actor),
        lambda: bench.engine.preview(case_id, change, actor),
        lambda: bench.engine.read_values(case_id, {"a": "1"}, actor, None),
        lambda: bench.engine.operated(case_id, actor),
        lambda: bench.engine.targets(case_id, actor),
    ]


def test_who_may_not_know_of_a_case_is_told_that_there_is_none(bench: Bench) -> None:
    case_id = bench.start()
    elsewhere = Actor("tunis", (Grant("operator", None, "TN", sees_cases=False),))
    for actor in (STRANGER, elsewhere, Actor("nobody")):
        for order in _orders(bench, case_id, actor):
            with pytest.raises(NotFound):
                order()


def test_who_works_on_a_case_and_does_not_operate_it_is_refused(bench: Bench) -> None:
    case_id = bench.start()
    for order in _orders(bench, case_id, ANNA):
        with pytest.raises(NotAllowed):
            order()
    assert not bench.engine.may_operate(case_id, ANNA)
    assert bench.engine.may_operate(case_id, OPERATOR)


def test_a_role_that_the_scheme_names_operates_its_cases(bench: Bench, tmp_path) -> None:
    from tests.engine.conftest import SCHEMES

    folder = tmp_path / "cm" / "loan"
    folder.mkdir(parents=True)
    for path in (SCHEMES / "cm" / "loan").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    toml = (folder / "scheme.toml").read_text()
    (folder / "scheme.toml").write_text('operators = ["clerk"]\n' + toml)
    bench.engine.deploy(folder, ANNA)
    case_id = bench.start()
    bench.engine.suspend(case_id, WHY, BEN)
    assert status(bench, case_id) is CaseStatus.SUSPENDED
    with pytest.raises(NotFound):
        bench.engine.resume(case_id, WHY, STRANGER)


def test_operators_see_neither_a_personal_field_nor_its_place_among_the_data(bench: Bench) -> None:
    case_id = bench.start()
    assert set(bench.engine.operated(case_id, OPERATOR).variables) == {"amount"}
