"""People for the tests of their room: files with names, cases, and who looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.model import CaseRef, Tier
from engine.store.cases import link_subject, lock_case
from handlers.people import People, Wanted, compose_people
from handlers.people.index.search import Hit
from tests.handlers.support import OFFICER, Site

IDENTITY = {
    "family_name": ("Ngo Imaginaire", Tier.IDENTITY),
    "given_names": ("Chantal", Tier.IDENTITY),
    "birth_date": (date(1990, 3, 7), Tier.IDENTITY),
}


def people_of(site: Site) -> People:
    """Return the room's services on this site."""
    return compose_people(site.settings, site.store, site.clock)


def known(site: Site, name: str, *parties: str, **values: Any) -> CaseRef:
    """Write a case about somebody of this identity."""
    identity: Mapping[str, Any] = {
        key: (value, Tier.IDENTITY) for key, value in values.items()
    } or IDENTITY
    return about(site, site.write(site.case(name, *parties), identity))


def about(site: Site, case: CaseRef) -> CaseRef:
    """Write on a bare case's row whom it is about, as the engine does with the answer."""
    with site.store.unit_of_work() as uow:
        row = lock_case(uow, case.id)
        assert row is not None
        link_subject(uow, row, subject(case), site.clock.now())
    return case


def subject(case: CaseRef) -> str:
    """Return whom a case is about."""
    assert case.subject is not None
    return case.subject


def find(site: Site, wanted: Wanted, actor: Any = OFFICER) -> tuple[Hit, ...]:
    """Search as an actor."""
    with site.store.unit_of_work() as uow:
        return people_of(site).search.find(uow, wanted, actor)


def end_case(site: Site, case: CaseRef) -> None:
    """Close a bare case, now."""
    with site.store.unit_of_work() as uow:
        uow.connection.exec_driver_sql(
            "UPDATE cases SET status = 'completed', ended_at = '2026-11-02 09:00:00.000000'"
            f" WHERE id = '{case.id}'"
        )
