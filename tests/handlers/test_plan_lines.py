"""Business plans' lines: bought one supplier at a time, never beyond what a line costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.errors import BusinessError
from engine.model import CaseRef
from handlers.payments import LineProgress, lines_of, payments_of, progress_of
from handlers.payments.orders import OrderRefused, draw_up
from tests.handlers.support import NOW, Site
from tests.handlers.test_budgets import (
    APPROVER,
    PAYER,
    PREPARER,
    balances,
    make_heading,
    proof,
)

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


def test_a_purchase_goes_to_its_supplier_and_in_no_order_to_a_person(sqlite_site: Site) -> None:
    make_heading(sqlite_site)
    case = sqlite_site.case()
    (payment,) = bought(sqlite_site, case, 2, (written(sqlite_site, case)[0], 100))
    sqlite_site.run("payments.request", case, PREPARER, payment=payment)
    sqlite_site.run("payments.approve", case, APPROVER, payment=payment)
    with pytest.raises(OrderRefused) as refused, sqlite_site.store.unit_of_work() as uow:
        draw_up(uow, {payment: case.id}, NOW.date(), actor=PAYER, at=NOW)
    assert refused.value.code == "purchase"
