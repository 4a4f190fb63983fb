"""Where a scenario plays: a database of its own, a clock that stands still, the real handlers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from engine.clock import ManualClock
from engine.composition import compose, load
from engine.model import Actor, CaseRef, Tier
from engine.ports import Act, FieldSink, TieredValue
from engine.service import Deployed, Engine, compile_files, read_folder
from engine.settings import Settings
from engine.store import Store, UnitOfWork, upgrade

_PUBLISHER = Actor("scenario")
_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
_DATABASE = "scenario.db"


class ReferenceData(Protocol):
    """Writes organisations and the like; with ``given``, what of them is otherwise."""

    def __call__(self, uow: UnitOfWork, given: Mapping[str, Any] | None = None) -> None: ...


class HandIn(Protocol):
    """Stores a small valid document under a file name and returns its id."""

    def __call__(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        filename: str,
        actor: Actor,
        *,
        tier: Tier,
        purpose: str,
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """An engine in which one scenario plays.

    :ivar change: makes reference data otherwise. :ivar hand_in: hands in a document.
    :ivar acts: what others do outside the case, by name.
    :ivar fields: keeps what is personal.
    """

    engine: Engine
    store: Store
    clock: ManualClock
    deployed: Deployed
    change: ReferenceData
    hand_in: HandIn
    fields: FieldSink
    acts: Mapping[str, Act]

    def somebody(self, known: Mapping[str, Any]) -> str:
        """Open a person's file from before the case, and return the person's id."""
        config, origin = self.deployed.config, "before"
        before = CaseRef(origin, origin, config.id, config.country)
        values = {key: TieredValue(value, Tier.IDENTITY) for key, value in known.items()}
        with self.store.unit_of_work() as uow:
            subject = self.fields.write(uow, before, values, _PUBLISHER).subject
        assert subject is not None  # noqa: S101 - what is known of a person opens a file
        return subject


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder with the tables and the reference data, made once for all schemes."""

    folder: Path
    settings: Settings

    @classmethod
    def lay(cls, folder: Path, settings: Settings) -> Ground:
        """Make the tables and write the reference data.

        :raises ConfigurationError: a setting names what cannot be loaded.
        """
        own = _own(settings, folder)
        store = Store(own.database_url)
        try:
            ports = compose(own, store, ManualClock(_BEFORE))
            upgrade(store, ports.migrations)
            with store.unit_of_work() as uow:
                seed: ReferenceData = load(own.reference_data)
                seed(uow)
        finally:
            store.close()
        return cls(folder, settings)


@dataclass(frozen=True, slots=True)
class Template:
    """A scheme, published once: every scenario of it begins from a copy of this database."""

    folder: Path
    settings: Settings
    deployed: Deployed
    deployment_id: str

    @classmethod
    def publish(cls, ground: Ground, scheme: Path, folder: Path) -> Template:
        """Publish a scheme's folder on a copy of the ground.

        :raises DeploymentRefused: it has errors.
        """
        shutil.copytree(ground.folder, folder)
        own = _own(ground.settings, folder)
        store = Store(own.database_url)
        try:
            ports = compose(own, store, ManualClock(_BEFORE))
            deployed = compile_files(read_folder(scheme), ports.registry.specs)
            engine = Engine(store, ports, own)
            view = engine.deploy(scheme, _PUBLISHER)
        finally:
            store.close()
        return cls(folder, ground.settings, deployed, view.id)

    @contextmanager
    def stage(self, folder: Path, start_at: datetime) -> Iterator[Stage]:
        """Open a stage on a copy of this database; the copy is deleted at the end."""
        shutil.copytree(self.folder, folder)
        own = _own(self.settings, folder)
        store, clock = Store(own.database_url), ManualClock(start_at)
        try:
            ports = compose(own, store, clock)
            engine = Engine(store, ports, own)
            engine.adopt(self.deployment_id, self.deployed)
            engine.count_starts_anew(self.deployment_id)
            hand_in: HandIn = load(own.store_document)(own, store, clock)
            change: ReferenceData = load(own.reference_data)
            acts = load(own.scenario_acts)(own, store, clock, engine.publish_within)
            yield Stage(engine, store, clock, self.deployed, change, hand_in, ports.fields, acts)
        finally:
            store.close()
            shutil.rmtree(folder)


def _own(settings: Settings, folder: Path) -> Settings:
    """Return settings under which nothing outside the folder is read or written."""
    return replace(
        settings,
        database_url=f"sqlite:///{folder / _DATABASE}",
        var_dir=folder / "var",
        smtp_url="",
        demo=False,
        master_key_file=None,
    )
