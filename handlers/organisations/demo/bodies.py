"""Who there is in the demo: public bodies by what they are, every private one's name made up.

Each line: id, name, kind, type, and where it is said that such a body exists.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.organisations.store import Kind

Line = tuple[str, str, Kind, str, str]

BODIES: Mapping[str, tuple[Line, ...]] = {
    "CM": (
        ("minjec-demo", "MINJEC (démo)", Kind.MINISTRY, "public", "S A10, A11"),
        ("minas-demo", "Ministère des Affaires sociales (démo)", Kind.MINISTRY, "public", "W17"),
        ("minefop-demo", "Ministère de l'Emploi (démo)", Kind.MINISTRY, "public", "I A9"),
        ("minsante-demo", "Ministère de la Santé (démo)", Kind.MINISTRY, "public", "I A9"),
        ("minedub-demo", "Ministère de l'Éducation (démo)", Kind.MINISTRY, "public", "I A9"),
        ("minat-demo", "Ministère de l'Administration (démo)", Kind.MINISTRY, "public", "I A9"),
        ("minrex-demo", "Ministère des Relations extérieures (démo)", Kind.MINISTRY, "public", "I"),
        ("minader-demo", "Ministère de l'Agriculture (démo)", Kind.MINISTRY, "public", "I A9"),
        ("minproff-demo", "Ministère de la Famille (démo)", Kind.MINISTRY, "public", "I A9"),
        ("gti-demo", "Groupe interministériel (démo)", Kind.AGENCY, "public", "S A9"),
        ("asso-cm-toit", "Association imaginaire Toit", Kind.ASSOCIATION, "private", "I A9"),
        ("asso-cm-ecoute", "Association imaginaire Écoute", Kind.ASSOCIATION, "private", "I A9"),
        ("centre-social-demo", "Centre social (démo)", Kind.PUBLIC_SERVICE, "public", "I A9"),
        ("hopital-demo", "Hôpital (démo)", Kind.PUBLIC_SERVICE, "public", "I A9"),
        ("pari-jedi-demo", "PARI-JEDI (démo)", Kind.PUBLIC_SERVICE, "public", "S A12, A13"),
        ("oim-cm-demo", "OIM-Cameroun (démo)", Kind.INTERNATIONAL, "public", "S A10"),
        ("comite-ffue-demo", "Comité de pilotage FFUE (démo)", Kind.COMMITTEE, "public", "S A10"),
        ("comite-cbi-demo", "Comité CBI (démo)", Kind.COMMITTEE, "public", "S A10"),
        ("comite-minjec-demo", "Commission MINJEC (démo)", Kind.COMMITTEE, "public", "I A11"),
        ("comite-pari-jedi-demo", "Comité PARI-JEDI (démo)", Kind.COMMITTEE, "public", "W25"),
        (
            "formation-avicole-demo",
            "Ferme-école imaginaire du Levant",
            Kind.TRAINING_PROVIDER,
            "private",
            "S A10 : formation technique ; nom inventé",
        ),
        (
            "formation-civique-demo",
            "Centre imaginaire d'éducation civique",
            Kind.TRAINING_PROVIDER,
            "private",
            "S A11 : formation avant l'aide ; nom inventé",
        ),
        (
            "asso-diaspora-demo",
            "Association imaginaire des Retours du Littoral",
            Kind.ASSOCIATION,
            "private",
            "S A13 : association ou OSC ; nom inventé",
        ),
    ),
    "TG": (
        ("anpe-tg-demo", "ANPE Togo (démo)", Kind.AGENCY, "public", "S A4"),
        (
            "anpe-refugies-tg-demo",
            "ANPE Togo, cellule réfugiés (démo)",
            Kind.AGENCY,
            "public",
            "I A6 : à part des autres services",
        ),
        ("ofii-tg-demo", "OFII, pour le Togo (démo)", Kind.AGENCY, "public", "S A5"),
        ("hcr-tg-demo", "HCR Togo (démo)", Kind.INTERNATIONAL, "public", "S A6"),
        ("comite-ofii-anpe-demo", "Comité OFII-ANPE (démo)", Kind.COMMITTEE, "public", "I A5"),
        (
            "migractions-demo",
            "Migr'Actions (démo)",
            Kind.INTERNATIONAL,
            "public",
            "S A7",
        ),
        ("financement-tg-demo", "Fonds imaginaire du Littoral", Kind.COMPANY, "private", "I A4"),
        (
            "accueil-tg-1",
            "Ateliers imaginaires Golfe",
            Kind.COMPANY,
            "private",
            "S A6 ; inventé",
        ),
        ("accueil-tg-2", "Scierie imaginaire de Kara", Kind.COMPANY, "private", "S A6 ; inventé"),
        ("accueil-tg-3", "Couture imaginaire Étoile", Kind.COMPANY, "private", "S A6 ; inventé"),
        ("accueil-tg-4", "Transit imaginaire du Port", Kind.COMPANY, "private", "S A6 ; inventé"),
        (
            "formation-tg-1",
            "Centre imaginaire des Métiers",
            Kind.TRAINING_PROVIDER,
            "private",
            "S A4 : formation en alternance ; nom inventé",
        ),
        (
            "formation-tg-2",
            "École imaginaire d'Électricité",
            Kind.TRAINING_PROVIDER,
            "private",
            "S A4 : formation en alternance ; nom inventé",
        ),
        (
            "formation-tg-3",
            "Institut imaginaire de Rédaction",
            Kind.TRAINING_PROVIDER,
            "private",
            "S A6 : rédaction professionnelle ; nom inventé",
        ),
    ),
    "TN": (
        ("ote-demo", "Office des Tunisiens à l'étranger (démo)", Kind.AGENCY, "public", "S A17"),
        ("ofii-tn-demo", "OFII-Tunisie (démo)", Kind.AGENCY, "public", "S A14"),
        (
            "promotion-sociale-demo",
            "Autorité générale de la promotion sociale (démo)",
            Kind.PUBLIC_SERVICE,
            "public",
            "S A18",
        ),
        ("aneti-demo", "ANETI (démo)", Kind.PUBLIC_SERVICE, "public", "S A18"),
        ("comite-lemma-demo", "Comité Lemma (démo)", Kind.COMMITTEE, "public", "S A15"),
        ("comite-tounesna-demo", "Comité Tounesna (démo)", Kind.COMMITTEE, "public", "S A17"),
        ("formation-tn-1", "Académie imaginaire du Sahel", Kind.TRAINING_PROVIDER, "private", "I"),
        ("fournisseur-tn-1", "Équipements imaginaires du Cap", Kind.COMPANY, "private", "I A15"),
        ("fournisseur-tn-2", "Semences imaginaires du Nord", Kind.COMPANY, "private", "I A15"),
    ),
    "FR": (("ofii-fr-demo", "OFII, direction territoriale (démo)", Kind.AGENCY, "public", "S A1"),),
}
"""Bodies by country."""

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

MONITORING = ("Jasmin", "Olivier", "Palmier", "Amandier", "Figuier", "Grenadier")
"""Tounesna's six monitoring operators (S A17)."""

LEMMA: Mapping[str, str] = {
    "Passage": "jendouba",
    "Rivage": "bizerte",
    "Phare": "tunis",
    "Horizon": "mahdia",
}
"""Lemma's four associations (S A14), by region (W28)."""

CAPACITY = (
    *("Alfa", "Amarante", "Anémone", "Basilic", "Caroubier", "Cigale", "Coquelicot"),
    *("Dune", "Églantier", "Flamant", "Genévrier", "Henné", "Iris", "Laurier", "Menthe"),
    *("Narcisse", "Oasis", "Romarin", "Safran", "Tamaris", "Verveine"),
)
"""The twenty-one associations of capacity building (S A16)."""

CHARGES: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "pari-jedi-demo": (40, ("business",)),
    "anpe-tg-demo": (120, ("social", "employment", "business")),
}
"""Public bodies to which an agreement entrusts cases (S A12, I A5): cases at a time, levels."""
