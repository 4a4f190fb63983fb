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
    Criterion,
    Specification,
    Status,
    accredit,
    change_status,
    publish_specification,
)
from handlers.organisations.codes import LEVELS
from handlers.organisations.store import (
    Dimension,
    Kind,
    Organisation,
    find_organisations,
    save_coverage,
    save_organisation,
    save_profile,
)

TUNISIAN_REGIONS = (
    "tunis",
    "bizerte",
    "jendouba",
    "kasserine",
    "kebili",
    "mahdia",
    "medenine",
    "sfax",
)
"""Governorates that the domain file names (W28, W31; A16)."""

_BODIES: tuple[tuple[str, str, Kind, str, str, str], ...] = (
    ("minjec-demo", "Ministère de la Jeunesse (démo)", Kind.MINISTRY, "CM", "public", "S A10, A11"),
    ("minas-demo", "Ministère des Affaires sociales (démo)", Kind.MINISTRY, "CM", "public", "W17"),
    ("minefop-demo", "Ministère de l'Emploi (démo)", Kind.MINISTRY, "CM", "public", "I A9"),
    ("pari-jedi-demo", "PARI-JEDI (démo)", Kind.PUBLIC_SERVICE, "CM", "public", "S A12"),
    ("oim-cm-demo", "OIM-Cameroun (démo)", Kind.INTERNATIONAL, "CM", "public", "S A10"),
    ("comite-ffue-demo", "Comité de pilotage FFUE (démo)", Kind.COMMITTEE, "CM", "public", "S A10"),
    ("comite-cbi-demo", "Comité CBI (démo)", Kind.COMMITTEE, "CM", "public", "S A10"),
    ("anpe-tg-demo", "ANPE Togo (démo)", Kind.AGENCY, "TG", "public", "S A4"),
    ("hcr-tg-demo", "HCR Togo (démo)", Kind.INTERNATIONAL, "TG", "public", "S A6"),
    ("ote-demo", "Office des Tunisiens à l'étranger (démo)", Kind.AGENCY, "TN", "public", "S A17"),
    ("ofii-tn-demo", "OFII-Tunisie (démo)", Kind.AGENCY, "TN", "public", "S A14"),
    (
        "promotion-sociale-demo",
        "Promotion sociale (démo)",
        Kind.PUBLIC_SERVICE,
        "TN",
        "public",
        "S A18",
    ),
    ("aneti-demo", "Service de l'emploi (démo)", Kind.PUBLIC_SERVICE, "TN", "public", "S A18"),
    (
        "comite-lemma-demo",
        "Comité Lemma (démo)",
        Kind.COMMITTEE,
        "TN",
        "public",
        "S A15",
    ),
    (
        "comite-tounesna-demo",
        "Secrétariat du comité Tounesna (démo)",
        Kind.COMMITTEE,
        "TN",
        "public",
        "S A17",
    ),
    (
        "comite-minjec-demo",
        "Secrétariat de la commission MINJEC (démo)",
        Kind.COMMITTEE,
        "CM",
        "public",
        "I A11",
    ),
    (
        "comite-pari-jedi-demo",
        "Secrétariat du comité PARI-JEDI (démo)",
        Kind.COMMITTEE,
        "CM",
        "public",
        "W25",
    ),
    (
        "comite-ofii-anpe-demo",
        "Secrétariat du comité OFII-ANPE (démo)",
        Kind.COMMITTEE,
        "TG",
        "public",
        "I A5",
    ),
)

_MONITORING = ("Jasmin", "Olivier", "Palmier", "Amandier", "Figuier", "Grenadier")
_LEMMA = ("Passage", "Rivage", "Phare", "Horizon")
_CAPACITY = (
    "Alfa",
    "Amarante",
    "Anémone",
    "Basilic",
    "Caroubier",
    "Cigale",
    "Coquelicot",
    "Dune",
    "Églantier",
    "Flamant",
    "Genévrier",
    "Henné",
    "Iris",
    "Laurier",
    "Menthe",
    "Narcisse",
    "Oasis",
    "Romarin",
    "Safran",
    "Tamaris",
    "Verveine",
)

