"""``passerelle payments``: budgets in, payments out, and whether the books balance."""

from __future__ import annotations

from pathlib import Path

from engine.settings import read_settings
from engine.store import Store
from handlers.payments.ledger import balances_of, headings
from tests.cli.test_people import passerelle

__all__ = ["site"]
from tests.cli.test_people import site

NAMES = (
    "programme;programme_name;country;funder;heading;heading_name;year;currency;"
    "allocation;allocation_key;source\n"
)
GOOD = "p1;Essai;CM;ofii-cm;essai;Aides;2026;XAF;5 000 000;convention-1;sample\n"


def test_budgets_are_taken_once_though_the_file_is_read_twice(site: Path) -> None:
    file = site / "budgets.csv"
    file.write_text(NAMES + GOOD)
    for _ in range(2):
        assert "1 rows were taken; 0 problems." in passerelle("payments", "import", str(file))
    with Store(read_settings().database_url).snapshot() as uow:
        (heading,) = headings(uow, code="essai")
        assert balances_of(uow, heading).available == 5_000_000
    assert "The books balance." in passerelle("payments", "check")


def test_an_import_with_problems_is_refused_whole_or_taken_by_its_good_rows(site: Path) -> None:
    file = site / "budgets.csv"
    bad = (
        GOOD.replace("2026", "hier")
        + GOOD.replace("5 000 000", "0.5")
        + GOOD.replace("convention-1", "")
        + GOOD.replace("CM", "cm")
    )
    file.write_text(NAMES + GOOD + bad)
    told = passerelle("payments", "import", str(file), "--check", exit_code=1)
    for place in ("row 3, year", "row 4, allocation", "row 5, allocation_key", "row 6, country"):
        assert place in told
    passerelle("payments", "import", str(file), exit_code=2)
    with Store(read_settings().database_url).snapshot() as uow:
        assert headings(uow, code="essai") == ()
    told = passerelle("payments", "import", str(file), "--good-rows", exit_code=1)
    assert "1 rows were taken; 4 problems." in told


def test_books_that_do_not_balance_are_told_and_fail(site: Path) -> None:
    store = Store(read_settings().database_url)
    with store.unit_of_work() as uow:
        uow.connection.exec_driver_sql(
            "UPDATE heading_balances SET amount_minor = amount_minor + 7 "
            "WHERE heading_id = 'demo-aide-cm-2026' AND account = 'available'"
        )
    store.close()
    told = passerelle("payments", "check", exit_code=1)
    assert "heading aide-cm 2026 (demo-reinsertion-cm): available is kept as" in told
    assert "1 things are wrong." in told


def test_payments_are_exported_and_a_statement_that_cannot_be_read_is_refused(site: Path) -> None:
    out, file = site / "out.csv", site / "releve.csv"
    passerelle("payments", "export", str(out))
    assert out.read_text("utf-8-sig").startswith("payment,case,scheme,programme")
    words = ("payments", "statement", str(file), "--programme", "demo-reinsertion-cm")
    file.write_text("booked_on,amount,currency,reference\nhier,5,XAF,x\n")
    assert "row 2, booked_on" in passerelle(*words, exit_code=2)
    file.write_text("booked_on,amount,currency,reference\n2026-03-02,5,XAF,x\n")
    assert "0 payments settled, 0 lines known, 1 unmatched." in passerelle(*words)
    assert "nowhere" in passerelle(*words[:-1], "nowhere", exit_code=2)
