"""``passerelle starts``, ``signal`` and ``conditions``: what begins cases beside a person."""

from __future__ import annotations

import dataclasses

import click

from engine.cli.language import ContextType
from engine.cli.main import echo_json, format_option, settings_of
from engine.composition import open_engine
from engine.feel import Context

variables_option = click.option(
    "--variables", type=ContextType(), default="{}", show_default=True, help="What it carries."
)


@click.command()
@click.option("--retry", type=int, metavar="ID", help="Try again to begin a case that could not.")
@format_option
@click.pass_context
def starts(ctx: click.Context, retry: int | None, output: str) -> None:
    """List the cases that are to begin by themselves, and those that could not.

    They are the timers of each scheme's newest publication, and messages and signals on their way.

    \b
    Example:
      passerelle starts
      passerelle starts --retry 12
    """
    engine = open_engine(settings_of(ctx))
    if retry is not None:
        engine.retry_start(retry)
    planned = engine.planned_starts()
    if output == "json":
        echo_json([dataclasses.asdict(view) for view in planned])
        return
    for view in planned:
        state = f"failed: {view.error}" if view.failed else f"{view.due_at:%Y-%m-%d %H:%M}"
        click.echo(f"{view.id}  {view.scheme}  {view.element_id}  {view.trigger}  {state}")


@click.command()
@click.argument("name")
@variables_option
@click.option("--id", "signal_id", help="Sent again under this id within a day, it does nothing.")
@click.pass_context
def signal(ctx: click.Context, name: str, variables: Context, signal_id: str | None) -> None:
    """Send a signal to every case that waits for it and every scheme that begins with it.

    \b
    Example:
      passerelle signal border_closed --variables '{"country": "CM"}'
    """
    reached = open_engine(settings_of(ctx)).signal(name, variables, signal_id=signal_id)
    click.echo(f"{reached} reached.")


@click.command()
@variables_option
@click.pass_context
def conditions(ctx: click.Context, variables: Context) -> None:
    """Begin a case of every scheme whose conditional start event these variables meet.

    \b
    Example:
      passerelle conditions --variables '{"level": 3}'
    """
    begun = open_engine(settings_of(ctx)).evaluate_conditions(variables)
    click.echo(f"{begun} begun.")
