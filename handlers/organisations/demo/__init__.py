"""Invented organisations beside the OFII scheme's: every name is made up, no real body's staff.

That such bodies exist and how many they are is the founding document's (S) or inferred (I), and
each says so in its ``source``; what a demo operator covers and holds is a sample value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from engine.model import SYSTEM
from engine.store import UnitOfWork
from handlers.organisations.accreditation import (
    Specification,
    Status,
    accredit,
    change_status,
    publish_specification,
)
from handlers.organisations.codes import LEVELS, REGIONS, SECTORS
from handlers.organisations.demo.bodies import (
    BODIES,
    CAPACITY,
    CHARGES,
    LEMMA,
    MONITORING,
    TUNISIAN_REGIONS,
)
from handlers.organisations.demo.specifications import (
    LEMMA_ASSOCIATION,
    OFII_OPERATOR,
    SPECIFICATIONS,
    TOUNESNA_OPERATOR,
)
from handlers.organisations.store import (
    Dimension,
    Kind,
    Organisation,
    find_organisations,
    save_coverage,
    save_organisation,
    save_profile,
)

__all__ = ["LEMMA_ASSOCIATION", "OFII_OPERATOR", "TOUNESNA_OPERATOR", "seed_organisations"]

_SINCE, _UNTIL = date(2025, 1, 1), date(2029, 12, 31)
_LEMMA_SINCE = date(2017, 7, 1)
"""The day that Lemma's pilot began (W28)."""
_SUPPORTED = ("agriculture", "commerce", "crafts", "services")


def seed_organisations(uow: UnitOfWork, panel: Iterable[str]) -> None:
    """Write the demo's organisations that are missing; those that are there stay as they are.

    :param panel: the operators of OFII's panel, written already; accredited now if they are not.
    """
    seen = frozenset(each.id for each in find_organisations(uow))
    for country, lines in BODIES.items():
        for organisation_id, name, kind, type_, source in lines:
            _add(uow, seen, organisation_id, name, kind, country, source, type_=type_)
    _charges(uow, seen)
    new = {each.id for each in SPECIFICATIONS if publish_specification(uow, each)}
    if OFII_OPERATOR.id in new:
        for organisation_id in panel:
            _accredit(uow, organisation_id, OFII_OPERATOR, _UNTIL)
    _monitoring_operators(uow, seen)
    _associations(uow, seen)


def _charges(uow: UnitOfWork, seen: frozenset[str]) -> None:
    countries = {line[0]: country for country, lines in BODIES.items() for line in lines}
    for organisation_id, (capacity, levels) in CHARGES.items():
        if organisation_id not in seen:
            save_profile(
                uow,
                organisation_id,
                capacity=capacity,
                sectors=SECTORS,
                regions=REGIONS[countries[organisation_id]],
                levels=levels,
            )


def _monitoring_operators(uow: UnitOfWork, seen: frozenset[str]) -> None:
    for number, word in enumerate(MONITORING):
        organisation_id = f"op-tn-{number + 1}"
        name = f"Association imaginaire {word}"
        if not _add(
            uow, seen, organisation_id, name, Kind.OPERATOR, "TN", "S A17 : six ; nom inventé"
        ):
            continue
        regions = {TUNISIAN_REGIONS[number], TUNISIAN_REGIONS[number + 2], "tunis"}
        save_profile(
            uow,
            organisation_id,
            capacity=20 + 5 * number,
            sectors=_SUPPORTED,
            regions=sorted(regions),
            levels=LEVELS,
        )
        # Sample values: the last two show an accreditation suspended and one that ran out.
        ran_out = number == len(MONITORING) - 1
        until = date(2025, 12, 31) if ran_out else _UNTIL
        made = _accredit(uow, organisation_id, TOUNESNA_OPERATOR, until)
        if number == len(MONITORING) - 2:
            on = datetime(2026, 2, 1, tzinfo=UTC)
            reason = "Rapports attendus (exemple)"
            change_status(uow, made, Status.SUSPENDED, reason, by=SYSTEM.account_id, at=on)


def _associations(uow: UnitOfWork, seen: frozenset[str]) -> None:
    for number, (word, region) in enumerate(LEMMA.items()):
        organisation_id, name = f"lemma-{number + 1}", f"Association imaginaire {word}"
        source = "S A14 : quatre ; nom inventé"
        if _add(uow, seen, organisation_id, name, Kind.ASSOCIATION, "TN", source):
            save_profile(
                uow,
                organisation_id,
                capacity=30,
                sectors=_SUPPORTED,
                regions=(region,),
                levels=("business",),
            )
            _accredit(uow, organisation_id, LEMMA_ASSOCIATION, _UNTIL, _LEMMA_SINCE)
    for number, word in enumerate(CAPACITY):
        organisation_id, name = f"asso-tn-{number + 1:02}", f"Association imaginaire {word}"
        source = "S A16 : vingt et une ; nom inventé"
        if _add(uow, seen, organisation_id, name, Kind.ASSOCIATION, "TN", source):
            region = TUNISIAN_REGIONS[number % len(TUNISIAN_REGIONS)]
            save_coverage(uow, organisation_id, Dimension.REGION, (region,))


def _add(
    uow: UnitOfWork,
    seen: frozenset[str],
    organisation_id: str,
    name: str,
    kind: Kind,
    country: str,
    source: str,
    *,
    type_: str = "private",
) -> bool:
    if organisation_id in seen:
        return False
    email = f"{organisation_id}@demo.invalid"
    save_organisation(
        uow, Organisation(organisation_id, name, kind, country, type_, email, source=source)
    )
    languages = {"CM": ("fr", "en"), "TN": ("ar", "fr")}.get(country, ("fr",))
    save_coverage(uow, organisation_id, Dimension.LANGUAGE, languages)
    return True


def _accredit(
    uow: UnitOfWork,
    organisation_id: str,
    specification: Specification,
    until: date,
    since: date = _SINCE,
) -> str:
    at = datetime.combine(since, time(), UTC)
    made = accredit(
        uow, organisation_id, specification.id, since, until, by=SYSTEM.account_id, at=at
    )
    return made.id
