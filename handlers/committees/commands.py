"""``passerelle committees``: bodies and members as CSV."""

from __future__ import annotations

from pathlib import Path

import click

from engine.composition import open_engine
from engine.settings import Settings, read_settings
from handlers.committees import transfer

_WHAT = click.Choice(["bodies", "members"])


@click.group()
def committees() -> None:
    """Look after committees: their rules and their members, as CSV.

    \b
    Example:
      passerelle committees export bodies comites.csv
    """


@committees.command("import")
@click.argument("what", type=_WHAT)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--good-rows", is_flag=True, help="Take the good rows though others have problems.")
@click.option("--check", is_flag=True, help="Tell the problems only; store nothing.")
@click.pass_context
def import_(ctx: click.Context, what: str, file: Path, good_rows: bool, check: bool) -> None:
    """Write bodies or members from a CSV FILE; all or nothing, unless --good-rows is given.

    Columns of bodies: id, name, kind, country, organisation, prefix, quorum, majority,
    casting_vote, documents, grid, source. Several documents or criteria have | between them; a
    criterion is code=name:highest:weight. Columns of members: body, account, role, votes, since,
    until. A row with a known id changes what is there.

    \b
    Example:
      passerelle committees import members membres.csv --check
    """
    engine = open_engine(_settings(ctx))
    take = transfer.take_in_bodies if what == "bodies" else transfer.take_in_members
    # In a snapshot nothing that is written is kept.
    with engine.store.snapshot() if check else engine.store.unit_of_work() as uow:
        taken = take(uow, file.read_bytes(), all_or_nothing=not (good_rows or check))
    for problem in taken.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    would = "could be written" if check else "were written"
    click.echo(f"{taken.count} {what} {would}; {len(taken.problems)} problems.")
    ctx.exit(1 if taken.problems else 0)


@committees.command()
@click.argument("what", type=_WHAT)
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, what: str, file: Path) -> None:
    """Write bodies, or the members who sit now, to a CSV FILE that import reads.

    \b
    Example:
      passerelle committees export members membres.csv
    """
    engine = open_engine(_settings(ctx))
    with engine.store.snapshot() as uow:
        if what == "bodies":
            content = transfer.export_bodies(uow)
        else:
            content = transfer.export_members(uow, engine.now())
    file.write_bytes(content)
    click.echo(f"{file} is written.")


def _settings(ctx: click.Context) -> Settings:
    found = ctx.find_object(Settings)
    return found or read_settings()
