"""Programmes and headings for the demo and for scenarios: every name, account and sum invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from engine.store import UnitOfWork
from handlers.payments.ledger import (
    Heading,
    Programme,
    allocate,
    balances_of,
    entries_of,
    headings,
    open_heading,
    save_programme,
    withdraw,
)

YEARS = range(2025, 2031)
"""Years for which headings are open."""
PAST_YEARS: Mapping[str, range] = {
    "lemma-aid": range(2017, 2020),
    "lemma-associations": range(2017, 2020),
}
"""Years before, of headings whose programme is over (Lemma, S A14), by code."""
BY = "import"
"""The demo's money is written down as a funder's file brings it."""

PROGRAMMES = (
    Programme(
        "demo-reinsertion-cm",
        "Aide à la réinsertion, Cameroun (démo)",
        "CM",
        "ofii-cm",
        "Programme Imaginaire Cameroun",
        "CM2100000000000000000000001",
        "DEMOCMCX",
    ),
    Programme(
        "demo-reinsertion-tg",
        "Aide à la réinsertion, Togo (démo)",
        "TG",
        "ofii-tg-demo",
        "Programme Imaginaire Togo",
        "TG0000000000000000000000001",
        "DEMOTGTG",
    ),
    Programme(
        "demo-reinsertion-tn",
        "Aide à la réinsertion, Tunisie (démo)",
        "TN",
        "ofii-tn-demo",
        "Programme Imaginaire Tunisie",
        "TN5900000000000000000001",
        "DEMOTNTT",
    ),
    Programme(
        "demo-commun",
        "Fonds commun de réintégration (démo)",
        "CM",
        "ofii-cm",
        "Fonds Imaginaire",
        "FR7600000000000000000000001",
        "DEMOFRPP",
    ),
    Programme(
        "demo-minjec",
        "Budget de fonctionnement du ministère de la Jeunesse (démo)",
        "CM",
        "minjec-demo",
        "Trésor Imaginaire",
        "CM2100000000000000000000002",
        "DEMOCMCX",
    ),
    Programme(
        "demo-ffue",
        "Initiative FFUE-OIM (démo)",
        "CM",
        "oim-cm-demo",
        "Initiative Imaginaire Cameroun",
        "CM2100000000000000000000003",
        "DEMOCMCX",
    ),
    Programme(
        "demo-pari-jedi",
        "Contrat OFII et PARI-JEDI (démo)",
        "CM",
        "ofii-cm",
        "Contrat Imaginaire Cameroun",
        "CM2100000000000000000000004",
        "DEMOCMCX",
    ),
    Programme(
        "demo-hcr-tg",
        "Convention HCR et ANPE (démo)",
        "TG",
        "hcr-tg-demo",
        "Convention Imaginaire Togo",
        "TG0000000000000000000000002",
        "DEMOTGTG",
    ),
    Programme(
        "demo-lemma",
        "Lemma, composante 3 (démo)",
        "TN",
        "ofii-tn-demo",
        "Lemma Imaginaire",
        "TN5900000000000000000002",
        "DEMOTNTT",
    ),
    Programme(
        "demo-lemma-eur",
        "Lemma, composante 3, compte en euros (démo)",
        "TN",
        "ofii-tn-demo",
        "Lemma Imaginaire",
        "FR7600000000000000000000002",
        "DEMOFRPP",
    ),
    Programme(
        "demo-tounesna",
        "Dispositif Tounesna (démo)",
        "TN",
        "ote-demo",
        "Dispositif Imaginaire Tunisie",
        "TN5900000000000000000003",
        "DEMOTNTT",
    ),
    Programme(
        "demo-retour-fr",
        "Préparation du retour, France (démo)",
        "FR",
        "ofii-fr-demo",
        "Retour Imaginaire",
        "FR7600000000000000000000003",
        "DEMOFRPP",
    ),
)

_PERSONAL = "Aides individuelles"
HEADINGS = (
    ("demo-reinsertion-cm", "aide-cm", _PERSONAL, "XAF", 450_000_000),
    ("demo-reinsertion-cm", "formation-cm", "Formations", "XAF", 60_000_000),
    ("demo-commun", "commun-cm", "Appui aux partenaires", "EUR", 900_000),
    ("demo-minjec", "minjec-precarious", "Migrants en situation précaire", "XAF", 120_000_000),
    ("demo-ffue", "ffue-cbi", "Assistance en espèces (CBI)", "XAF", 700_000_000),
    ("demo-ffue", "ffue-kind", "Assistance en nature", "XAF", 350_000_000),
    ("demo-pari-jedi", "pari-jedi", "Création d'entreprise", "XAF", 90_000_000),
    ("demo-reinsertion-tg", "aide-tg", _PERSONAL, "XOF", 280_000_000),
    ("demo-reinsertion-tg", "anpe-ofii", "Partenariat ANPE et OFII", "XOF", 110_000_000),
    ("demo-hcr-tg", "unhcr-anpe", "Formations et stages", "XOF", 45_000_000),
    ("demo-reinsertion-tn", "aide-tn", _PERSONAL, "TND", 1_200_000),
    ("demo-lemma", "lemma-aid", "Aide à la création", "TND", 1_500_000),
    ("demo-lemma", "lemma-associations", "Appui aux associations", "TND", 60_000),
    ("demo-lemma-eur", "lemma-aid", "Aide à la création", "EUR", 460_000),
    ("demo-lemma-eur", "lemma-associations", "Appui aux associations", "EUR", 12_000),
    ("demo-tounesna", "tounesna-social", "Aide sociale", "TND", 900_000),
    ("demo-tounesna", "tounesna-economic", "Aide économique", "TND", 2_500_000),
    ("demo-retour-fr", "ofii-prep-travel", "Voyages et allocations", "EUR", 800_000),
)
"""Programme, code, name, currency and what is allocated each year.

