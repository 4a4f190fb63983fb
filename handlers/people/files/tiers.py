"""Which tiers of a person's file a reader may open, on the page of the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model import Actor, Tier
from engine.service.scheme import RoleKind
from engine.store import UnitOfWork
from handlers.people import store
from handlers.people.access import Access
from handlers.people.emergency.store import open_emergencies
from handlers.people.files.store import cases_of, members, organisations_of
from handlers.people.tiers import CHANGED_BY, tiers_of

EMERGENCY_TIERS = frozenset({Tier.IDENTITY, Tier.PROTECTION})
"""What an emergency access opens: who it is, and what keeps them safe."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one reader may open of one person's files.

    :ivar by_case: tiers by the cases about the person that the reader sees.
    :ivar general: tiers open beside any case: where the file was opened, or in an emergency.
    :ivar may_change: whether the reader works with the person, and may change the file.
    """

    by_case: Mapping[str, frozenset[Tier]]
    general: frozenset[Tier]
    may_change: bool

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
            case.id: self.access.kinds_in(uow, case.id, reader)
            for case in cases_of(uow, files, reader, now)
        }
        at_home = frozenset(
            kind
            for organisation_id in organisations_of(uow, files)
            for kind in self.kinds_at(uow, organisation_id, reader)
        )
        general = tiers_of(at_home) - {Tier.CASE}
        if open_emergencies(uow, files, reader.account_id, now):
            general |= EMERGENCY_TIERS
        return Standing(
            {case_id: tiers_of(kinds) for case_id, kinds in by_case.items()},
            general,
            may_change=any(CHANGED_BY & kinds for kinds in (at_home, *by_case.values())),
        )

    def kinds_at(self, uow: UnitOfWork, organisation_id: str, reader: Actor) -> frozenset[RoleKind]:
        """Return the kinds of the reader's roles in an organisation, for the files it opened."""
        grants = [g for g in reader.grants if g.sees_cases and g.organisation_id == organisation_id]
        schemes = self.access.schemes.every(uow) if grants else {}
        return frozenset(
            config.role_kinds[grant.role]
            for grant in grants
            for scheme, config in schemes.items()
            if grant.role in config.role_kinds
            and (not grant.schemes or scheme in grant.schemes)
            and grant.country in (None, config.country)
        )
