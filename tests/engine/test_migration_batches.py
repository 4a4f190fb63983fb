"""What the engine promises when the cases of a version move in bulk; on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, InvalidAnswer, NotFound
from engine.model import JobKind
from engine.service import BatchView
from engine.store import tables as t
from engine.worker import Worker
from tests.engine.conftest import ANNA, Bench
from tests.engine.test_migrations import DESIGNER, MAPPING, REASON, RENAMED, folder, publish
from tests.engine.test_resilience import at_once
from tests.engine.test_service import kinds

__all__ = ["folder"]


def begin(bench: Bench, mapping: dict[str, str] | None = None, **more: object) -> BatchView:
    return bench.engine.start_migration_batch(
        "cm/loan", 1, 2, MAPPING if mapping is None else mapping, REASON, DESIGNER, **more
    )


def counts(bench: Bench, batch_id: str) -> dict[str, int]:
    return {s: n for s, n in bench.engine.migration_batch(batch_id).counts.items() if n}


def moved(bench: Bench, case_id: str) -> int:
    return kinds(bench, case_id).count("case.migrated")


def test_the_cases_of_a_version_move_one_by_one_and_each_once(bench: Bench, folder: Path) -> None:
    cases = [bench.start() for _ in range(5)]
    publish(bench, folder, RENAMED)
    batch = begin(bench)
    assert (batch.status, batch.total, batch.counts["waiting"]) == ("running", 5, 5)
    bench.engine.run_due()
    after = bench.engine.migration_batch(batch.id)
    assert (after.status, after.counts["moved"]) == ("done", 5)
    assert [moved(bench, case) for case in cases] == [1] * 5
    assert bench.engine.run_due() == 0
    events = [e for e in bench.engine.history(cases[0], ANNA) if e.kind == "case.migrated"]
    assert events[0].actor == "designer"
    assert [v.running for v in bench.engine.versions("cm/loan")] == [5, 0]
    assert all(item.can_undo for item in bench.engine.migration_items(batch.id))


def test_a_batch_is_previewed_with_what_moves_and_why_not(bench: Bench, folder: Path) -> None:
    for _ in range(2):
        bench.start()
    done = bench.start(5000)
    bench.check(done)
    bench.engine.run_due()
    publish(bench, folder, RENAMED, ('name="Approuver"', 'name="Approuver bien"'))
    preview = bench.engine.preview_batch("cm/loan", 1, 2, {}, locale="en")
    assert (preview.cases, preview.possible, list(preview.refused.values())) == (3, 1, [2])
    assert len(preview.examples) == 2
    assert "Approuver bien: it was called 'Approuver'." in preview.changes
    assert bench.engine.preview_batch("cm/loan", 1, 2, MAPPING).possible == 3
    standing = bench.engine.standings("cm/loan", 1, 2, {}, "en")
    assert [(s.element_id, s.cases, s.target) for s in standing] == [
        ("Task_Check", 2, None),
        ("Task_Approve", 1, "Task_Approve"),
    ]
    assert standing[0].choices[0][0] == "Task_Verify"


def test_what_is_refused_says_why_and_is_tried_again_when_asked(bench: Bench, folder: Path) -> None:
    case_id = bench.start()
    publish(bench, folder, RENAMED)
    batch = begin(bench, {})
    bench.engine.run_due()
    (item,) = bench.engine.migration_items(batch.id, locale="fr")
    assert item.status == "refused"
    assert item.reasons[0].startswith("la nouvelle version n'a pas Task_Check.")
    bench.engine.complete(bench.task(case_id), {"complete": "yes"}, ANNA)
    bench.engine.resume_batch(batch.id, DESIGNER)
    assert counts(bench, batch.id) == {"refused": 1}
    bench.engine.resume_batch(batch.id, DESIGNER, refused=True)
    bench.engine.run_due()
    assert counts(bench, batch.id) == {"moved": 1}  # It stands elsewhere by now.


def test_a_paused_batch_rests_and_goes_on_where_it_was(bench: Bench, folder: Path) -> None:
    for _ in range(4):
        bench.start()
    publish(bench, folder, RENAMED)
    batch = begin(bench)
    assert bench.engine.run_batch(batch.id, 1) == 1
    assert bench.engine.pause_batch(batch.id, DESIGNER).status == "paused"
    assert bench.engine.run_due() == 0
    assert counts(bench, batch.id) == {"moved": 1, "waiting": 3}
    bench.engine.resume_batch(batch.id, DESIGNER)
    bench.engine.run_due()
    assert counts(bench, batch.id) == {"moved": 4}


def test_a_cancelled_batch_moves_nothing_more(bench: Bench, folder: Path) -> None:
    for _ in range(3):
        bench.start()
    publish(bench, folder, RENAMED)
    batch = begin(bench)
    bench.engine.run_batch(batch.id, 1)
    assert bench.engine.cancel_batch(batch.id, DESIGNER).status == "cancelled"
    assert bench.engine.run_due() == 0
    assert counts(bench, batch.id) == {"moved": 1, "cancelled": 2}
    with pytest.raises(Conflict):
        bench.engine.resume_batch(batch.id, DESIGNER)


def test_a_case_that_ended_or_moved_meanwhile_is_refused_by_name(
    bench: Bench, folder: Path
) -> None:
    ended, elsewhere = bench.start(), bench.start()
    publish(bench, folder, RENAMED)
    batch = begin(bench)
    bench.engine.cancel(ended, "withdrawn", ANNA)
    bench.engine.migrate_case(elsewhere, 2, MAPPING, "by hand", DESIGNER)
    bench.engine.run_due()
    reasons = [item.reasons[0] for item in bench.engine.migration_items(batch.id)]
    assert counts(bench, batch.id) == {"refused": 2}
    assert "cancelled" in reasons[0]
    assert "already" in reasons[1]


def test_only_the_named_cases_move(bench: Bench, folder: Path) -> None:
    bench.start()
    chosen = bench.engine.case(bench.start(), ANNA).reference
    publish(bench, folder, RENAMED)
    batch = begin(bench, only=[chosen])
    bench.engine.run_due()
    assert [i.reference for i in bench.engine.migration_items(batch.id)] == [chosen]


def test_a_batch_needs_a_reason_a_right_mapping_and_two_versions(
    bench: Bench, folder: Path
) -> None:
    publish(bench, folder, RENAMED)
    with pytest.raises(InvalidAnswer):
        bench.engine.start_migration_batch("cm/loan", 1, 2, {}, "", DESIGNER)
    with pytest.raises(InvalidAnswer, match="Task_Chek"):
        begin(bench, {"Task_Chek": "Task_Verify"})
    with pytest.raises(Conflict):
        bench.engine.start_migration_batch("cm/loan", 1, 1, {}, REASON, DESIGNER)
    with pytest.raises(NotFound):
        bench.engine.start_migration_batch("cm/loan", 1, 7, {}, REASON, DESIGNER)
    with pytest.raises(NotFound):
        bench.engine.migration_batch("nothing")


def test_a_damaged_case_is_refused_alone_and_the_batch_goes_on(bench: Bench, folder: Path) -> None:
    damaged, sound = bench.start(), bench.start()
    publish(bench, folder, RENAMED)
    batch = begin(bench)
    with bench.store.unit_of_work() as uow:
        here = t.cases.c.id == damaged
        uow.connection.execute(sa.update(t.cases).where(here).values(state=b"{"))
    bench.engine.run_due()
    assert counts(bench, batch.id) == {"refused": 1, "moved": 1}
    assert (moved(bench, damaged), moved(bench, sound)) == (0, 1)
    (item,) = bench.engine.migration_items(batch.id, ["refused"])
    assert "cannot be read" in item.reasons[0]


def test_two_workers_move_two_hundred_cases_each_once(bench: Bench, folder: Path) -> None:
    cases = [bench.start() for _ in range(200)]
    publish(bench, folder, RENAMED)
    batch = begin(bench)

    def work() -> int:
        tried = 0
        while ran := bench.engine.run_batch(batch.id, 20):
            tried += ran
        return tried

    tried = at_once(work, work)
    while bench.engine.run_batch(batch.id):
        tried.append(0)
    assert counts(bench, batch.id) == {"moved": 200}
    assert {moved(bench, case) for case in cases} == {1}
    assert not any(bench.engine.verify(case, ANNA).problems for case in cases[::20])


def test_a_large_batch_hides_no_work_that_comes_due_after_it(bench: Bench, folder: Path) -> None:
    calling = bench.start(5000)
    for _ in range(12):
        bench.start()
    publish(bench, folder, RENAMED)
    begin(bench)
    bench.clock.move_to(bench.clock.now() + timedelta(hours=1))
    bench.check(calling)
    first, *others = bench.engine.runner.due(10)
    assert (first.case_id, first.handler) == (calling, "test.ring")
    assert {job.kind for job in others} == {JobKind.MIGRATION}
    assert len(others) == 9


def test_the_worker_moves_a_batch_by_itself(bench: Bench, folder: Path) -> None:
    for _ in range(3):
        bench.start()
    publish(bench, folder, RENAMED)
    batch = begin(bench)
    assert Worker(bench.engine).work_once()
    assert counts(bench, batch.id) == {"moved": 3}
