"""``passerelle demo``: fill a demo database, and move its time."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from engine.cli.main import settings_of
from engine.clock import OffsetClock
from engine.composition import load, open_engine
from engine.errors import ConfigurationError
from engine.play import play_until
from engine.settings import Settings


@click.group()
def demo() -> None:
    """Look after a demo database (PASSERELLE_DEMO=1 only).

    \b
    Example:
      PASSERELLE_DEMO=1 passerelle demo fill
    """


@demo.command()
@click.pass_context
def fill(ctx: click.Context) -> None:
    """Make demo organisations, accounts and a handful of cases, where they are missing.

    \b
    Example:
      PASSERELLE_DEMO=1 passerelle demo fill
    """
    settings = _demo_settings(ctx)
    click.echo(load(settings.demo_data)(open_engine(settings), click.echo))


@demo.command()
@click.option(
    "--until",
    required=True,
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Day (UTC) up to which time passes.",
)
@click.pass_context
def advance(ctx: click.Context, until: datetime) -> None:
    """Play due timers and jobs up to a date, so that a year of monitoring can be seen.

    \b
    Example:
      PASSERELLE_DEMO=1 passerelle demo advance --until 2027-12-01
    """
    settings = _demo_settings(ctx)
    engine = open_engine(settings)
    clock = engine.clock
    if not isinstance(clock, OffsetClock):
        raise ConfigurationError("This site's clock cannot be moved; use the demo's own ports.")
    moment = until.replace(tzinfo=UTC)
    if moment < clock.now():
        raise ConfigurationError(
            f"The demo's time is {clock.now():%Y-%m-%d %H:%M} UTC already; time never goes back. "
            "Delete the demo's database to begin again."
        )
    ran = play_until(
        engine, clock, moment, lambda at, count: click.echo(f"{at:%Y-%m-%d %H:%M} UTC: {count}")
    )
    click.echo(f"{ran} timers and jobs ran. The demo's time is {clock.now():%Y-%m-%d %H:%M} UTC.")


def _demo_settings(ctx: click.Context) -> Settings:
    settings = settings_of(ctx)
    if not settings.demo:
        raise ConfigurationError(
            "This command changes a demo database only. Set PASSERELLE_DEMO=1 if this is one."
        )
    return settings
