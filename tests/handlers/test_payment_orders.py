"""Payment orders and bank statements: valid files, three people, each line counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from engine.errors import NotFound
from engine.model import Actor, CaseRef
from engine.store import UnitOfWork
from handlers.payments import PaymentStatus, payments_of
from handlers.payments.funding import double_funding
from handlers.payments.ledger import Balances, Heading, save_programme
from handlers.payments.orders import (
    ExportRefused,
    OrderRefused,
    OrderStatus,
    Payee,
    PaymentOrder,
    call_back,
    draw_up,
    find_orders,
    order_csv,
    pain_001,
    payments_in,
    read_order,
    sign,
)
from handlers.payments.orders.export import NAMESPACE, schema
from handlers.payments.statements import read_statement, take_in, unmatched_lines
from tests.handlers.support import NOW, Site, person
from tests.handlers.test_budgets import (
    APPROVER,
    PAYER,
    PREPARER,
    PROGRAMME,
    balances,
    make_heading,
    plan,
)

SIGNER = person("signer", "finance_officer")
TODAY = NOW.date()


def approved(site: Site, name: str, heading: Heading, amount: int = 1_000) -> tuple[CaseRef, str]:
    """Return a case with an approved first tranche of 70 per cent."""
    case = site.case(name)
    first, _ = plan(site, case, amount, heading)
    site.run("payments.request", case, PREPARER, payment=first)
    site.run("payments.approve", case, APPROVER, payment=first)
    return case, first


def drawn_up(site: Site, *chosen: tuple[CaseRef, str], actor: Actor = PAYER) -> PaymentOrder:
    """Draw up an order of these payments for today."""
    with site.store.unit_of_work() as uow:
        wanted = {payment: case.id for case, payment in chosen}
        return draw_up(uow, wanted, TODAY, actor=actor, at=NOW)


def states(site: Site, case: CaseRef) -> list[PaymentStatus]:
    """Return the states of a case's payments."""
    with site.store.snapshot() as uow:
        return [row.status for row in payments_of(uow, case.id)]


class Told:
    """A publisher that remembers what it was asked to tell."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Mapping[str, Any], Mapping[str, Any], str | None]] = []

    def __call__(
        self,
        uow: UnitOfWork,
        message: str,
        keys: Mapping[str, Any],
        variables: Mapping[str, Any],
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
    ) -> int:
        """Remember a message."""
        self.messages.append((message, keys, variables, message_id))
        return 1


def read_in(site: Site, text: str) -> tuple[Any, Told]:
    """Read a statement in."""
    table = read_statement(("booked_on,amount,currency,reference\n" + text).encode())
    assert table.problems == []
    told = Told()
    with site.store.unit_of_work() as uow:
        rows = [row.values for row in table.rows]
        return take_in(uow, rows, told, actor=SIGNER, at=NOW), told


def test_an_order_is_drawn_up_signed_by_another_and_settled_by_the_statement(site: Site) -> None:
    heading = make_heading(site)
    (one, first), (two, second) = (approved(site, name, heading) for name in "ab")
    order = drawn_up(site, (one, first), (two, second))
    assert order.number == "VIR-CM-2026-00001"
    assert balances(site, heading) == Balances("XAF", 9_998_000, 600, ordered=1_400)
    for wrong in (PAYER, replace(SIGNER, acting_for=("payer",))):
        with pytest.raises(OrderRefused) as refused, site.store.unit_of_work() as uow:
            sign(uow, order, actor=wrong, at=NOW)
        assert refused.value.code == "same-person"
    with site.store.unit_of_work() as uow:
        sign(uow, order, actor=SIGNER, at=NOW)
    found, told = read_in(site, f"2026-11-02,-700,XAF,{first}\n2026-11-03,701,XAF,{second}\n")
    assert [payment.id for payment in found.settled] == [first]
    assert [line.problem for line in found.unmatched] == ["amount"]
    assert told.messages == [
        ("payment-confirmed", {"key": first}, {"paid_on": date(2026, 11, 2)}, first)
    ]
    assert states(site, one) == ["paid", "planned"]
    assert states(site, two) == ["ordered", "planned"]
    assert balances(site, heading) == Balances("XAF", 9_998_000, 600, ordered=700, paid=700)
    assert site.kinds(one)[-2:] == ["payment.ordered", "payment.paid"]


def test_a_statement_read_twice_counts_each_line_once(site: Site) -> None:
    heading = make_heading(site)
    case, first = approved(site, "a", heading)
    drawn_up(site, (case, first))
    line = f"2026-11-02,700,XAF,{first}\n"
    again, told = read_in(site, line + line + "2026-11-02,5,XAF,nobody\n")
    assert (len(again.settled), again.known, len(again.unmatched)) == (1, 1, 1)
    again, told = read_in(site, line)
    assert (again.settled, again.known, told.messages) == ((), 1, [])
    with site.store.snapshot() as uow:
        assert [line.problem for line in unmatched_lines(uow)] == ["unknown"]
    assert balances(site, heading).paid == 700


def test_an_order_called_back_leaves_its_payments_approved_to_be_ordered_anew(site: Site) -> None:
    heading = make_heading(site)
    case, first = approved(site, "a", heading)
    for _ in range(2):
        order = drawn_up(site, (case, first))
        with site.store.unit_of_work() as uow:
            assert call_back(uow, order, actor=SIGNER, at=NOW) == 1
        with pytest.raises(OrderRefused), site.store.unit_of_work() as uow:
            call_back(uow, replace(order, status=OrderStatus.CALLED_BACK), actor=SIGNER, at=NOW)
        assert states(site, case)[0] == "approved"
        assert balances(site, heading).ordered == 0
    with site.store.snapshot() as uow:
        assert [found.status for found in find_orders(uow, ["CM"])] == ["called-back"] * 2
        assert find_orders(uow, ["TN"]) == ()


def test_an_order_that_cannot_be_drawn_up_changes_nothing(site: Site) -> None:
    heading, other = make_heading(site), make_heading(site, code="autre")
    one, two = approved(site, "a", heading), approved(site, "b", other)
    with site.store.unit_of_work() as uow:
        save_programme(uow, replace(PROGRAMME, payer_account=""))
    cases = [
        ((), TODAY, PAYER, "empty"),
        ((one,), TODAY - timedelta(days=1), PAYER, "date"),
        ((one,), TODAY, PAYER, "no-account"),
    ]
    for chosen, day, actor, code in cases:
        with pytest.raises(OrderRefused) as refused, site.store.unit_of_work() as uow:
            draw_up(uow, {p: c.id for c, p in chosen}, day, actor=actor, at=NOW)
        assert refused.value.code == code
    with site.store.unit_of_work() as uow:
        save_programme(uow, PROGRAMME)
    for actor in (PREPARER, APPROVER):
        with pytest.raises(OrderRefused) as refused:
            drawn_up(site, one, two, actor=actor)
        assert refused.value.code == "separation-of-duties"
    drawn_up(site, one)
    with pytest.raises(OrderRefused) as refused:
        drawn_up(site, two, one)
    assert refused.value.code == "payment-state"
    assert states(site, two[0])[0] == "approved"


def payee(site: Site, case: CaseRef, name: str, account: str) -> Payee:
    """Return who gets a case's first payment."""
    with site.store.snapshot() as uow:
        return Payee(payments_of(uow, case.id)[0], case.reference, name, account)


