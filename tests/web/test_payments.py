"""Payments' pages: for whom they are, each act once, by three people."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.model import Tier
from engine.ports import TieredValue
from handlers.payments import PaymentStatus, payments_of
from handlers.payments.ledger import balances_of, read_heading
from handlers.people import compose_people, sensitive_reads
from tests.web.conftest import NOW, SCHEMES, Browser, Site, actor
from web.documents import case_ref

HEADING = f"demo-aide-cm-{NOW.year}"
CHOOSING = "/payments/orders/new?programme=demo-reinsertion-cm"


@pytest.fixture
def paying(site: Site) -> Site:
    """The site with a scheme that plans, asks for and approves a payment of 1,000,000 XAF."""
    site.engine.deploy(SCHEMES / "paying" / "cm" / "ofii", actor("concepteur"))
    return site


def complete(site: Site, case_id: str, name: str) -> None:
    """Complete the case's one open task as this demo account."""
    site.engine.complete(site.task(case_id), {}, actor(name))
    site.engine.run_due()


def approved(site: Site, preparer: str = "conseiller") -> tuple[str, str]:
    """Return a case and its payment, asked by somebody and approved by the officer."""
    case_id = site.engine.start("cm/ofii", {}, actor("ofii")).id
    site.engine.run_due()
    with site.engine.store.unit_of_work() as uow:
        uow.add_party(case_id, "op-littoral-appui", "operator", site.clock.now())
    complete(site, case_id, preparer)
    complete(site, case_id, "ofii")
    with site.engine.store.snapshot() as uow:
        (row,) = payments_of(uow, case_id)
    assert row.status == "approved"
    return case_id, row.id


def balance(site: Site, account: str) -> Decimal:
    """Return what the demo's heading has in one of its accounts."""
    with site.engine.store.snapshot() as uow:
        return balances_of(uow, read_heading(uow, HEADING)).amount(account)


def status(site: Site, case_id: str) -> PaymentStatus:
    """Return where a case's one payment is."""
    with site.engine.store.snapshot() as uow:
        (row,) = payments_of(uow, case_id)
    return row.status


def choose(browser: Browser, payment: str) -> tuple[int, str]:
    """Draw up an order of a payment by its form; return the status and where the browser goes."""
    browser.get(CHOOSING)
    sent: dict[str, object] = {"payment": payment, "execute_on": str(NOW.date())}
    answer = browser.post(CHOOSING, sent)
    return answer.status_code, answer.headers.get("Location", "")


def named_substitute(site: Site, absent: str, substitute: str) -> None:
    """Have somebody name a substitute for three days."""
    browser = site.browser(absent)
    browser.get("/account/substitute")
    until = NOW.date() + timedelta(days=3)
    sent = {"email": f"{substitute}@demo.invalid", "since": str(NOW.date()), "until": str(until)}
    assert browser.post("/account/substitute", dict(sent)).status_code == 303


def told(site: Site, case_id: str) -> list[tuple[str, str | None]]:
    """Return kind and actor of each event of a case."""
    history = site.engine.history(case_id, actor("ofii"))
    return [(event.kind, event.actor) for event in history]


def test_a_preparer_cannot_approve_nor_can_their_substitute_and_the_try_is_in_history(
    paying: Site,
) -> None:
    case_id = paying.engine.start("cm/ofii", {}, actor("ofii")).id
    paying.engine.run_due()
    complete(paying, case_id, "finance")
    task = paying.task(case_id)
    named_substitute(paying, "finance", "ofii")
    for name in ("finance", "ofii"):
        browser = paying.browser(name)
        browser.get(f"/tasks/{task}")
        assert browser.post(f"/tasks/{task}", {"_intent": "complete"}).status_code == 409, name
        assert status(paying, case_id) == "requested"
        assert told(paying, case_id)[-1] == ("task.refused", f"demo-{name}")
    browser = paying.browser("tresor")
    browser.get(f"/tasks/{task}")
    browser.post(f"/tasks/{task}/claim")
    browser.get(f"/tasks/{task}")
    assert browser.post(f"/tasks/{task}", {"_intent": "complete"}).status_code == 303
    paying.engine.run_due()
    assert status(paying, case_id) == "approved"


