"""``passerelle lint``: what is wrong with schemes and diagrams, and which rules say so."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from engine.cli.main import EXIT_FAILED, echo_json, format_option, settings_of
from engine.composition import compose
from engine.model import HandlerSpec
from engine.rules import Rule, rules
from engine.service import REFUSED, FileReport, draw_traces, lint_paths
from engine.settings import Settings
from engine.store import Store


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@format_option
@click.option(
    "--language",
    type=click.Choice(["en", "fr"]),
    default="en",
    show_default=True,
    help="Of the text; json has both.",
)
@click.option(
    "--draw",
    "drawings",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write an SVG there for each finding that tells how a case gets into trouble.",
)
@click.option(
    "--as-documentation",
    is_flag=True,
    help="Only warn of what cannot be run, as deploy --as-documentation takes it.",
)
@click.option("--rules", "only_rules", is_flag=True, help="List every rule instead.")
@click.pass_context
def lint(
    ctx: click.Context,
    paths: tuple[Path, ...],
    output: str,
    language: str,
    drawings: Path | None,
    as_documentation: bool,
    only_rules: bool,
) -> None:
    """Say what is wrong with schemes and diagrams, without publishing them.

    PATHS are schemes' folders, folders above them, folders of any diagrams, or single .bpmn, .dmn
    and .form files. docs/lint.md tells of every rule.

    Exit code 0 if everything could be published, with warnings or without; 1 if a file would be
    refused; 2 if the command itself was wrong, or there was nothing to lint.

    \b
    Example:
      passerelle lint processes --format json
      passerelle lint loan.bpmn --draw drawings --language fr
    """
    if only_rules:
        _list_rules(output, language)
        return
    handlers = known_handlers(settings_of(ctx))
    reports = lint_paths(paths, handlers, datetime.now(UTC), as_documentation=as_documentation)
    if not reports:
        where = ", ".join(map(str, paths)) or "no path"
        raise click.UsageError(f"No scheme.toml, .bpmn, .dmn or .form at or below {where}.")
    if output == "json":
        echo_json({"files": [report.as_json() for report in reports]})
    else:
        for report in reports:
            _tell(report, language)
    for path in draw_traces(reports, drawings, language) if drawings else ():
        click.echo(f"drawn: {path}", err=True)
    if any(report.outcome == REFUSED for report in reports):
        raise SystemExit(EXIT_FAILED)


def known_handlers(settings: Settings) -> Mapping[str, HandlerSpec]:
    """Return what a site's diagrams may ask of the world; its database is not needed."""
    with tempfile.TemporaryDirectory() as scratch:
        return compose(settings, Store(f"sqlite:///{scratch}/lint.db")).registry.specs


def _tell(report: FileReport, language: str) -> None:
    click.echo(f"{report.file}: {report.outcome}")
    for finding in report.findings:
        click.echo(f"  {finding.severity}: {finding.shown(language)}")


def _list_rules(output: str, language: str) -> None:
    if output == "json":
        echo_json({"rules": [_as_json(rule) for rule in rules().values()]})
        return
    for rule in rules().values():
        click.echo(f"{rule.id} ({rule.severity}): {rule.what[language]} {rule.why[language]}")


def _as_json(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity,
        "what": dict(rule.what),
        "why": dict(rule.why),
        "wrong": rule.wrong,
        "right": rule.right,
    }
