"""Passerelle in the browser: Flask, thin.

The application is made by :func:`web.app.create_app`.
"""

from pathlib import Path

from engine.ports import Clock, KeptFiles, Periodic
from engine.settings import Settings
from engine.store import Store

MIGRATIONS = Path(__file__).parent / "migrations"
"""Versions of the accounts' tables, to be upgraded with the engine's and the handlers'."""


def works(settings: Settings, store: Store, clock: Clock) -> tuple[Periodic, ...]:
    """Return what the accounts' room does of itself; the worker runs it, with pages or without."""
    from web.accounts.task_notices import upkeep

    return upkeep(settings, store, clock)


def files(settings: Settings) -> tuple[KeptFiles, ...]:
    """Return what the pages keep on disk: the secret that signs sessions and links."""
    from web.site_secret import FILENAME

    return (KeptFiles("web", settings.var_dir, FILENAME, secret=True),)
