"""Cases of before, from CSV: every problem told by row and column, a file taken in once."""

from __future__ import annotations

from handlers.historic import read_records, store_records
from tests.engine.conftest import ANNA, Bench, bench

__all__ = ["bench"]

HEAD = "key,started_on,ended_on,amount,complete\n"


def file(*rows: str) -> bytes:
    return (HEAD + "\n".join(rows) + "\n").encode()


def test_a_file_is_taken_in_whole_and_once(bench: Bench) -> None:
    content = file("a-1,2012-01-05,2013-02-01,2500.50,yes", "a-2,2014-01-05,2014-02-01,,")
    table = read_records(bench.engine, "cm/loan", content)
    assert table.problems == []
    assert store_records(bench.engine, "cm/loan", table) == 2
    assert store_records(bench.engine, "cm/loan", table) == 0
    assert bench.engine.cases(ANNA).total == 2


def test_each_problem_tells_row_column_and_reason_and_nothing_is_stored(bench: Bench) -> None:
    content = file(
        "a 1,2012-01-05,2013-02-01,1,yes",
        "a-2,05/01/2012,2013-02-01,1,yes",
        "a-3,2014-01-05,2013-02-01,1,yes",
        "a-4,2014-01-05,2014-02-01,Madame Exemple vend du tissu,yes",
        "a-5,2014-01-05,2014-02-01,100,yes",
    )
    table = read_records(bench.engine, "cm/loan", content)
    places = [(problem.row, problem.column) for problem in table.problems]
    assert sorted(places) == [(2, "key"), (3, "started_on"), (4, "ended_on"), (5, "amount")]
    assert bench.engine.cases(ANNA).total == 0
    assert store_records(bench.engine, "cm/loan", table) == 1


def test_a_column_that_no_report_counts_is_refused(bench: Bench) -> None:
    content = b"key,started_on,ended_on,family_name\na-1,2012-01-05,2013-02-01,Exemple\n"
    table = read_records(bench.engine, "cm/loan", content)
    assert [(problem.row, problem.column) for problem in table.problems] == [(1, "family_name")]
