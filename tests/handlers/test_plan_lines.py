"""Business plans' lines: bought one supplier at a time, never beyond what a line costs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.errors import BusinessError, HandlerFailed, NotFound
from engine.model import CaseRef
from engine.store import upgrade
from engine.store.queries import visible
from handlers.composition import MIGRATIONS
from handlers.organisations import (
    Dimension,
    Organisation,
    events_of,
    save_coverage,
    save_organisation,
)
from handlers.payments import LineProgress, lines_of, payments_of, progress_of
from handlers.payments.commands import payments as commands
from handlers.payments.ledger import read_programme
from handlers.payments.orders import (
    OrderRefused,
    PaymentOrder,
    draw_up,
    pain_001,
    read_payees,
    sign,
)
from handlers.payments.payees import AccountRefused, read_account, write_account
from handlers.payments.store import find_payments
from handlers.people import reads_of_owners
from tests.handlers.support import NOW, Site, bytes_below, person
from tests.handlers.test_budgets import (
    APPROVER,
    PAYER,
    PREPARER,
    PROGRAMME,
    balances,
    make_heading,
    proof,
)
from web import MIGRATIONS as PAGES

SUPPLIER = "co-outils"
SIGNER = person("signer", "finance_officer")
FINANCE_THERE = person("finance", "finance_officer", organisation=SUPPLIER)
PLAN: tuple[dict[str, Any], ...] = (
    {"category": "equipment", "item": "couveuse", "quantity": 2, "unit_price": Decimal(300)},
    {
        "category": "premises",
        "item": "local",
        "quantity": 1,
        "unit_price": Decimal(500),
        "own_contribution": True,
    },
)


def written(site: Site, case: CaseRef) -> list[str]:
    """Write the plan and return its lines' ids."""
    return list(site.run("payments.plan_lines", case, lines=PLAN, currency="XAF")["lines"])


def bought(site: Site, case: CaseRef, activation: int, *amounts: tuple[str, int]) -> list[str]:
    """Plan purchases of lines and return the payments' ids."""
    purchases = [{"line": line, "amount": Decimal(amount)} for line, amount in amounts]
    result = site.run(
        "payments.plan_purchases",
        case,
        activation=activation,
        purchases=purchases,
        heading="reinsertion",
    )
    return list(result["payments"])


def progress(site: Site, case: CaseRef) -> tuple[LineProgress, ...]:
    """Return how far the plan is bought."""
    with site.store.snapshot() as uow:
        return progress_of(lines_of(uow, case.id), payments_of(uow, case.id))


def test_a_line_tells_what_is_planned_committed_paid_and_proved(site: Site) -> None:
    heading, case = make_heading(site), site.case()
    line, _ = written(site, case)
    assert written(site, case)[0] == line
    first, second = bought(site, case, 2, (line, 250), (line, 350))
    assert bought(site, case, 2, (line, 250), (line, 350)) == [first, second]
    site.run("payments.request", case, PREPARER, payment=first)
    site.run("payments.approve", case, APPROVER, payment=first)
    arguments = {"payment": first, "proof": proof(site, case), "paid_on": NOW.date()}
    site.run("payments.mark_paid", case, PAYER, method="cash", **arguments)
    equipment, own = progress(site, case)
    told = [equipment.amount(what) for what in ("planned", "committed", "paid", "proved")]
    assert told == [600, 600, 250, 250]
    assert (own.amount("planned"), own.amount("committed"), own.left_minor) == (500, 0, 0)
    assert balances(site, heading).committed == 350
    site.run("payments.refuse", case, payment=second)
    assert progress(site, case)[0].left_minor == 350


def test_nothing_is_bought_beyond_a_line_nor_of_what_the_person_brings(site: Site) -> None:
    make_heading(site)
    case, other = site.case("a"), site.case("b")
    line, own = written(site, case)
    (foreign, _) = written(site, other)
    wrong = [((line, 601),), ((line, 400), (line, 201)), ((own, 1),), ((foreign, 1),), ((line, 0),)]
    for activation, amounts in enumerate(wrong, start=5):
        with pytest.raises(BusinessError) as error:
            bought(site, case, activation, *amounts)
        assert error.value.code == "plan-invalid"
    with site.store.snapshot() as uow:
        assert payments_of(uow, case.id) == ()


@pytest.mark.parametrize(
    "change",
    [{"item": ""}, {"quantity": Decimal("1.5")}, {"unit_price": Decimal("0.5")}, {"category": 3}],
)
def test_a_plan_with_a_line_that_cannot_be_used_is_refused_whole(
    sqlite_site: Site, change: dict[str, Any]
) -> None:
    case = sqlite_site.case()
    lines = (PLAN[1], {**PLAN[0], **change})
    with pytest.raises(BusinessError, match="entry 2") as error:
        sqlite_site.run("payments.plan_lines", case, lines=lines, currency="XAF")
    assert error.value.code == "plan-invalid"
    assert progress(sqlite_site, case) == ()


def approved_purchase(site: Site, case: CaseRef, **given: Any) -> str:
    """Plan, ask for and approve a purchase of 100 and return the payment's id."""
    purchase = {"line": written(site, case)[0], "amount": Decimal(100), **given}
    (payment,) = site.run(
        "payments.plan_purchases", case, activation=2, purchases=[purchase], heading="reinsertion"
    )["payments"]
    site.run("payments.request", case, PREPARER, payment=payment, way="transfer")
    site.run("payments.approve", case, APPROVER, payment=payment)
    return str(payment)


