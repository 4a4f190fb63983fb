"""Invented organisations for the demo and for tests; no name here is a real body's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.errors import InvalidAnswer, NotFound
from engine.store import UnitOfWork
from handlers.committees import seed_committees
from handlers.organisations import (
    Dimension,
    Organisation,
    find_organisations,
    read_operator,
    save_capacity,
    save_coverage,
    save_organisation,
    save_profile,
)
from handlers.organisations.codes import LEVELS, SECTORS
from handlers.organisations.codes import REGIONS as CODES_OF_REGIONS
from handlers.organisations.demo import seed_organisations
from handlers.payments import HEADINGS, seed_budgets
from handlers.referrals import SERVICES, seed_services
from handlers.surveys import import_shipped

REGIONS = CODES_OF_REGIONS["CM"]
"""Cameroon's ten regions, as codes."""

ORGANISATIONS = (
    Organisation("ofii-cm", "OFII-Cameroun (démo)", "agency", "CM", "public", "ofii@demo.invalid"),
    Organisation(
        "collectivite-demo",
        "Collectivité de démonstration",
        "local-administration",
        "CM",
        "public",
        "accueil@demo.invalid",
    ),
    Organisation(
        "comite-demo",
        "Secrétariat du comité (démo)",
        "committee",
        "CM",
        "public",
        "comite@demo.invalid",
    ),
    Organisation(
        "ffue-oim-demo",
        "Secrétariat FFUE-OIM (démo)",
        "committee",
        "CM",
        "public",
        "ffue-oim@demo.invalid",
    ),
    Organisation(
        "lemma-demo",
        "Secrétariat Lemma (démo)",
        "committee",
        "TN",
        "public",
        "lemma@demo.invalid",
    ),
    Organisation(
        "op-nord-conseil",
        "Nord Conseil Imaginaire",
        "operator",
        "CM",
        "private",
        "nord-conseil@demo.invalid",
    ),
    Organisation(
        "op-littoral-appui",
        "Littoral Appui Imaginaire",
        "operator",
        "CM",
        "private",
        "littoral-appui@demo.invalid",
    ),
    Organisation(
        "op-horizon",
        "Cabinet Horizon Imaginaire",
        "operator",
        "CM",
        "private",
        "horizon@demo.invalid",
    ),
    Organisation(
        "op-emploi-public",
        "Service Public de l'Emploi (démo)",
        "operator",
        "CM",
        "public",
        "emploi-public@demo.invalid",
    ),
    Organisation(
        "op-jeunesse-publique",
        "Service Public de la Jeunesse (démo)",
        "operator",
        "CM",
        "public",
        "jeunesse-publique@demo.invalid",
    ),
)

SOURCE = "S A2, A3 : tel organisme existe ; nom et profil inventés"

_NORTH = ("adamaoua", "extreme-nord", "nord")
_COAST = ("littoral", "sud", "sud-ouest")
_CENTRE = ("centre", "est", "nord-ouest", "ouest")

# Five operators, 3 private and 2 public, as OFII's panel has (domain file, A3); which sectors,
# regions, levels and places they have is invented. Together they cover every combination.
PROFILES: Mapping[str, tuple[int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "op-nord-conseil": (25, SECTORS, _NORTH, ("business", "employment")),
    "op-littoral-appui": (40, SECTORS, (*_COAST, "centre"), LEVELS),
    "op-horizon": (30, SECTORS, _CENTRE, ("business", "employment")),
    "op-emploi-public": (60, SECTORS, REGIONS, ("employment", "social")),
    "op-jeunesse-publique": (50, ("agriculture", "crafts", "livestock"), REGIONS, LEVELS),
}


def seed(uow: UnitOfWork, given: Mapping[str, Any] | None = None) -> None:
    """Write the demo's reference data that are missing, budgets too; what is there stays so.

    :param given: what a scenario makes otherwise: ``capacity``, places by organisation; ``budget``,
        what a heading is allocated a year, by code; ``services``, places by structure of the
        directory.
    :raises InvalidAnswer: it makes something else otherwise, or of another operator or heading.
    """
    given = dict(given or {})
    sums = _sums(given.pop("budget", {}))
    services = _services(given.pop("services", {}))
    places = _places(given)
    known = {each.id for each in find_organisations(uow)}
    for organisation in ORGANISATIONS:
        if organisation.id not in known:
            save_organisation(uow, replace(organisation, source=SOURCE))
            save_coverage(uow, organisation.id, Dimension.LANGUAGE, ("fr", "en"))
    for organisation_id, (capacity, sectors, regions, levels) in PROFILES.items():
        if organisation_id not in known:
            save_profile(
                uow,
                organisation_id,
                capacity=capacity,
                sectors=sectors,
                regions=regions,
                levels=levels,
            )
    seed_organisations(uow, PROFILES)
    _bring_places(uow, places)
    seed_committees(uow)
    import_shipped(uow, datetime.now(UTC))
    seed_services(uow, services)
    seed_budgets(uow, sums)


def _sums(given: Mapping[str, Any]) -> Mapping[str, Decimal]:
    known = {code for _, code, _, _, _ in HEADINGS}
    wrong = {
        code: f"'{amount}' is no sum for a heading. Known headings: {', '.join(sorted(known))}."
        for code, amount in given.items()
        if code not in known or type(amount) not in (int, Decimal) or amount < 0
    }
    if wrong:
        raise InvalidAnswer(wrong)
    return {code: Decimal(amount) for code, amount in given.items()}


def _services(given: Mapping[str, Any]) -> Mapping[str, int]:
    known = {service.organisation_id for service in SERVICES}
    wrong = {
        structure: f"'{count}' is no number of places of one of: {', '.join(sorted(known))}."
        for structure, count in given.items()
        if structure not in known or type(count) is not int or count < 0
    }
    if wrong:
        raise InvalidAnswer(wrong)
    return dict(given)


def _places(given: Mapping[str, Any]) -> Mapping[str, int]:
    if unknown := sorted(set(given) - {"capacity"}):
        raise InvalidAnswer(
            dict.fromkeys(unknown, "Only budget, capacity and services can be given.")
        )
    places = given.get("capacity", {})
    for operator, count in places.items():
        if type(count) is not int or count < 0:
            raise InvalidAnswer({operator: f"'{count}' is no number of places."})
    return dict(places)


def _bring_places(uow: UnitOfWork, places: Mapping[str, int]) -> None:
    for organisation_id, count in places.items():
        try:
            read_operator(uow, organisation_id)
        except NotFound as error:
            said = "No organisation of the demo with this id takes cases."
            raise InvalidAnswer({organisation_id: said}) from error
        save_capacity(uow, organisation_id, count)
