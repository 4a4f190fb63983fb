"""People are found by name in either script, birth date and number; by those who may see them."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import InvalidAnswer
from engine.model import Tier
from handlers.people import Wanted
from handlers.people import tables as t
from handlers.people.index.store import searches
from tests.handlers.people_support import find, known, people_of, subject
from tests.handlers.support import AUDITOR, OFFICER, SECRETARY, STRANGER, Site, bytes_below, person

ARABIC = {"family_name_ar": "بن علي", "given_names_ar": "فاطمة", "birth_date": date(1991, 4, 9)}
LATIN = {"family_name": "Ben Ali", "given_names": "Fatma", "birth_date": date(1991, 4, 9)}


def test_a_name_typed_in_latin_letters_finds_the_file_written_in_arabic_ones(site: Site) -> None:
    case = known(site, "a", **ARABIC)
    known(site, "b", family_name="Mbarga", given_names="Paul", birth_date=date(1980, 1, 1))
    assert [hit.person_id for hit in find(site, Wanted("Fatima Benali"))] == [subject(case)]
    assert [hit.person_id for hit in find(site, Wanted("فاطمه بن على"))] == [subject(case)]
    assert find(site, Wanted("Chantal Fotso")) == ()


def test_a_birth_date_finds_also_with_day_and_month_exchanged(site: Site) -> None:
    case = known(site, "a", **LATIN)
    assert [h.person_id for h in find(site, Wanted(born=date(1991, 4, 9)))] == [subject(case)]
    assert [h.person_id for h in find(site, Wanted(born=date(1991, 9, 4)))] == [subject(case)]
    assert find(site, Wanted(born=date(1991, 9, 5))) == ()


def test_a_name_with_a_birth_year_ranks_the_one_of_that_year_first(site: Site) -> None:
    young = known(site, "a", **LATIN)
    old = known(site, "b", **{**LATIN, "birth_date": date(1950, 1, 1)})
    found = find(site, Wanted("Fatma Ben Ali", birth_year=1991))
    assert [hit.person_id for hit in found] == [subject(young), subject(old)]


def test_a_number_finds_however_it_is_spaced(site: Site) -> None:
    case = known(site, "a", **LATIN)
    with site.store.unit_of_work() as uow:
        people_of(site).files.add_identifier(
            uow, subject(case), "passport", "tn", "X 12-34٥6", OFFICER
        )
    (hit,) = find(site, Wanted(identifier="x123456"))
    assert (hit.person_id, hit.rank) == (subject(case), 100)


def test_a_birth_year_alone_finds_nobody_and_says_what_to_give(site: Site) -> None:
    known(site, "a", **LATIN)
    for nothing in (Wanted(), Wanted(birth_year=1991), Wanted(name="!!")):
        with pytest.raises(InvalidAnswer):
            find(site, nothing)


def test_nobody_is_found_by_whoever_may_not_see_or_identify_them(site: Site) -> None:
    known(site, "a", **LATIN)
    assert find(site, Wanted("Fatma Ben Ali"), SECRETARY)
    elsewhere = person("far", "agency_officer", organisation="op-horizon")
    for nobody in (STRANGER, AUDITOR, elsewhere):
        assert find(site, Wanted("Fatma Ben Ali"), nobody) == ()


def test_each_search_is_logged_with_whom_it_showed_and_not_what_was_typed(site: Site) -> None:
    case = known(site, "a", **LATIN)
    find(site, Wanted("Fatma Ben Ali", date(1991, 4, 9)))
    find(site, Wanted("Fatma Ben Ali", date(1991, 4, 9)))
    find(site, Wanted("Nobody Anywhere"))
    with site.store.snapshot() as uow:
        log = searches(uow, person_ids=None, limit=10)
        about = searches(uow, person_ids=[subject(case)], limit=10)
        rows = uow.connection.execute(sa.select(t.person_searches)).all()
    assert [s.asked for s in log] == ["name", "name+birth", "name+birth"]
    assert [s.persons for s in about] == [(subject(case),)] * 2
    assert about[0].digest == about[1].digest != log[0].digest
    assert "Fatma" not in str(rows)


def test_a_corrected_name_is_found_and_the_wrong_one_no_more(site: Site) -> None:
    case = known(site, "a", **LATIN)
    site.write(case, {"family_name": ("Mbarga", Tier.IDENTITY)})
    site.write(case, {"given_names": ("Chantal", Tier.IDENTITY)})
    assert find(site, Wanted("Chantal Mbarga"))
    assert find(site, Wanted("Fatma Ben Ali")) == ()


def test_a_name_that_a_form_closes_to_most_is_no_way_to_find_anybody(site: Site) -> None:
    site.write(site.case(), {"family_name": ("Ben Ali", Tier.PROTECTION)})
    assert find(site, Wanted("Ben Ali")) == ()


def test_only_a_bounded_number_is_decrypted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.people.index.search.MOST_DECRYPTED", 3)
    for number in range(5):
        known(site, f"n{number}", **LATIN)
    assert len(find(site, Wanted("Fatma Ben Ali"))) == 3


def test_no_name_and_no_number_lies_in_clear_in_the_database(sqlite_site: Site) -> None:
    case = known(sqlite_site, "a", **ARABIC, family_name="Benalissima", phone="+21698111222")
    with sqlite_site.store.unit_of_work() as uow:
        people_of(sqlite_site).files.add_identifier(
            uow, subject(case), "passport", "TN", "ZQ998877", OFFICER
        )
    find(sqlite_site, Wanted("Benalissima", identifier="ZQ998877"))
    needles = [
        w.encode() for w in ("Benalissima", "benalissima", "بن علي", "ZQ998877", "1991-04-09")
    ]
    needles.append(b"98111222")
    for path, content in bytes_below(sqlite_site.settings.var_dir.parent):
        assert [n for n in needles if n in content] == [], path
