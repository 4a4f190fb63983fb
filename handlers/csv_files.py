"""CSV in and out: every room reads and writes tables of rows the same way.

A file is UTF-8 (with or without a byte order mark) and has a line of column names; commas or
semicolons separate, as spreadsheets in either habit write them. Reading tells every problem with
its row, column and reason, and stores nothing: the room that asked decides whether to take the
good rows or none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import PasserelleError

LARGEST_BYTES = 20_000_000
MOST_ROWS = 100_000
REASONS: Mapping[str, str] = {
    "large": "it is larger than {about} bytes.",
    "rows": "it has over {about} rows.",
    "no-csv": "it is no CSV here: {about}.",
    "encoding": "byte {about} is not UTF-8. Save the file as CSV UTF-8.",
    "unknown-column": "no such column is known. Known: {about}.",
    "column-twice": "it stands there more than once.",
    "column-missing": "this column is missing.",
    "cells": "it has {about} cells, another number than the first row.",
    "empty": "it is empty.",
}
"""What reading itself finds wrong, by code; pages have the same in their languages."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """A column of a file.

    :ivar name: as the first line spells it.
    :ivar parse: makes a value of a cell's text, spaces around it taken away.
        Raises :class:`ValueError` with a reason that a person can act on.
    :ivar required: whether an empty cell is a problem; otherwise it reads as ``None``.
    """

    name: str
    parse: Callable[[str], Any] = str
    required: bool = True


@dataclass(frozen=True, slots=True)
class CsvProblem:
    """One thing that is wrong with a file.

    :ivar row: line number as a spreadsheet counts it: the names are row 1; 0 for the whole file.
    :ivar column: name of the column, ``""`` for the whole row.
    :ivar reason: in English.
    :ivar code: by which a page says it in its own language; ``""`` where there is none.
    :ivar about: what the reason is about: the cell's text, a number, names of columns.
    """

    row: int
    column: str
    reason: str
    code: str = field(default="", compare=False)
    about: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = f"row {self.row}" if self.row else "file"
        return (
            f"{place}, {self.column}: {self.reason}" if self.column else f"{place}: {self.reason}"
        )


class CellRefused(ValueError):
    """A cell's text cannot be used; a code lets a page say so in its own language.

    :ivar code: of the reason. :ivar about: the text.
    """

    def __init__(self, code: str, about: str, reason: str) -> None:
        self.code, self.about = code, about
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A good row: its number in the file and its values by column name."""

    number: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class CsvTable:
    """What a file holds.

    :ivar rows: the good ones. :ivar problems: what is wrong with the others, or with the file.
    """

    rows: list[CsvRow] = field(default_factory=list)
    problems: list[CsvProblem] = field(default_factory=list)


class CsvRefused(PasserelleError):
    """A file has problems and was to be taken whole; nothing was stored.

    :ivar problems: all of them.
    """

    def __init__(self, problems: Sequence[CsvProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


def read_csv(content: bytes, columns: Sequence[CsvColumn]) -> CsvTable:
    """Read a file; a row with a problem is told and left out, the others are given.

    >>> table = read_csv(b"code;cases\\nlittoral;2\\nest;many\\n",
    ...                  [CsvColumn("code"), CsvColumn("cases", int)])
    >>> [row.values for row in table.rows], len(table.problems)
    ([{'code': 'littoral', 'cases': 2}], 1)
    """
    table = CsvTable()
    text = _decoded(content, table)
    if text is None:
        return table
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if _fit(names, columns, table):
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    _take(reader.line_num, names, cells, columns, table)
                if len(table.rows) + len(table.problems) > MOST_ROWS:
                    table.problems.append(_problem(0, "", "rows", f"{MOST_ROWS:,}"))
                    break
    except csv.Error as error:
        table.problems.append(_problem(reader.line_num, "", "no-csv", str(error)))
    return table


def _problem(row: int, column: str, code: str, about: str = "") -> CsvProblem:
    return CsvProblem(row, column, REASONS[code].format(about=about), code, about)


def _decoded(content: bytes, table: CsvTable) -> str | None:
    if len(content) > LARGEST_BYTES:
        table.problems.append(_problem(0, "", "large", f"{LARGEST_BYTES:,}"))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        table.problems.append(_problem(0, "", "encoding", str(error.start)))
        return None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _fit(names: Sequence[str], columns: Sequence[CsvColumn], table: CsvTable) -> bool:
    known = {column.name for column in columns}
    for name in names:
        if name not in known:
            table.problems.append(_problem(1, name, "unknown-column", ", ".join(sorted(known))))
        elif names.count(name) > 1:
            table.problems.append(_problem(1, name, "column-twice"))
    for column in columns:
        if column.required and column.name not in names:
            table.problems.append(_problem(1, column.name, "column-missing"))
    return not table.problems


def _take(
    number: int,
    names: Sequence[str],
    cells: Sequence[str],
    columns: Sequence[CsvColumn],
    table: CsvTable,
) -> None:
    if len(cells) != len(names):
        table.problems.append(_problem(number, "", "cells", str(len(cells))))
        return
    texts = dict(zip(names, (cell.strip() for cell in cells), strict=True))
    values: dict[str, Any] = {}
    problems = []
    for column in columns:
        try:
            values[column.name] = _value(column, texts.get(column.name, ""))
        except CellRefused as error:
            told = CsvProblem(number, column.name, str(error), error.code, error.about)
            problems.append(told)
        except ValueError as error:
            problems.append(CsvProblem(number, column.name, str(error)))
    table.problems.extend(problems)
    if not problems:
        table.rows.append(CsvRow(number, values))


def _value(column: CsvColumn, text: str) -> Any:
    if text:
        return column.parse(text)
    if column.required:
        raise CellRefused("empty", "", REASONS["empty"])
    return None


def write_csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as a UTF-8 file with a byte order mark, which spreadsheets open as it is.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    Source: OWASP, CSV injection.

    :param rows: values by column name; ``None`` and what is missing become an empty cell.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