def ordered(site: Site, case: CaseRef, payment: str) -> PaymentOrder:
    """Put a payment into an order."""
    with site.store.unit_of_work() as uow:
        return draw_up(uow, {payment: case.id}, NOW.date(), actor=PAYER, at=NOW)


def test_a_purchase_from_nobody_known_here_goes_into_no_order(sqlite_site: Site) -> None:
    make_heading(sqlite_site)
    case = sqlite_site.case()
    payment = approved_purchase(sqlite_site, case)
    with pytest.raises(OrderRefused) as refused:
        ordered(sqlite_site, case, payment)
    assert refused.value.code == "purchase"


def test_a_supplier_is_paid_by_order_to_its_account_which_lies_nowhere_in_plain(
    sqlite_site: Site, tmp_path: Path
) -> None:
    site = sqlite_site
    make_heading(site)
    case = site.case("a", SUPPLIER)
    with site.store.unit_of_work() as uow:
        save_organisation(
            uow, Organisation(SUPPLIER, "Outils Inventés", "company", "CM", "private", "")
        )
        keyring = site.fields.keyring
        write_account(uow, keyring, SUPPLIER, "cm21 0001-ACCOUNT9", by="finance", at=NOW)
    payment = approved_purchase(site, case, payee=SUPPLIER)
    order = ordered(site, case, payment)
    with site.store.unit_of_work() as uow:
        sign(uow, order, actor=SIGNER, at=NOW)
        rows = find_payments(uow, visible(FINANCE_THERE, NOW), order_id=order.id).rows
        payees = read_payees(uow, site.fields, rows, FINANCE_THERE)
        content = pain_001(order, read_programme(uow, PROGRAMME.id), payees, NOW)
        (read,) = reads_of_owners(uow, [f"organisation:{SUPPLIER}"])
    assert b"Outils Inventes" in content
    assert b"CM210001ACCOUNT9" in content
    assert (read.account_id, read.purpose) == (FINANCE_THERE.account_id, "payment-order")
    assert not [path for path, found in bytes_below(tmp_path) if b"ACCOUNT9" in found]


@pytest.mark.parametrize(("number", "code"), [("12", "account"), ("FR7600000000000", "iban")])
def test_what_is_no_account_is_refused(sqlite_site: Site, number: str, code: str) -> None:
    with sqlite_site.store.unit_of_work() as uow, pytest.raises(AccountRefused) as refused:
        write_account(uow, sqlite_site.fields.keyring, SUPPLIER, number, by="finance", at=NOW)
    assert refused.value.code == code


def test_a_diagram_pays_organisations_of_its_country_only(sqlite_site: Site) -> None:
    make_heading(sqlite_site)
    for payee, message in (("nobody", "no organisation here"), ("op-tn-1", "which is in TN")):
        with pytest.raises(HandlerFailed, match=message):
            approved_purchase(sqlite_site, sqlite_site.case(payee), payee=payee)


def test_what_is_left_to_buy_is_listed_by_category_and_the_persons_own_is_not(site: Site) -> None:
    make_heading(site)
    case = site.case()
    line, own = written(site, case)
    bought(site, case, 2, (line, 250))
    (left,) = site.run("payments.read_lines", case)["to_buy"]
    assert (left["line"], left["item"], left["amount"]) == (line, "couveuse", 350)
    assert site.run("payments.read_lines", case, lines=[own])["to_buy"] == ()
    assert site.run("payments.read_lines", case, categories=["premises"])["to_buy"] == ()
    bought(site, case, 3, (line, 350))
    assert site.run("payments.read_lines", case)["to_buy"] == ()


def test_suppliers_are_the_companies_of_the_country_that_cover_the_region(site: Site) -> None:
    case = site.case()
    with site.store.unit_of_work() as uow:
        for name, region in (("outils", "centre"), ("grains", "littoral"), ("partout", "")):
            save_organisation(uow, Organisation(f"co-{name}", name, "company", "CM", "private", ""))
            save_coverage(uow, f"co-{name}", Dimension.REGION, [region] if region else [])
    found = site.run("organisations.find_suppliers", case, region="centre")["suppliers"]
    assert [each["id"] for each in found] == ["co-outils", "co-partout"]
    assert len(site.run("organisations.find_suppliers", case)["suppliers"]) == 3


def test_the_command_writes_a_payees_account_once_known_and_tells_the_change(
    sqlite_site: Site,
) -> None:
    upgrade(sqlite_site.store, (MIGRATIONS, PAGES))
    runner, settings = CliRunner(), sqlite_site.settings
    unknown = runner.invoke(commands, ["payee", "nobody", "--account", "CM2100001"], obj=settings)
    assert isinstance(unknown.exception, NotFound)
    done = runner.invoke(commands, ["payee", "op-horizon", "--account", "CM2100001"], obj=settings)
    assert (done.exit_code, "CM2100001" in done.output) == (0, False)
    with sqlite_site.store.unit_of_work() as uow:
        read = read_account(uow, sqlite_site.fields, "op-horizon", PAYER, "payment-order")
        assert (read, events_of(uow, "op-horizon")[0].data["fields"]) == ("CM2100001", ["account"])