OFII_PANEL = Specification(
    code="ofii-panel",
    version=1,
    country="CM",
    name={
        "fr": "Panel d'opérateurs de l'OFII",
        "en": "OFII's operator panel",
        "ar": "هيئة مشغّلي المكتب الفرنسي",
    },
    criteria=(
        Criterion(
            "business-creation",
            {
                "fr": "Expérience de la création d'entreprise : foncier, choix raisonné du projet, "
                "facteurs clés de succès, technique du secteur",
                "en": "Experience in setting up a business: land, reasoned choice of project, "
                "key success factors, technique of the sector",
                "ar": "خبرة في إنشاء المؤسسات: العقار، الاختيار المدروس للمشروع، "
                "عوامل النجاح، تقنيات القطاع",
            },
        ),
        Criterion(
            "support",
            {
                "fr": "Expérience de l'accompagnement : identification, faisabilité, démarrage",
                "en": "Experience in support: identification, feasibility, start-up",
                "ar": "خبرة في المرافقة: التحديد، دراسة الجدوى، الانطلاق",
            },
        ),
        Criterion(
            "reactivity",
            {
                "fr": "Réactivité : une réponse appropriée à chaque difficulté "
                "dans un délai raisonnable",
                "en": "Reactivity: an appropriate response to each difficulty "
                "within a reasonable time",
                "ar": "سرعة الاستجابة: رد مناسب على كل صعوبة في أجل معقول",
            },
        ),
        Criterion(
            "dialogue",
            {
                "fr": "Dialogue exigeant et confiance, au-delà de la période d'appui",
                "en": "A demanding dialogue, and trust beyond the support period",
                "ar": "حوار متطلب وثقة تتجاوز فترة الدعم",
            },
        ),
    ),
    published_on=date(2024, 1, 15),
    mark="S",
    source="S A3 ; la date est une valeur d'exemple",
)

TOUNESNA_OPERATORS = Specification(
    code="tounesna-operators",
    version=1,
    country="TN",
    name={
        "fr": "Cahier des charges des opérateurs de suivi (exemple)",
        "en": "Specifications of monitoring operators (sample)",
        "ar": "كراس شروط مشغّلي المتابعة (نموذج)",
    },
    criteria=(
        Criterion(
            "civil-society",
            {
                "fr": "Association de la société civile locale",
                "en": "Association of local civil society",
                "ar": "جمعية من المجتمع المدني المحلي",
            },
        ),
        Criterion(
            "follow-up",
            {
                "fr": "Moyens de suivre chaque personne pendant 12 mois",
                "en": "Means to follow each person for 12 months",
                "ar": "القدرة على متابعة كل شخص مدة 12 شهرا",
            },
        ),
        Criterion(
            "three-paths",
            {
                "fr": "Appui social, emploi et création d'entreprise",
                "en": "Social support, employment and business creation",
                "ar": "الدعم الاجتماعي والتشغيل وإنشاء المؤسسات",
            },
        ),
    ),
    published_on=date(2024, 1, 15),
    mark="I",
    source="S A17 pour l'existence ; le texte n'a pas été trouvé : critères d'exemple",
)

_SINCE = date(2025, 1, 1)


def seed_organisations(uow: UnitOfWork, panel: Iterable[str]) -> None:
    """Write the demo's organisations that are missing; those that are there stay as they are.

    :param panel: the operators of OFII's panel, written already; accredited now if they are not.
    """
    seen = frozenset(each.id for each in find_organisations(uow))
    for organisation_id, name, kind, country, type_, source in _BODIES:
        _add(uow, seen, organisation_id, name, kind, country, source, type_=type_)
    new_panel = publish_specification(uow, OFII_PANEL)
    publish_specification(uow, TOUNESNA_OPERATORS)
    if new_panel:
        for organisation_id in panel:
            _accredit(uow, organisation_id, OFII_PANEL, date(2027, 12, 31))
    _monitoring_operators(uow, seen)
    _associations(uow, seen)


def _monitoring_operators(uow: UnitOfWork, seen: frozenset[str]) -> None:
    for number, word in enumerate(_MONITORING):
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
            sectors=("agriculture", "commerce", "crafts", "services"),
            regions=sorted(regions),
            levels=LEVELS,
        )
        # Sample values: the last two show an accreditation suspended and one that ran out.
        ran_out = number == len(_MONITORING) - 1
        until = date(2025, 12, 31) if ran_out else date(2027, 12, 31)
        made = _accredit(uow, organisation_id, TOUNESNA_OPERATORS, until)
        if number == len(_MONITORING) - 2:
            on = datetime(2026, 2, 1, tzinfo=UTC)
            reason = "Rapports attendus (exemple)"
            change_status(uow, made, Status.SUSPENDED, reason, by=SYSTEM.account_id, at=on)


def _associations(uow: UnitOfWork, seen: frozenset[str]) -> None:
    for number, word in enumerate(_LEMMA):
        organisation_id, name = f"lemma-{number + 1}", f"Association imaginaire {word}"
        source = "S A14 : quatre ; nom inventé"
        if _add(uow, seen, organisation_id, name, Kind.ASSOCIATION, "TN", source):
            region = ("jendouba", "bizerte", "tunis", "mahdia")[number]
            save_profile(
                uow,
                organisation_id,
                capacity=30,
                sectors=("agriculture", "commerce", "crafts", "services"),
                regions=(region,),
                levels=("business",),
            )
    for number, word in enumerate(_CAPACITY):
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
    uow: UnitOfWork, organisation_id: str, specification: Specification, until: date
) -> str:
    at = datetime.combine(_SINCE, time(), UTC)
    made = accredit(
        uow, organisation_id, specification.id, _SINCE, until, by=SYSTEM.account_id, at=at
    )
    return made.id
