"""``passerelle people``: import and export, keys, retention, erasures after a restore."""

from __future__ import annotations

from pathlib import Path

import click

from engine.clock import OffsetClock, SystemClock
from engine.composition import open_engine
from engine.errors import ConfigurationError
from engine.service import Engine
from engine.settings import Settings, read_settings
from engine.store import Store
from handlers.organisations import read_organisation
from handlers.people import rotation, transfer
from handlers.people.erasure.log import ErasureLog
from handlers.people.erasure.retention import due
from handlers.people.erasure.service import replay
from handlers.people.erasure.upkeep import ask_for_due
from handlers.people.peoples import People, compose_people


@click.group()
def people() -> None:
    """Look after people's files: CSV, secret keys, retention, erasures.

    \b
    Example:
      passerelle people retention
    """


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="Id of the organisation that opens the files.")
@click.option("--good-rows", is_flag=True, help="Take the good rows though others have problems.")
@click.option("--check", is_flag=True, help="Tell the problems only; store nothing.")
@click.pass_context
def import_(
    ctx: click.Context, file: Path, organisation: str, good_rows: bool, check: bool
) -> None:
    """Open a file for each row of a CSV FILE; all or nothing, unless --good-rows is given.

    Columns: family_name, given_names, family_name_ar, given_names_ar, other_names, birth_date,
    birth_year, gender, preferred_language, phone, email, address, identifier_type,
    identifier_country, identifier_number; each may be left out.

    \b
    Example:
      passerelle people import personnes.csv --organisation ofii-cm --check
    """
    engine, room = _open(ctx)
    # In a snapshot nothing that is written is kept.
    opened = engine.store.snapshot() if check else engine.store.unit_of_work()
    with opened as uow:
        read_organisation(uow, organisation)
        taken = transfer.take_in(
            uow,
            room,
            file.read_bytes(),
            organisation,
            engine.now().date(),
            all_or_nothing=not (good_rows or check),
        )
    for problem in taken.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    would = "could be opened" if check else "were opened"
    click.echo(f"{taken.count} files {would}; {len(taken.problems)} problems.")
    ctx.exit(1 if taken.problems else 0)


@people.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write a line a file to a CSV FILE: dates, cases and consents, without personal data.

    \b
    Example:
      passerelle people export personnes.csv
    """
    engine, room = _open(ctx)
    with engine.store.snapshot() as uow:
        content = transfer.export(uow, room)
    file.write_bytes(content)
    click.echo(f"{file} is written.")


@people.command("rotate-master-key")
@click.option("--destroy-old", is_flag=True, help="Only delete replaced keys that nothing needs.")
@click.pass_context
def rotate_master_key(ctx: click.Context, destroy_old: bool) -> None:
    """Put a new master key in place of the old one and wrap every key anew; killed, it goes on.

    The site may be served meanwhile. The old key stays beside the new one
    (master.key.FINGERPRINT): backups of its time need it. --destroy-old deletes it.

    \b
    Example:
      passerelle people rotate-master-key
    """
    engine, room = _open(ctx)
    if destroy_old:
        gone = rotation.forget_master_keys(engine.store, room.vault)
        click.echo(f"{len(gone)} replaced master keys were deleted.")
        return
    rotation.rotate_master_key(engine.store, room.vault, click.echo)


@people.command("rotate-search-key")
@click.pass_context
def rotate_search_key(ctx: click.Context) -> None:
    """Put a new search key in place of the old one and index everybody anew; killed, it goes on.

    \b
    Example:
      passerelle people rotate-search-key
    """
    engine, room = _open(ctx)
    rotation.rotate_search_key(engine.store, room.search.directory, click.echo)


@people.command()
@click.pass_context
def reindex(ctx: click.Context) -> None:
    """Write again what everybody is found by, for example after a backup was restored.

    \b
    Example:
      passerelle people reindex
    """
    engine, room = _open(ctx)
    count = rotation.reindex(engine.store, room.search.directory)
    click.echo(f"{count} files were indexed.")


@people.command()
@click.option("--ask", is_flag=True, help="Ask for these erasures; somebody approves each of them.")
@click.pass_context
def retention(ctx: click.Context, ask: bool) -> None:
    """List whose data are past their time by the retention of their schemes.

    The worker asks for these erasures by itself once a day (people.retention).

    \b
    Example:
      passerelle people retention --ask
    """
    engine, room = _open(ctx)
    with engine.store.snapshot() as uow:
        over = list(due(uow, room.erasures.schemes, engine.now()))
        for kept in over:
            references = ", ".join(case.reference for case in kept.cases)
            click.echo(f"{kept.person_id}: since {kept.due_at:%Y-%m-%d} ({references})")
    asked = ask_for_due(engine.store, room.erasures) if ask else ()
    click.echo(f"{len(over)} people are past their time; {len(asked)} erasures were asked.")


@people.command("replay-erasures")
@click.pass_context
def replay_erasures(ctx: click.Context) -> None:
    """Erase again, in a restored database, what the log of erasures tells of.

    \b
    Example:
      passerelle people replay-erasures
    """
    settings = _settings(ctx)
    store = Store(settings.database_url)
    if store.is_sqlite and not store.path.exists():
        raise ConfigurationError(f"There is no database at {store.path}. Restore it first.")
    count = replay(store, ErasureLog(settings))
    click.echo(f"{count} erasures were repeated.")


def _open(ctx: click.Context) -> tuple[Engine, People]:
    settings = _settings(ctx)
    engine = open_engine(settings)
    clock = OffsetClock(engine.store) if settings.demo else SystemClock()
    return engine, compose_people(settings, engine.store, clock)


def _settings(ctx: click.Context) -> Settings:
    return ctx.find_object(Settings) or read_settings()
