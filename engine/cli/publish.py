"""``passerelle deploy`` and ``scenario``: a process designer's commands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import click

from engine.cli.main import EXIT_FAILED, echo_json, format_option, settings_of
from engine.composition import open_engine
from engine.errors import Finding
from engine.model import Actor
from engine.scenario import ScenarioResult, run
from engine.service import DeploymentView

CLI_ACTOR = Actor("cli")

folder_argument = click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)


def scheme_folders(paths: Iterable[Path]) -> list[Path]:
    """Return the schemes' folders at or below these, in order."""
    return sorted({toml.parent for path in paths for toml in path.rglob("scheme.toml")})


@click.command()
@folder_argument
@click.option(
    "--as-documentation",
    is_flag=True,
    help="Keep what cannot be run, to be read only, instead of refusing all.",
)
@format_option
@click.pass_context
def deploy(
    ctx: click.Context, folders: tuple[Path, ...], as_documentation: bool, output: str
) -> None:
    """Publish schemes: each as one immutable deployment.

    FOLDERS are schemes' folders, or folders above them. Unchanged files make no new version. What
    lint warns of is told and published all the same.

    With --as-documentation a diagram that cannot be run is published with its faults: kept byte for
    byte, shown, drawn and exported, while nothing starts it and nothing calls it.

    \b
    Example:
      passerelle deploy processes/cm/ofii
      passerelle deploy sketches/new-scheme --as-documentation
    """
    engine = open_engine(settings_of(ctx))
    views = []
    for folder in _found(folders):
        view = engine.deploy(folder, CLI_ACTOR, as_documentation=as_documentation)
        found = [
            each
            for each in engine.lint(folder, as_documentation=as_documentation)
            if each.severity == "warning"
        ]
        warned = [dataclasses.asdict(each) for each in found]
        views.append({**dataclasses.asdict(view), "findings": warned})
        if output == "text":
            _tell(view, found)
    if output == "json":
        echo_json(views)


def _tell(view: DeploymentView, warnings: Iterable[Finding]) -> None:
    done = "published" if view.created else "unchanged"
    how = "" if view.runs else ", as documentation: no case can begin in it"
    click.echo(f"{view.scheme} version {view.version}: {done}{how}")
    for process_id in view.documentation:
        click.echo(f"  documentation only: {process_id}")
    for warning in warnings:
        click.echo(f"  {warning.severity}: {warning}")


@click.command()
@click.argument("scheme")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--version", type=int, help="The last one if left out.")
@click.pass_context
def export(ctx: click.Context, scheme: str, folder: Path, version: int | None) -> None:
    """Write a published scheme's files into FOLDER, byte for byte as they were published.

    FOLDER must be empty or new. Files of common/ come into a folder of that name.

    \b
    Example:
      passerelle export cm/ofii published/ofii --version 3
    """
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty: nothing was written. Name a new folder.")
    files = open_engine(settings_of(ctx)).published(scheme, version)
    for name, source in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source)
    click.echo(f"{len(files)} files written to {folder}")


def _found(folders: tuple[Path, ...]) -> list[Path]:
    found = scheme_folders(folders)
    if not found:
        raise click.UsageError(
            f"No scheme.toml at or below {', '.join(map(str, folders))}: nothing to do."
        )
    return found


def _told(result: ScenarioResult) -> None:
    """Say on standard error what has just been played: a whole scheme takes a while."""
    click.echo(f"{'failed' if result.failure else 'played'}: {result.name}", err=True)


@click.command()
@folder_argument
@click.option("--coverage", is_flag=True, help="Say which sequence flows no scenario takes.")
@format_option
@click.pass_context
def scenario(ctx: click.Context, folders: tuple[Path, ...], coverage: bool, output: str) -> None:
    """Play schemes' scenarios on a simulated clock and a database of their own.

    Exit code 0 only if every scenario passed and, with --coverage, every flow was taken.

    \b
    Example:
      passerelle scenario processes/cm/ofii --coverage
    """
    settings = settings_of(ctx)
    report = run(_found(folders), settings, _told)
    if output == "json":
        echo_json(report.as_json())
    else:
        click.echo(report.as_text(coverage=coverage))
    if report.failed or (coverage and report.coverage < 1):
        raise SystemExit(EXIT_FAILED)
