"""Which tiers of a person's file a reader may open, on the page of the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model import Actor, Tier
from engine.store import UnitOfWork
from handlers.people import store
from handlers.people.access import Access
from handlers.people.emergency.store import open_emergencies
from handlers.people.files.store import cases_of, members, organisations_of
from handlers.people.tiers import tiers_of

EMERGENCY_TIERS = frozenset({Tier.IDENTITY, Tier.PROTECTION})
"""What an emergency access opens: who it is, and what keeps them safe."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one reader may open of one person's files.

    :ivar by_case: tiers by the cases about the person that the reader sees.
    :ivar general: tiers open beside any case: where the file was opened, or in an emergency.
    """

    by_case: Mapping[str, frozenset[Tier]]
    general: frozenset[Tier]

    @property
    def every(self) -> frozenset[Tier]:
        """Every tier that something of the person is open by."""
        return self.general.union(*self.by_case.values())

    def may_open(self, row: store.FieldRow) -> bool:
        """Tell whether one entry is open; the rule is that of a case's page."""
        if row.tier in self.general:
            return True
        if row.case_id is None or row.tier is Tier.IDENTITY:
            return row.tier in self.every
        return row.tier in self.by_case.get(row.case_id, frozenset())


@dataclass(frozen=True, slots=True)
class PersonAccess:
    """Decides what is open of a person's files."""

    access: Access

    def standing(self, uow: UnitOfWork, person_id: str, reader: Actor) -> Standing:
        """Return what this reader may open of a person's files."""
        now = self.access.clock.now()
        files = members(uow, person_id)
        by_case = {
            case.id: self.access.tiers_in(uow, case.id, reader)
            for case in cases_of(uow, files, reader, now)
        }
        general = self._by_organisation(uow, files, reader)
        if open_emergencies(uow, files, reader.account_id, now):
            general |= EMERGENCY_TIERS
        return Standing(by_case, general)

    def tiers_at(self, uow: UnitOfWork, organisation_id: str, reader: Actor) -> frozenset[Tier]:
        """Return the tiers that the reader's roles in an organisation open of files it opened."""
        grants = [g for g in reader.grants if g.sees_cases and g.organisation_id == organisation_id]
        schemes = self.access.schemes.every(uow) if grants else {}
        kinds = [
            config.role_kinds[grant.role]
            for grant in grants
            for scheme, config in schemes.items()
            if grant.role in config.role_kinds
            and (not grant.schemes or scheme in grant.schemes)
            and grant.country in (None, config.country)
        ]
        return tiers_of(kinds) - {Tier.CASE}

    def _by_organisation(
        self, uow: UnitOfWork, files: tuple[str, ...], reader: Actor
    ) -> frozenset[Tier]:
        opened: frozenset[Tier] = frozenset()
        for organisation_id in organisations_of(uow, files):
            opened |= self.tiers_at(uow, organisation_id, reader)
        return opened
