"""``passerelle documents``: scanning again, sweeping, checking declarations, a list."""

from __future__ import annotations

from pathlib import Path

import click

from engine.clock import OffsetClock, SystemClock
from engine.composition import open_engine
from engine.service import Engine
from engine.settings import Settings, read_settings
from handlers.composition import compose_documents
from handlers.csv_files import write_csv
from handlers.documents import store
from handlers.documents.declared import read_declared
from handlers.documents.service import Documents

COLUMNS = (
    *("case", "document", "series", "version", "purpose", "letter", "media_type", "size_bytes"),
    *("tier", "scan", "uploaded_at"),
)


@click.group()
def documents() -> None:
    """Look after documents: scan again, sweep, check what designers declare, list.

    \b
    Example:
      passerelle documents rescan
    """


@documents.command()
@click.pass_context
def rescan(ctx: click.Context) -> None:
    """Scan what was stored while no scanner looked; what is found is not given out any more.

    \b
    Example:
      passerelle documents rescan
    """
    _, room = _open(ctx)
    looked, harmful, lost = room.rescan()
    click.echo(f"{looked} documents were scanned; {harmful} are harmful; {lost} could not be read.")
    ctx.exit(1 if harmful else 0)


@documents.command()
@click.pass_context
def sweep(ctx: click.Context) -> None:
    """Delete encrypted files that no document refers to, a day after they were written.

    \b
    Example:
      passerelle documents sweep
    """
    engine, room = _open(ctx)
    with engine.store.unit_of_work() as uow:
        click.echo(f"{room.sweep(uow)} files were deleted.")


@documents.command()
@click.argument("file", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def check(file: tuple[Path, ...]) -> None:
    """Check the needs and letters of each documents.toml FILE, before it is published.

    \b
    Example:
      passerelle documents check processes/cm/ofii/documents.toml
    """
    for each in file:
        found = read_declared(each.read_bytes(), str(each))
        click.echo(f"{each}: {len(found.needs)} needs, {len(found.letters)} letters.")


@documents.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write a line a document to a CSV FILE, without its name or content.

    \b
    Example:
      passerelle documents export documents.csv
    """
    engine, _ = _open(ctx)
    with engine.store.snapshot() as uow:
        rows = [
            {name: getattr(row, name, "") for name in COLUMNS}
            | {"case": reference, "document": row.id, "tier": row.tier.value}
            | {"scan": row.scan.value}
            for row, reference in store.every_document(uow)
        ]
    file.write_bytes(write_csv(COLUMNS, rows))
    click.echo(f"{file} is written: {len(rows)} documents.")


def _open(ctx: click.Context) -> tuple[Engine, Documents]:
    settings = ctx.find_object(Settings) or read_settings()
    engine = open_engine(settings)
    clock = OffsetClock(engine.store) if settings.demo else SystemClock()
    return engine, compose_documents(settings, engine.store, clock)
