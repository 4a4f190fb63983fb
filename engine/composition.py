"""Putting a process together: settings → store → ports → engine. Rooms are found by name."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from engine.errors import ConfigurationError, StoreUnavailable
from engine.ports import Clock, Compose, KeptFiles, Periodic, Ports
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store, is_current


class MovableClock(Protocol):
    """A clock that can be moved ahead."""

    def now(self) -> Any: ...

    def move_to(self, moment: Any) -> None: ...


def load(name: str) -> Any:
    """Return what ``module:attribute`` names.

    :raises ConfigurationError: there is no such module or attribute.
    """
    module, _, attribute = name.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"'{name}' cannot be loaded: {error}. Correct the setting that names it."
        ) from error


def compose(settings: Settings, store: Store, clock: Clock | None = None) -> Ports:
    """Return the ports that the settings name, with what the pages' rooms add to them.

    :param clock: what tells the time to all of them; the site's own if left out.
    """
    make: Compose = load(settings.ports)
    ports = make(settings, store, clock)
    home = settings.app.partition(".")[0]
    pages: Path = load(f"{home}:MIGRATIONS")
    works: tuple[Periodic, ...] = load(f"{home}:works")(settings, store, ports.clock)
    files: tuple[KeptFiles, ...] = load(f"{home}:files")(settings)
    return replace(
        ports,
        migrations=(*ports.migrations, pages),
        periodic=(*ports.periodic, *works),
        files=(*ports.files, *files),
    )


def open_engine(settings: Settings, *, check: bool = True) -> Engine:
    """Return an engine on the site's database.

    :param check: refuse a database whose tables are not those of this version.
    :raises StoreUnavailable: it cannot be opened, or must be upgraded first.
    """
    store = Store(settings.database_url)
    if store.is_sqlite and check and not store.path.exists():
        raise StoreUnavailable(
            f"There is no database at {store.path}. Run 'passerelle db upgrade' first."
        )
    ports = compose(settings, store)
    if check and not is_current(store, ports.migrations):
        raise StoreUnavailable(
            "The database's tables are not those of this version. Run 'passerelle db upgrade'; "
            "it says so if they are a newer version's."
        )
    if check:
        for refuse in ports.checks:
            refuse(store)
    return Engine(store, ports, settings)