Sources: that the ministry's heading exists S A11, two ways of FFUE-OIM's assistance S A10, three
associations at 4,000 € W30; every sum is a sample value (I). Lemma's are in dinars and in euros: a
scheme says which by its currency.
"""


def seed_budgets(uow: UnitOfWork, given: Mapping[str, Decimal] | None = None) -> None:
    """Write the demo's programmes and headings; a second time changes nothing.

    :param given: what a scenario has a heading allocated each year, by code: what is there
        already is brought to it.
    """
    for programme in PROGRAMMES:
        save_programme(uow, programme)
    there = {(each.programme_id, each.code, each.year): each for each in headings(uow)}
    for programme_id, code, name, currency, usual in HEADINGS:
        for year in (*PAST_YEARS.get(code, ()), *YEARS):
            heading = there.get((programme_id, code, year))
            if heading is None:
                heading_id = f"{_id(programme_id, code)}-{year}"
                heading = Heading(heading_id, programme_id, code, name, year, currency)
                open_heading(uow, heading)
                at = datetime(year, 1, 1, tzinfo=UTC)
                allocate(uow, heading, Decimal(usual), key=f"{heading.id}/0", at=at, by=BY)
            if given and code in given:
                _bring(uow, heading, given[code])


def _id(programme_id: str, code: str) -> str:
    return f"demo-{code}-eur" if programme_id.endswith("-eur") else f"demo-{code}"


def _bring(uow: UnitOfWork, heading: Heading, wanted: Decimal) -> None:
    more = wanted - balances_of(uow, heading).amount("allocated")
    if more:
        move = allocate if more > 0 else withdraw
        key = f"{heading.id}/{len(entries_of(uow, heading_id=heading.id))}"
        at = datetime(heading.year, 1, 1, tzinfo=UTC)
        move(uow, heading, abs(more), key=key, at=at, by=BY)
