"""What the engine promises when a case moves to another version; on both databases."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.bpmn import MigrationRefused
from engine.errors import (
    CaseEnded,
    Conflict,
    InvalidAnswer,
    NotAllowed,
    NotFound,
    PasserelleError,
    RevisionConflict,
)
from engine.model import Actor, CaseStatus, Grant
from engine.play import play_until
from engine.store import tables as t
from tests.engine.conftest import ANNA, BEN, OPERATOR, SCHEMES, START, Bench
from tests.engine.test_resilience import at_once
from tests.engine.test_service import kinds

DESIGNER = Actor("designer", (Grant("process_designer", None, "CM", sees_cases=False),))
REASON = "The new rules of the agreement"

REMINDER = """
    <bpmn:boundaryEvent id="Event_Late" name="En retard" attachedToRef="{host}"
      cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="Flow_Late" sourceRef="Event_Late" targetRef="Event_LateNoted" />
    <bpmn:endEvent id="Event_LateNoted" name="Retard noté" />
"""


def publish(bench: Bench, folder: Path, *changes: tuple[str, str], extra: str = "") -> int:
    """Publish the loan scheme with its diagram changed, and return its version."""
    target = folder / f"v{len(list(folder.iterdir()))}" / "cm" / "loan"
    target.mkdir(parents=True)
    for path in (SCHEMES / "cm" / "loan").iterdir():
        text = path.read_text()
        if path.suffix == ".bpmn":
            for old, new in changes:
                assert old in text
                text = text.replace(old, new)
            text = text.replace("</bpmn:process>", extra + "</bpmn:process>")
        (target / path.name).write_text(text)
    return bench.engine.deploy(target, ANNA).version


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "versions"
    made.mkdir()
    return made


RENAMED = ("Task_Check", "Task_Verify")
MAPPING = {"Task_Check": "Task_Verify"}


def rows(bench: Bench, *, jobs: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Everything that waits, row by row, as the database has it."""
    found = {}
    tables = (t.work_items, t.work_item_groups, t.jobs, t.subscriptions, t.incidents)
    with bench.store.snapshot() as uow:
        for table in tables:
            query = sa.select(table).order_by(*table.primary_key.columns)
            found[table.name] = [dict(row._mapping) for row in uow.connection.execute(query)]
    return found


def state(bench: Bench, case_id: str) -> bytes:
    with bench.store.snapshot() as uow:
        query = sa.select(t.cases.c.state).where(t.cases.c.id == case_id)
        return bytes(uow.connection.execute(query).scalar_one())


def move(bench: Bench, case_id: str, version: int, **mapping: str) -> None:
    bench.engine.migrate_case(case_id, version, mapping or MAPPING, REASON, DESIGNER)


# --- one case ---------------------------------------------------------------------------------


