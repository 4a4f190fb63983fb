"""``passerelle migrate`` and ``migrations``: moving cases to another version of their scheme."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import click

from engine.cli.cases import OPERATOR, find
from engine.cli.main import EXIT_FAILED, echo_json, format_option, settings_of
from engine.composition import open_engine
from engine.service import BatchPreview, BatchView, Engine

CHUNK = 20
"""Cases moved between two lines of progress."""

language_option = click.option(
    "--language",
    type=click.Choice(["en", "fr"]),
    default="en",
    show_default=True,
    help="Of the reasons told.",
)


def _mapping(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> object:
    found: dict[str, str] = {}
    for value in values:
        old, equals, new = (part.strip() for part in value.partition("="))
        if not (old and equals and new):
            raise click.BadParameter(f"'{value}' is not OLD=NEW, two ids of elements or flows.")
        if found.setdefault(old, new) != new:
            raise click.BadParameter(f"{old} is mapped twice; keep one of the two.")
    return found


@click.command()
@click.argument("scheme")
@click.option("--from", "from_version", type=int, required=True, help="Version the cases leave.")
@click.option("--to", "to_version", type=int, required=True, help="Version they go to.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    callback=_mapping,
    metavar="OLD=NEW",
    help="Where an element or flow goes whose id is another; may be repeated.",
)
@click.option("--case", "only", multiple=True, metavar="REFERENCE", help="Only these cases.")
@click.option("--preview", "mode", flag_value="preview", help="Say what would move.")
@click.option("--run", "mode", flag_value="run", help="Move them, here and now.")
@click.option("--reason", default="", help="Why; kept encrypted with each case. Needed to run.")
@language_option
@format_option
@click.pass_context
def migrate(
    ctx: click.Context,
    scheme: str,
    from_version: int,
    to_version: int,
    mapping: Mapping[str, str],
    only: tuple[str, ...],
    mode: str | None,
    reason: str,
    language: str,
    output: str,
) -> None:
    """Move the running cases of a scheme from one version to another.

    Everything live goes to the element of the same id, or where --map says. Cases move one by one,
    each in a transaction of its own: stopped midway, the rest goes on with 'passerelle migrations',
    or by the site's worker. Exit code 1 if a case cannot move. docs/migration.md has the rules.

    \b
    Example:
      passerelle migrate cm/ofii --from 1 --to 2 --map Task_Old=Task_New --preview
      passerelle migrate cm/ofii --from 1 --to 2 --map Task_Old=Task_New --run \\
        --reason "Agreement of 6 December"
    """
    if mode is None:
        raise click.UsageError("Say --preview or --run.")
    if mode == "run" and not reason.strip():
        raise click.UsageError("Say why: --reason is kept with each case.")
    engine = open_engine(settings_of(ctx))
    if mode == "preview":
        preview = engine.preview_batch(scheme, from_version, to_version, mapping, only, language)
        _tell_preview(preview, output)
        if preview.possible < preview.cases:
            raise SystemExit(EXIT_FAILED)
        return
    batch = engine.start_migration_batch(
        scheme, from_version, to_version, mapping, reason, OPERATOR, only
    )
    _run(engine, batch.id, language, output)


@click.command()
@click.argument("batch_id", required=False, metavar="[BATCH]")
@click.option("--pause", "act", flag_value="pause", help="Stop it between two cases.")
@click.option("--resume", "act", flag_value="resume", help="Go on with it, here and now.")
@click.option("--retry", "act", flag_value="retry", help="Resume, with what was refused or failed.")
@click.option("--cancel", "act", flag_value="cancel", help="Stop it for good.")
@click.option("--undo", metavar="REFERENCE", help="Bring one case back to its former version.")
@click.option("--reason", default="", help="Why; needed to undo.")
@language_option
@format_option
@click.pass_context
def migrations(
    ctx: click.Context,
    batch_id: str | None,
    act: str | None,
    undo: str | None,
    reason: str,
    language: str,
    output: str,
) -> None:
    """Show migrations in bulk, or go on with one.

    A case is brought back exactly as it was, for as long as nobody has gone on in it.

    \b
    Example:
      passerelle migrations
      passerelle migrations 5f0c… --retry
      passerelle migrations --undo CM-OFII-2026-00001 --reason "Too early"
    """
    engine = open_engine(settings_of(ctx))
    if undo is not None:
        engine.undo_migration(find(engine, undo).id, reason, OPERATOR)
        click.echo(f"{undo} is back in its former version.", err=output == "json")
        return
    if batch_id is None:
        found = engine.migration_batches()
        if output == "json":
            echo_json([_json(batch) for batch in found])
        for batch in found if output == "text" else ():
            click.echo(f"{batch.id}  {_line(batch)}")
        return
    if act in {"resume", "retry"}:
        engine.resume_batch(batch_id, OPERATOR, refused=act == "retry")
        _run(engine, batch_id, language, output)
        return
    if act == "pause":
        engine.pause_batch(batch_id, OPERATOR)
    elif act == "cancel":
        engine.cancel_batch(batch_id, OPERATOR)
    _tell(engine, batch_id, language, output)


def _run(engine: Engine, batch_id: str, language: str, output: str) -> None:
    """Move what waits, telling how far it has come on standard error."""
    while engine.run_batch(batch_id, CHUNK):
        batch = engine.migration_batch(batch_id)
        left = batch.counts["waiting"]
        click.echo(f"{batch.total - left} of {batch.total} cases tried", err=True)
    _tell(engine, batch_id, language, output)
    counts = engine.migration_batch(batch_id).counts
    if counts["refused"] or counts["failed"]:
        raise SystemExit(EXIT_FAILED)


def _tell(engine: Engine, batch_id: str, language: str, output: str) -> None:
    batch = engine.migration_batch(batch_id)
    stopped = engine.migration_items(batch_id, ["refused", "failed"], language)
    if output == "json":
        echo_json(_json(batch) | {"stopped": [dataclasses.asdict(item) for item in stopped]})
        return
    click.echo(f"{batch.id}  {_line(batch)}")
    for item in stopped:
        click.echo(f"  {item.reference} {item.status}: {' '.join(item.reasons)}")


def _tell_preview(preview: BatchPreview, output: str) -> None:
    if output == "json":
        echo_json(dataclasses.asdict(preview))
        return
    click.echo(
        f"{preview.scheme} {preview.from_version} → {preview.to_version}: {preview.possible} of "
        f"{preview.cases} cases can move"
    )
    for reason, count in preview.refused.items():
        click.echo(f"  cannot ({count}): {reason}")
    if preview.examples:
        click.echo(f"  among them: {', '.join(preview.examples)}")
    for change, count in preview.changes.items():
        click.echo(f"  changes ({count}): {change}")


def _json(batch: BatchView) -> dict[str, object]:
    return dataclasses.asdict(batch) | {"total": batch.total}


def _line(batch: BatchView) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in batch.counts.items() if count)
    versions = f"{batch.from_version} → {batch.to_version}"
    return f"{batch.scheme} {versions}: {batch.status}; {counts or 'no cases'}"
