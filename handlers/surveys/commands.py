"""``passerelle surveys``: instruments in, their forms and a list of what was taken out."""

from __future__ import annotations

from pathlib import Path

import click

from engine.composition import open_engine
from engine.service import Engine
from engine.settings import Settings, read_settings
from handlers.csv_files import write_csv
from handlers.surveys import store
from handlers.surveys.forms import form_labels, form_schema
from handlers.surveys.instrument import LANGUAGES, read_instrument
from handlers.surveys.scoring import Count
from handlers.surveys.service import import_instrument, import_shipped, instrument_of

_COLUMNS = (
    *("case", "instrument", "version", "moment", "taken_at", "answered", "applicable"),
    *("completeness", "complete", "notice"),
)


@click.group()
def surveys() -> None:
    """Look after survey instruments: import a version, write its form, list what was taken.

    \b
    Example:
      passerelle surveys list
    """


@surveys.command("import")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--check", is_flag=True, help="Tell the problems only; store nothing.")
@click.pass_context
def import_(ctx: click.Context, file: Path | None, check: bool) -> None:
    """Store the version of an instrument that a TOML FILE holds; without FILE, the shipped ones.

    A version that is stored never changes: a correction is a version of its own.

    \b
    Example:
      passerelle surveys import enquete.toml --check
    """
    engine = _open(ctx)
    opened = engine.store.snapshot() if check else engine.store.unit_of_work()
    with opened as uow:
        if file is None:
            count = import_shipped(uow, engine.now())
            click.echo(f"{count} shipped instruments {_would(check)} stored.")
            return
        instrument = read_instrument(file.read_bytes(), file.name)
        new = import_instrument(uow, file.read_bytes(), file.name, engine.now())
    what = f"{instrument.code} version {instrument.version}"
    click.echo(
        f"{what} {'could be' if check else 'is now'} stored."
        if new
        else f"{what} is stored already."
    )


@surveys.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List the versions of instruments that are stored, each with what it is not.

    \b
    Example:
      passerelle surveys list
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        rows = store.instruments(uow)
    for row in rows:
        each = read_instrument(row.content)
        told = "" if each.official else f" ({each.notice['en']})"
        click.echo(
            f"{each.code} {each.version}: {each.title['en']}, {len(each.questions)} questions{told}"
        )
    if not rows:
        click.echo("No instrument is stored. Import one: passerelle surveys import")


@surveys.command()
@click.argument("code")
@click.option("--version", help="Version; the one imported last if left out.")
@click.option("--form-id", help="Id that user tasks name; the code if left out.")
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", show_default=True)
@click.option("--labels", is_flag=True, help="Write the lines of labels.LANGUAGE.toml instead.")
@click.pass_context
def form(
    ctx: click.Context,
    code: str,
    version: str | None,
    form_id: str | None,
    language: str,
    labels: bool,
) -> None:
    """Write the form-js schema that asks an instrument, to the standard output.

    \b
    Example:
      passerelle surveys form reintegration-provisional > reintegration_survey.form
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        instrument = instrument_of(uow, code, version)
    write = form_labels if labels else form_schema
    name = form_id or code.replace("-", "_")
    click.echo(write(instrument, name, language), nl=False)


@surveys.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write a line a survey to a CSV FILE: when and how much was answered, without any score.

    \b
    Example:
      passerelle surveys export enquetes.csv
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        notices = {
            (row.code, row.version): read_instrument(row.content) for row in store.instruments(uow)
        }
        taken = store.all_surveys(uow)
    rows = []
    for reference, survey in taken:
        instrument = notices[survey.instrument, survey.version]
        rows.append(
            {
                "case": reference,
                "instrument": survey.instrument,
                "version": survey.version,
                "moment": survey.moment,
                "taken_at": survey.taken_at.isoformat(),
                "answered": survey.answered,
                "applicable": survey.applicable,
                "completeness": Count(survey.answered, survey.applicable).completeness,
                "complete": "yes" if survey.complete else "no",
                "notice": "" if instrument.official else instrument.notice["en"],
            }
        )
    file.write_bytes(write_csv(_COLUMNS, rows))
    click.echo(f"{file} is written: {len(rows)} surveys.")


def _would(check: bool) -> str:
    return "could be" if check else "are"


def _open(ctx: click.Context) -> Engine:
    return open_engine(ctx.find_object(Settings) or read_settings())
