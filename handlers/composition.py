"""The one place where the engine meets what it needs from outside (``Settings.ports``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.ports import Clock, HandlerRegistry, Ports
from engine.settings import Settings
from engine.store import Store
from handlers import people
from handlers.people import Access, Keyring, PersonalFields, Vault

MIGRATIONS = Path(__file__).parent / "migrations"

_HANDLERS = (
    people.record_consents,
    people.check_consent,
)


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class DemoClock:
    """The machine's clock, moved ahead by what the demo's database says."""

    store: Store

    def now(self) -> datetime:
        """Return the demo's present moment, aware, in UTC."""
        return datetime.now(UTC) + self.store.clock_offset()


def compose(settings: Settings, store: Store) -> Ports:
    """Return the engine's ports; called once per process.

    Reads no secret yet: ``passerelle lint`` needs the handlers' names and no key.
    """
    clock = site_clock(settings, store)
    registry = HandlerRegistry()
    for function in _HANDLERS:
        registry.add(function)
    return Ports(
        registry=registry,
        fields=personal_fields(settings, store, clock),
        clock=clock,
        migrations=(MIGRATIONS,),
    )


def site_clock(settings: Settings, store: Store) -> Clock:
    """Return the clock of this site; only a demo's can be moved."""
    return DemoClock(store) if settings.demo else SystemClock()


def personal_fields(settings: Settings, store: Store, clock: Clock) -> PersonalFields:
    """Return the room that keeps personal answers."""
    return PersonalFields(Keyring(Vault(settings)), Access(store, clock), clock)
