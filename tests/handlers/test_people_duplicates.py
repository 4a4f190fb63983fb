"""Duplicates: suspected across scripts, merged without moving anything, undone without loss."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import Conflict, NotFound
from engine.model import CaseRef, Tier
from handlers.people import Decision, Purpose, Wanted, agrees
from handlers.people.duplicates.store import PairStatus, find_pairs, pairs_of
from handlers.people.files.store import members
from tests.handlers.people_support import find, known, people_of, subject
from tests.handlers.support import ADVISER, NOW, OFFICER, STRANGER, Site, person, tiered

ARABIC = {"family_name_ar": "القاسمي", "given_names_ar": "خديجة", "birth_date": date(1988, 5, 2)}
LATIN = {"family_name": "Gasmi", "given_names": "Khadija", "birth_date": date(1988, 2, 5)}
HORIZON = "op-horizon"


def two(site: Site) -> tuple[CaseRef, CaseRef]:
    """Write two cases about one person, once in each script, day and month exchanged."""
    return known(site, "a", **ARABIC), known(site, "b", **LATIN)


def merge(site: Site, keep: CaseRef, other: CaseRef, actor: object = OFFICER) -> None:
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.merge(uow, subject(keep), subject(other), actor)  # type: ignore[arg-type]


def undo(site: Site, one: CaseRef, other: CaseRef) -> None:
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.undo(uow, subject(one), subject(other), OFFICER)


def test_the_same_person_in_two_scripts_is_suspected_and_shown_side_by_side(site: Site) -> None:
    one, other = two(site)
    known(site, "c", family_name="Fotso", given_names="Paul", birth_date=date(1988, 5, 2))
    with site.store.unit_of_work() as uow:
        pairs, total = find_pairs(
            uow, OFFICER, NOW, status=PairStatus.SUSPECTED, offset=0, limit=10
        )
        side = people_of(site).duplicates.side_by_side(uow, subject(one), subject(other), OFFICER)
    assert total == 1
    assert {pairs[0].low, pairs[0].high} == {subject(one), subject(other)}
    assert side.comparison.birth == "swapped"
    assert side.comparison.name >= 90


def test_a_shared_number_is_suspicion_enough_whatever_the_names(site: Site) -> None:
    one = known(site, "a", family_name="Abba", birth_date=date(1970, 1, 1))
    other = known(site, "b", family_name="Zang", birth_date=date(1990, 1, 1))
    with site.store.unit_of_work() as uow:
        for case, number in ((one, "AB 123456"), (other, "ab123456")):
            people_of(site).files.add_identifier(
                uow, subject(case), "passport", "CM", number, OFFICER
            )
        (pair,) = pairs_of(uow, [subject(one)])
    assert pair.score >= 90


def test_a_merge_joins_both_histories_and_the_cases_follow(site: Site) -> None:
    one, other = two(site)
    site.write(other, {"trade": ("couture", Tier.IDENTITY)})
    merge(site, one, other)
    assert site.read(one, OFFICER, "trade", "family_name_ar") == {
        "trade": "couture",
        "family_name_ar": "القاسمي",
    }
    with site.store.unit_of_work() as uow:
        view = people_of(site).files.show(uow, subject(other), OFFICER)
    assert view.row.id == subject(one)
    assert {case.id for case in view.cases} == {one.id, other.id}
    assert (view.entries["family_name"], view.entries["family_name_ar"]) == ("Gasmi", "القاسمي")
    assert [hit.person_id for hit in find(site, Wanted("Gasmi"))] == [subject(one)]
    assert "person.merged" in site.kinds(one)
    assert "person.merged" in site.kinds(other)


def test_an_undone_merge_leaves_two_files_as_they_were_with_what_each_got_meanwhile(
    site: Site,
) -> None:
    one, other = two(site)
    merge(site, one, other)
    site.write(other, {"trade": ("couture", Tier.IDENTITY)})
    undo(site, one, other)
    assert site.read(one, OFFICER, "trade") == {}
    assert site.read(other, OFFICER, "trade", "family_name_ar") == {"trade": "couture"}
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.merge(uow, subject(other), subject(one), OFFICER)
        side = people_of(site).duplicates.side_by_side(uow, subject(one), subject(other), OFFICER)
    assert [d.decision for d in side.decisions] == ["merged", "undone", "merged"]


def test_merges_of_merged_files_come_apart_one_by_one(site: Site) -> None:
    a, b = two(site)
    c = known(site, "c", **LATIN)
    merge(site, a, b)
    merge(site, c, a)
    with site.store.snapshot() as uow:
        assert set(members(uow, subject(b))) == {subject(a), subject(b), subject(c)}
    undo(site, a, b)
    with site.store.snapshot() as uow:
        assert members(uow, subject(b)) == (subject(b),)
        assert set(members(uow, subject(a))) == {subject(a), subject(c)}
    undo(site, c, a)
    with site.store.snapshot() as uow:
        assert [members(uow, subject(x)) for x in (a, b, c)] == [(subject(x),) for x in (a, b, c)]


def test_two_who_are_told_apart_are_suspected_no_more_until_that_is_undone(site: Site) -> None:
    one, other = two(site)
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.tell_apart(uow, subject(one), subject(other), OFFICER)
    site.write(one, {"birth_date": (date(1988, 2, 5), Tier.IDENTITY)})
    with site.store.snapshot() as uow:
        (pair,) = pairs_of(uow, [subject(one)])
    assert pair.status is PairStatus.DISTINCT
    with pytest.raises(Conflict), site.store.unit_of_work() as uow:
        people_of(site).duplicates.tell_apart(uow, subject(one), subject(other), OFFICER)
    undo(site, one, other)
    with site.store.snapshot() as uow:
        assert pairs_of(uow, [subject(one)])[0].status is PairStatus.SUSPECTED


def test_a_merge_sent_twice_happens_once(site: Site) -> None:
    one, other = two(site)
    merge(site, one, other)
    with pytest.raises(Conflict, match="merged already"):
        merge(site, one, other)
    assert site.kinds(one).count("person.merged") == 1


def test_only_who_sees_and_identifies_both_may_compare_or_merge(site: Site) -> None:
    one = known(site, "a", **ARABIC)
    other = known(site, "b", HORIZON, **LATIN)
    for nobody in (STRANGER, OFFICER, person("aud", "auditor")):
        with pytest.raises(NotFound):
            merge(site, one, other, nobody)
    with site.store.snapshot() as uow:
        assert find_pairs(uow, OFFICER, NOW, status=PairStatus.SUSPECTED, offset=0, limit=9)[1] == 0


def test_what_another_case_wrote_of_a_sensitive_tier_stays_closed_after_a_merge(
    site: Site,
) -> None:
    mine = known(site, "a", **LATIN)
    theirs = known(site, "b", "op-littoral-appui", HORIZON, **ARABIC)
    site.write(theirs, {"danger": ("menace", Tier.PROTECTION)})
    merge(site, mine, theirs)
    with site.store.unit_of_work() as uow:
        uow.end_party(theirs.id, "op-littoral-appui", NOW)
    assert site.read(mine, ADVISER, "danger", "family_name_ar") == {"family_name_ar": "القاسمي"}
    with site.store.unit_of_work() as uow:
        view = people_of(site).files.show(uow, subject(mine), ADVISER)
    assert "danger" not in view.entries
    assert [case.id for case in view.cases] == [mine.id]


def test_a_refusal_in_one_file_holds_after_a_merge_until_the_person_is_asked_anew(
    site: Site,
) -> None:
    one, other = two(site)
    everything = {"processing": True, "sharing": True, "promotion": True}
    site.run("people.record_consents", one, **everything)
    site.run("people.record_consents", other, **{**everything, "promotion": False})
    site.clock.move_to(NOW + timedelta(days=1))
    merge(site, one, other)
    with site.store.snapshot() as uow:
        assert agrees(uow, subject(one), Purpose.SHARING)
        assert not agrees(uow, subject(one), Purpose.PROMOTION)
    site.clock.move_to(NOW + timedelta(days=2))
    site.run("people.record_consents", one, **everything, sheet="signed")
    with site.store.snapshot() as uow:
        assert agrees(uow, subject(other), Purpose.PROMOTION)


def test_a_body_is_agreed_to_by_name_and_withdrawn_by_name(site: Site) -> None:
    case = known(site, "a")
    site.run(
        "people.record_consents",
        case,
        processing=True,
        sharing=False,
        promotion=False,
        bodies=("anpe",),
    )

    def given(body: str | None) -> object:
        return site.run("people.check_consent", case, purpose="sharing", body=body)["given"]

    assert (given("anpe"), given("other"), given(None)) == (True, False, False)
    with site.store.unit_of_work() as uow:
        withdrawn = [Decision(Purpose.SHARING, False, "anpe")]
        assert people_of(site).decisions.record(uow, subject(case), withdrawn, OFFICER) == 1
        assert people_of(site).decisions.record(uow, subject(case), withdrawn, OFFICER) == 0
    assert given("anpe") is False


def test_a_case_about_nobody_is_linked_to_a_person_who_is_known(site: Site) -> None:
    case, other = known(site, "a"), site.case("b")
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.link(uow, other.id, subject(case), OFFICER)
        view = people_of(site).files.show(uow, subject(case), OFFICER)
    assert {each.id for each in view.cases} == {case.id, other.id}
    assert "person.linked" in site.kinds(other)


def test_a_case_that_opened_a_file_of_its_own_has_it_merged_when_it_is_linked(site: Site) -> None:
    one, other = two(site)
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.link(uow, other.id, subject(one), OFFICER)
        assert members(uow, subject(other))[0] == subject(one)


def test_a_draft_written_before_a_merge_opens_after_it(site: Site) -> None:
    one, other = two(site)
    with site.store.unit_of_work() as uow:
        sealed = site.fields.seal(uow, other, b"draft")
    merge(site, one, other)
    with site.store.unit_of_work() as uow:
        assert site.fields.unseal(uow, other, sealed) == b"draft"


def test_a_diagram_is_told_how_many_files_could_be_of_its_subject(site: Site) -> None:
    assert site.run("people.find_duplicates", site.case("z")) == {
        "suspected": 0,
        "identified": False,
    }
    one, _ = two(site)
    assert site.run("people.find_duplicates", one) == {"suspected": 1, "identified": True}


def test_fields_written_by_two_cases_of_one_person_are_each_kept(site: Site) -> None:
    one, other = two(site)
    merge(site, one, other)
    with site.store.unit_of_work() as uow:
        for case, text in ((one, "first"), (other, "second")):
            site.fields.write(uow, case, tiered({"note": (text, Tier.IDENTITY)}), OFFICER)
    assert site.read(one, OFFICER, "note") == {"note": "second"}
