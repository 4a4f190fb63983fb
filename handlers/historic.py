"""``passerelle historic``: cases that ended in earlier records, taken in from CSV for reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from engine.composition import open_engine
from engine.model import Actor
from engine.service import Engine, Record
from engine.settings import Settings, read_settings
from handlers.csv_files import CsvColumn, CsvProblem, CsvTable, read_csv

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_FIXED = ("key", "started_on", "ended_on")


@click.group()
def historic() -> None:
    """Take in cases of before the site, as codes, dates and amounts that reports count.

    \b
    Example:
      passerelle historic import cm/ofii 2009-2025.csv --check
    """


@historic.command("import")
@click.argument("scheme")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--good-rows", is_flag=True, help="Take the good rows though others have problems.")
@click.option("--check", is_flag=True, help="Tell the problems only; store nothing.")
@click.pass_context
def take_in(ctx: click.Context, scheme: str, file: Path, good_rows: bool, check: bool) -> None:
    """Take in cases that are over. Columns: key, started_on, ended_on, and the scheme's variables.

    The key is what the earlier records call the case; a row taken in before is left as it is. No
    names: people of the past stay in the records that they gave their consent to.

    \b
    Example:
      passerelle historic import tg/ofii-anpe 2016-2020.csv
    """
    engine = open_engine(ctx.find_object(Settings) or read_settings())
    table = read_records(engine, scheme, file.read_bytes())
    for problem in table.problems:
        click.echo(str(problem), err=True)
    if check or (table.problems and not good_rows):
        click.echo(f"{len(table.rows)} good rows, nothing stored.")
        raise SystemExit(1 if table.problems else 0)
    taken = store_records(engine, scheme, table)
    click.echo(f"{taken} cases taken in, {len(table.rows) - taken} were there already.")


def read_records(engine: Engine, scheme: str, content: bytes) -> CsvTable:
    """Read a file of earlier cases; what is wrong with a row leaves it out.

    :raises NotFound: there is no such scheme.
    """
    variables = engine.countable_variables(scheme)
    columns = [
        CsvColumn("key", _code),
        CsvColumn("started_on", _day),
        CsvColumn("ended_on", _day),
        *(CsvColumn(name, _reader(codes), required=False) for name, codes in variables.items()),
    ]
    table = read_csv(content, columns)
    for row in list(table.rows):
        if row.values["ended_on"] < row.values["started_on"]:
            table.rows.remove(row)
            reason = "it ended before it began."
            table.problems.append(CsvProblem(row.number, "ended_on", reason))
    return table


def store_records(engine: Engine, scheme: str, table: CsvTable) -> int:
    """Store what was read, all in one transaction; return how many were new."""
    actor = Actor("cli")
    with engine.store.unit_of_work() as uow:
        records = (_record(row.values) for row in table.rows)
        return sum(engine.take_in(uow, scheme, record, actor) for record in records)


def _record(values: Mapping[str, Any]) -> Record:
    known = {k: v for k, v in values.items() if k not in _FIXED and v is not None}
    return Record(values["key"], _moment(values["started_on"]), _moment(values["ended_on"]), known)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(f"'{text}' is no code: use letters, digits, hyphens and underlines.")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is no date. Write one such as 2019-03-31.") from error


def _reader(codes: frozenset[str]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if codes and text not in codes:
            raise ValueError(f"'{text}' is none of {', '.join(sorted(codes))}.")
        return text if codes else _plain(text)

    return read


def _plain(text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _code(text)
