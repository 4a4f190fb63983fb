"""Reports count cases that somebody may see, and tell a funder no small number."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.errors import NotFound
from engine.model import Actor, Grant
from engine.service import Record, ReportView
from tests.engine.conftest import ANNA, Bench

FUNDER = Actor("funder", (Grant("funder", None, sees_cases=False),))
DESIGNER = Actor("designer", (Grant("process_designer", None, sees_cases=False),))
ELSEWHERE = Actor("else", (Grant("clerk", "another-office", "CM"),))


def counted(view: ReportView) -> dict[tuple[str, ...], int | None]:
    return {line.cells: line.count for line in view.lines}


def report(bench: Bench, actor: Actor = ANNA, **period: datetime) -> ReportView:
    return bench.engine.report("cm/loan", "by_completeness", actor, "fr", **period)


def record(key: str, year: int = 2015, **variables: object) -> Record:
    begun = datetime(year, 3, 1, tzinfo=UTC)
    return Record(key, begun, datetime(year, 9, 1, tzinfo=UTC), variables)


def take_in(bench: Bench, *records: Record) -> list[bool]:
    with bench.store.unit_of_work() as uow:
        return [bench.engine.take_in(uow, "cm/loan", each, ANNA) for each in records]


def test_cases_are_counted_by_their_values_where_the_condition_holds(bench: Bench) -> None:
    for amount in (500, 700, 50):
        bench.check(bench.start(amount))
    bench.start(300)
    view = report(bench)
    assert counted(view) == {("yes",): 2, ("",): 1}
    assert view.cases == 3
    assert {line.cells: line.total for line in view.lines} == {
        ("yes",): Decimal(1200),
        ("",): Decimal(300),
    }


def test_only_cases_that_the_reader_may_see_are_counted(bench: Bench) -> None:
    mine, other = bench.start(500), bench.start(500)
    with bench.store.unit_of_work() as uow:
        uow.add_party(other, "another-office", "clerk", bench.engine.now())
    assert report(bench).cases == 2
    assert report(bench, ELSEWHERE).cases == 1
    assert bench.engine.case(mine, ANNA).id == mine
    assert [each.code for each in bench.engine.report_names(ELSEWHERE)] == ["by_completeness"]


def test_who_counts_nothing_is_told_of_no_report(bench: Bench) -> None:
    bench.start(500)
    assert bench.engine.report_names(DESIGNER) == ()
    with pytest.raises(NotFound):
        report(bench, DESIGNER)
    with pytest.raises(NotFound):
        bench.engine.report("cm/loan", "nothing", ANNA)


def test_a_funder_sees_no_case_and_no_number_below_five(bench: Bench) -> None:
    for _ in range(5):
        bench.check(bench.start(500))
    bench.start(500)
    assert bench.engine.cases(FUNDER).total == 0
    view = report(bench, FUNDER)
    assert (counted(view), view.cases) == ({("yes",): 5, ("",): None}, 6)
    assert {line.total for line in view.lines if line.count is None} == {None}


def test_a_period_counts_the_cases_that_began_in_it(bench: Bench) -> None:
    take_in(bench, record("a", 2014, amount=Decimal(200)), record("b", 2015, amount=Decimal(200)))
    first = datetime(2014, 1, 1, tzinfo=UTC)
    second = datetime(2015, 1, 1, tzinfo=UTC)
    assert report(bench, since=first, until=second).cases == 1
    assert report(bench, since=first).cases == 2


def test_a_record_of_before_is_a_case_that_is_over_once(bench: Bench) -> None:
    told = record("old-1", amount=Decimal(900), complete="yes")
    assert take_in(bench, told) == [True]
    assert take_in(bench, told) == [False]
    (case,) = bench.engine.cases(ANNA).items
    assert (case.reference, case.status.is_final) == ("CM-LOAN-2015-00001", True)
    assert case.ended_at == told.ended_at
    assert bench.engine.tasks_of(case.id, ANNA) == ()
    assert counted(report(bench)) == {("yes",): 1}
    assert [event.kind for event in bench.engine.history(case.id, ANNA)] == [
        "case.imported",
        "party.added",
    ]
    assert bench.engine.verify(case.id, ANNA).problems == ()
    assert {step.state for step in bench.engine.steps(case.id, ANNA)} == {"todo"}
