"""What the engine promises to those who start, do, watch and repair cases; on both databases."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import (
    AlreadyClaimed,
    CaseEnded,
    DutiesNotSeparate,
    InvalidAnswer,
    NotAllowed,
    NotFound,
    PasserelleError,
    WorkItemClosed,
)
from engine.model import Actor, CaseStatus, Grant
from engine.play import play_until
from engine.service import CasesQuery, WorklistQuery
from tests.engine.conftest import ANNA, BEN, OPERATOR, SCHEMES, STRANGER, Bench


def kinds(bench: Bench, case_id: str) -> list[str]:
    return [event.kind for event in bench.engine.history(case_id, ANNA)]


def test_a_case_runs_from_start_to_end(bench: Bench) -> None:
    case_id = bench.start(5000)
    bench.check(case_id)
    bench.engine.run_due()
    bench.engine.complete(bench.task(case_id), {}, BEN)
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.ACTIVE
    play_until(bench.engine, bench.clock, datetime(2026, 3, 1, tzinfo=UTC))
    view = bench.engine.case(case_id, ANNA)
    assert view.status is CaseStatus.COMPLETED
    assert view.ended_at == datetime(2026, 2, 28, 9, 0, tzinfo=UTC)  # 31 January + P1M
    assert bench.engine.verify(case_id, ANNA).problems == ()


def test_publishing_the_same_files_twice_makes_one_deployment(bench: Bench) -> None:
    again = bench.engine.deploy(SCHEMES / "cm" / "loan", ANNA)
    assert (again.version, again.created) == (1, False)


def test_a_start_sent_twice_makes_one_case(bench: Bench) -> None:
    answer = {"family_name": "Essai", "amount": "5"}
    one = bench.engine.start("cm/loan", answer, ANNA, request_id="r1")
    two = bench.engine.start("cm/loan", answer, ANNA, request_id="r1")
    assert one.id == two.id
    assert bench.engine.cases(ANNA).total == 1


def test_references_count_up_within_the_year(bench: Bench) -> None:
    references = [bench.engine.case(bench.start(), ANNA).reference for _ in range(2)]
    assert references == ["CM-LOAN-2026-00001", "CM-LOAN-2026-00002"]


def test_a_wrong_answer_leaves_the_case_untouched(bench: Bench) -> None:
    case_id = bench.start()
    before = kinds(bench, case_id)
    with pytest.raises(InvalidAnswer) as refused:
        bench.engine.complete(bench.task(case_id), {"complete": "perhaps"}, ANNA)
    assert list(refused.value.errors) == ["complete"]
    assert kinds(bench, case_id) == before


def test_a_wrong_start_stores_nothing(bench: Bench) -> None:
    with pytest.raises(InvalidAnswer):
        bench.engine.start("cm/loan", {"amount": "x"}, ANNA)
    assert bench.engine.cases(ANNA).total == 0


def test_what_is_not_yours_is_not_found(bench: Bench) -> None:
    case_id = bench.start()
    item = bench.task(case_id)
    for ask in (
        lambda: bench.engine.case(case_id, STRANGER),
        lambda: bench.engine.task(item, STRANGER),
        lambda: bench.engine.complete(item, {"complete": "yes"}, STRANGER),
        lambda: bench.engine.claim(item, STRANGER),
        lambda: bench.engine.history(case_id, STRANGER),
        lambda: bench.engine.cancel(case_id, "no", STRANGER),
        lambda: bench.engine.diagram(case_id, STRANGER),
        lambda: bench.engine.start("cm/other", {}, STRANGER),
    ):
        with pytest.raises(NotFound):
            ask()
    assert bench.engine.worklist(STRANGER).total == 0
    assert bench.engine.cases(STRANGER).total == 0


def test_a_party_without_the_role_sees_the_task_and_may_not_do_it(bench: Bench) -> None:
    case_id = bench.start()
    reader = Actor("reader", (Grant("auditor", None),))
    assert bench.engine.case(case_id, reader).id == case_id
    assert bench.engine.worklist(reader).total == 0
    with pytest.raises(NotAllowed):
        bench.engine.complete(bench.task(case_id), {"complete": "yes"}, reader)


def test_a_claimed_task_is_kept_for_whoever_holds_it(bench: Bench) -> None:
    item = bench.task(bench.start())
    bench.engine.claim(item, ANNA)
    assert bench.engine.worklist(ANNA, WorklistQuery("mine")).total == 1
    assert bench.engine.worklist(BEN, WorklistQuery("group")).total == 0
    with pytest.raises(AlreadyClaimed) as held:
        bench.engine.complete(item, {"complete": "yes"}, BEN)
    assert held.value.assignee == "anna"
    bench.engine.release(item, ANNA)
    bench.engine.complete(item, {"complete": "yes"}, BEN)
    assert bench.engine.worklist(BEN, WorklistQuery("done")).total == 1


def test_a_task_done_twice_is_done_once_and_says_by_whom(bench: Bench) -> None:
    item = bench.task(bench.start())
    bench.engine.complete(item, {"complete": "yes"}, BEN)
    with pytest.raises(WorkItemClosed) as closed:
        bench.engine.complete(item, {"complete": "yes"}, ANNA)
    assert (closed.value.by, closed.value.status) == ("ben", "completed")


def test_two_people_completing_one_task_at_once_one_wins(bench: Bench) -> None:
    case_id = bench.start()
    item = bench.task(case_id)
    results: list[str] = []
    ready = threading.Barrier(2)

    def complete(actor: Actor) -> None:
        ready.wait(10)
        try:
            bench.engine.complete(item, {"complete": "yes"}, actor)
            results.append("won")
        except WorkItemClosed:
            results.append("told")

    threads = [threading.Thread(target=complete, args=(a,)) for a in (ANNA, BEN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["told", "won"]
    assert kinds(bench, case_id).count("task.completed") == 1


def test_who_prepared_may_not_approve(bench: Bench) -> None:
    case_id = bench.start(5000)
    bench.check(case_id, ANNA)
    bench.engine.run_due()
    item = bench.task(case_id)
    assert bench.engine.task(item, ANNA).separated
    for forbidden in (bench.engine.claim, lambda i, a: bench.engine.complete(i, {}, a)):
        with pytest.raises(NotAllowed, match="somebody else"):
            forbidden(item, ANNA)
    assert kinds(bench, case_id)[-1] == "task.refused"
    bench.engine.complete(item, {}, BEN)


@pytest.mark.parametrize(
    ("preparer", "approver"),
    [
        (ANNA, replace(BEN, acting_for=("anna",))),
        (replace(BEN, acting_for=("anna",)), ANNA),
        (replace(BEN, acting_for=("cleo",)), replace(ANNA, acting_for=("cleo",))),
    ],
)
def test_who_prepared_may_not_approve_through_a_substitute_either(
    bench: Bench, preparer: Actor, approver: Actor
) -> None:
    case_id = bench.start(5000)
    bench.check(case_id, preparer)
    bench.engine.run_due()
    with pytest.raises(DutiesNotSeparate):
        bench.engine.complete(bench.task(case_id), {}, approver)
    last = bench.engine.history(case_id, ANNA)[-1]
    assert (last.kind, last.actor) == ("task.refused", approver.account_id)
    assert bench.engine.verify(case_id, ANNA).problems == ()


@pytest.mark.parametrize(
    ("said", "apart"),
    [
        ('=if amount &gt; 100 then ["Task_Check"] else []', True),
        ('="Task_Check, Task_Approve"', True),
        ("=other_steps", False),
        ("=[]", False),
    ],
)
def test_a_task_is_kept_apart_from_the_steps_that_an_expression_names(
    bench: Bench, tmp_path: Path, said: str, apart: bool
) -> None:
    folder = tmp_path / "said" / "cm" / "loan"
    shutil.copytree(SCHEMES / "cm" / "loan", folder)
    diagram = folder / "loan.bpmn"
    text = diagram.read_text("utf-8")
    written = text.replace(
        'name="separateFrom" value="Task_Check"', f"name=\"separateFrom\" value='{said}'"
    )
    assert written != text
    diagram.write_text(written, "utf-8")
    bench.engine.deploy(folder, ANNA)
    case_id = bench.start(5000)
    bench.check(case_id, ANNA)
    bench.engine.run_due()
    assert bench.engine.task(bench.task(case_id), ANNA).separated is apart


def test_a_draft_is_kept_encrypted_and_comes_back(bench: Bench) -> None:
    item = bench.task(bench.start())
    bench.engine.save_draft(item, {"note": "un secret de brouillon"}, ANNA)
    assert bench.engine.task(item, ANNA).draft == {"note": "un secret de brouillon"}
    assert bench.engine.task(item, BEN).draft == {}
    dump = _database_text(bench)
    assert "secret de brouillon" not in dump


def test_personal_answers_never_reach_variables_history_or_plain_text(bench: Bench) -> None:
    case_id = bench.start()
    item = bench.task(case_id)
    bench.engine.complete(item, {"complete": "yes", "note": "parle de sa famille"}, ANNA)
    for event in bench.engine.history(case_id, ANNA):
        assert "Essai" not in str(event.data)
        assert "famille" not in str(event.data)
    dump = _database_text(bench)
    assert "Essai Premier" not in dump
    assert "parle de sa famille" not in dump


def _database_text(bench: Bench) -> str:
    """Return everything that the database holds, as one text."""
    import sqlalchemy as sa

    found = []
    with bench.store.snapshot() as uow:
        for table in sa.inspect(uow.connection).get_table_names():
            rows = uow.connection.execute(sa.text(f'SELECT * FROM "{table}"'))
            for row in rows:
                for value in row:
                    raw = bytes(value) if isinstance(value, (bytes, memoryview)) else value
                    found.append(
                        raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
                    )
    return "\n".join(found)


def test_a_failing_handler_is_retried_later_with_the_same_key(bench: Bench) -> None:
    case_id = bench.start()
    bench.bell.failures = 1
    bench.check(case_id)
    bench.engine.run_due()
    assert len(bench.bell.rings) == 1
    due = bench.engine.next_due()
    assert due == bench.clock.now() + timedelta(seconds=30)
    bench.clock.move_to(due)
    bench.engine.run_due()
    assert len(bench.bell.rings) == 2
    assert len(set(bench.bell.rings)) == 1
    assert kinds(bench, case_id).count("call.succeeded") == 2  # the ring, then the booking


def test_after_the_last_attempt_there_is_an_incident_that_an_operator_retries(
    bench: Bench,
) -> None:
    case_id = bench.start()
    bench.bell.failures = 2
    bench.check(case_id)
    play_until(bench.engine, bench.clock, bench.clock.now() + timedelta(hours=1))
    (incident,) = bench.engine.incidents()
    assert (incident.case_id, incident.element_id) == (case_id, "Task_Ring")
    assert "nobody answers" not in incident.message  # a foreign error's text may be personal
    assert bench.engine.case(case_id, ANNA).incidents == 1
    with pytest.raises(InvalidAnswer):
        bench.engine.retry(incident.id, " ", OPERATOR)
    bench.engine.retry(incident.id, "la ligne est rétablie", OPERATOR)
    bench.engine.run_due()
    assert bench.engine.incidents() == ()
    assert len(set(bench.bell.rings)) == 1
    with pytest.raises(NotFound):
        bench.engine.retry(incident.id, "encore", OPERATOR)


def test_a_local_handler_that_fails_leaves_nothing_and_is_retried(bench: Bench) -> None:
    case_id = bench.start(667)
    bench.check(case_id)
    bench.engine.run_due()
    assert "book.entry" not in kinds(bench, case_id)
    assert "call.failed" in kinds(bench, case_id)
    play_until(bench.engine, bench.clock, bench.clock.now() + timedelta(hours=1))
    (incident,) = bench.engine.incidents()
    assert incident.element_id == "Task_Book"


def test_an_error_that_no_diagram_catches_is_an_incident_not_a_lost_case(bench: Bench) -> None:
    case_id = bench.start(666)
    bench.check(case_id)
    bench.engine.run_due()
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.ACTIVE
    (incident,) = bench.engine.incidents()
    assert incident.element_id == "Task_Book"
    assert "refused" in incident.message
    assert "call.rejected" in kinds(bench, case_id)


def test_two_workers_taking_one_job_run_it_once(bench: Bench) -> None:
    case_id = bench.start()
    bench.check(case_id)
    (job,) = bench.engine.runner.due(10)
    ready = threading.Barrier(2)
    results: list[bool] = []

    def work() -> None:
        ready.wait(10)
        results.append(bench.engine.runner.run(job))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == [False, True]
    assert len(bench.bell.rings) == 1


def test_what_a_dead_worker_held_is_called_again_with_the_same_key(bench: Bench) -> None:
    case_id = bench.start()
    bench.check(case_id)
    (job,) = bench.engine.runner.due(10)
    first = bench.engine.runner.claim(job)
    assert first is not None
    assert bench.engine.run_due() == 0
    bench.clock.move_to(bench.clock.now() + timedelta(seconds=61))
    assert bench.engine.runner.sweep() == 1
    bench.engine.run_due()
    assert not bench.engine.runner.run_job(first.id, first.attempt)  # superseded: stops
    assert len(bench.bell.rings) == 1
    assert kinds(bench, case_id).count("element.completed") > 0


def test_a_withdrawal_ends_everything_that_waits(bench: Bench) -> None:
    case_id = bench.start()
    (action,) = bench.engine.actions(case_id, ANNA)
    assert bench.engine.actions(case_id, Actor("a", (Grant("auditor", None),))) == ()
    view = bench.engine.send(case_id, action.activation, {}, ANNA)
    assert view.status is CaseStatus.COMPLETED
    assert bench.engine.worklist(ANNA).total == 0
    assert bench.engine.next_due() is None
    with pytest.raises(CaseEnded):
        bench.engine.send(case_id, action.activation, {}, ANNA)


def test_a_message_from_outside_reaches_the_case_whose_key_matches(bench: Bench) -> None:
    one, two = bench.start(), bench.start()
    assert bench.engine.publish("withdrawal", {"key": one}, {}) == 1
    bench.engine.run_due()
    assert bench.engine.case(one, ANNA).status is CaseStatus.COMPLETED
    assert bench.engine.case(two, ANNA).status is CaseStatus.ACTIVE


def test_a_message_published_twice_under_one_id_is_delivered_once(bench: Bench) -> None:
    one = bench.start()
    assert bench.engine.publish("withdrawal", {"key": one}, {}, message_id="m1") == 1
    assert bench.engine.publish("withdrawal", {"key": one}, {}, message_id="m1") == 0


def test_a_message_published_in_a_transaction_that_fails_reaches_nobody(bench: Bench) -> None:
    one = bench.start()
    with pytest.raises(OSError, match="power"), bench.store.unit_of_work() as uow:
        assert bench.engine.publish_within(uow, "withdrawal", {"key": one}, {}) == 1
        raise OSError("power cut")
    bench.engine.run_due()
    assert bench.engine.case(one, ANNA).status is CaseStatus.ACTIVE
    with bench.store.unit_of_work() as uow:
        bench.engine.publish_within(uow, "withdrawal", {"key": one}, {})
    bench.engine.run_due()
    assert bench.engine.case(one, ANNA).status is CaseStatus.COMPLETED


def test_cancelling_needs_a_reason_and_withdraws_everything(bench: Bench) -> None:
    case_id = bench.start()
    with pytest.raises(InvalidAnswer):
        bench.engine.cancel(case_id, "  ", ANNA)
    view = bench.engine.cancel(case_id, "doublon", ANNA)
    assert view.status is CaseStatus.CANCELLED
    assert bench.engine.worklist(ANNA).total == 0
    assert "doublon" not in _database_text(bench)


def test_the_worklist_finds_by_reference_and_pages(bench: Bench) -> None:
    for _ in range(3):
        bench.start()
    page = bench.engine.worklist(ANNA, WorklistQuery(size=2))
    assert (len(page.items), page.total, page.pages) == (2, 3, 2)
    found = bench.engine.worklist(ANNA, WorklistQuery(search="00002"))
    assert [item.case_reference for item in found.items] == ["CM-LOAN-2026-00002"]
    assert bench.engine.worklist(ANNA, WorklistQuery(search="%")).total == 0
    assert bench.engine.cases(ANNA, CasesQuery(search="00003")).total == 1


def test_names_come_in_the_readers_language(bench: Bench) -> None:
    item = bench.task(bench.start())
    assert bench.engine.task(item, ANNA, "fr").item.name == "Vérifier le dossier"
    assert bench.engine.task(item, ANNA, "en").item.name == "Check the file"


def test_the_steps_tell_done_active_and_failed(bench: Bench) -> None:
    case_id = bench.start()
    bench.bell.failures = 2
    bench.check(case_id)
    play_until(bench.engine, bench.clock, bench.clock.now() + timedelta(hours=1))
    states = {step.element_id: step.state for step in bench.engine.steps(case_id, ANNA)}
    assert states["Task_Check"] == "done"
    assert states["Task_Ring"] == "failed"
    assert states["Task_Approve"] == "todo"


def test_the_case_summary_shows_the_scheme_s_variables(bench: Bench) -> None:
    view = bench.engine.case(bench.start(Decimal("1500.50")), ANNA)
    assert [(item.name, item.value) for item in view.summary] == [("amount", "1500.50")]


@pytest.mark.parametrize("item", ["", "x", "a-b", "nothing-1", "nothing-99999999999999"])
def test_a_task_id_made_up_is_not_found(bench: Bench, item: str) -> None:
    with pytest.raises(PasserelleError):
        bench.engine.task(item, ANNA)


def test_who_the_case_is_about_is_told_only_to_roles_that_may_read_identities(
    bench: Bench,
) -> None:
    case_id = bench.start()
    officer = Actor("o", (Grant("clerk", "office", "CM"),))
    assert [(i.label, i.value) for i in bench.engine.person(case_id, officer)] == [
        ("Nom", "Essai Premier")
    ]
    assert bench.engine.person(case_id, Actor("a", (Grant("auditor", None),))) == ()
    with pytest.raises(NotFound):
        bench.engine.person(case_id, STRANGER)


def test_a_role_held_elsewhere_does_not_ask_anything_of_this_case(bench: Bench) -> None:
    case_id = bench.start()
    (action,) = bench.engine.actions(case_id, ANNA)
    both = Actor("both", (Grant("auditor", None), Grant("clerk", "elsewhere", "CM")))
    assert bench.engine.case(case_id, both).id == case_id
    assert bench.engine.actions(case_id, both) == ()
    with pytest.raises(NotFound):
        bench.engine.send(case_id, action.activation, {}, both)
