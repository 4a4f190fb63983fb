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
_SPECIFICATION_GRID = (
    _criterion("fit", "Respect du cahier des charges", "Fit", "مطابقة كراس الشروط", 10, 2),
    _criterion("means", "Moyens et équipe", "Means and team", "الموارد والفريق", 10),
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
    Body(
        "tn-tounesna-approval",
        "Comité d'agrément Tounesna (démo)",
        "approval",
        "TN",
        "comite-tounesna-demo",
        "CA-TOUNESNA",
        quorum=3,
        majority=Majority.ABSOLUTE,
        casting_vote=True,
        grid=_SPECIFICATION_GRID,
        source=f"S A17 : agrément par le dispositif d'après un cahier des charges ; {_SAMPLE}",
    ),
    Body(
        "cm-minjec-subsidy",
        "Commission de la subvention MINJEC (démo)",
        "selection",
        "CM",
        "comite-minjec-demo",
        "CS-MINJEC",
        quorum=3,
        majority=Majority.SIMPLE,
        casting_vote=True,
        source=f"I A11 : la ligne budgétaire est S, la commission déduite ; {_SAMPLE}",
    ),
    Body(
        "cm-pari-jedi",
        "Comité PARI-JEDI (démo)",
        "selection",
        "CM",
        "comite-pari-jedi-demo",
        "CP-PARIJEDI",
        quorum=3,
        majority=Majority.SIMPLE,
        casting_vote=True,
        grid=_PROJECT_GRID,
        source=f"W25 : le programme a son comité de pilotage ; I A12, A13 pour les dossiers "
        f"qu'il décide ; {_SAMPLE}",
    ),
    Body(
        "tg-ofii-anpe",
        "Comité OFII-ANPE (démo)",
        "selection",
        "TG",
        "comite-ofii-anpe-demo",
        "CS-OFII-ANPE",
        quorum=3,
        majority=Majority.SIMPLE,
        casting_vote=True,
        grid=_PROJECT_GRID,
        source=f"I A5 : aucun comité n'est décrit, repris de A2 ; {_SAMPLE}",
    ),
    Body(
        "tg-migr-actions",
        "Consortium Migr'Actions (démo)",
        "approval",
        "TG",
        "migractions-demo",
        "CO-MIGR",
        quorum=3,
        majority=Majority.CONSENT,
        casting_vote=False,
        grid=_SPECIFICATION_GRID,
        source=f"S A7 : quatre services publics de l'emploi admettent ; {_SAMPLE}",
    ),
    Body(
        "cm-ofii-operators",
        "Commission du panel d'opérateurs OFII (démo)",
        "approval",
        "CM",
        "comite-demo",
        "CO-OFII",
        quorum=3,
        majority=Majority.TWO_THIRDS,
        casting_vote=False,
        grid=_SPECIFICATION_GRID,
        source=f"I A3 : les exigences sont S, la commission déduite ; {_SAMPLE}",
    ),
)

_OFII_SEATS = (
    ("demo-presidence", MemberRole.CHAIR, True),
    ("demo-vicepresidence", MemberRole.DEPUTY, True),
    ("demo-membre1", MemberRole.MEMBER, True),
    ("demo-membre2", MemberRole.MEMBER, True),
    ("demo-membre3", MemberRole.MEMBER, True),
    ("demo-agentofii", MemberRole.MEMBER, True),
    ("demo-comite", MemberRole.SECRETARY, False),
)
"""OFII's committee, three French and three Cameroonian votes; all of them are invented people."""

_BENCH = (
    ("presidence", MemberRole.CHAIR, True),
    ("vicepresidence", MemberRole.DEPUTY, True),
    ("membre1", MemberRole.MEMBER, True),
    ("membre2", MemberRole.MEMBER, True),
    ("membre3", MemberRole.MEMBER, True),
    ("secretariat", MemberRole.SECRETARY, False),
)
"""Any other committee: nobody published who sits in it, so five votes are invented."""

_COUNSELLORS = "cm-ffue-steering"
"""MINJEC's counsellors take part in this one (S A10); no vote of theirs is stated: observers."""

_SINCE = datetime(2016, 3, 1, tzinfo=UTC)
"""Before the first case that a scenario plays: Lemma's, of March 2016 to June 2019 (S A14)."""


def seats_of(body_id: str) -> tuple[Member, ...]:
    """Return the invented members of a demo committee; their accounts bear the committee's name."""
    if body_id == OFII_FINANCE:
        return tuple(Member(body_id, *seat, _SINCE) for seat in _OFII_SEATS)
    seats = [(f"demo-{body_id}-{name}", role, votes) for name, role, votes in _BENCH]
    if body_id == _COUNSELLORS:
        seats.append((f"demo-{body_id}-conseiller", MemberRole.OBSERVER, False))
    return tuple(Member(body_id, *seat, _SINCE) for seat in seats)


def seed_committees(uow: UnitOfWork) -> None:
    """Write the demo's committees and seats that are missing; what was changed stays."""
    known = {body.id for body in bodies(uow)}
    for body in BODIES:
        if body.id not in known:
            save_body(uow, body)
            for seat in seats_of(body.id):
                save_member(uow, seat)
