"""``passerelle organisations``: import and export."""

from __future__ import annotations

from pathlib import Path

import click

from engine.composition import open_engine
from engine.service import Engine
from engine.settings import Settings, read_settings
from handlers.organisations import transfer
from handlers.organisations.accreditation import transfer as sets


@click.group()
def organisations() -> None:
    """Bring organisations and what they cover in and out as CSV.

    \b
    Example:
      passerelle organisations export organisations.csv
    """


@organisations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all-or-nothing", is_flag=True, help="Take the file whole or not at all (default).")
@click.option("--good-rows", is_flag=True, help="Take the good rows though others have problems.")
@click.option("--check", is_flag=True, help="Tell the problems only; store nothing.")
@click.pass_context
def import_(
    ctx: click.Context, file: Path, all_or_nothing: bool, good_rows: bool, check: bool
) -> None:
    """Write an organisation for each row of a CSV FILE, new or over the one that has its id.

    Columns: id, name, kind, country, type, email, language; and, where wanted, active, capacity,
    source, sectors, regions, levels, languages (codes separated by |).

    \b
    Example:
      passerelle organisations import organisations.csv --check
    """
    if all_or_nothing and good_rows:
        raise click.UsageError("Choose --all-or-nothing or --good-rows, not both.")
    engine = _open(ctx)
    # In a snapshot nothing that is written is kept.
    opened = engine.store.snapshot() if check else engine.store.unit_of_work()
    with opened as uow:
        taken = transfer.take_in(
            uow, file.read_bytes(), engine.now(), all_or_nothing=not (good_rows or check)
        )
    for problem in taken.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    would = "could be written" if check else "were written"
    click.echo(
        f"{taken.changed} organisations {would}, {taken.same} are the same already; "
        f"{len(taken.problems)} problems."
    )
    ctx.exit(1 if taken.problems else 0)


@organisations.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write every organisation to a CSV FILE that an import takes back.

    \b
    Example:
      passerelle organisations export organisations.csv
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        content = transfer.export(uow)
    file.write_bytes(content)
    click.echo(f"{file} is written.")


@organisations.group()
def specifications() -> None:
    """Publish sets of specifications, or write down those that are published.

    \b
    Example:
      passerelle organisations specifications publish cahier.csv --check
    """


@specifications.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all-or-nothing", is_flag=True, help="Take the file whole or not at all (default).")
@click.option("--good-rows", is_flag=True, help="Publish the sets that have no problem.")
@click.option("--check", is_flag=True, help="Tell the problems only; publish nothing.")
@click.pass_context
def publish(
    ctx: click.Context, file: Path, all_or_nothing: bool, good_rows: bool, check: bool
) -> None:
    """Publish each version of a set that a CSV FILE spells out, a row a criterion.

    Columns: code, version, country, published_on, mark (S, W, I or R), source, name_fr, name_en,
    criterion, text_fr, text_en; and, where there is one, name_ar, text_ar. A version is published
    whole and never changes.

    \b
    Example:
      passerelle organisations specifications publish cahier.csv
    """
    if all_or_nothing and good_rows:
        raise click.UsageError("Choose --all-or-nothing or --good-rows, not both.")
    store = _open(ctx).store
    # In a snapshot nothing that is written is kept.
    opened = store.snapshot() if check else store.unit_of_work()
    with opened as uow:
        done = sets.take_in(uow, file.read_bytes(), all_or_nothing=not (good_rows or check))
    for problem in done.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    would = "could be published" if check else "were published"
    click.echo(
        f"{done.published} versions {would}, {done.same} are there already; "
        f"{len(done.problems)} problems."
    )
    ctx.exit(1 if done.problems else 0)


@specifications.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export_specifications(ctx: click.Context, file: Path) -> None:
    """Write every published version to a CSV FILE, a row a criterion.

    \b
    Example:
      passerelle organisations specifications export cahiers.csv
    """
    with _open(ctx).store.snapshot() as uow:
        content = sets.export(uow)
    file.write_bytes(content)
    click.echo(f"{file} is written.")


def _open(ctx: click.Context) -> Engine:
    return open_engine(ctx.find_object(Settings) or read_settings())
