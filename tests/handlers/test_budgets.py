"""Budgets: the books always balance, no heading goes below zero, corrections are entries."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy.exc import DBAPIError

from engine.errors import BusinessError, Conflict, HandlerFailed, NotFound
from engine.model import Actor, CaseRef, Grant, Tier
from engine.store import Store, upgrade
from handlers.composition import MIGRATIONS
from handlers.payments import BudgetAccess, PaymentStatus, flow, payments_of
from handlers.payments.flow import Hand
from handlers.payments.ledger import (
    Account,
    Balances,
    BudgetExhausted,
    Heading,
    Programme,
    allocate,
    balances_of,
    entries_of,
    open_heading,
    save_programme,
    summed,
    withdraw,
)
from handlers.payments.store import Method, Refund
from tests.handlers.support import NOW, OFFICER, Site, open_site, person, settings_in

PREPARER, APPROVER, PAYER = (
    person(name, "operator_manager") for name in ("preparer", "approver", "payer")
)
PROGRAMME = Programme(
    "ofii-cm", "Aide OFII (exemple)", "CM", "ofii-cm", "Compte exemple", "CM21000000000001", "EXEM"
)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def make_heading(site: Site, amount: int = 10_000_000, code: str = "reinsertion") -> Heading:
    """Open a heading of this year with so much in it."""
    heading = Heading(f"h-{code}", PROGRAMME.id, code, "Réinsertion", NOW.year, "XAF")
    with site.store.unit_of_work() as uow:
        save_programme(uow, PROGRAMME)
        open_heading(uow, heading)
        allocate(uow, heading, Decimal(amount), key=f"a-{code}", at=NOW, by="admin")
    return heading


def balances(site: Site, heading: Heading) -> Balances:
    """Return what a heading has."""
    with site.store.snapshot() as uow:
        return balances_of(uow, heading)


def plan(
    site: Site, case: CaseRef, amount: int, heading: Heading, activation: int = 1
) -> list[str]:
    """Plan an amount in two tranches from a heading."""
    result = site.run(
        "payments.plan",
        case,
        activation=activation,
        amount=Decimal(amount),
        currency="XAF",
        shares=(Decimal("0.7"), Decimal("0.3")),
        heading=heading.code,
    )
    return list(result["payments"])


def proof(site: Site, case: CaseRef) -> str:
    """Hand in a proof of payment."""
    with site.store.unit_of_work() as uow:
        return site.documents.store_document(
            uow, case, PDF, "recu.pdf", PAYER, tier=Tier.PAYMENT, purpose="proof-of-payment"
        ).id


def test_a_plan_promises_its_amount_and_a_payment_spends_its_part(site: Site) -> None:
    heading, case = make_heading(site), site.case()
    first, second = plan(site, case, 1_000_000, heading)
    assert balances(site, heading) == Balances("XAF", 9_000_000, 1_000_000)
    site.run("payments.request", case, PREPARER, payment=first)
    site.run("payments.approve", case, APPROVER, payment=first)
    arguments = {"payment": first, "proof": proof(site, case), "paid_on": NOW.date()}
    site.run("payments.mark_paid", case, PAYER, method="cash", **arguments)
    assert balances(site, heading) == Balances("XAF", 9_000_000, 300_000, paid=700_000)
    site.run("payments.refuse", case, payment=second)
    assert balances(site, heading) == Balances("XAF", 9_300_000, paid=700_000)
    site.run("payments.refund", case, payment=first, amount=Decimal(200_000))
    assert balances(site, heading) == Balances("XAF", 9_500_000, paid=500_000)
    with pytest.raises(BusinessError, match="cannot come back") as error:
        site.run("payments.refund", case, payment=first, amount=Decimal(500_001))
    assert error.value.code == "amount-invalid"
    with site.store.snapshot() as uow:
        entries = [entry.movement for entry in entries_of(uow, payment_id=first)]
    assert entries == ["committed", "paid", "refunded"]


def test_a_heading_promises_no_more_than_it_has(site: Site) -> None:
    heading, case = make_heading(site, 500), site.case()
    with pytest.raises(BusinessError, match="501 XAF is wanted") as error:
        plan(site, case, 501, heading)
    assert error.value.code == "budget-exhausted"
    assert balances(site, heading) == Balances("XAF", 500)
    with site.store.snapshot() as uow:
        assert payments_of(uow, case.id) == ()
    assert site.kinds(case) == []


def test_two_commitments_at_once_never_take_a_heading_below_zero(site: Site) -> None:
    heading = make_heading(site, 1_000)
    cases = [site.case(name) for name in "abcdef"]
    start = threading.Barrier(len(cases))
    outcomes: list[str] = []

    def promise(case: CaseRef) -> None:
        start.wait()
        try:
            plan(site, case, 400, heading)
            outcomes.append("promised")
        except BusinessError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=promise, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["budget-exhausted"] * 4 + ["promised"] * 2
    assert balances(site, heading) == Balances("XAF", 200, 800)


def test_a_heading_that_is_not_open_this_year_stops_the_case_with_a_reason(site: Site) -> None:
    make_heading(site)
    unknown = Heading("x", PROGRAMME.id, "autre", "Autre", NOW.year, "XAF")
    with pytest.raises(HandlerFailed, match="There is no budget heading 'autre of 2026 in XAF'"):
        plan(site, site.case(), 10, unknown)


def test_an_allocation_sent_twice_is_one_and_another_under_its_key_is_refused(site: Site) -> None:
    heading = make_heading(site, 1_000)
    with site.store.unit_of_work() as uow:
        allocate(uow, heading, Decimal(1_000), key="a-reinsertion", at=NOW, by="admin")
    assert balances(site, heading).allocated == 1_000
    with pytest.raises(Conflict), site.store.unit_of_work() as uow:
        allocate(uow, heading, Decimal(5), key="a-reinsertion", at=NOW, by="admin")
    with pytest.raises(BudgetExhausted), site.store.unit_of_work() as uow:
        withdraw(uow, heading, Decimal(1_001), key="w", at=NOW, by="admin")
    with pytest.raises(NotFound), site.store.unit_of_work() as uow:
        open_heading(uow, Heading("y", "none", "c", "C", 2026, "XAF"))
    with pytest.raises(Conflict), site.store.unit_of_work() as uow:
        open_heading(uow, Heading("z", PROGRAMME.id, "reinsertion", "R", NOW.year, "XAF"))


def test_budgets_are_seen_and_moved_by_kind_of_role_scheme_and_country(site: Site) -> None:
    site.case()  # publishes the scheme that says of which kind its roles are
    access = BudgetAccess()
    asked = {
        "finance_officer": (["CM"], ["CM"]),
        "agency_officer": (["CM"], []),
        "adviser": ([], []),
        "auditor": (None, []),
    }
    with site.store.snapshot() as uow:
        for role, (seen, moved) in asked.items():
            who = person("x", role)
            found = access.seen_in(uow, who)
            assert (None if found is None else sorted(found)) == seen, role
            assert sorted(access.moved_in(uow, who)) == moved, role
        for grant in (
            Grant("finance_officer", None, "TN"),
            Grant("finance_officer", None, None, frozenset({"tn/other"})),
            Grant("finance_officer", None, "CM", sees_cases=False),
        ):
            assert access.seen_in(uow, Actor("x", (grant,))) == set()
        assert access.seen_in(uow, Actor("x", (Grant("auditor", None, "TN"),))) == {"TN"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_lines SET amount_minor = 1",
        "DELETE FROM ledger_lines",
        "UPDATE ledger_entries SET movement = 'paid'",
        "DELETE FROM ledger_entries",
    ],
)
def test_nobody_rewrites_the_ledger(site: Site, statement: str) -> None:
    make_heading(site)
    with pytest.raises(DBAPIError, match="never rewritten"), site.store.unit_of_work() as uow:
        uow.connection.exec_driver_sql(statement)


# --- any sequence of movements -----------------------------------------------------------------


@dataclass
class World:
    """A site with one heading and one case, and what an accountant would count by hand."""

    site: Site
    heading: Heading
    case: CaseRef
    allocated: int
    states: dict[str, PaymentStatus] = field(default_factory=dict)


class Books(RuleBasedStateMachine):
    """Moves payments in any order, rightly and wrongly; the books must balance after each."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        Books.number = getattr(Books, "number", 0) + 1
        here = self.folder / str(Books.number)
        here.mkdir()
        site_settings = settings_in(here)
        store = Store(site_settings.database_url)
        upgrade(store, (MIGRATIONS,))
        site = open_site(site_settings, store)
        self.world = World(site, make_heading(site, 1_000), site.case(), 1_000)
        self.turn = 1

    def teardown(self) -> None:
        self.world.site.store.close()

    def _try(self, act: object, actor: Actor = OFFICER) -> bool:
        world = self.world
        try:
            with world.site.store.unit_of_work() as uow:
                act(Hand.at_desk(uow, world.case.id, actor, NOW, "test"))  # type: ignore[operator]
        except BusinessError:
            return False
        return True

    @rule(amount=st.integers(1, 700))
    def planning(self, amount: int) -> None:
        self.turn += 1
        left = balances(self.world.site, self.world.heading).available
        fits = contextlib.nullcontext() if amount <= left else pytest.raises(BusinessError)
        with fits:
            plan(self.world.site, self.world.case, amount, self.world.heading, self.turn)

    @rule(amount=st.integers(1, 300))
    def allocating(self, amount: int) -> None:
        self.turn += 1
        with self.world.site.store.unit_of_work() as uow:
            key = f"k{self.turn}"
            allocate(uow, self.world.heading, Decimal(amount), key=key, at=NOW, by="admin")
        self.world.allocated += amount

    @precondition(lambda self: self._payments())
    @rule(data=st.data())
    def moving(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self._payments()))
        act = data.draw(
            st.sampled_from(["request", "approve", "pay", "refuse", "refund", "recall"])
        )
        amount = Decimal(data.draw(st.integers(1, 700)))
        moves = {
            "request": (lambda hand: flow.request(hand, row.id), PREPARER),
            "approve": (lambda hand: flow.approve(hand, row.id), APPROVER),
            "pay": (
                lambda hand: flow.pay(
                    hand, row.id, proof="d", paid_on=NOW.date(), method=Method.CASH
                ),
                PAYER,
            ),
            "refuse": (lambda hand: flow.refuse(hand, row.id), OFFICER),
            "refund": (lambda hand: flow.refund(hand, row.id, amount, Refund.UNSPENT), OFFICER),
            "recall": (lambda hand: flow.recall(hand, row.id), OFFICER),
        }
        self._try(*moves[act])

    def _payments(self) -> list[object]:
        with self.world.site.store.snapshot() as uow:
            return list(payments_of(uow, self.world.case.id))

    @invariant()
    def the_books_balance(self) -> None:
        world = self.world
        with world.site.store.snapshot() as uow:
            counted = summed(uow, world.heading)
            kept = balances_of(uow, world.heading)
            rows = payments_of(uow, world.case.id)
        assert sum(counted.values()) == 0
        assert all(value >= 0 for name, value in counted.items() if name is not Account.FUNDER)
        assert {name: counted.get(Account(name), 0) for name in ("available", "committed")} == {
            "available": kept.available,
            "committed": kept.committed,
        }
        assert kept.allocated == world.allocated == -counted.get(Account.FUNDER, 0)
        promised = ("planned", "requested", "approved")
        assert kept.committed == sum(r.amount_minor for r in rows if r.status in promised)
        assert kept.paid == sum(
            r.amount_minor - r.refunded_minor for r in rows if r.status == "paid"
        )


@pytest.fixture
def _folder(tmp_path: Path) -> None:
    Books.folder = tmp_path


@pytest.mark.usefixtures("_folder")
class TestBooks(Books.TestCase):  # type: ignore[misc]
    settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
