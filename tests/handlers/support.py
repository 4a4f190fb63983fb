"""Cases, actors and calls for the handlers' tests, on a real database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.clock import ManualClock
from engine.model import Actor, CaseRef, CaseStatus, Grant, Tier
from engine.ports import HandlerCall, Ports, TieredValue
from engine.settings import Settings
from engine.store import GENESIS, Store, Tail, UnitOfWork
from engine.store.cases import CaseRow, DeploymentRow, insert_case, insert_deployment
from engine.store.queries import read_events
from handlers.composition import compose, compose_documents
from handlers.documents import Documents
from handlers.people import PersonalFields

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PARTY = "op-littoral-appui"
SCHEME = (Path(__file__).parents[2] / "processes" / "cm" / "ofii" / "scheme.toml").read_bytes()
"""What the bare cases' scheme says of its roles."""


def person(name: str, *roles: str, organisation: str = PARTY) -> Actor:
    """Return an actor who holds these roles in one organisation."""
    return Actor(name, tuple(Grant(role, organisation) for role in roles))


ADVISER = person("adviser", "adviser")
OFFICER = person("officer", "agency_officer")
SECRETARY = person("secretary", "committee_secretary")
FINANCE = person("finance", "finance_officer")
AUDITOR = person("auditor", "auditor")
STRANGER = person("stranger", "agency_officer", organisation="elsewhere")


def tiered(fields: Mapping[str, tuple[Any, Tier]]) -> Mapping[str, TieredValue]:
    """Return answers as forms hand them to the sink."""
    return {key: TieredValue(value, tier) for key, (value, tier) in fields.items()}


def settings_in(folder: Path, **values: Any) -> Settings:
    """Return settings whose files all lie in one folder."""
    return replace(
        Settings(
            database_url=f"sqlite:///{folder / 'test.db'}",
            var_dir=folder / "var",
            processes_dir=folder / "processes",
        ),
        **values,
    )


@dataclass
class Site:
    """A composed site on a real database, its clock in the test's hand."""

    settings: Settings
    store: Store
    clock: ManualClock
    ports: Ports
    documents: Documents

    @property
    def fields(self) -> PersonalFields:
        """The composed field sink."""
        assert isinstance(self.ports.fields, PersonalFields)
        return self.ports.fields

    def case(
        self, name: str = "a", *parties: str, files: Mapping[str, bytes] | None = None
    ) -> CaseRef:
        """Write a bare case that these organisations (or the usual one) may see.

        :param files: what its publication has beside ``scheme.toml``.
        """
        row = CaseRow(
            id=f"case{name}",
            reference=f"CM-OFII-2026-{name}",
            scheme="cm/ofii",
            deployment_id=f"dep{name}",
            country="CM",
            subject=None,
            status=CaseStatus.ACTIVE,
            state=b"{}",
            revision=1,
            started_at=NOW,
            started_by="adviser",
            updated_at=NOW,
            ended_at=None,
            tail=Tail(0, GENESIS),
        )
        with self.store.unit_of_work() as uow:
            deployment = DeploymentRow(row.deployment_id, f"cm/{name}", 1, "0", NOW, "x")
            insert_deployment(uow, deployment, {"scheme.toml": SCHEME, **(files or {})})
            insert_case(uow, row, None)
            for party in parties or (PARTY,):
                uow.add_party(row.id, party, "party", NOW)
        return row.ref

    def write(self, case: CaseRef, fields: Mapping[str, tuple[Any, Tier]]) -> CaseRef:
        """Store personal answers as an officer; return the case with its subject."""
        with self.store.unit_of_work() as uow:
            written = self.fields.write(uow, case, tiered(fields), OFFICER)
        return replace(case, subject=written.subject)

    def read(self, case: CaseRef, reader: Actor, *keys: str) -> Mapping[str, Any]:
        """Read personal answers as this reader."""
        with self.store.unit_of_work() as uow:
            return self.fields.read(uow, case, keys, reader)

    def call(
        self,
        uow: UnitOfWork | None,
        case: CaseRef,
        actor: Actor = OFFICER,
        *,
        element: str = "Task_Test",
        activation: int = 1,
    ) -> HandlerCall:
        """Return what a handler is told."""
        return HandlerCall(
            case=case,
            element_id=element,
            activation=activation,
            key=f"{case.id}/{element}/{activation}",
            attempt=1,
            now=self.clock.now(),
            actor=actor,
            unit_of_work=uow,
            open=self.store.unit_of_work,
        )

    def run(
        self,
        name: str,
        case: CaseRef,
        /,
        actor: Actor = OFFICER,
        activation: int = 1,
        **arguments: Any,
    ) -> Mapping[str, Any]:
        """Call a handler by the name that diagrams use."""
        found = self.ports.registry.get(name)
        assert found is not None, name
        if not found.spec.local:
            return (
                found.function(self.call(None, case, actor, activation=activation), **arguments)
                or {}
            )
        with self.store.unit_of_work() as uow:
            call = self.call(uow, case, actor, activation=activation)
            return found.function(call, **arguments) or {}

    def kinds(self, case: CaseRef) -> list[str]:
        """Return the kinds of the case's events, in order."""
        with self.store.snapshot() as uow:
            return [event.kind for event in read_events(uow, case.id)]


def open_site(settings: Settings, store: Store) -> Site:
    """Compose a site on this store."""
    clock = ManualClock(NOW)
    ports = compose(settings, store, clock)
    return Site(settings, store, clock, ports, compose_documents(settings, store, clock))


def bytes_below(folder: Path) -> Iterable[tuple[Path, bytes]]:
    """Return every file below a folder with its content."""
    return [(path, path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
