"""Referrals: only what was chosen, only with consent, only while it lasts, answered once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import NotFound
from engine.model import Actor, CaseRef, Grant, Tier, Variables
from engine.store import UnitOfWork
from handlers.csv_files import CsvRefused
from handlers.people import Purpose, reads_of_owners
from handlers.people.consents.service import decide_consent
from handlers.people.keyring import person_owner
from handlers.referrals import (
    Desk,
    Referral,
    ReferralMoved,
    ReferralRefused,
    Service,
    Status,
    answer,
    find_referrals,
    read_referral,
    replace_services,
    report,
    revoke,
    services,
    shared,
    words_of,
)
from handlers.referrals.commands import take_in
from tests.handlers.people_support import about
from tests.handlers.support import ADVISER, OFFICER, STRANGER, Site, person

RECEIVER = "op-emploi-public"
CLERK = person("clerk", "operator_manager", organisation=RECEIVER)
FIELDS = {
    "family_name": ("Ngo Imaginaire", Tier.IDENTITY),
    "phone": ("+237 600", Tier.IDENTITY),
    "counselling": ("dort mal", Tier.PSYCHOSOCIAL),
    "account_number": ("1234567890", Tier.PAYMENT),
}
WISH: Mapping[str, Any] = {
    "need": "housing",
    "priority": "urgent",
    "sender": "op-littoral-appui",
    "organisation": RECEIVER,
    "share": ["family_name", "counselling"],
}


def consent(site: Site, case: CaseRef, given: bool, recipient: str = "") -> None:
    assert case.subject is not None
    with site.store.unit_of_work() as uow:
        decide_consent(
            uow,
            case.subject,
            Purpose.SHARING,
            given,
            at=site.clock.now(),
            by="officer",
            recipient=recipient,
        )


def ready(site: Site, *, agrees: bool = True, capacity: int = 5) -> CaseRef:
    """Return a case whose person agrees to share, and a structure that offers housing."""
    case = about(site, site.write(site.case(), FIELDS))
    consent(site, case, agrees)
    with site.store.unit_of_work() as uow:
        replace_services(uow, [Service(RECEIVER, "housing", "littoral", capacity)])
    return case


def offered(site: Site, case: CaseRef) -> list[str]:
    """Return the structures with a place for housing in the region."""
    found = site.run("referrals.find_services", case, need="housing", region="littoral")
    return [str(each["organisation"]) for each in found["services"]]


def sent(site: Site, case: CaseRef, activation: int = 1, **changes: Any) -> str:
    out = site.run("referrals.send", case, activation=activation, **{**WISH, **changes})
    return str(out["referral"])


class Told(list[tuple[str, str, Any]]):
    """A publisher that keeps what it was asked to publish."""

    def __call__(
        self,
        uow: UnitOfWork,
        message: str,
        keys: Variables,
        variables: Variables,
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
    ) -> int:
        self.append((message, str(keys["key"]), variables["referral_outcome"]))
        return 1


def desk(site: Site, uow: UnitOfWork, actor: Actor, told: Told) -> Desk:
    return Desk(uow, site.fields, told, actor, site.clock.now())


def read(site: Site, case: CaseRef, referral_id: str, reader: Actor = CLERK) -> Mapping[str, Any]:
    with site.store.unit_of_work() as uow:
        referral = read_referral(uow, referral_id, reader, site.clock.now())
        return shared(uow, site.fields, case, referral, reader, site.clock.now())


def status(site: Site, referral_id: str) -> Referral:
    with site.store.snapshot() as uow:
        return read_referral(uow, referral_id, OFFICER, site.clock.now())


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
    assert RECEIVER in offered(site, case)
    sent(site, case)
    assert RECEIVER not in offered(site, case)
    with pytest.raises(ReferralRefused) as refused:
        sent(site, case, activation=2)
    assert refused.value.code == "no-place"


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
