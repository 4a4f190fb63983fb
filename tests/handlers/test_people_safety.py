"""Safe contact obeyed, emergencies bounded and reviewed, protection data nowhere in clear."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from engine.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from engine.model import Actor, Grant, Tier
from handlers.people import ContactRules, Verdict, contact_rules, sensitive_reads
from handlers.people.emergency.store import emergencies
from handlers.people.store import reads_of_owners
from handlers.people.transfer import export
from tests.handlers.people_support import known, people_of, subject
from tests.handlers.support import (
    ADVISER,
    FINANCE,
    NOW,
    OFFICER,
    SECRETARY,
    Site,
    bytes_below,
    person,
)
from tests.handlers.test_people_duplicates import ARABIC, LATIN

SECRET = "menacée par un passeur de Zouerate"
OPERATOR = person("manager", "operator_manager")
FAR = person("far", "adviser", organisation="op-horizon")
DPO = Actor("dpo", (Grant("data_protection_officer", None, sees_cases=False),))
REASON = "menace directe, famille injoignable"


def rules(site: Site, person_id: str) -> ContactRules:
    with site.store.unit_of_work() as uow:
        return contact_rules(uow, person_id, people_of(site).fields)


def write(site: Site, person_id: str, **typed: str) -> None:
    with site.store.unit_of_work() as uow:
        people_of(site).files.change(uow, person_id, typed, OFFICER)


def test_a_person_who_said_nothing_is_not_contacted_by_their_ordinary_address(site: Site) -> None:
    case = known(site, "a", **LATIN, email="a@example.org", phone="+23760000000")
    found = rules(site, subject(case))
    assert (found.channel, found.may_contact, found.email, found.phone) == (
        "none",
        False,
        None,
        None,
    )


def test_rules_tell_how_when_and_what_not_to_say_and_the_read_is_logged(site: Site) -> None:
    case = known(site, "a", **LATIN)
    write(
        site,
        subject(case),
        safe_contact_channel="phone",
        safe_contact_phone="+237 6 11 11 11 11",
        safe_contact_from="18:00",
        safe_contact_to="20:30",
        safe_contact_family_unaware="true",
        safe_contact_silence=SECRET,
        preferred_language="ar",
    )
    found = rules(site, subject(case))
    assert found.may_contact
    assert (found.begins, found.ends) == (time(18), time(20, 30))
    assert (found.family_unaware, found.silence, found.language) == (True, SECRET, "ar")
    with site.store.snapshot() as uow:
        reads = reads_of_owners(uow, [f"person:{subject(case)}"])
    assert [r.account_id for r in reads if r.purpose == "notices.send"] == ["system"]


def test_after_a_merge_the_careful_answer_holds(site: Site) -> None:
    one, other = known(site, "a", **LATIN), known(site, "b", **ARABIC)
    write(site, subject(one), safe_contact_channel="none")
    site.clock.move_to(NOW + timedelta(hours=1))
    write(
        site,
        subject(other),
        safe_contact_channel="email",
        safe_contact_email="x@example.org",
        safe_contact_silence="rien",
    )
    with site.store.unit_of_work() as uow:
        people_of(site).duplicates.merge(uow, subject(other), subject(one), OFFICER)
    found = rules(site, subject(one))
    assert not found.may_contact
    assert found.silence == "rien"


def test_an_emergency_opens_identity_and_protection_for_a_while_and_no_more(site: Site) -> None:
    case = known(site, "a", **LATIN)
    site.write(case, {"account_number": ("123", Tier.PAYMENT)})
    write(site, subject(case), safe_contact_note=SECRET)
    room = people_of(site)
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        room.files.show(uow, subject(case), FAR)
    with site.store.unit_of_work() as uow:
        first = room.emergencies.open(uow, case.reference, REASON, FAR)
    with site.store.unit_of_work() as uow:
        assert room.emergencies.open(uow, case.reference, REASON, FAR).id == first.id
        view = room.files.show(uow, subject(case), FAR)
    assert view.entries["safe_contact_note"] == SECRET
    assert "account_number" not in view.entries
    assert site.kinds(case)[-1] == "emergency.opened"
    assert site.read(case, FAR, "family_name") == {}
    site.clock.move_to(first.until)
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        room.files.show(uow, subject(case), FAR)


def test_an_emergency_needs_a_reason_and_a_role_that_protects(site: Site) -> None:
    case = known(site, "a", **LATIN)
    emergencies_of = people_of(site).emergencies
    for actor, reason, error in (
        (FAR, "vite", InvalidAnswer),
        (OPERATOR, REASON, NotAllowed),
        (FINANCE, REASON, NotAllowed),
        (DPO, REASON, NotAllowed),
    ):
        with pytest.raises(error), site.store.unit_of_work() as uow:
            emergencies_of.open(uow, case.reference, reason, actor)
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        emergencies_of.open(uow, "CM-OFII-1999-1", REASON, FAR)


def test_an_emergency_is_reviewed_once_by_another_and_ends_where_it_was_not_justified(
    site: Site,
) -> None:
    case = known(site, "a", **LATIN)
    room = people_of(site)
    with site.store.unit_of_work() as uow:
        opened = room.emergencies.open(uow, case.reference, REASON, FAR)
    with pytest.raises(NotAllowed), site.store.unit_of_work() as uow:
        room.emergencies.review(uow, opened.id, Verdict.ACCEPTED, FAR)
    with site.store.unit_of_work() as uow:
        room.emergencies.review(uow, opened.id, Verdict.NOT_JUSTIFIED, DPO)
    with pytest.raises(Conflict), site.store.unit_of_work() as uow:
        room.emergencies.review(uow, opened.id, Verdict.ACCEPTED, DPO)
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        room.files.show(uow, subject(case), FAR)
    with site.store.snapshot() as uow:
        (kept,) = emergencies(uow)
        assert room.emergencies.reason(uow, kept) == REASON
    assert (kept.verdict, kept.reviewed_by) == (Verdict.NOT_JUSTIFIED, "dpo")
    assert REASON.encode() not in kept.reason


def test_protection_is_read_by_the_counsellor_and_by_no_committee_operator_or_funder(
    site: Site,
) -> None:
    case = known(site, "a", **LATIN)
    write(site, subject(case), safe_contact_note=SECRET)
    for reader, sees in ((ADVISER, True), (SECRETARY, False), (OPERATOR, False), (FINANCE, False)):
        assert (site.read(case, reader, "safe_contact_note") != {}) is sees, reader
        with site.store.unit_of_work() as uow:
            view = people_of(site).files.show(uow, subject(case), reader)
        assert ("safe_contact_note" in view.entries) is sees, reader
        assert (Tier.PROTECTION in view.tiers) is sees, reader
    with site.store.snapshot() as uow:
        assert {r.account_id for r in sensitive_reads(uow, case.id)} == {"adviser"}


def test_protection_lies_nowhere_in_clear_not_in_exports_nor_in_any_file(
    sqlite_site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    case = known(sqlite_site, "a", **LATIN)
    write(sqlite_site, subject(case), safe_contact_note=SECRET, safe_contact_silence=SECRET)
    people = people_of(sqlite_site)
    with sqlite_site.store.unit_of_work() as uow:
        people.emergencies.open(uow, case.reference, SECRET, FAR)
        people.files.show(uow, subject(case), ADVISER)
        exported = export(uow, people).decode()
    assert SECRET not in exported
    assert "Gasmi" not in exported
    for path, content in bytes_below(sqlite_site.settings.var_dir.parent):
        for needle in (SECRET, "Zouerate", "Gasmi"):
            assert needle.encode() not in content, (path, needle)
    told = capfd.readouterr()
    assert "Zouerate" not in told.out + told.err


def test_what_is_typed_wrong_is_told_by_code_and_nothing_is_written(site: Site) -> None:
    case = known(site, "a", **LATIN)
    wrong = {
        "email": "x",
        "phone": "call me",
        "birth_date": "2999-01-01",
        "birth_year": "12",
        "safe_contact_from": "25:00",
        "gender": "x",
        "nothing": "x",
    }
    with pytest.raises(InvalidAnswer) as refused:
        write(site, subject(case), **wrong, family_name="Autre")
    assert refused.value.errors == {
        "email": "email",
        "phone": "phone",
        "birth_date": "date",
        "birth_year": "year",
        "safe_contact_from": "time",
        "gender": "choice",
        "nothing": "unknown",
    }
    assert site.read(case, OFFICER, "family_name") == {"family_name": "Gasmi"}


def test_nobody_writes_a_part_of_the_file_that_is_closed_to_them(site: Site) -> None:
    case = known(site, "a", **LATIN)
    with pytest.raises(NotAllowed), site.store.unit_of_work() as uow:
        people_of(site).files.change(uow, subject(case), {"safe_contact_note": "x"}, SECRETARY)
    with pytest.raises(NotAllowed), site.store.unit_of_work() as uow:
        people_of(site).files.change(uow, subject(case), {"safe_contact_note": "x"}, OPERATOR)
    for reader in (person("aud", "auditor"), SECRETARY, FINANCE):
        with pytest.raises(NotAllowed), site.store.unit_of_work() as uow:
            people_of(site).files.change(uow, subject(case), {"family_name": "x"}, reader)
