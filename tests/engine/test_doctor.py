"""The doctor finds each contradiction between a case's state, its rows and its history."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.model import JobKind
from engine.store import tables as t
from engine.store.jobs import insert_job
from tests.engine.conftest import ANNA, Bench

Harm = Callable[[Bench, str], None]


def told(bench: Bench, case_id: str) -> str:
    return "\n".join(ailment.what for ailment in bench.engine.examine_case(case_id))


def change(bench: Bench, statement: sa.Executable) -> None:
    """Write past the engine, as somebody with a database client would."""
    with bench.store.unit_of_work() as uow:
        assert uow.connection.execute(statement).rowcount > 0  # type: ignore[attr-defined]


def without_item(bench: Bench, case_id: str) -> None:
    change(bench, sa.delete(t.work_item_groups).where(t.work_item_groups.c.case_id == case_id))
    change(bench, sa.delete(t.work_items).where(t.work_items.c.case_id == case_id))


def without_subscription(bench: Bench, case_id: str) -> None:
    change(bench, sa.delete(t.subscriptions).where(t.subscriptions.c.case_id == case_id))


def with_a_stray_timer(bench: Bench, case_id: str) -> None:
    with bench.store.unit_of_work() as uow:
        insert_job(
            uow,
            case_id=case_id,
            activation=99,
            element_id="X",
            kind=JobKind.TIMER,
            due_at=bench.engine.now(),
        )


def ended_by_hand(bench: Bench, case_id: str) -> None:
    where = t.cases.c.id == case_id
    change(bench, sa.update(t.cases).where(where).values(status="completed"))


def with_an_older_state(bench: Bench, case_id: str) -> None:
    with bench.store.unit_of_work() as uow:
        state = uow.connection.execute(
            sa.select(t.cases.c.state).where(t.cases.c.id == case_id)
        ).scalar_one()
    bench.check(case_id)
    change(bench, sa.update(t.cases).where(t.cases.c.id == case_id).values(state=state))


def damaged(bench: Bench, case_id: str) -> None:
    where = t.cases.c.id == case_id
    change(bench, sa.update(t.cases).where(where).values(state=json.dumps({"version": 9}).encode()))


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        (without_item, "waits for a task, and no row stands for it"),
        (without_subscription, "waits for a message, and no row stands for it"),
        (with_a_stray_timer, "a timer is there for activation 99, where no token stands"),
        (ended_by_hand, "its row says completed, its state active"),
        (with_an_older_state, "was left, says history"),
        (damaged, "its state cannot be read"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_each_contradiction_is_found_and_told(bench: Bench, harm: Harm, finding: str) -> None:
    case_id = bench.start()
    assert told(bench, case_id) == ""
    harm(bench, case_id)
    assert finding in told(bench, case_id)


def test_a_sound_site_has_nothing_wrong_at_any_step_and_every_case_is_examined(
    bench: Bench,
) -> None:
    cases = [bench.start(amount) for amount in (500, 5000, 700)]
    bench.check(cases[0])
    bench.engine.cancel(cases[2], "Essai", ANNA)
    bench.engine.run_due()
    found = bench.engine.examine()
    assert (found.cases, found.ailments) == (3, ())
    without_item(bench, cases[1])
    (ailment,) = bench.engine.examine().ailments
    assert ailment.case_id == cases[1]
    assert ailment.reference in str(ailment)
