"""Invented organisations for the demo and for tests; no name here is a real body's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import InvalidAnswer
from engine.store import UnitOfWork
from handlers.organisations import Organisation, save_organisation, save_profile

REGIONS = (
    "adamaoua",
    "centre",
    "est",
    "extreme-nord",
    "littoral",
    "nord",
    "nord-ouest",
    "ouest",
    "sud",
    "sud-ouest",
)
"""Cameroon's ten regions, as codes."""

SECTORS = ("agriculture", "commerce", "crafts", "livestock", "services", "transport", "catering")
LEVELS = ("social", "employment", "business")

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
    """Write the demo's organisations and operators; a second time changes nothing.

    :param given: what a scenario makes otherwise: ``capacity``, places by operator.
    :raises InvalidAnswer: it makes something else otherwise, or of another operator.
    """
    places = _places(given or {})
    for organisation in ORGANISATIONS:
        save_organisation(uow, organisation)
    for organisation_id, (capacity, sectors, regions, levels) in PROFILES.items():
        save_profile(
            uow,
            organisation_id,
            capacity=places.get(organisation_id, capacity),
            sectors=sectors,
            regions=regions,
            levels=levels,
        )


def _places(given: Mapping[str, Any]) -> Mapping[str, int]:
    places = given.get("capacity", {})
    unknown = sorted({*set(given) - {"capacity"}, *set(places) - set(PROFILES)})
    if unknown:
        known = ", ".join(PROFILES)
        raise InvalidAnswer(dict.fromkeys(unknown, f"Only capacity can be given, of: {known}."))
    for operator, count in places.items():
        if type(count) is not int or count < 0:
            raise InvalidAnswer({operator: f"'{count}' is no number of places."})
    return dict(places)
