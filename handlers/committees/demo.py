"""Committees of the demo: bodies by what is published of them, rules and seats invented.

Marks: S the founding document, W a public source, I inferred; what nobody published (quorum,
majority, grids) is a sample value and says so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from engine.store import UnitOfWork
from handlers.committees.bodies.store import (
    Body,
    Member,
    MemberRole,
    bodies,
    save_body,
    save_member,
)
from handlers.committees.rules import Criterion, Majority

OFII_FINANCE = "cm-ofii-finance"
"""The committee to which OFII's scheme in Cameroon puts its files."""


def _criterion(code: str, fr: str, en: str, ar: str, highest: int, weight: int = 1) -> Criterion:
    return Criterion(code, {"fr": fr, "en": en, "ar": ar}, highest, Decimal(weight))


_PROJECT_GRID = (
    _criterion("viability", "Viabilité du projet", "Viability", "جدوى المشروع", 10, 2),
    _criterion("person", "Motivation, compétences", "Motivation, skills", "الدافع والكفاءة", 10),
    _criterion("contribution", "Apport personnel", "Own contribution", "المساهمة الذاتية", 10),
)
_SAMPLE = "quorum, majorité et grille : valeurs d'exemple (I)"

BODIES = (
    Body(
        OFII_FINANCE,
        "Comité financier OFII (démo)",
        "finance",
        "CM",
        "comite-demo",
        "CF-CM",
        quorum=4,
        majority=Majority.SIMPLE,
        casting_vote=True,
        documents=("committee_file",),
        grid=_PROJECT_GRID,
        source="W4 : parité franco-camerounaise, environ deux séances par an, présidé par "
        f"l'ambassadeur ; {_SAMPLE}",
    ),
    Body(
        "cm-ffue-steering",
        "Comité de pilotage FFUE-OIM (démo)",
        "steering",
        "CM",
        "ffue-oim-demo",
        "CP-FFUE",
        quorum=3,
        majority=Majority.CONSENT,
        casting_vote=False,
        documents=("business_plan",),
        source=f"S A10 : le conseiller qui a préparé présente et se récuse (I) ; {_SAMPLE}",
    ),
    Body(
        "cm-ffue-cbi",
        "Comité CBI FFUE-OIM (démo)",
        "cbi",
        "CM",
        "ffue-oim-demo",
        "CBI-FFUE",
        quorum=3,
        majority=Majority.SIMPLE,
        casting_vote=True,
        documents=("project_sheet", "budget"),
        source=f"W19, W20 : comités restreints, CBI ; {_SAMPLE}",
    ),
    Body(
        "tn-lemma-selection",
        "Comité de sélection des projets Lemma (démo)",
        "selection",
        "TN",
        "lemma-demo",
        "CS-LEMMA",
        quorum=3,
        majority=Majority.ABSOLUTE,
        casting_vote=True,
        documents=("business_plan",),
        grid=_PROJECT_GRID,
        source=f"S A15 : présentation du projet au comité de sélection ; {_SAMPLE}",
    ),
    Body(
        "tn-associations-selection",
        "Comité de sélection des associations (démo)",
        "selection",
        "TN",
        "lemma-demo",
        "CS-ASSO",
        quorum=3,
        majority=Majority.TWO_THIRDS,
        casting_vote=False,
        documents=("project_sheet", "budget", "registration"),
        grid=(
            _criterion("reach", "Portée sociale", "Social reach", "الأثر الاجتماعي", 10, 2),
            _criterion("capacity", "Capacité", "Capacity", "القدرة", 10),
        ),
        source=f"S A16, W30 : trois associations retenues parmi vingt et une ; {_SAMPLE}",
    ),
)

_SEATS = (
    ("demo-presidence", MemberRole.CHAIR, True),
    ("demo-vicepresidence", MemberRole.DEPUTY, True),
    ("demo-membre1", MemberRole.MEMBER, True),
    ("demo-membre2", MemberRole.MEMBER, True),
    ("demo-membre3", MemberRole.MEMBER, True),
    ("demo-agentofii", MemberRole.MEMBER, True),
    ("demo-comite", MemberRole.SECRETARY, False),
)
"""OFII's committee, three French and three Cameroonian votes; all of them are invented people."""

_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def seed_committees(uow: UnitOfWork) -> None:
    """Write the demo's committees and seats that are missing; what was changed stays."""
    known = {body.id for body in bodies(uow)}
    for body in BODIES:
        if body.id not in known:
            save_body(uow, body)
    if OFII_FINANCE not in known:
        for account_id, role, votes in _SEATS:
            save_member(uow, Member(OFII_FINANCE, account_id, role, votes, _SINCE))
