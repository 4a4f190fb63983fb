"""A file is read row by row: what is good is given, what is wrong is told with its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.csv_files import CsvColumn, read_csv, write_csv

COLUMNS = (CsvColumn("name"), CsvColumn("cases", int, required=False))


def test_a_file_reads_with_commas_semicolons_and_a_byte_order_mark() -> None:
    for content in (b"name,cases\nLittoral,2\n", b"\xef\xbb\xbfname;cases\r\nLittoral;2\r\n"):
        table = read_csv(content, COLUMNS)
        assert not table.problems
        assert [(row.number, row.values) for row in table.rows] == [
            (2, {"name": "Littoral", "cases": 2})
        ]


def test_every_problem_is_told_with_row_column_and_reason_and_good_rows_are_given() -> None:
    table = read_csv(b"name,cases\nEst,many\n,1\nOuest\nSud,\n", COLUMNS)
    assert [row.values for row in table.rows] == [{"name": "Sud", "cases": None}]
    places = [(problem.row, problem.column) for problem in table.problems]
    assert places == [(2, "cases"), (3, "name"), (4, "")]
    assert str(table.problems[1]) == "row 3, name: it is empty."
    assert [problem.code for problem in table.problems] == ["", "empty", "cells"]


def test_unknown_missing_and_doubled_columns_are_told_before_any_row_is_read() -> None:
    table = read_csv(b"cases,cases,colour\n1,1,red\n", COLUMNS)
    assert {(problem.row, problem.column) for problem in table.problems} == {
        (1, "cases"),
        (1, "colour"),
        (1, "name"),
    }
    assert not table.rows


def test_what_is_no_text_or_no_csv_is_told() -> None:
    assert "UTF-8" in str(read_csv(b"name\n\xff\n", COLUMNS).problems[0])
    assert read_csv(b'name\n"open\n', COLUMNS).problems
    assert read_csv(b"", COLUMNS).problems


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    table = read_csv(content, COLUMNS)
    assert all(problem.reason for problem in table.problems)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)))
def test_what_is_written_reads_back_unless_it_could_be_a_formula(names: list[str]) -> None:
    rows = [{"name": name} for name in names]
    table = read_csv(write_csv(["name"], rows), COLUMNS)
    wanted = [f"'{n}" if n.startswith(("=", "+", "-", "@", "\t", "\r")) else n for n in names]
    shown = [str(row.values["name"]) for row in table.rows]
    assert shown == [name.strip() for name in wanted if name.strip()]


def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text() -> None:
    assert b"'=HYPERLINK" in write_csv(["name"], [{"name": "=HYPERLINK(1)"}])
