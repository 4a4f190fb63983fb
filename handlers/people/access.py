"""Which tiers a reader may open in one case, and the log of what was opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.model import Actor, CaseRef, Tier
from engine.ports import Clock
from engine.service.scheme import RoleKind
from engine.store import Store, UnitOfWork
from engine.store.queries import roles_in
from handlers.people import store
from handlers.people.roles import Schemes
from handlers.people.tiers import SENSITIVE, tiers_of


@dataclass(frozen=True, slots=True)
class Access:
    """Decides and logs reads of personal data.

    :ivar database: opens a transaction of its own for the log where the caller only reads.
    :ivar schemes: say of which kind each role is.
    """

    database: Store
    clock: Clock
    schemes: Schemes = field(default_factory=Schemes)

    def open_tiers(self, uow: UnitOfWork, case: CaseRef, reader: Actor) -> frozenset[Tier]:
        """Return the tiers that the reader may open in this case.

        Only grants that see the case count: an adviser's role in one organisation opens nothing
        in a case that the same person sees through another.
        """
        return self.tiers_in(uow, case.id, reader)

    def tiers_in(self, uow: UnitOfWork, case_id: str, reader: Actor) -> frozenset[Tier]:
        """Return the same by the case's id."""
        return tiers_of(self.kinds_in(uow, case_id, reader))

    def kinds_in(self, uow: UnitOfWork, case_id: str, reader: Actor) -> frozenset[RoleKind | None]:
        """Return the kinds of the roles that the reader holds in a case; none if it is hidden."""
        roles = roles_in(uow, case_id, reader, self.clock.now())
        if not roles:
            return frozenset()
        kinds = self.schemes.kinds_in(uow, case_id)
        return frozenset(kinds.get(role) for role in roles)

    def time_zone(self, uow: UnitOfWork, case_id: str) -> str:
        """Return the IANA name of the time zone of a case's scheme; UTC where none is known."""
        scheme = self.schemes.of_case(uow, case_id)
        return scheme.time_zone if scheme else "UTC"

    def log(
        self,
        uow: UnitOfWork,
        case: CaseRef | None,
        reader: str,
        opened: Sequence[tuple[str, str, Tier]],
        purpose: str,
    ) -> None:
        """Log what was opened, a row an owner.

        :param case: in which case; ``None`` for the page of the person's file.
        :param opened: owner, key and tier of each.
        :param purpose: what for, a code.
        """
        reads = [self._read(case, reader, owner, opened, purpose) for owner in _owners(opened)]
        if not reads:
            return
        if store.is_read_only(uow):
            # The reader's own transaction keeps nothing; a read without a trace is not allowed.
            with self.database.unit_of_work() as own:
                for read in reads:
                    store.insert_sensitive_read(own, read)
            return
        for read in reads:
            store.insert_sensitive_read(uow, read)

    def log_sensitive(
        self,
        uow: UnitOfWork,
        case: CaseRef | None,
        reader: str,
        opened: Sequence[tuple[str, str, Tier]],
        purpose: str,
    ) -> None:
        """Log those of the opened fields whose tier is sensitive."""
        sensitive = [entry for entry in opened if entry[2] in SENSITIVE]
        self.log(uow, case, reader, sensitive, purpose)

    def _read(
        self,
        case: CaseRef | None,
        reader: str,
        owner: str,
        opened: Iterable[tuple[str, str, Tier]],
        purpose: str,
    ) -> store.SensitiveRead:
        mine = [entry for entry in opened if entry[0] == owner]
        return store.SensitiveRead(
            at=self.clock.now(),
            account_id=reader,
            case_id=None if case is None else case.id,
            owner=owner,
            tiers=tuple(sorted({tier for _, _, tier in mine})),
            keys=tuple(sorted(key for _, key, _ in mine)),
            purpose=purpose,
        )


def _owners(opened: Iterable[tuple[str, str, Tier]]) -> list[str]:
    return sorted({owner for owner, _, _ in opened})
