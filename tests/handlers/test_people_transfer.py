"""People as CSV: every problem told with its row, all or nothing, or only the good rows."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.csv_files import CsvRefused
from handlers.people import Wanted, seed_people
from handlers.people.demo import PEOPLE, demo_id
from handlers.people.duplicates.store import PairStatus, find_pairs
from handlers.people.transfer import Taken, export, take_in
from tests.handlers.people_support import find, people_of
from tests.handlers.support import NOW, Site, person
from tests.handlers.test_people_erasure import publish

HEAD = (
    "family_name;given_names;family_name_ar;birth_date;"
    "identifier_type;identifier_country;identifier_number\n"
)
GOOD = HEAD + "Ngo;Ada;;1990-03-07;passport;CM;AB 123\n;;بن علي;;;;\n"
BAD = (
    GOOD
    + "Tabi;Jo;;2990-01-01;;;\n;;;;;;\n"
    + "Fou;Lu;;;passport;Cameroun;ab123\nFou;Lu;;;passport;CM;ab123\n"
)
AT_OFII = person("clerk", "agency_officer", organisation="ofii-cm")
TODAY = date(2026, 11, 2)


def taken(site: Site, content: str, *, whole: bool) -> Taken:
    with site.store.unit_of_work() as uow:
        return take_in(
            uow, people_of(site), content.encode(), "ofii-cm", TODAY, all_or_nothing=whole
        )


def test_a_good_file_opens_a_file_a_row_and_people_are_found(site: Site) -> None:
    publish(site)
    assert taken(site, GOOD, whole=True).count == 2
    assert find(site, Wanted("Ada Ngo"), AT_OFII)
    assert find(site, Wanted("Benali"), AT_OFII)
    assert find(site, Wanted(identifier="ab-123"), AT_OFII)


def test_every_problem_is_told_with_its_row_and_nothing_is_taken(site: Site) -> None:
    with pytest.raises(CsvRefused) as refused:
        taken(site, BAD, whole=True)
    told = [(p.row, p.column) for p in refused.value.problems]
    assert told == [(4, "birth_date"), (6, "identifier_country"), (7, "identifier_number")]
    with site.store.snapshot() as uow:
        assert export(uow, people_of(site)).count(b"\n") == 1


def test_only_the_good_rows_are_taken_where_that_is_asked(site: Site) -> None:
    found = taken(site, BAD, whole=False)
    assert (found.count, len(found.problems)) == (2, 3)
    again = taken(site, GOOD, whole=False)
    assert [p.column for p in again.problems] == ["identifier_number"]


def test_an_export_has_a_line_a_file_and_no_name(site: Site) -> None:
    taken(site, GOOD, whole=True)
    with site.store.snapshot() as uow:
        text = export(uow, people_of(site)).decode("utf-8-sig")
    assert text.count("\n") == 3
    assert "ofii-cm" in text
    for secret in ("Ngo", "Ada", "علي", "1990", "AB 123"):
        assert secret not in text


def test_the_demos_people_are_made_once_with_their_planted_duplicates(site: Site) -> None:
    with site.store.unit_of_work() as uow:
        assert seed_people(uow, people_of(site)) == len(PEOPLE)
        assert seed_people(uow, people_of(site)) == 0
        pairs, _ = find_pairs(uow, AT_OFII, NOW, status=PairStatus.SUSPECTED, offset=0, limit=100)
    planted = {(20, 30), (21, 31), (23, 32), (0, 33), (3, 34), (7, 35)}
    found = {frozenset((pair.low, pair.high)) for pair in pairs}
    assert {frozenset((demo_id(a), demo_id(b))) for a, b in planted} <= found
    assert len(found) <= len(planted) + 4
