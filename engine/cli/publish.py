"""``passerelle deploy``, ``lint`` and ``scenario``: a process designer's commands."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from engine.cli.main import EXIT_FAILED, echo_json, format_option, settings_of
from engine.composition import compose, open_engine
from engine.model import Actor
from engine.scenario import ScenarioResult, run
from engine.service import REFUSED, lint_paths
from engine.store import Store

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
@format_option
@click.pass_context
def deploy(ctx: click.Context, folders: tuple[Path, ...], output: str) -> None:
    """Publish schemes: each as one immutable deployment.

    FOLDERS are schemes' folders, or folders above them. Unchanged files make no new version.

    \b
    Example:
      passerelle deploy processes/cm/ofii
    """
    engine = open_engine(settings_of(ctx))
    views = []
    for folder in _found(folders):
        view = engine.deploy(folder, CLI_ACTOR)
        views.append(dataclasses.asdict(view))
        if output == "text":
            done = "published" if view.created else "unchanged"
            click.echo(f"{view.scheme} version {view.version}: {done}")
    if output == "json":
        echo_json(views)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@format_option
@click.option(
    "--language",
    type=click.Choice(["en", "fr"]),
    default="en",
    show_default=True,
    help="Of the text; json has both.",
)
@click.pass_context
def lint(ctx: click.Context, paths: tuple[Path, ...], output: str, language: str) -> None:
    """Say what is wrong with schemes and diagrams, without publishing them.

    PATHS are schemes' folders, folders above them, folders of any diagrams, or single .bpmn, .dmn
    and .form files. Exit code 1 if anything would be refused. docs/lint.md tells of every rule.

    \b
    Example:
      passerelle lint processes --format json
    """
    settings = settings_of(ctx)
    with tempfile.TemporaryDirectory() as scratch:
        specs = compose(settings, Store(f"sqlite:///{scratch}/lint.db")).registry.specs
        reports = lint_paths(paths, specs)
    if not reports:
        raise click.UsageError(
            f"No scheme.toml, .bpmn, .dmn or .form at or below {', '.join(map(str, paths))}."
        )
    if output == "json":
        echo_json({"files": [report.as_json() for report in reports]})
    else:
        for report in reports:
            click.echo(f"{report.file}: {report.outcome}")
            for finding in report.findings:
                click.echo(f"  {finding.severity}: {finding.shown(language)}")
    if any(report.outcome == REFUSED for report in reports):
        raise SystemExit(EXIT_FAILED)


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
