"""Payment orders and bank statements: valid files, three people, each line counted once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from engine.errors import HandlerFailed, NotFound
from engine.model import Actor, CaseRef, Tier
from engine.store import UnitOfWork
from engine.store.queries import visible
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
from handlers.payments.orders.payees import read_payees
from handlers.payments.statements import read_statement, take_in, unmatched_lines
from handlers.payments.store import find_payments
from handlers.people import compose_people, sensitive_reads
from tests.handlers.support import AUDITOR, FINANCE, NOW, OFFICER, Site, person
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
NAMED = {
    "given_names": ("Aïcha", Tier.IDENTITY),
    "family_name": ("Essai", Tier.IDENTITY),
}


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
        return take_in(uow, PROGRAMME, rows, told, actor=SIGNER, at=NOW), told


def signed(site: Site, *chosen: tuple[CaseRef, str]) -> PaymentOrder:
    """Draw up an order of these payments and have it signed."""
    order = drawn_up(site, *chosen)
    with site.store.unit_of_work() as uow:
        sign(uow, order, actor=SIGNER, at=NOW)
    return order


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
    order = drawn_up(site, (case, first))
    line = f"2026-11-02,700,XAF,{first}\n"
    early, _ = read_in(site, line)
    assert [each.problem for each in early.unmatched] == ["not-signed"]
    with site.store.unit_of_work() as uow:
        sign(uow, order, actor=SIGNER, at=NOW)
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
        found = find_orders(uow, ["CM"])
        assert [each.status for each in found.rows] == ["called-back"] * 2
        assert find_orders(uow, ["CM"], offset=1, limit=1).rows == found.rows[1:]
        assert find_orders(uow, ["TN"]).total == 0


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


def funded(site: Site, heading: Heading, cases: Mapping[str, tuple[CaseRef, ...]]) -> None:
    """Plan a payment in each case and make it one of this person."""
    for person_id, theirs in cases.items():
        for case in theirs:
            plan(site, case, 1_000, heading)
            about(site, case, person_id)


def about(site: Site, case: CaseRef, person_id: str | None) -> None:
    """Make a bare case one of this person."""
    with site.store.unit_of_work() as uow:
        uow.connection.exec_driver_sql(
            f"UPDATE cases SET subject = '{person_id}' WHERE id = '{case.id}'"
        )


def test_money_from_two_cases_for_one_person_is_found_and_the_closed_one_has_no_reference(
    site: Site,
) -> None:
    one, two = site.case("a"), site.case("b", "elsewhere")
    hidden = site.case("d", "elsewhere"), site.case("e", "elsewhere")
    people = {"p1": (one, two), "p2": (site.case("c"),), "p3": hidden}
    funded(site, make_heading(site), people)
    with site.store.snapshot() as uow:
        (found,) = double_funding(uow, PREPARER, NOW).rows
        assert double_funding(uow, PREPARER, NOW, person="p3").total == 0
    assert found.person == "p1"
    assert [(case.case_id, case.reference) for case in found.cases] == [
        (one.id, one.reference),
        (None, None),
    ]
    assert found.cases[1].amount == {"XAF": Decimal(1_000)}


def test_merged_files_count_as_one_person(site: Site) -> None:
    one, two = (site.write(site.case(n), NAMED) for n in "ab")
    for case in (one, two):
        plan(site, case, 1_000, make_heading(site, code=f"h{case.id}"))
        about(site, case, case.subject)
    people = compose_people(site.settings, site.store, site.clock)
    with site.store.snapshot() as uow:
        assert double_funding(uow, PREPARER, NOW).total == 0
    assert one.subject is not None
    assert two.subject is not None
    with site.store.unit_of_work() as uow:
        people.duplicates.merge(uow, one.subject, two.subject, OFFICER)
    with site.store.snapshot() as uow:
        assert double_funding(uow, PREPARER, NOW).total == 1


def test_two_people_drawing_up_the_same_payments_at_once_make_one_order(site: Site) -> None:
    headings = [make_heading(site, code=code) for code in ("un", "deux")]
    chosen = [
        approved(site, name, heading)
        for name, heading in zip("abcd", [*headings, *headings], strict=True)
    ]
    start, outcomes = threading.Barrier(2), []

    def draw(actor: Actor, wanted: list[tuple[CaseRef, str]]) -> None:
        start.wait()
        try:
            outcomes.append(drawn_up(site, *wanted, actor=actor).number)
        except OrderRefused as error:
            outcomes.append(error.code)

    threads = [
        threading.Thread(target=draw, args=(PAYER, chosen)),
        threading.Thread(target=draw, args=(SIGNER, chosen[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["VIR-CM-2026-00001", "payment-state"]
    with site.store.snapshot() as uow:
        (order,) = find_orders(uow).rows
        assert len(payments_in(uow, order.id)) == 4
    assert [balances(site, heading).ordered for heading in headings] == [1_400, 1_400]


def test_whoever_an_order_was_drawn_up_for_may_not_sign_it(sqlite_site: Site) -> None:
    chosen = approved(sqlite_site, "a", make_heading(sqlite_site))
    order = drawn_up(sqlite_site, chosen, actor=replace(PAYER, acting_for=("signer",)))
    with sqlite_site.store.snapshot() as uow:
        order = read_order(uow, order.id)
    with pytest.raises(OrderRefused) as refused, sqlite_site.store.unit_of_work() as uow:
        sign(uow, order, actor=SIGNER, at=NOW)
    assert refused.value.code == "same-person"


def test_the_payee_is_read_by_tier_for_the_order_and_each_read_is_logged(site: Site) -> None:
    heading = make_heading(site)
    case, first = approved(site, "a", heading)
    order = drawn_up(site, (case, first))
    told = site.write(case, {**NAMED, "account_number": ("CM21 1", Tier.PAYMENT)})
    about(site, case, told.subject)
    with site.store.unit_of_work() as uow:
        rows = find_payments(uow, visible(FINANCE, NOW), order_id=order.id).rows
        (payee,) = read_payees(uow, site.fields, rows, FINANCE)
        (closed,) = read_payees(uow, site.fields, rows, AUDITOR)
    assert (payee.name, payee.account) == ("Aïcha Essai", "CM21 1")
    assert (closed.name, closed.account) == ("", "")
    with site.store.snapshot() as uow:
        (read,) = sensitive_reads(uow, case.id)
    assert (read.purpose, read.account_id, read.keys) == (
        "payment-order",
        "finance",
        ("account_number",),
    )


def test_a_statement_proves_payments_of_its_own_programme_only(site: Site) -> None:
    case, first = approved(site, "a", make_heading(site))
    signed(site, (case, first))
    line = f"booked_on,amount,currency,reference\n2026-11-02,700,XAF,{first}\n"
    other = replace(PROGRAMME, id="other")
    with site.store.unit_of_work() as uow:
        save_programme(uow, other)
        rows = [row.values for row in read_statement(line.encode()).rows]
        done = take_in(uow, other, rows, Told(), actor=SIGNER, at=NOW)
    assert [each.problem for each in done.unmatched] == ["unknown"]
    assert states(site, case)[0] == "ordered"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("hier,1,XAF,r", "booked_on"),
        ("2026-11-02,beaucoup,XAF,r", "amount"),
        ("2026-11-02,sNaN,XAF,r", "amount"),
        ("2026-11-02,1,FRANCS,r", "currency"),
        ("2026-11-02,1,XAF,", "reference"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_row_and_column(line: str, column: str) -> None:
    table = read_statement(f"booked_on,amount,currency,reference\n{line}\n".encode())
    assert [(problem.row, problem.column) for problem in table.problems] == [(2, column)]
    assert table.rows == []


@pytest.mark.parametrize("way", ["cheque", "cash", "mobile", "supplier"])
def test_what_is_asked_for_in_another_way_than_by_transfer_goes_into_no_order(
    sqlite_site: Site, way: str
) -> None:
    heading, case = make_heading(sqlite_site), sqlite_site.case()
    first, _ = plan(sqlite_site, case, 1_000, heading)
    sqlite_site.run("payments.request", case, PREPARER, payment=first, way=way)
    sqlite_site.run("payments.approve", case, APPROVER, payment=first)
    with pytest.raises(OrderRefused) as refused:
        drawn_up(sqlite_site, (case, first))
    assert refused.value.code == "payment-way"
    with sqlite_site.store.snapshot() as uow:
        seen = visible(person("x", "finance_officer"), NOW)
        assert find_payments(uow, seen, ids=[first], orderable=True).total == 0
    assert states(sqlite_site, case)[0] is PaymentStatus.APPROVED


def test_a_way_that_is_none_is_told_to_the_designer(sqlite_site: Site) -> None:
    heading, case = make_heading(sqlite_site), sqlite_site.case()
    first, _ = plan(sqlite_site, case, 1_000, heading)
    with pytest.raises(HandlerFailed, match="Pass one of: transfer, cheque"):
        sqlite_site.run("payments.request", case, PREPARER, payment=first, way="barter")