def test_whoever_prepared_a_payment_cannot_order_it_nor_can_their_substitute(
    paying: Site,
) -> None:
    case_id, payment = approved(paying, "finance")
    named_substitute(paying, "finance", "tresor")
    for name in ("finance", "tresor"):
        code, _ = choose(paying.browser(name), payment)
        assert code == 422, name
        assert status(paying, case_id) == "approved"
        assert told(paying, case_id)[-1] == ("payment.order-refused", f"demo-{name}")


def test_an_order_goes_to_the_bank_by_two_people_and_its_statement_settles_it(
    paying: Site,
) -> None:
    case_id, payment = approved(paying)
    view = paying.engine.case(case_id, actor("ofii"))
    fields = compose_people(paying.settings, paying.engine.store, paying.clock).fields
    with paying.engine.store.unit_of_work() as uow:
        answers = {
            "family_name": TieredValue("Essai", Tier.IDENTITY),
            "account_number": TieredValue("CM21 9999", Tier.PAYMENT),
        }
        subject = fields.write(uow, case_ref(view), answers, actor("ofii")).subject
        uow.connection.exec_driver_sql(
            f"UPDATE cases SET subject = '{subject}' WHERE id = '{case_id}'"
        )
    drawer, signer = paying.browser("tresor"), paying.browser("finance")
    code, place = choose(drawer, payment)
    assert code == 303
    assert choose(drawer, payment)[0] == 409
    drawer.get(place)
    assert "Signer" not in drawer.page
    assert drawer.post(place, {"act": "sign"}).status_code == 409
    assert drawer.get(f"{place}/file.xml").status_code == 409
    signer.get(place)
    assert signer.post(place, {"act": "sign"}).status_code == 303
    signer.get(place)
    assert signer.post(place, {"act": "sign"}).status_code == 409
    file = signer.get(f"{place}/file.xml").get_data(as_text=True)
    assert "<Nm>Essai</Nm>" in file
    assert "CM219999" in file
    assert "Essai" in signer.get(f"{place}/file.csv").get_data(as_text=True)
    with paying.engine.store.snapshot() as uow:
        reads = sensitive_reads(uow, case_id)
    assert [(read.purpose, read.account_id) for read in reads] == [
        ("payment-order", "demo-finance")
    ] * 2
    _statement_settles(paying, signer, case_id, payment)


def _statement_settles(site: Site, browser: Browser, case_id: str, payment: str) -> None:
    line = f"booked_on,amount,currency,reference\n2026-03-02,-1000000,XAF,{payment}\n"
    for found in ("1 paiement réglé", "1 ligne déjà connue"):
        browser.get("/payments/statements")
        answer = browser.post(
            "/payments/statements",
            {
                "programme": "demo-reinsertion-cm",
                "file": (io.BytesIO((line + "2026-03-02,5,XAF,inconnu\n").encode()), "releve.csv"),
            },
        )
        assert answer.status_code == 200
        assert found in answer.text
        assert "inconnu" in answer.text
    site.engine.run_due()
    assert site.engine.case(case_id, actor("ofii")).status == "completed"
    assert status(site, case_id) == "paid"
    assert balance(site, "paid") == 1_000_000


def test_a_statement_with_a_line_that_cannot_be_read_is_told_and_nothing_is_taken(
    paying: Site,
) -> None:
    browser = paying.browser("finance")
    browser.get("/payments/statements")
    file = (io.BytesIO(b"booked_on,amount,currency,reference\nhier,1,XAF,r\n"), "releve.csv")
    answer = browser.post(
        "/payments/statements", {"programme": "demo-reinsertion-cm", "file": file}
    )
    assert answer.status_code == 422
    assert "booked_on" in answer.text
    assert "hier" in answer.text
    assert "n’est pas un jour" in answer.text
    browser.get("/payments/statements")
    file = (io.BytesIO(b"booked_on,amount,currency,reference\n,x,ABC,r\n1,2\n"), "releve.csv")
    page = browser.post(
        "/payments/statements", {"programme": "demo-reinsertion-cm", "file": file}
    ).text
    for told in (
        "est vide",
        "n’est pas un montant",
        "n’est pas un code de devise",
        "2 cellules",
    ):
        assert told in page
    assert browser.post("/payments/statements", {}).status_code == 422


