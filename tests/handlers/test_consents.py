"""Consents: dated, a purpose each, withdrawn without being overwritten; households."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict, HandlerFailed
from engine.model import CaseRef, Tier
from handlers.people import (
    HouseholdMember,
    Purpose,
    add_member,
    consents_of,
    household_of,
    new_id,
    open_household,
)
from tests.handlers.support import NOW, Site

ALL = {"processing": True, "sharing": True, "promotion": False}


def known(site: Site, name: str = "a") -> CaseRef:
    """Write a case whose subject is known."""
    return site.write(site.case(name), {"family_name": ("A", Tier.IDENTITY)})


def given(site: Site, case: CaseRef, purpose: str) -> bool:
    """Ask whether the subject agrees to a purpose."""
    return bool(site.run("people.check_consent", case, purpose=purpose)["given"])


def test_each_purpose_is_agreed_to_apart(site: Site) -> None:
    case = known(site)
    assert not given(site, case, "sharing")
    site.run("people.record_consents", case, **ALL)
    assert [given(site, case, purpose) for purpose in Purpose] == [True, True, False]


def test_a_withdrawn_consent_is_not_given_and_its_record_stays(site: Site) -> None:
    case = known(site)
    site.run("people.record_consents", case, **ALL)
    site.clock.move_to(NOW + timedelta(days=30))
    site.run("people.record_consents", case, **{**ALL, "sharing": False})
    assert not given(site, case, "sharing")
    with site.store.snapshot() as uow:
        assert case.subject is not None
        sharing = [c for c in consents_of(uow, case.subject) if c.purpose is Purpose.SHARING]
    assert [(c.given, c.recorded_at, c.ended_at) for c in sharing] == [
        (True, NOW, NOW + timedelta(days=30)),
        (False, NOW + timedelta(days=30), None),
    ]


def test_asking_again_with_the_same_answers_records_nothing_new(site: Site) -> None:
    case = known(site)
    site.run("people.record_consents", case, **ALL)
    site.run("people.record_consents", case, **ALL)
    assert site.kinds(case) == ["consent.recorded"] * 3


def test_a_purpose_that_was_not_asked_counts_as_refused(site: Site) -> None:
    case = known(site)
    site.run("people.record_consents", case, processing=True, sharing=None, promotion=None)
    assert not given(site, case, "promotion")


def test_consent_of_nobody_is_refused_with_what_to_do(site: Site) -> None:
    with pytest.raises(HandlerFailed, match="about nobody yet, at Task_Test"):
        site.run("people.record_consents", site.case(), **ALL)


def test_an_unknown_purpose_is_refused_naming_those_there_are(site: Site) -> None:
    with pytest.raises(HandlerFailed, match="Known purposes: processing, sharing, promotion"):
        given(site, known(site), "marketing")


def test_a_household_is_seen_from_each_of_its_members(site: Site) -> None:
    head, child = known(site, "a").subject, known(site, "b").subject
    assert head is not None
    assert child is not None
    with site.store.unit_of_work() as uow:
        household = open_household(uow, head, NOW)
        add_member(uow, HouseholdMember(household, child, "child"), NOW)
        seen = household_of(uow, child, NOW)
        assert seen == household_of(uow, head, NOW)
    assert {(m.person_id, m.relation) for m in seen} == {(head, "head"), (child, "child")}


def test_a_person_joins_a_household_once_and_must_exist(site: Site) -> None:
    head = known(site).subject
    assert head is not None
    with site.store.unit_of_work() as uow:
        household = open_household(uow, head, NOW)
        for person_id in (head, new_id()):
            with pytest.raises(Conflict, match="cannot join"):
                add_member(uow, HouseholdMember(household, person_id, "child"), NOW)
