"""Pages of referrals: what a receiver sees and until when, answers once, and who may do what."""

from __future__ import annotations

import re

import pytest

from engine.model import CaseRef, Tier
from engine.ports import TieredValue
from handlers.people import Purpose, reads_of_owners
from handlers.people.consents.service import decide_consent
from handlers.people.keyring import person_owner
from handlers.referrals import Service, save_services
from tests.web.conftest import NOW, Browser, Site, actor
from tests.web.test_surveys import fields_of

STRUCTURE = "op-littoral-appui"
PROTECTED = "Ne pas appeler le soir"


def shared_case(site: Site, *, agrees: bool = True) -> CaseRef:
    """Open a case of OFII whose person agrees to share, with a protected note."""
    case_id = site.start(family_name="Ngo Imaginaire")
    view = site.engine.case(case_id, actor("ofii"))
    case = CaseRef(view.id, view.reference, view.scheme, view.country, view.subject)
    with site.engine.store.unit_of_work() as uow:
        note = {"safe_contact_note": TieredValue(PROTECTED, Tier.PROTECTION)}
        fields_of(site).write(uow, case, note, actor("ofii"))
        decide_consent(
            uow, str(case.subject), Purpose.SHARING, agrees, at=NOW, by="ofii", recipient=""
        )
        save_services(uow, [Service(STRUCTURE, "housing", "littoral", 1)])
    return case


def refer(site: Site, case: CaseRef, **changes: object) -> tuple[Browser, str]:
    """Refer by hand as OFII; return the browser, and the referral's id or "" where refused."""
    browser = site.browser("ofii")
    browser.get(f"/referrals/cases/{case.id}/new?need=housing")
    token = re.search(r'name="token" value="([0-9a-f]+)"', browser.page)
    sent: dict[str, object] = {
        "token": token.group(1) if token else "",
        "need": "housing",
        "priority": "urgent",
        "structure": f"{STRUCTURE}|littoral",
        "keys": ["family_name"],
        "access_days": "30",
    }
    answer = browser.post(f"/referrals/cases/{case.id}/new", sent | changes)
    if answer.status_code != 303:
        return browser, ""
    return browser, answer.location.rsplit("/", 1)[1]


def test_the_receiver_sees_what_was_chosen_and_no_more_and_each_opening_is_logged(
    site: Site,
) -> None:
    case = shared_case(site)
    _, referral = refer(site, case)
    receiver = site.browser("conseiller")
    assert f"/referrals/{referral}" in receiver.get("/referrals/").text
    page = receiver.get(f"/referrals/{referral}").text
    assert "Ngo Imaginaire" in page
    assert PROTECTED not in page
    assert f"/cases/{case.id}" not in page
    assert receiver.get(f"/cases/{case.id}").status_code == 404
    with site.engine.store.snapshot() as uow:
        reads = reads_of_owners(uow, [person_owner(str(case.subject))])
    assert [(r.account_id, r.keys) for r in reads if r.purpose == "referrals.read"] == [
        ("demo-conseiller", ("family_name",))
    ]


def test_the_sender_sees_which_entries_are_shared_and_not_their_values_there(site: Site) -> None:
    case = shared_case(site)
    browser, referral = refer(site, case, keys=["family_name", "safe_contact_note"])
    page = browser.get(f"/referrals/{referral}").text
    assert "Nom de famille" in page
    assert PROTECTED not in page
    assert f"/referrals/{referral}" in browser.get("/referrals/sent").text
    assert f"/referrals/{referral}" in browser.get(f"/cases/{case.id}").text


def test_revoked_closes_what_the_receiver_sees_at_once(site: Site) -> None:
    browser, referral = refer(site, shared_case(site))
    browser.get(f"/referrals/{referral}")
    assert browser.post(f"/referrals/{referral}/revoke").status_code == 303
    receiver = site.browser("conseiller")
    page = receiver.get(f"/referrals/{referral}").text
    assert "Ngo Imaginaire" not in page
    assert "Accepter cette orientation" not in page
    late = receiver.post(f"/referrals/{referral}/answer", {"answer": "accept"})
    assert late.status_code == 303
    assert "est passé avant" in receiver.get(f"/referrals/{referral}").text


def test_accepted_then_feedback_and_a_second_click_changes_nothing(site: Site) -> None:
    _, referral = refer(site, shared_case(site))
    receiver = site.browser("responsable")
    for _ in range(2):
        receiver.get(f"/referrals/{referral}")
        receiver.post(f"/referrals/{referral}/answer", {"answer": "accept"})
    wrong = receiver.post(f"/referrals/{referral}/report", {"outcome": "", "feedback": " "})
    assert wrong.status_code == 422
    assert wrong.text.count("govuk-error-message") == 2
    done = {"outcome": "helped", "feedback": "Logé chez nous."}
    assert receiver.post(f"/referrals/{referral}/report", done).status_code == 303
    page = site.browser("ofii").get(f"/referrals/{referral}").text
    assert "Logé chez nous." in page
    assert "Aidé" in page