def test_an_allocation_whose_form_is_sent_twice_is_one(site: Site) -> None:
    browser, before = site.browser("finance"), balance(site, "allocated")
    page = browser.get(f"/payments/budgets/{HEADING}").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    sent: dict[str, object] = {"key": key[1], "act": "allocate", "amount": "1 500 000"}
    for _ in range(2):
        assert browser.post(f"/payments/budgets/{HEADING}", sent).status_code == 303
    assert balance(site, "allocated") == before + 1_500_000
    browser.get(f"/payments/budgets/{HEADING}")
    assert browser.post(f"/payments/budgets/{HEADING}", sent | {"amount": "2"}).status_code == 409
    for amount in ("", "beaucoup", "-5", "0.5"):
        wrong = {"act": "allocate", "amount": amount}
        assert browser.post(f"/payments/budgets/{HEADING}", dict(wrong)).status_code == 422, amount
    too_much = {"act": "withdraw", "amount": "999999999999"}
    assert browser.post(f"/payments/budgets/{HEADING}", dict(too_much)).status_code == 422
    assert balance(site, "allocated") == before + 1_500_000


def test_budgets_are_seen_by_finance_the_agency_and_auditors_of_their_country_only(
    site: Site,
) -> None:
    for name, seen in (("finance", True), ("ofii", True), ("auditeur", True), ("comite", False)):
        browser = site.browser(name)
        page = browser.get("/payments/budgets").text
        assert ("Cameroun (démo)" in page) is seen, name
        assert "Tunisie (démo)" not in page, name
        code = browser.get(f"/payments/budgets/{HEADING}").status_code
        assert code == (200 if seen else 404), name
        abroad = browser.get(f"/payments/budgets/demo-aide-tn-{NOW.year}").status_code
        assert abroad == 404, name


def test_budgets_are_moved_by_finance_only(site: Site) -> None:
    before = balance(site, "allocated")
    sent: dict[str, object] = {"act": "allocate", "amount": "5"}
    for name, code in (("ofii", 404), ("comite", 404), ("auditeur", 403)):
        browser = site.browser(name)
        browser.get(f"/payments/budgets/{HEADING}")
        assert browser.post(f"/payments/budgets/{HEADING}", sent).status_code == code, name
        assert browser.get("/payments/orders/new").status_code == code, name
    finance = site.browser("finance")
    finance.get(f"/payments/budgets/{HEADING}")
    abroad = f"/payments/budgets/demo-aide-tn-{NOW.year}"
    assert finance.post(abroad, sent).status_code == 404
    assert balance(site, "allocated") == before


def test_a_payment_is_seen_through_its_case_only(paying: Site) -> None:
    case_id, payment = approved(paying)
    for name, code in (("finance", 200), ("auditeur", 200), ("conseiller2", 404)):
        browser = paying.browser(name)
        assert browser.get(f"/payments/{payment}").status_code == code, name
        assert (payment in browser.get("/payments").text) is (code == 200), name
    assert payment in paying.browser("finance").get("/payments?status=approved").text
    assert payment not in paying.browser("finance").get("/payments?status=paid").text
    assert case_id in paying.browser("finance").get(f"/payments/{payment}").text


def test_an_order_called_back_leaves_its_payments_to_be_ordered_anew(paying: Site) -> None:
    case_id, payment = approved(paying)
    browser = paying.browser("tresor")
    _, place = choose(browser, payment)
    browser.get(place)
    assert browser.post(place, {"act": "call-back"}).status_code == 303
    assert status(paying, case_id) == "approved"
    browser.get(place)
    assert browser.post(place, {"act": "call-back"}).status_code == 409
    assert choose(browser, payment)[0] == 303


def test_a_refund_needs_a_reason_and_counts_once(paying: Site) -> None:
    case_id, payment = approved(paying)
    drawer, other = paying.browser("tresor"), paying.browser("finance")
    _, place = choose(drawer, payment)
    other.get(place)
    other.post(place, {"act": "sign"})
    _statement_settles(paying, other, case_id, payment)
    page = other.get(f"/payments/{payment}").text
    known = re.search(r'name="known" value="([^"]+)"', page)
    assert known is not None
    sent: dict[str, object] = {"known": known[1], "amount": "400 000", "reason": "unspent"}
    tries = (({"reason": ""}, 422), ({"amount": "1000001"}, 422), ({}, 303), ({}, 409))
    for changed, code in tries:
        answer = other.post(f"/payments/{payment}/refunds", sent | changed)
        assert answer.status_code == code, changed
    assert balance(paying, "paid") == 600_000
    assert told(paying, case_id)[-1] == ("payment.refunded", "demo-finance")
    assert "400 000" in other.get(f"/cases/{case_id}").text.replace("\u202f", " ")
