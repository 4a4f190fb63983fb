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
BY = "demo"

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
        "ofii-cm",
        "Programme Imaginaire Togo",
        "TG0000000000000000000000001",
        "DEMOTGTG",
    ),
    Programme(
        "demo-reinsertion-tn",
        "Aide à la réinsertion, Tunisie (démo)",
        "TN",
        "ofii-cm",
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
)

HEADINGS = (
    ("demo-reinsertion-cm", "aide-cm", "Aides individuelles", "XAF", 450_000_000),
    ("demo-reinsertion-cm", "formation-cm", "Formations", "XAF", 60_000_000),
    ("demo-reinsertion-tg", "aide-tg", "Aides individuelles", "XOF", 280_000_000),
    ("demo-reinsertion-tn", "aide-tn", "Aides individuelles", "TND", 1_200_000),
    ("demo-commun", "commun-cm", "Appui aux partenaires", "EUR", 900_000),
)
"""Programme, code, name, currency and what is allocated each year."""


def seed_budgets(uow: UnitOfWork, given: Mapping[str, Decimal] | None = None) -> None:
    """Write the demo's programmes and headings; a second time changes nothing.

    :param given: what a scenario has a heading allocated each year, by code: what is there
        already is brought to it.
    """
    for programme in PROGRAMMES:
        save_programme(uow, programme)
    there = {(each.code, each.year): each for each in headings(uow)}
    for programme_id, code, name, currency, usual in HEADINGS:
        for year in YEARS:
            heading = there.get((code, year))
            if heading is None:
                heading = Heading(f"demo-{code}-{year}", programme_id, code, name, year, currency)
                open_heading(uow, heading)
                _bring(uow, heading, Decimal(usual))
            if given and code in given:
                _bring(uow, heading, given[code])


def _bring(uow: UnitOfWork, heading: Heading, wanted: Decimal) -> None:
    more = wanted - balances_of(uow, heading).amount("allocated")
    if more:
        move = allocate if more > 0 else withdraw
        key = f"{heading.id}/{len(entries_of(uow, heading_id=heading.id))}"
        at = datetime(heading.year, 1, 1, tzinfo=UTC)
        move(uow, heading, abs(more), key=key, at=at, by=BY)
