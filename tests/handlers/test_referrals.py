"""Referrals: only what was chosen, only with consent, only while it lasts, answered once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from engine.errors import NotFound
from engine.model import Actor, Grant
from handlers.csv_files import CsvRefused
from handlers.people import reads_of_owners
from handlers.people.keyring import person_owner
from handlers.referrals import (
    ReferralMoved,
    ReferralRefused,
    Service,
    Status,
    answer,
    find_referrals,
    read_referral,
    report,
    revoke,
    save_services,
    services,
    shared,
    words_of,
)
from handlers.referrals.commands import take_in
from tests.handlers.referral_support import (
    CLERK,
    FIELDS,
    RECEIVER,
    WISH,
    Told,
    consent,
    desk,
    offered,
    read,
    ready,
    sent,
    status,
)
from tests.handlers.support import ADVISER, OFFICER, STRANGER, Site, person


def test_the_receiver_reads_what_was_chosen_and_nothing_else(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case)
    assert dict(read(site, case, referral)) == {
        "family_name": "Ngo Imaginaire",
        "counselling": "dort mal",
    }
    assert site.read(case, CLERK, *FIELDS) == {}
    assert site.kinds(case)[-1] == "referral.sent"


def test_the_receiver_is_no_party_of_the_case(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case)
    with site.store.snapshot() as uow:
        now = site.clock.now()
        assert [r.id for r in find_referrals(uow, CLERK, now, received=True)] == [referral]
        assert [r.id for r in find_referrals(uow, OFFICER, now, received=False)] == [referral]
        assert site.fields.access.kinds_in(uow, case.id, CLERK) == frozenset()


def test_each_reading_is_logged_with_its_keys_identity_included(site: Site) -> None:
    case = ready(site)
    read(site, case, sent(site, case))
    with site.store.snapshot() as uow:
        reads = reads_of_owners(uow, [person_owner(str(case.subject))])
    assert [(r.account_id, r.keys, r.purpose) for r in reads] == [
        ("clerk", ("counselling", "family_name"), "referrals.read")
    ]


def test_a_referral_without_consent_is_refused(site: Site) -> None:
    case = ready(site, agrees=False)
    with pytest.raises(ReferralRefused) as refused:
        sent(site, case)
    assert refused.value.code == "consent-missing"
    assert "referral.sent" not in site.kinds(case)


def test_consent_withdrawn_by_name_closes_the_data_to_that_organisation(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case)
    consent(site, case, False, RECEIVER)
    assert read(site, case, referral) == {}


@pytest.mark.parametrize("share", [["account_number"], ["family_name", "never_written"], []])
def test_a_field_of_a_closed_tier_or_never_written_cannot_be_chosen(
    site: Site, share: list[str]
) -> None:
    case = ready(site)
    with pytest.raises(ReferralRefused) as refused:
        sent(site, case, share=share)
    assert refused.value.code == "field-not-shareable"


def test_revoked_is_unreadable_at_once_and_the_receiver_cannot_revoke(site: Site) -> None:
    case, told = ready(site), Told()
    referral = sent(site, case)
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        revoke(desk(site, uow, CLERK, told), referral)
    with site.store.unit_of_work() as uow:
        revoke(desk(site, uow, OFFICER, told), referral)
        assert (
            shared(
                uow,
                site.fields,
                case,
                read_referral(uow, referral, CLERK, site.clock.now()),
                CLERK,
                site.clock.now(),
            )
            == {}
        )
    assert read(site, case, referral) == {}
    assert told == [("referral-answered", referral, "revoked")]
    with pytest.raises(ReferralMoved), site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, told), referral, accept=True)


def test_a_person_who_withdraws_takes_every_open_referral_back(site: Site) -> None:
    case, told = ready(site), Told()
    first, second = sent(site, case), sent(site, case, 2)
    with site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, told), first, accept=False, reason="Complet")
    site.run("referrals.withdraw", case)
    site.run("referrals.withdraw", case)
    assert status(site, first).status is Status.DECLINED
    assert status(site, second).status is Status.REVOKED
    assert read(site, case, second) == {}
    assert site.kinds(case).count("referral.revoked") == 1


def test_what_was_shared_closes_with_its_case(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case)
    with site.store.unit_of_work() as uow:
        uow.connection.exec_driver_sql(
            f"UPDATE cases SET status = 'completed' WHERE id = '{case.id}'"
        )
    assert read(site, case, referral) == {}


def test_access_ends_with_its_time(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case, access_days=Decimal(30))
    site.clock.move_to(site.clock.now() + timedelta(days=29))
    assert read(site, case, referral)
    site.clock.move_to(site.clock.now() + timedelta(days=1))
    assert read(site, case, referral) == {}


def test_answered_twice_counts_once(site: Site) -> None:
    case, told = ready(site), Told()
    referral = sent(site, case)
    with site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, told), referral, accept=True)
    for accept in (True, False):
        with pytest.raises(ReferralMoved, match="accepted"), site.store.unit_of_work() as uow:
            answer(desk(site, uow, CLERK, told), referral, accept=accept, reason="x")
    assert told == [("referral-answered", referral, "accepted")]
    assert site.kinds(case).count("referral.accepted") == 1


def test_a_decline_needs_a_reason_which_is_kept_sealed(site: Site) -> None:
    case, told = ready(site), Told()
    referral = sent(site, case)
    with pytest.raises(ValueError, match="reason"), site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, told), referral, accept=False, reason=" ")
    with site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, told), referral, accept=False, reason="Complet")
    found = status(site, referral)
    assert found.status is Status.DECLINED
    assert b"Complet" not in (found.words or b"")
    with site.store.snapshot() as uow:
        assert words_of(uow, site.fields, case, found) == "Complet"
    assert read(site, case, referral) == {}


def test_feedback_outcome_and_closure_end_the_access(site: Site) -> None:
    case, told = ready(site), Told()
    referral = sent(site, case)
    with pytest.raises(ReferralMoved), site.store.unit_of_work() as uow:
        report(desk(site, uow, CLERK, told), referral, outcome="helped", feedback="x")
    with site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, told), referral, accept=True)
    with site.store.unit_of_work() as uow:
        report(desk(site, uow, CLERK, told), referral, outcome="helped", feedback="Logé.")
    assert told[-1] == ("referral-reported", referral, "helped")
    out = site.run("referrals.close", case, activation=2, referral=referral)
    assert out == {"closed": "closed"}
    assert (status(site, referral).status, status(site, referral).outcome) == (
        Status.CLOSED,
        "helped",
    )
    assert read(site, case, referral) == {}


def test_nobody_answering_times_out_once_and_a_late_answer_is_a_conflict(site: Site) -> None:
    case, told = ready(site), Told()
    referral = sent(site, case)
    assert site.run("referrals.close", case, referral=referral) == {"closed": "timed-out"}
    assert site.run("referrals.close", case, referral=referral) == {"closed": "timed-out"}
    assert site.kinds(case).count("referral.timed-out") == 1
    with pytest.raises(ReferralMoved, match="timed-out"), site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, told), referral, accept=True)
    assert told == []


def test_one_call_tried_again_sends_one_referral(site: Site) -> None:
    case = ready(site)
    assert sent(site, case) == sent(site, case)
    assert site.kinds(case).count("referral.sent") == 1


def test_places_are_counted_and_the_full_structure_is_not_offered(site: Site) -> None:
    case = ready(site, capacity=1)
    first = sent(site, case)
    assert RECEIVER in offered(site, case)
    with site.store.unit_of_work() as uow:
        answer(desk(site, uow, CLERK, Told()), first, accept=True)
    assert RECEIVER not in offered(site, case)
    with pytest.raises(ReferralRefused) as refused:
        sent(site, case, activation=2)
    assert refused.value.code == "no-place"
    with site.store.unit_of_work() as uow:
        report(desk(site, uow, CLERK, Told()), first, outcome="helped", feedback="Logé.")
    assert RECEIVER in offered(site, case)


def test_each_region_has_its_own_places_and_the_countrys_come_after(site: Site) -> None:
    case = ready(site, capacity=1)
    with site.store.unit_of_work() as uow:
        save_services(uow, [Service(RECEIVER, "housing", "", 1), Service(RECEIVER, "x", "sud", 9)])
    for activation, region in ((1, "littoral"), (2, "")):
        referral = sent(site, case, activation)
        assert status(site, referral).region == region
        with site.store.unit_of_work() as uow:
            answer(desk(site, uow, CLERK, Told()), referral, accept=True)
    for wish in ({}, {"need": "x"}):
        with pytest.raises(ReferralRefused) as refused:
            sent(site, case, 3, **wish)
        assert refused.value.code == "no-place"


def test_structures_come_in_the_tables_order_of_kinds_and_of_the_cases_country(site: Site) -> None:
    case = ready(site)
    with site.store.unit_of_work() as uow:
        save_services(uow, [Service("minas-demo", "housing", "", 2)])
        save_services(uow, [Service("ote-demo", "housing", "", 9)])
    arguments = {"need": "housing", "region": "littoral"}
    by_kind = site.run("referrals.find_services", case, kinds=["ministry"], **arguments)
    assert by_kind["services"][0] == {
        "organisation": "minas-demo",
        "name": "Ministère des Affaires sociales (démo)",
        "kind": "ministry",
        "type": "public",
        "region": "",
        "places": Decimal(2),
    }
    assert offered(site, case)[0] == RECEIVER
    assert "ote-demo" not in offered(site, case)


def test_a_part_of_the_file_is_what_is_written_of_it(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case, share=[], parts=["contact", "psychosocial"])
    assert status(site, referral).shared_keys == ("counselling", "phone")
    with pytest.raises(ReferralRefused) as refused:
        sent(site, case, 2, share=[], parts=["protection"])
    assert refused.value.code == "field-not-shareable"


def test_nobody_shares_what_they_may_not_read_themselves(site: Site) -> None:
    case = ready(site)
    manager = person("manager", "operator_manager")
    again = Actor("officer")
    for actor in (manager, again):
        with pytest.raises(ReferralRefused) as refused:
            site.run("referrals.send", case, actor, **WISH)
        assert refused.value.code == "field-not-shareable"
    allowed = {**WISH, "share": ["family_name"]}
    assert site.run("referrals.send", case, again, **allowed)["referral"]


def test_the_answer_is_due_in_working_days_of_the_country(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case, answer_days=Decimal(5))
    # 2 November 2026 is a Monday.
    assert status(site, referral).answer_by == site.clock.now() + timedelta(days=7)


def test_a_strangers_referral_does_not_exist_for_them(site: Site) -> None:
    case, told = ready(site), Told()
    referral = sent(site, case)
    abroad = Actor("abroad", (Grant("agency_officer", None, "TG"),))
    for actor in (STRANGER, abroad):
        with pytest.raises(NotFound), site.store.snapshot() as uow:
            read_referral(uow, referral, actor, site.clock.now())
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        answer(desk(site, uow, ADVISER, told), referral, accept=True)


def test_an_erased_persons_referral_shows_nothing(site: Site) -> None:
    case = ready(site)
    referral = sent(site, case)
    with site.store.unit_of_work() as uow:
        site.fields.keyring.erase_person(uow, str(case.subject), site.clock.now())
    assert read(site, case, referral) == {}


def test_the_directory_comes_in_whole_or_by_good_rows_and_goes_out_again(site: Site) -> None:
    file = f"organisation;need;region;capacity\n{RECEIVER};housing;littoral;3\nnone;x;;many\n"
    with pytest.raises(CsvRefused, match="row 3, capacity"), site.store.unit_of_work() as uow:
        take_in(uow, file.encode(), all_or_nothing=True)
    with site.store.unit_of_work() as uow:
        count, problems = take_in(uow, file.encode(), all_or_nothing=False)
        assert (count, len(problems)) == (1, 1)
        assert Service(RECEIVER, "housing", "littoral", 3) in services(uow, "housing", "littoral")
        unknown = b"organisation,need,region,capacity\nnobody,housing,,2\n"
        with pytest.raises(CsvRefused, match="no organisation 'nobody'"):
            take_in(uow, unknown, all_or_nothing=True)
