"""Payments: exact tranches, three different people, every move in history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BusinessError, HandlerFailed
from engine.model import SYSTEM, Actor, CaseRef, Tier
from handlers.payments import PaymentStatus, money, payments_of
from tests.handlers.support import NOW, Site, person

PREPARER, APPROVER, PAYER = (
    person(name, "operator_manager") for name in ("preparer", "approver", "payer")
)
TODAY = NOW.date()
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def plan(site: Site, case: CaseRef, amount: str = "3700000", currency: str = "XAF") -> list[str]:
    """Plan an amount in two tranches of 70 and 30 per cent."""
    shares = (Decimal("0.7"), Decimal("0.3"))
    result = site.run(
        "payments.plan", case, amount=Decimal(amount), currency=currency, shares=shares
    )
    return list(result["payments"])


def proof(site: Site, case: CaseRef) -> str:
    """Hand in a proof of payment."""
    with site.store.unit_of_work() as uow:
        return site.documents.store_document(
            uow, case, PDF, "recu.pdf", PAYER, tier=Tier.PAYMENT, purpose="proof-of-payment"
        ).id


def pay(site: Site, case: CaseRef, payment: str, actor: Actor, paid_on: date = TODAY) -> None:
    """Mark a payment as paid, with a proof."""
    arguments = {"payment": payment, "proof": proof(site, case), "paid_on": paid_on}
    site.run("payments.mark_paid", case, actor, **arguments)


def status(site: Site, case: CaseRef, payment: str) -> PaymentStatus:
    """Return a payment's status."""
    with site.store.snapshot() as uow:
        return next(p.status for p in payments_of(uow, case.id) if p.id == payment)


def refused(site: Site, case: CaseRef, name: str, payment: str, actor: Actor) -> str:
    """Return the code by which a move is refused."""
    before = status(site, case, payment)
    with pytest.raises(BusinessError) as error:
        if name == "payments.mark_paid":
            pay(site, case, payment, actor)
        else:
            site.run(name, case, actor, payment=payment)
    assert status(site, case, payment) is before
    return error.value.code


def test_a_tranche_goes_from_plan_to_paid_through_three_people(site: Site) -> None:
    case = site.case()
    first, _ = plan(site, case)
    site.run("payments.request", case, PREPARER, payment=first)
    site.run("payments.approve", case, APPROVER, payment=first)
    pay(site, case, first, PAYER)
    with site.store.snapshot() as uow:
        paid, planned = payments_of(uow, case.id)
    assert (paid.amount, paid.currency, paid.status) == (Decimal(2590000), "XAF", "paid")
    assert (paid.prepared_by, paid.approved_by, paid.paid_by) == ("preparer", "approver", "payer")
    assert paid.paid_on == NOW.date()
    assert (planned.amount, planned.status, planned.tranche) == (Decimal(1110000), "planned", 2)
    assert [kind for kind in site.kinds(case) if kind.startswith("payment.")] == [
        "payment.planned",
        "payment.planned",
        "payment.requested",
        "payment.approved",
        "payment.paid",
    ]


def test_nobody_takes_two_steps_of_one_tranche(site: Site) -> None:
    case = site.case()
    first, _ = plan(site, case)
    site.run("payments.request", case, PREPARER, payment=first)
    assert refused(site, case, "payments.approve", first, PREPARER) == "separation-of-duties"
    site.run("payments.approve", case, APPROVER, payment=first)
    for actor in (PREPARER, APPROVER):
        assert refused(site, case, "payments.mark_paid", first, actor) == "separation-of-duties"


def test_no_step_of_a_tranche_is_taken_without_a_person(site: Site) -> None:
    case = site.case()
    first, _ = plan(site, case)
    assert refused(site, case, "payments.request", first, SYSTEM) == "separation-of-duties"


@pytest.mark.parametrize(
    ("preparer", "approver"),
    [
        (PREPARER, replace(APPROVER, acting_for=("preparer",))),
        (replace(PREPARER, acting_for=("approver",)), APPROVER),
    ],
)
def test_no_substitute_of_the_preparer_approves(
    site: Site, preparer: Actor, approver: Actor
) -> None:
    case = site.case()
    first, _ = plan(site, case)
    site.run("payments.request", case, preparer, payment=first)
    assert refused(site, case, "payments.approve", first, approver) == "separation-of-duties"


def test_a_tranche_takes_no_step_out_of_turn(site: Site) -> None:
    case = site.case()
    first, second = plan(site, case)
    assert refused(site, case, "payments.approve", first, APPROVER) == "payment-state"
    assert refused(site, case, "payments.mark_paid", first, PAYER) == "payment-state"
    site.run("payments.request", case, PREPARER, payment=first)
    assert refused(site, case, "payments.request", first, PREPARER) == "payment-state"
    site.run("payments.refuse", case, SYSTEM, payment=second)
    assert status(site, case, second) is PaymentStatus.REFUSED
    assert refused(site, case, "payments.request", second, PREPARER) == "payment-state"


