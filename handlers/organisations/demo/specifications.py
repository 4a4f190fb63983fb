"""Sets of specifications of the demo, by what is published of them; the rest says it is a sample.

Marks: S the founding document, I inferred.
"""

from __future__ import annotations

from datetime import date

from handlers.organisations.accreditation import Criterion, Specification

PUBLISHED_ON = date(2024, 1, 15)
"""A sample value: no date is published of any of them."""


def _criterion(code: str, fr: str, en: str, ar: str) -> Criterion:
    return Criterion(code, {"fr": fr, "en": en, "ar": ar})


OFII_OPERATOR = Specification(
    code="cm-ofii-operator",
    version=1,
    country="CM",
    name={
        "fr": "Panel d'opérateurs de l'OFII",
        "en": "OFII's operator panel",
        "ar": "هيئة مشغّلي المكتب الفرنسي",
    },
    criteria=(
        _criterion(
            "business-creation",
            "Expérience de la création d'entreprise : foncier, choix raisonné du projet, "
            "facteurs clés de succès, technique du secteur",
            "Experience in setting up a business: land, reasoned choice of project, "
            "key success factors, technique of the sector",
            "خبرة في إنشاء المؤسسات: العقار، الاختيار المدروس للمشروع، عوامل النجاح، تقنيات القطاع",
        ),
        _criterion(
            "support",
            "Expérience de l'accompagnement : identification, faisabilité, démarrage "
            "(choix du lieu, des investissements)",
            "Experience in support: identification, feasibility, start-up "
            "(choice of location, of investments)",
            "خبرة في المرافقة: التحديد، دراسة الجدوى، الانطلاق (اختيار الموقع والاستثمارات)",
        ),
        _criterion(
            "reactivity",
            "Réactivité : une réponse appropriée à chaque difficulté dans un délai raisonnable",
            "Reactivity: an appropriate response to each difficulty within a reasonable time",
            "سرعة الاستجابة: رد مناسب على كل صعوبة في أجل معقول",
        ),
        _criterion(
            "dialogue",
            "Dialogue exigeant et confiance, au-delà de la période d'appui",
            "A demanding dialogue, and trust beyond the support period",
            "حوار متطلب وثقة تتجاوز فترة الدعم",
        ),
    ),
    published_on=PUBLISHED_ON,
    mark="S",
    source="S A3 (a) à (d) ; la date est une valeur d'exemple",
)

TOUNESNA_OPERATOR = Specification(
    code="tn-tounesna-operator",
    version=1,
    country="TN",
    name={
        "fr": "Cahier des charges des opérateurs de suivi (exemple)",
        "en": "Specifications of monitoring operators (sample)",
        "ar": "كراس شروط مشغّلي المتابعة (نموذج)",
    },
    criteria=(
        _criterion(
            "civil-society",
            "Association de la société civile locale",
            "Association of local civil society",
            "جمعية من المجتمع المدني المحلي",
        ),
        _criterion(
            "follow-up",
            "Moyens de suivre chaque personne pendant 12 mois",
            "Means to follow each person for 12 months",
            "القدرة على متابعة كل شخص مدة 12 شهرا",
        ),
        _criterion(
            "three-paths",
            "Appui social, emploi et création d'entreprise",
            "Social support, employment and business creation",
            "الدعم الاجتماعي والتشغيل وإنشاء المؤسسات",
        ),
    ),
    published_on=PUBLISHED_ON,
    mark="I",
    source="S A17 pour l'existence ; le texte n'a pas été trouvé : critères d'exemple",
)

LEMMA_ASSOCIATION = Specification(
    code="tn-lemma-association",
    version=1,
    country="TN",
    name={
        "fr": "Appel à projets Lemma, associations (exemple)",
        "en": "Lemma call for projects, associations (sample)",
        "ar": "دعوة لمّا لتقديم المشاريع، الجمعيات (نموذج)",
    },
    criteria=(
        _criterion(
            "registered",
            "Association déclarée, dont l'objet couvre la réintégration",
            "Registered association whose purpose covers reintegration",
            "جمعية مصرح بها يشمل غرضها إعادة الإدماج",
        ),
        _criterion(
            "territory",
            "Présence dans une zone de forte activité migratoire",
            "Presence in an area of high migratory activity",
            "حضور في منطقة ذات نشاط هجري مرتفع",
        ),
        _criterion(
            "close-support",
            "Suivi rapproché des porteurs de projet, avant et après la création",
            "Close monitoring of project leaders, before and after creation",
            "متابعة عن قرب لأصحاب المشاريع قبل الإنشاء وبعده",
        ),
    ),
    published_on=date(2017, 2, 1),
    mark="I",
    source="S A14, A15 pour l'appel et le suivi rapproché ; date et critères d'exemple",
)

MIGR_ACTIONS = Specification(
    code="tg-migr-actions",
    version=1,
    country="TG",
    name={
        "fr": "Conditions d'admission à Migr'Actions (exemple)",
        "en": "Conditions of admission to Migr'Actions (sample)",
        "ar": "شروط القبول في ميغر أكسيون (نموذج)",
    },
    criteria=(
        _criterion(
            "public-service",
            "Service public de l'emploi national",
            "National public employment service",
            "مصلحة عمومية وطنية للتشغيل",
        ),
        _criterion(
            "migration-system",
            "Dispositif de gestion des migrations à consolider",
            "Migration management system to consolidate",
            "منظومة لتدبير الهجرة يراد تعزيزها",
        ),
        _criterion(
            "legal-mobility",
            "Moyens d'organiser la mobilité professionnelle internationale légale",
            "Means to organise legal international job mobility",
            "القدرة على تنظيم التنقل المهني الدولي القانوني",
        ),
    ),
    published_on=date(2019, 1, 15),
    mark="I",
    source="S A7 pour la candidature et l'admission ; le texte n'a pas été trouvé : critères "
    "et date d'exemple",
)

SPECIFICATIONS = (OFII_OPERATOR, TOUNESNA_OPERATOR, LEMMA_ASSOCIATION, MIGR_ACTIONS)
