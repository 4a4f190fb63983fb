"""``passerelle backup`` and ``restore``: a SQLite site in one archive, and back."""

from __future__ import annotations

from pathlib import Path

import click

from engine.backup import restore as restore_archive
from engine.backup import take
from engine.cli.main import EXIT_FAILED, settings_of
from engine.cli.run import only_process
from engine.composition import open_engine


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the secret keys out; keep them apart.")
@click.pass_context
def backup(ctx: click.Context, file: Path, without_keys: bool) -> None:
    """Write everything of a SQLite site into one archive FILE, while the site is in use.

    The database as it stands at one moment, the documents, the secret keys. Not the log of
    erasures, which must outlive every backup: back it up by itself. With the keys in it, whoever
    has the archive can read everybody's file. On PostgreSQL the command says which steps to take.

    \b
    Example:
      passerelle backup /backups/site-2026-11-25.zip --without-keys
    """
    manifest = take(settings_of(ctx), file, keys=not without_keys)
    length = sum(part.bytes for part in manifest.parts.values())
    click.echo(
        f"{file} holds {len(manifest.parts)} parts, {length} bytes, taken {manifest.taken_at}."
    )
    if manifest.left_out:
        click.echo(f"Left out, to be kept apart: {', '.join(manifest.left_out)}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Put the archive FILE into a site that is empty, then examine every case.

    Everything is restored or nothing. The log of erasures must be in its place before: whoever
    was erased after the backup is erased again. An older version's database is upgraded.

    Exit code 0 if the doctor finds nothing; 1 if it finds contradictions; 2 if nothing was
    restored.

    \b
    Example:
      PASSERELLE_VAR_DIR=/srv/passerelle passerelle restore /backups/site-2026-11-25.zip
    """
    settings = settings_of(ctx)
    with only_process(settings):
        restored = restore_archive(settings, file)
        for line in restored.told:
            click.echo(line)
        engine = open_engine(settings)
        found = engine.examine()
        engine.store.close()
    for ailment in found.ailments:
        click.echo(str(ailment))
    click.echo(
        f"The site of {restored.manifest.taken_at} is restored: {found.cases} cases examined, "
        f"{len(found.ailments)} contradictions."
    )
    if found.ailments:
        raise SystemExit(EXIT_FAILED)