def test_stopping_refuses_what_is_unpaid_and_leaves_what_is_paid_and_other_cases(
    site: Site,
) -> None:
    case, other = site.case(), site.case("b")
    first, second = plan(site, case)
    elsewhere = plan(site, other)
    site.run("payments.request", case, PREPARER, payment=first)
    site.run("payments.approve", case, APPROVER, payment=first)
    pay(site, case, first, PAYER)
    assert site.run("payments.stop", case, SYSTEM) == {"stopped": Decimal(1)}
    assert site.run("payments.stop", case, SYSTEM) == {"stopped": Decimal(0)}
    assert status(site, case, first) is PaymentStatus.PAID
    assert status(site, case, second) is PaymentStatus.REFUSED
    assert {status(site, other, each) for each in elsewhere} == {PaymentStatus.PLANNED}


def test_another_cases_payment_cannot_be_moved(site: Site) -> None:
    first, _ = plan(site, site.case("a"))
    with pytest.raises(HandlerFailed, match="CM-OFII-2026-b names payment"):
        site.run("payments.request", site.case("b"), PREPARER, payment=first)


def test_a_payment_needs_a_proof_of_its_own_case_and_a_day_that_has_come(site: Site) -> None:
    case, other = site.case("a"), site.case("b")
    first, _ = plan(site, case)
    site.run("payments.request", case, PREPARER, payment=first)
    site.run("payments.approve", case, APPROVER, payment=first)
    foreign = {"payment": first, "proof": proof(site, other), "paid_on": NOW.date()}
    with pytest.raises(BusinessError, match="proof-of-payment") as error:
        site.run("payments.mark_paid", case, PAYER, **foreign)
    assert error.value.code == "document-missing"
    with pytest.raises(BusinessError, match="a day to come") as error:
        pay(site, case, first, PAYER, NOW.date() + timedelta(days=2))
    assert error.value.code == "payment-date"
    with pytest.raises(BusinessError, match="needs the day") as error:
        pay(site, case, first, PAYER, None)  # type: ignore[arg-type]
    assert error.value.code == "payment-date"
    assert status(site, case, first) is PaymentStatus.APPROVED


def test_planning_again_under_one_key_gives_the_same_payments(site: Site) -> None:
    case = site.case()
    assert plan(site, case) == plan(site, case)
    assert site.kinds(case) == ["payment.planned"] * 2


@pytest.mark.parametrize(
    ("amount", "currency", "shares"),
    [
        ("0", "XAF", ["1"]),
        ("-5", "XAF", ["1"]),
        ("10.5", "XAF", ["1"]),
        ("10", "francs", ["1"]),
        ("10", "XAF", []),
        ("10", "XAF", ["0.5", "0.4"]),
        ("10", "XAF", ["1.5", "-0.5"]),
        ("NaN", "XAF", ["1"]),
        ("1e16", "XAF", ["1"]),
    ],
)
def test_an_amount_that_cannot_be_paid_is_refused(
    sqlite_site: Site, amount: str, currency: str, shares: list[str]
) -> None:
    case = sqlite_site.case()
    with pytest.raises(BusinessError) as error:
        sqlite_site.run(
            "payments.plan",
            case,
            amount=Decimal(amount),
            currency=currency,
            shares=[Decimal(share) for share in shares],
        )
    assert error.value.code == "amount-invalid"
    assert sqlite_site.kinds(case) == []


@pytest.mark.parametrize("left_out", ["amount", "currency", "shares"])
def test_an_answer_left_out_of_a_plan_is_told_as_such(sqlite_site: Site, left_out: str) -> None:
    whole = {"amount": Decimal(10), "currency": "XAF", "shares": (Decimal(1),)}
    with pytest.raises(BusinessError, match="Task_Test of case CM-OFII-2026-a") as error:
        sqlite_site.run("payments.plan", sqlite_site.case(), **{**whole, left_out: None})
    assert error.value.code == "amount-invalid"


@given(
    amount=st.integers(1, 10**14),
    weights=st.lists(st.integers(1, 1000), min_size=1, max_size=12),
)
def test_tranches_always_sum_to_the_amount_and_none_is_below_zero(
    amount: int, weights: list[int]
) -> None:
    shares = [Decimal(weight) / sum(weights) for weight in weights]
    parts = money.split(amount, shares)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    for part, share in zip(parts[:-1], shares[:-1], strict=True):
        assert 0 <= amount * share - part < 1


@given(minor=st.integers(1, 10**12), currency=st.sampled_from(["XAF", "XOF", "EUR", "TND"]))
def test_minor_units_and_amounts_convert_without_loss(minor: int, currency: str) -> None:
    assert money.to_minor(money.from_minor(minor, currency), currency) == minor