def test_a_decline_needs_its_reason_which_the_sender_reads(site: Site) -> None:
    _, referral = refer(site, shared_case(site))
    receiver = site.browser("conseiller")
    receiver.get(f"/referrals/{referral}")
    assert receiver.post(f"/referrals/{referral}/answer", {"answer": "decline"}).status_code == 422
    sent = {"answer": "decline", "reason": "Plus de lit."}
    assert receiver.post(f"/referrals/{referral}/answer", sent).status_code == 303
    assert "Plus de lit." in site.browser("ofii").get(f"/referrals/{referral}").text


def test_the_last_place_is_given_once_and_the_other_is_told_so(site: Site) -> None:
    first, second = (refer(site, shared_case(site))[1] for _ in range(2))
    receiver = site.browser("conseiller")
    for each in (first, second):
        receiver.get(f"/referrals/{each}")
        receiver.post(f"/referrals/{each}/answer", {"answer": "accept"})
    page = receiver.get(f"/referrals/{second}").text
    assert "La dernière place a été prise" in page
    assert "Accepter cette orientation" in page


def test_a_form_sent_twice_refers_once(site: Site) -> None:
    case = shared_case(site)
    browser = site.browser("ofii")
    sent = {"token": "ab12", "need": "housing", "priority": "urgent", "access_days": "30"}
    more = {"structure": f"{STRUCTURE}|littoral", "keys": ["family_name"]}
    places = set()
    for _ in range(2):
        browser.get(f"/referrals/cases/{case.id}/new?need=housing")
        places.add(browser.post(f"/referrals/cases/{case.id}/new", {**sent, **more}).location)
    assert len(places) == 1
    assert site.app.extensions["notices"].deliver() == 1
    (mail,) = (site.settings.var_dir / "outbox").glob("*")
    told = mail.read_text(encoding="utf-8")
    assert f"{STRUCTURE}" not in told.split("Subject")[1]
    assert "Ngo Imaginaire" not in told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"keys": []}, "keys"),
        ({"keys": ["account_number"]}, "keys"),
        ({"structure": ""}, "structure"),
        ({"structure": "op-horizon|"}, "structure"),
        ({"priority": "maybe"}, "priority"),
        ({"access_days": "9999"}, "access_days"),
    ],
)
def test_what_cannot_be_referred_is_told_beside_its_field(
    site: Site, changes: dict[str, object], field: str
) -> None:
    browser, referral = refer(site, shared_case(site), **changes)
    assert referral == ""
    assert f'href="#{field}"' in browser.page


def test_without_consent_nothing_is_sent(site: Site) -> None:
    browser, referral = refer(site, shared_case(site, agrees=False))
    assert referral == ""
    assert "accepte pas que cette structure" in browser.page


def test_nobody_is_offered_an_entry_that_they_may_not_read(site: Site) -> None:
    case = shared_case(site)
    form = site.browser("ofii").get(f"/referrals/cases/{case.id}/new?need=housing").text
    assert 'value="safe_contact_note"' in form
    assert "govuk-error-message" not in form
    for stranger, status in (("conseiller", 404), ("auditeur", 403)):
        got = site.browser(stranger).get(f"/referrals/cases/{case.id}/new")
        assert got.status_code == status


def test_a_referral_between_others_does_not_exist(site: Site) -> None:
    _, referral = refer(site, shared_case(site))
    stranger = site.browser("conseiller2")
    stranger.get("/referrals/")
    assert referral not in stranger.page
    assert stranger.get(f"/referrals/{referral}").status_code == 404
    for act in ("answer", "report", "revoke"):
        sent = {"answer": "accept", "outcome": "helped", "feedback": "x"}
        assert stranger.post(f"/referrals/{referral}/{act}", dict(sent)).status_code == 404


def test_who_receives_and_works_on_the_case_too_is_not_offered_to_revoke(site: Site) -> None:
    case = shared_case(site)
    with site.engine.store.unit_of_work() as uow:
        save_services(uow, [Service("collectivite-demo", "housing", "", 5)])
    browser, referral = refer(site, case, structure="collectivite-demo|")
    revoke = f"/referrals/{referral}/revoke"
    assert revoke in browser.get(f"/referrals/{referral}").text
    assert revoke not in site.browser("accueil").get(f"/referrals/{referral}").text


def test_the_receiver_cannot_revoke_nor_the_sender_answer(site: Site) -> None:
    browser, referral = refer(site, shared_case(site))
    browser.get(f"/referrals/{referral}")
    assert browser.post(f"/referrals/{referral}/answer", {"answer": "accept"}).status_code == 404
    receiver = site.browser("conseiller")
    receiver.get(f"/referrals/{referral}")
    assert receiver.post(f"/referrals/{referral}/revoke").status_code == 404


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "Annuaire"), ("en", "Directory"), ("ar", "دليل")]
)
def test_the_directory_tells_the_places_left(site: Site, language: str, word: str) -> None:
    shared_case(site)
    browser = site.browser("auditeur")
    browser.get(f"/language/{language}")
    page = browser.get("/referrals/directory?need=housing").text
    assert word in page
    assert STRUCTURE in page
