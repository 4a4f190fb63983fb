"""``passerelle doctor``: whether a site is set up to run, and whether its data agree."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from engine.cli.main import EXIT_FAILED, echo_json, format_option, settings_of
from engine.composition import open_engine
from engine.errors import PasserelleError
from engine.service import Engine
from engine.settings import Settings


@click.command()
@click.option("--check", is_flag=True, help="Examine every case and what the rooms keep, too.")
@format_option
@click.pass_context
def doctor(ctx: click.Context, check: bool, output: str) -> None:
    """Say what is wrong with this site, and change nothing.

    Without --check: whether the database, its tables, the keys, the folder for files and the
    handlers of published schemes are there. With it also whether every case's state agrees with
    its tasks, jobs, subscriptions, incidents and history, and the rooms' books balance. The site
    may be in use meanwhile.

    Exit code 0 if nothing is wrong; 1 if something is.

    \b
    Example:
      passerelle doctor --check
    """
    settings = settings_of(ctx)
    wrong, engine = [], None
    try:
        engine = open_engine(settings)
    except PasserelleError as error:
        wrong.append(str(error))
    wrong += _folder(settings)
    wrong += _schemes(engine) if engine else ()
    found = engine.examine() if engine and check else None
    ailments = found.ailments if found else ()
    if output == "json":
        told = [dataclasses.asdict(each) for each in ailments]
        echo_json({"wrong": wrong, "cases": found.cases if found else None, "ailments": told})
    else:
        for line in (*wrong, *map(str, ailments)):
            click.echo(line)
        if found:
            click.echo(f"{found.cases} cases examined, {len(ailments)} contradictions.")
        elif not wrong:
            click.echo("The site is set up to run. --check examines its cases.")
    if wrong or ailments:
        raise SystemExit(EXIT_FAILED)


def _folder(settings: Settings) -> Iterator[str]:
    folder: Path = settings.var_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield f"{folder} cannot be written ({error.strerror}). Let PASSERELLE_VAR_DIR name another."


def _schemes(engine: Engine) -> Iterator[str]:
    for scheme, error in engine.unreadable_publications():
        yield f"{scheme}: its newest publication cannot run any more: {error}"
