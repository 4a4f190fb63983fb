"""Results of before that the founding document names, as cases that are over, for the reports.

The counts are the document's (S A5, A6, A14 to A17, A3); what it does not say of them, such as who
funded which case, is not said here either. Dates within the schemes' years are sample values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from engine.model import SYSTEM
from engine.service import Engine, Record

Group = tuple[int, Mapping[str, Any]]

AREAS = ("bizerte", "jendouba", "mahdia", "tunis")
YEARS: Mapping[str, tuple[int, int]] = {
    "cm/ofii-operators": (2009, 2010),
    "tg/ofii-anpe": (2017, 2019),
    "tg/unhcr-anpe": (2015, 2018),
    "tn/association-grants": (2018, 2019),
    "tn/lemma": (2017, 2018),
    "tn/lemma-associations": (2017, 2017),
    "tn/tounesna-operators": (2019, 2019),
}
"""First and last year in which a scheme's cases began."""

_FUNDED = {"strengthening": "chosen", "grant_decision": "approved"}

GROUPS: Mapping[str, tuple[Group, ...]] = {
    "cm/ofii-operators": (
        (3, {"ownership": "private", "approval": "approved"}),
        (2, {"ownership": "public", "approval": "approved"}),
    ),
    "tg/ofii-anpe": (
        (1, {"assistance_type": "employment", "grant_decision": "approved"}),
        (19, {"assistance_type": "business", "grant_decision": "approved"}),
    ),
    "tg/unhcr-anpe": ((190, {"outcome": "trained"}), (10, {"outcome": "placed"})),
    "tn/association-grants": (
        (18, {"strengthening": "chosen"}),
        (1, {**_FUNDED, "action_kind": "school", "governorate": "kebili"}),
        (1, {**_FUNDED, "action_kind": "new-association", "governorate": "mahdia"}),
        (1, {**_FUNDED, "action_kind": "families", "governorate": "kasserine"}),
    ),
    "tn/lemma": tuple(
        (count, {"area": area, "grant_decision": "approved"})
        for area, count in zip(AREAS, (23, 23, 22, 23), strict=True)
    ),
    "tn/lemma-associations": tuple(
        (1, {"area": area, "approval": "approved", "agreement_answer": "sign"}) for area in AREAS
    ),
    "tn/tounesna-operators": ((6, {"approval": "approved"}),),
}
"""By scheme: how many cases, and what is known of each of them."""


def records(scheme: str) -> Iterator[Record]:
    """Yield the records of a scheme's groups, spread evenly over its years."""
    first, last = YEARS[scheme]
    known = [variables for count, variables in GROUPS[scheme] for _ in range(count)]
    months = (last - first + 1) * 12
    for number, variables in enumerate(known):
        year, month = divmod(number * months // len(known), 12)
        begun = datetime(first + year, month + 1, 15, 9, tzinfo=UTC)
        ended = begun.replace(year=begun.year + 1)
        yield Record(f"demo-{number + 1}", begun, ended, variables)


def take_in(engine: Engine) -> int:
    """Enter the records of the schemes that are published; return how many are new."""
    published = {view.id for view in engine.schemes()}
    with engine.store.unit_of_work() as uow:
        return sum(
            engine.take_in(uow, scheme, record, SYSTEM)
            for scheme in sorted(GROUPS.keys() & published)
            for record in records(scheme)
        )
