"""``passerelle scheme``: what schemes there are, what one says of itself, their pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click

from engine.cli.gallery import write_gallery
from engine.cli.lint import known_handlers
from engine.cli.main import echo_json, format_option, settings_of
from engine.cli.publish import scheme_folders
from engine.service import Deployed, SchemeSheet, compile_files, read_folder, sheet_of

processes_option = click.option(
    "--processes",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="processes",
    show_default=True,
    help="Folder that holds the schemes' folders by country.",
)
language_option = click.option(
    "--language",
    type=click.Choice(["fr", "en", "ar"]),
    default="fr",
    show_default=True,
    help="Of names; a scheme without it answers in its first one.",
)


@click.group()
def scheme() -> None:
    """Schemes in their folders: list them, read one, draw them all.

    \b
    Example:
      passerelle scheme list
    """


@scheme.command("list")
@processes_option
@language_option
@format_option
@click.pass_context
def list_schemes(ctx: click.Context, processes: Path, language: str, output: str) -> None:
    """List the schemes: id, name, country, phases, languages.

    \b
    Example:
      passerelle scheme list --language en
    """
    sheets = [sheet_of(each, language) for each in _compiled(ctx, processes)]
    if output == "json":
        echo_json([dataclasses.asdict(sheet) for sheet in sheets])
        return
    for sheet in sheets:
        phases = ", ".join(sheet.phases) or "no phases"
        click.echo(f"{sheet.id:28} {sheet.name}  [{phases}; {', '.join(sheet.languages)}]")


@scheme.command()
@click.argument("scheme_id", metavar="SCHEME")
@processes_option
@language_option
@format_option
@click.pass_context
def show(ctx: click.Context, scheme_id: str, processes: Path, language: str, output: str) -> None:
    """Show one scheme: bodies, roles, phases and steps, tables, forms, figures with sources.

    SCHEME is its id, such as cm/ofii.

    \b
    Example:
      passerelle scheme show cm/ofii --language en
    """
    folder = processes / scheme_id
    known = [found.relative_to(processes).as_posix() for found in scheme_folders([processes])]
    if scheme_id not in known:
        raise click.UsageError(
            f"There is no scheme '{scheme_id}' below {processes}. There are: {', '.join(known)}."
        )
    sheet = sheet_of(_compile(ctx, folder), language)
    if output == "json":
        echo_json(dataclasses.asdict(sheet) | {"phases": sheet.phases})
        return
    for line in _told(sheet):
        click.echo(line)


@scheme.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@processes_option
@click.pass_context
def gallery(ctx: click.Context, folder: Path, processes: Path) -> None:
    """Draw every page of every scheme as SVG into FOLDER, with the list of steps beside each.

    An earlier gallery in FOLDER is replaced; anything else there is left alone and refused.

    \b
    Example:
      passerelle scheme gallery docs/schemes
    """
    count = write_gallery(folder, tuple(_compiled(ctx, processes)))
    click.echo(f"{count} pictures written to {folder}")


def _compiled(ctx: click.Context, processes: Path) -> Iterator[Deployed]:
    return (_compile(ctx, folder) for folder in scheme_folders([processes]))


def _compile(ctx: click.Context, folder: Path) -> Deployed:
    return compile_files(read_folder(folder), known_handlers(settings_of(ctx)))


def _told(sheet: SchemeSheet) -> Iterator[str]:
    yield f"{sheet.id}: {sheet.name}"
    yield f"  country {sheet.country}, currency {sheet.currency}, {', '.join(sheet.languages)}"
    if sheet.no_phases:
        yield f"  no phases: {sheet.no_phases}"
    yield "bodies"
    yield from (f"  {name}: {body}" for name, body in sheet.bodies.items())
    yield "roles"
    yield from (f"  {role.code} ({role.kind or 'no kind'}): {role.name}" for role in sheet.roles)
    yield "phases and steps"
    for page in sheet.pages:
        yield f"  {page.name} [{page.phase or 'the whole case'}]  {page.file}"
        yield from (f"    {step.name} ({step.kind})" for step in page.steps)
    yield "shared processes"
    yield from (f"  {page.name}  {page.file}" for page in sheet.shared)
    yield "tables"
    yield from (f"  {table.id}: {table.name}  {table.file}" for table in sheet.tables)
    yield "forms"
    yield from (
        f"  {form.id}: {form.fields} answers, {form.personal} of them personal"
        for form in sheet.forms
    )
    yield "figures and their sources"
    for figure in sheet.figures:
        source = f"{figure.mark}: {figure.source}" + (f", {figure.dated}" if figure.dated else "")
        yield f"  {figure.name} = {figure.value} {figure.unit}  [{source}]"