def test_the_file_for_the_bank_fits_its_schema_and_names_latin_letters_only(site: Site) -> None:
    heading = make_heading(site)
    (one, first), (two, second) = (approved(site, name, heading) for name in "ab")
    order = drawn_up(site, (one, first), (two, second))
    payees = [
        payee(site, one, "Aïcha Éssai & Fils", "FR76 3000 6000 0112 3456 7890 189"),
        payee(site, two, "محمد المثال", "10005-00001-01234567890-12"),
    ]
    file = pain_001(order, PROGRAMME, payees, NOW)
    document = etree.fromstring(file)
    schema().assertValid(document)
    space = {"p": NAMESPACE}
    assert document.xpath("string(//p:GrpHdr/p:CtrlSum)", namespaces=space) == "1400"
    assert document.xpath("//p:EndToEndId/text()", namespaces=space) == [first, second]
    assert document.xpath("//p:InstdAmt/@Ccy", namespaces=space) == ["XAF", "XAF"]
    assert document.xpath("//p:CdtrAcct//p:IBAN/text()", namespaces=space) == [
        "FR7630006000011234567890189"
    ]
    assert document.xpath("//p:Cdtr/p:Nm/text()", namespaces=space)[0] == "Aicha Essai   Fils"
    assert file.decode("ascii")
    sheet = order_csv(order, payees).decode("utf-8-sig")
    assert sheet.splitlines()[0] == "order,execute_on,reference,name,account,amount,currency"
    assert "محمد المثال" in sheet


@pytest.mark.parametrize(("name", "account"), [("", "X1"), ("A", "  ")])
def test_a_payee_without_name_or_account_is_told_not_sent(
    sqlite_site: Site, name: str, account: str
) -> None:
    heading = make_heading(sqlite_site)
    case, first = approved(sqlite_site, "a", heading)
    order = drawn_up(sqlite_site, (case, first))
    wrong = payee(sqlite_site, case, name, account)
    with pytest.raises(ExportRefused, match="CM-OFII-2026-a"):
        pain_001(order, PROGRAMME, [wrong], NOW)


def test_an_order_of_another_country_is_not_found(site: Site) -> None:
    heading = make_heading(site)
    order = drawn_up(site, approved(site, "a", heading))
    with site.store.snapshot() as uow:
        assert read_order(uow, order.id, ["CM"]).id == order.id
        assert len(payments_in(uow, order.id)) == 1
        with pytest.raises(NotFound, match="no payment order"):
            read_order(uow, order.id, ["TN"])


def test_money_from_two_cases_for_one_person_is_found(site: Site) -> None:
    heading = make_heading(site)
    one, two = site.case("a"), site.case("b")
    other = site.case("c")
    subjects = {one.id: "p1", two.id: "p1", other.id: "p2"}
    with site.store.unit_of_work() as uow:
        for case_id, subject in subjects.items():
            uow.connection.exec_driver_sql(
                f"UPDATE cases SET subject = '{subject}' WHERE id = '{case_id}'"
            )
    for case in (one, two, other):
        plan(site, case, 1_000, heading)
    with site.store.snapshot() as uow:
        found = double_funding(uow)
        assert double_funding(uow, "p2") == {}
    assert [funding.case_id for funding in found["p1"]] == [one.id, two.id]
    assert found["p1"][0].amount == {"XAF": Decimal(1_000)}
    assert set(found) == {"p1"}
