"""``passerelle referrals``: the directory of actors and the support each can give, as CSV."""

from __future__ import annotations

import re
from pathlib import Path

import click

from engine.composition import open_engine
from engine.service import Engine
from engine.settings import Settings, read_settings
from engine.store import UnitOfWork
from handlers.csv_files import CsvColumn, CsvProblem, CsvRefused, read_csv, write_csv
from handlers.organisations import find_organisations
from handlers.referrals.store import Service, save_services, services

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(f"'{text}' is no code: use small letters, digits and hyphens.")
    return text


def _places(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 100_000:
        raise ValueError(f"'{text}' is no number of places. Write digits, such as 20.")
    return int(text)


COLUMNS = (
    CsvColumn("organisation", _code),
    CsvColumn("need", _code),
    CsvColumn("region", _code, required=False),
    CsvColumn("capacity", _places),
)


def take_in(
    uow: UnitOfWork, content: bytes, *, all_or_nothing: bool
) -> tuple[int, list[CsvProblem]]:
    """Write the services of a CSV file; return how many, and what is wrong with the others.

    :raises CsvRefused: there are problems and all rows were wanted.
    """
    table, known = read_csv(content, COLUMNS), {each.id for each in find_organisations(uow)}
    good, problems = [], list(table.problems)
    for row in table.rows:
        if row.values["organisation"] not in known:
            reason = f"there is no organisation '{row.values['organisation']}'. Import it first."
            problems.append(CsvProblem(row.number, "organisation", reason))
            continue
        values = row.values
        good.append(
            Service(
                values["organisation"], values["need"], values["region"] or "", values["capacity"]
            )
        )
    if problems and all_or_nothing:
        raise CsvRefused(problems)
    return save_services(uow, good), problems


@click.group()
def referrals() -> None:
    """Look after the directory of structures and the support each can give.

    \b
    Example:
      passerelle referrals export annuaire.csv
    """


@referrals.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--good-rows", is_flag=True, help="Take the good rows though others have problems.")
@click.option("--check", is_flag=True, help="Tell the problems only; store nothing.")
@click.pass_context
def import_(ctx: click.Context, file: Path, good_rows: bool, check: bool) -> None:
    """Write the services of a CSV FILE; all or nothing, unless --good-rows is given.

    Columns: organisation, need, region (empty: the whole country), capacity.

    \b
    Example:
      passerelle referrals import annuaire.csv --check
    """
    engine = _open(ctx)
    opened = engine.store.snapshot() if check else engine.store.unit_of_work()
    with opened as uow:
        count, problems = take_in(uow, file.read_bytes(), all_or_nothing=not (good_rows or check))
    for problem in problems:
        click.echo(f"{file.name}: {problem}", err=True)
    click.echo(
        f"{count} services {'could be' if check else 'were'} written; {len(problems)} problems."
    )
    ctx.exit(1 if problems else 0)


@referrals.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write the directory to a CSV FILE, a line a service; it can be imported again.

    \b
    Example:
      passerelle referrals export annuaire.csv
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        found = services(uow)
    rows = (
        {
            "organisation": each.organisation_id,
            "need": each.need,
            "region": each.region,
            "capacity": each.capacity,
        }
        for each in found
    )
    file.write_bytes(write_csv([column.name for column in COLUMNS], rows))
    click.echo(f"{file} is written: {len(found)} services.")


def _open(ctx: click.Context) -> Engine:
    return open_engine(ctx.find_object(Settings) or read_settings())
