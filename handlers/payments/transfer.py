"""Budgets taken in from CSV with a report of every problem; payments given out without names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import Conflict
from engine.store import UnitOfWork
from handlers.csv_files import (
    CsvColumn,
    CsvProblem,
    CsvRefused,
    CsvRow,
    read_csv,
    write_csv,
)
from handlers.payments.ledger import (
    Heading,
    Programme,
    allocate,
    headings,
    open_heading,
    save_programme,
)
from handlers.payments.money import AmountError, digits, to_minor
from handlers.payments.reports import every_payment
from handlers.people import new_id

BY = "import"
"""Under whom imports are written down."""
EXPORTED = (
    "payment",
    "case",
    "scheme",
    "programme",
    "heading",
    "year",
    "tranche",
    "amount",
    "refunded",
    "currency",
    "status",
    "method",
    "planned_at",
    "paid_on",
    "order",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, or would do.

    :ivar count: rows taken. :ivar problems: of the rows that were left out.
    """

    count: int
    problems: tuple[CsvProblem, ...]


def take_in(uow: UnitOfWork, content: bytes, at: datetime, *, all_or_nothing: bool) -> Taken:
    """Write the programme and the heading of each row, and allocate what the row gives.

    A row that was taken before changes nothing: its ``allocation_key`` names the allocation.

    :raises CsvRefused: a row has a problem and all were to be taken.
    """
    table = read_csv(content, _columns())
    problems = [*table.problems]
    good = []
    for row in table.rows:
        found = _problem(row)
        problems.append(found) if found else good.append(row)
    if problems and all_or_nothing:
        raise CsvRefused(problems)
    count = 0
    for row in good:
        try:
            _take(uow, row.values, at)
            count += 1
        except Conflict as error:
            problems.append(CsvProblem(row.number, "allocation_key", str(error)))
    if problems and all_or_nothing:
        raise CsvRefused(problems)
    return Taken(count, tuple(problems))


def export(uow: UnitOfWork) -> bytes:
    """Return a line a payment, without anything about a person."""
    return write_csv(EXPORTED, every_payment(uow))


def _columns() -> tuple[CsvColumn, ...]:
    return (
        *(CsvColumn(name) for name in ("programme", "programme_name", "country", "funder")),
        *(CsvColumn(n, required=False) for n in ("payer_name", "payer_account", "payer_bic")),
        *(CsvColumn(name) for name in ("heading", "heading_name")),
        CsvColumn("year", _year),
        CsvColumn("currency", _currency),
        CsvColumn("allocation", _amount, required=False),
        CsvColumn("allocation_key", required=False),
        CsvColumn("source"),
    )


def _problem(row: CsvRow) -> CsvProblem | None:
    values = row.values
    country, amount = values["country"], values.get("allocation")
    if len(country) != 2 or not country.isalpha() or not country.isupper():
        return CsvProblem(row.number, "country", "it is no country's code such as CM.")
    if amount is None:
        return None
    if not values.get("allocation_key"):
        reason = "name the allocation, so that it is counted once."
        return CsvProblem(row.number, "allocation_key", reason)
    try:
        to_minor(amount, values["currency"])
    except AmountError as error:
        return CsvProblem(row.number, "allocation", str(error))
    return None


def _take(uow: UnitOfWork, values: Mapping[str, Any], at: datetime) -> None:
    programme = Programme(
        values["programme"],
        values["programme_name"],
        values["country"],
        values["funder"],
        payer_name=values.get("payer_name") or "",
        payer_account=values.get("payer_account") or "",
        payer_bic=values.get("payer_bic") or "",
        source=values["source"],
    )
    save_programme(uow, programme)
    heading = _heading(uow, values)
    if values.get("allocation") is not None:
        key = f"import/{heading.id}/{values['allocation_key']}"
        allocate(uow, heading, values["allocation"], key=key, at=at, by=BY)


def _heading(uow: UnitOfWork, values: Mapping[str, Any]) -> Heading:
    code, year = values["heading"], values["year"]
    found = headings(uow, programme_id=values["programme"], code=code, year=year)
    if found:
        if found[0].currency != values["currency"]:
            raise Conflict(f"Heading '{code}' of {year} is in {found[0].currency} already.")
        return found[0]
    heading = Heading(
        new_id(),
        values["programme"],
        code,
        values["heading_name"],
        year,
        values["currency"],
        values["source"],
    )
    open_heading(uow, heading)
    return heading


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 2000 <= int(text) <= 2100):
        raise ValueError(f"'{text}' is no year such as 2026.")
    return int(text)


def _currency(text: str) -> str:
    try:
        digits(text)
    except AmountError as error:
        raise ValueError(str(error)) from None
    return text


def _amount(text: str) -> Decimal:
    try:
        return Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        raise ValueError(f"'{text}' is no amount. Write it as 1250000 or 1250000.50.") from None