def test_a_preview_says_what_moves_and_changes_nothing(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    version = publish(bench, folder, RENAMED)
    before = rows(bench)
    refused = bench.engine.preview_migration(case_id, version, {}, "en")
    assert not refused.possible
    (stuck,) = [m for m in refused.moves if m.fate == "stuck"]
    assert stuck.element_id == "Task_Check"
    assert stuck.notes == (
        "the new version has no Task_Check. Map it to another element: Task_Verify, Task_Approve.",
    )
    preview = bench.engine.preview_migration(case_id, version, MAPPING, "fr")
    assert (preview.possible, preview.from_version, preview.to_version) == (True, 1, 2)
    assert {m.target for m in preview.moves} == {"Task_Verify", "Event_Withdrawn"}
    assert rows(bench) == before


def test_a_task_moves_with_its_draft_its_holder_and_its_history(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    task = bench.task(case_id)
    bench.engine.save_draft(task, {"complete": "yes"}, ANNA)
    renamed = ('name="Vérifier le dossier"', 'name="Contrôler le dossier"')
    version = publish(bench, folder, RENAMED, renamed)
    move(bench, case_id, version)
    view = bench.engine.task(task, ANNA)
    assert view.draft == {"complete": "yes"}
    assert (view.item.element_id, view.item.assignee) == ("Task_Verify", "anna")
    assert view.item.name == "Contrôler le dossier"
    bench.engine.complete(task, {"complete": "yes"}, ANNA)
    bench.engine.run_due()
    play_until(bench.engine, bench.clock, START + timedelta(days=40))
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.COMPLETED
    assert bench.engine.verify(case_id, ANNA).problems == ()


def test_a_migration_needs_a_reason_which_stays_out_of_history(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    version = publish(bench, folder, RENAMED)
    with pytest.raises(InvalidAnswer):
        bench.engine.migrate_case(case_id, version, MAPPING, " ", BEN)
    move(bench, case_id, version)
    (event,) = [e for e in bench.engine.history(case_id, ANNA) if e.kind == "case.migrated"]
    assert event.actor == "designer"
    assert (event.data["from"], event.data["to"]) == (1, 2)
    assert event.data["mapping"] == MAPPING
    assert REASON not in str(event.data)
    assert list(event.data["commitments"]) == ["migration_reason_1"]


def test_what_cannot_move_is_refused_whole(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    version = publish(bench, folder, RENAMED)
    before = (rows(bench), kinds(bench, case_id))
    with pytest.raises(MigrationRefused) as refused:
        bench.engine.migrate_case(case_id, version, {}, REASON, DESIGNER)
    assert "Task_Verify" in str(refused.value)
    assert (rows(bench), kinds(bench, case_id)) == before


def test_a_case_that_went_on_since_the_preview_is_not_moved(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    version = publish(bench, folder, RENAMED)
    preview = bench.engine.preview_migration(case_id, version, MAPPING)
    bench.engine.complete(bench.task(case_id), {"complete": "no"}, ANNA)
    with pytest.raises(RevisionConflict):
        bench.engine.migrate_case(
            case_id, version, MAPPING, REASON, DESIGNER, revision=preview.revision
        )


def test_an_ended_case_a_same_version_and_an_unknown_one_are_refused(
    bench: Bench, folder: Path
) -> None:
    case_id = bench.start()
    version = publish(bench, folder, RENAMED)
    with pytest.raises(Conflict):
        move(bench, case_id, 1)
    with pytest.raises(NotFound):
        move(bench, case_id, 9)
    bench.engine.cancel(case_id, "withdrawn", ANNA)
    with pytest.raises(CaseEnded):
        move(bench, case_id, version)


def test_only_who_designs_the_scheme_or_operates_the_site_moves_cases(
    bench: Bench, folder: Path
) -> None:
    case_id = bench.start()
    version = publish(bench, folder, RENAMED)
    elsewhere = Actor("other", (Grant("process_designer", None, "TG", sees_cases=False),))
    for nobody in (ANNA, elsewhere):
        with pytest.raises(NotAllowed):
            bench.engine.migrate_case(case_id, version, MAPPING, REASON, nobody)
        with pytest.raises(NotAllowed):
            bench.engine.start_migration_batch("cm/loan", 1, version, MAPPING, REASON, nobody)
    bench.engine.migrate_case(case_id, version, MAPPING, REASON, OPERATOR)


def test_a_suspended_case_moves_and_stays_suspended(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    bench.engine.suspend(case_id, "to be looked at", OPERATOR)
    before = (rows(bench), state(bench, case_id))
    version = publish(bench, folder, extra=REMINDER.format(host="Task_Check"))
    move(bench, case_id, version, Task_Check="Task_Check")
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.SUSPENDED
    assert bench.engine.next_due() is None
    bench.engine.undo_migration(case_id, "too early", DESIGNER)
    assert (rows(bench), state(bench, case_id)) == before
    move(bench, case_id, version, Task_Check="Task_Check")
    bench.engine.resume(case_id, "looked at", OPERATOR)
    assert bench.engine.next_due() == START + timedelta(days=3)


# --- timers, messages, calls ------------------------------------------------------------------


def to_month(bench: Bench) -> str:
    """A case that waits for its month to pass."""
    case_id = bench.start()
    bench.check(case_id)
    bench.engine.run_due()
    return case_id


def test_a_timer_fires_at_its_old_moment_in_the_new_version(bench: Bench, folder: Path) -> None:
    case_id = to_month(bench)
    version = publish(bench, folder, ("Event_MonthPassed", "Event_Waited"), (">P1M<", ">P9M<"))
    due = bench.engine.next_due()
    bench.clock.move_to(START + timedelta(days=10))
    move(bench, case_id, version, Event_MonthPassed="Event_Waited")
    assert bench.engine.next_due() == due
    play_until(bench.engine, bench.clock, START + timedelta(days=40))
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.COMPLETED


def test_a_new_reminder_counts_from_the_migration(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    version = publish(bench, folder, extra=REMINDER.format(host="Task_Check"))
    bench.clock.move_to(START + timedelta(days=10))
    move(bench, case_id, version, Task_Check="Task_Check")
    assert bench.engine.next_due() == START + timedelta(days=13)


def test_an_action_keeps_waiting_for_people(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    (before,) = bench.engine.actions(case_id, ANNA)
    version = publish(bench, folder, RENAMED, ("Event_Withdrawn", "Event_GaveUp"))
    bench.engine.migrate_case(
        case_id, version, {**MAPPING, "Event_Withdrawn": "Event_GaveUp"}, REASON, DESIGNER
    )
    (after,) = bench.engine.actions(case_id, ANNA)
    assert (after.activation, after.element_id) == (before.activation, "Event_GaveUp")
    bench.engine.send(case_id, after.activation, {}, ANNA)
    assert bench.engine.case(case_id, ANNA).status is CaseStatus.COMPLETED


def test_a_call_in_flight_finishes_into_the_new_version_under_its_old_key(
    bench: Bench, folder: Path
) -> None:
    case_id = bench.start(5000)
    bench.check(case_id)
    (job,) = bench.engine.runner.due(10)
    claimed = bench.engine.runner.claim(job)
    assert claimed is not None
    version = publish(bench, folder, ("Task_Ring", "Task_Tell"))
    move(bench, case_id, version, Task_Ring="Task_Tell")
    assert bench.engine.runner.call(claimed)
    assert [key.split("/")[1] for key in bench.bell.rings] == ["Task_Ring"]
    (item,) = bench.engine.tasks_of(case_id, BEN)
    assert item.element_id == "Task_Approve"
    succeeded = [e for e in bench.engine.history(case_id, ANNA) if e.kind == "call.succeeded"]
    assert [e.element_id for e in succeeded] == ["Task_Tell"]


def test_a_failed_call_is_tried_again_in_the_new_version_under_its_old_key(
    bench: Bench, folder: Path
) -> None:
    bench.bell.failures = 1
    case_id = bench.start(5000)
    bench.check(case_id)
    bench.engine.run_due()
    version = publish(bench, folder, ("Task_Ring", "Task_Tell"))
    move(bench, case_id, version, Task_Ring="Task_Tell")
    play_until(bench.engine, bench.clock, START + timedelta(days=1))
    assert len(bench.bell.rings) == 2
    assert len(set(bench.bell.rings)) == 1
    assert bench.engine.tasks_of(case_id, BEN)[0].element_id == "Task_Approve"


def test_an_incident_goes_along_and_its_retry_calls_as_the_new_version_says(
    bench: Bench, folder: Path
) -> None:
    bench.bell.failures = 2
    case_id = bench.start(5000)
    bench.check(case_id)
    play_until(bench.engine, bench.clock, START + timedelta(days=1))
    (incident,) = bench.engine.incidents()
    version = publish(
        bench, folder, ('source="=amount" target="amount"', 'source="=7" target="amount"')
    )
    move(bench, case_id, version, Task_Ring="Task_Ring")
    assert [i.id for i in bench.engine.incidents()] == [incident.id]
    with bench.store.snapshot() as uow:
        payload = uow.connection.execute(sa.select(t.jobs.c.payload)).scalars().all()
    assert any(b"7" in bytes(p) for p in payload)
    bench.engine.retry(incident.id, "corrected", OPERATOR)
    bench.engine.run_due()
    assert len(set(bench.bell.rings)) == 1
    assert bench.engine.tasks_of(case_id, BEN)[0].element_id == "Task_Approve"


def test_who_did_a_step_under_its_old_id_is_kept_apart_under_the_new_one(
    bench: Bench, folder: Path
) -> None:
    case_id = bench.start(5000)
    bench.check(case_id, ANNA)
    bench.engine.run_due()
    move(bench, case_id, publish(bench, folder, RENAMED))
    task = bench.task(case_id)
    assert bench.engine.task(task, ANNA).separated
    with pytest.raises(NotAllowed):
        bench.engine.complete(task, {}, ANNA)
    bench.engine.complete(task, {}, BEN)


# --- back -------------------------------------------------------------------------------------


def test_an_undone_migration_leaves_every_byte_as_it_was(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    bench.engine.save_draft(bench.task(case_id), {"complete": "no"}, ANNA)
    version = publish(
        bench,
        folder,
        RENAMED,
        ("Event_Withdrawn", "Event_GaveUp"),
        ('candidateGroups="clerk" />\n      </bpmn', 'candidateGroups="chief" />\n      </bpmn'),
        extra=REMINDER.format(host="Task_Verify"),
    )
    before = (rows(bench), state(bench, case_id))
    move(bench, case_id, version)
    assert rows(bench) != before[0]
    assert bench.engine.can_undo_migration(case_id)
    bench.engine.undo_migration(case_id, "too early", DESIGNER)
    assert (rows(bench), state(bench, case_id)) == before
    assert bench.engine.verify(case_id, ANNA).problems == ()
    assert kinds(bench, case_id)[-2:] == ["timer.set", "case.migration_undone"]
    with pytest.raises(NotFound):
        bench.engine.undo_migration(case_id, "again", DESIGNER)
    bench.check(case_id)


def test_a_draft_written_after_the_migration_survives_its_undoing(
    bench: Bench, folder: Path
) -> None:
    case_id = bench.start()
    move(bench, case_id, publish(bench, folder, RENAMED))
    task = bench.task(case_id)
    bench.engine.save_draft(task, {"complete": "yes"}, ANNA)
    bench.engine.undo_migration(case_id, "too early", DESIGNER)
    view = bench.engine.task(task, ANNA)
    assert (view.item.element_id, view.draft) == ("Task_Check", {"complete": "yes"})


def test_a_case_that_has_gone_on_is_not_brought_back(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    move(bench, case_id, publish(bench, folder, RENAMED))
    bench.check(case_id)
    before = rows(bench)
    assert not bench.engine.can_undo_migration(case_id)
    with pytest.raises(Conflict, match="has gone on since"):
        bench.engine.undo_migration(case_id, "too late", DESIGNER)
    assert rows(bench) == before


def test_only_the_last_migration_can_be_undone(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    second = publish(bench, folder, RENAMED)
    third = publish(bench, folder, ("Task_Check", "Task_Third"))
    move(bench, case_id, second)
    move(bench, case_id, third, Task_Verify="Task_Third")
    bench.engine.undo_migration(case_id, "one back", DESIGNER)
    assert bench.engine.tasks_of(case_id, ANNA)[0].element_id == "Task_Verify"
    with pytest.raises(Conflict):
        bench.engine.undo_migration(case_id, "two back", DESIGNER)


# --- two at once ------------------------------------------------------------------------------


def test_completing_a_task_while_its_case_moves_has_one_order(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    task = bench.task(case_id)
    version = publish(bench, folder, RENAMED)
    revision = bench.engine.preview_migration(case_id, version, MAPPING).revision

    def complete() -> str:
        try:
            bench.engine.complete(task, {"complete": "no"}, ANNA)
        except PasserelleError as error:
            return type(error).__name__
        return "completed"

    def migrate() -> str:
        try:
            bench.engine.migrate_case(
                case_id, version, MAPPING, REASON, DESIGNER, revision=revision
            )
        except PasserelleError as error:
            return type(error).__name__
        return "moved"

    found = at_once(complete, migrate)
    happened = kinds(bench, case_id)
    if "moved" in found:  # Then the task was completed in its new version.
        assert happened.index("case.migrated") < happened.index("task.completed")
    else:
        assert "RevisionConflict" in found
        assert "case.migrated" not in happened
    assert happened.count("task.completed") == 1
    assert bench.engine.verify(case_id, ANNA).problems == ()


def test_two_who_move_one_case_at_once_move_it_once(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    version = publish(bench, folder, RENAMED)

    def migrate() -> str:
        try:
            move(bench, case_id, version)
        except PasserelleError as error:
            return type(error).__name__
        return "moved"

    assert sorted(at_once(migrate, migrate)) == ["Conflict", "moved"]
    assert kinds(bench, case_id).count("case.migrated") == 1


# --- what auditors see ----------------------------------------------------------------------------


def test_past_steps_are_told_as_the_version_called_them(bench: Bench, folder: Path) -> None:
    case_id = bench.start(5000)
    bench.check(case_id)
    bench.engine.run_due()
    renamed = ('name="Vérifier le dossier"', 'name="Contrôler le dossier"')
    move(bench, case_id, publish(bench, folder, RENAMED, renamed))
    bench.engine.complete(bench.task(case_id, BEN), {}, BEN)
    told = {
        (e.seq, e.element_name)
        for e in bench.engine.history(case_id, ANNA)
        if e.kind == "task.completed"
    }
    assert {name for _, name in told} == {"Vérifier le dossier", "Approuver"}
    steps = {(s.element_id, s.version): s for s in bench.engine.steps(case_id, ANNA)}
    assert steps["Task_Verify", None].state == "done"  # It goes by its new name here.
    assert steps["Task_Check", 1].state == "done"
    assert ("Task_Approve", 1) not in steps


DRAWN = (
    "</bpmn:definitions>",
    """<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
      xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="Drawing">
      <bpmndi:BPMNPlane id="Plane" bpmnElement="Process_Loan">
        <bpmndi:BPMNShape id="Shape" bpmnElement="Task_Check">
          <dc:Bounds x="100" y="100" width="100" height="80" />
        </bpmndi:BPMNShape>
      </bpmndi:BPMNPlane>
    </bpmndi:BPMNDiagram></bpmn:definitions>""",
)


def test_the_diagram_of_a_version_that_was_left_shows_what_was_done_in_it(
    bench: Bench, folder: Path
) -> None:
    publish(bench, folder, DRAWN)
    case_id = bench.start(5000)
    bench.check(case_id)
    bench.engine.run_due()
    move(bench, case_id, publish(bench, folder, DRAWN, RENAMED))
    planes = [(p.id, p.version) for p in bench.engine.planes(case_id, ANNA)]
    assert planes == [("Process_Loan", None), ("2:Process_Loan", 2)]
    now, then = (bench.engine.diagram(case_id, ANNA, plane) for plane, _ in planes)
    assert "Task_Verify" in now
    assert "Task_Verify" not in then
    for drawing, name in ((now, "Task_Verify"), (then, "Task_Check")):
        (shape,) = re.findall(rf'<g[^>]*data-element-id="{name}"[^>]*>', drawing)
        assert "done" in shape


def test_an_undone_migration_leaves_no_version_behind(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    before = bench.engine.planes(case_id, ANNA)
    move(bench, case_id, publish(bench, folder, RENAMED))
    bench.engine.undo_migration(case_id, "too early", DESIGNER)
    bench.check(case_id)
    assert {s.version for s in bench.engine.steps(case_id, ANNA)} == {None}
    assert bench.engine.planes(case_id, ANNA) == before
