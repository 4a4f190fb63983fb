"""The bank's statement: its lines prove that ordered payments were made, each line once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from engine.errors import BusinessError
from engine.model import Actor
from engine.ports import Publisher
from engine.store import UnitOfWork
from handlers.csv_files import CellRefused, CsvColumn, CsvTable, read_csv
from handlers.payments import flow
from handlers.payments.flow import Hand
from handlers.payments.ledger import Programme, headings, lock_headings
from handlers.payments.money import AmountError, digits, to_minor
from handlers.payments.orders import OrderStatus, read_order
from handlers.payments.statements.store import (
    StatementLine,
    lines_by_digest,
    save_statement_line,
)
from handlers.payments.store import (
    Payment,
    PaymentStatus,
    case_of_payment,
    programme_of,
    read_payment,
)
from handlers.people import new_id

CONFIRMED = "payment-confirmed"
"""The message by which a case hears that the bank paid; its key is the payment's id."""
_LIVES_S = 366 * 24 * 3600
_SPACES = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class StatementRead:
    """What reading a statement did.

    :ivar settled: payments that it proves. :ivar known: lines that proved one before.
    :ivar unmatched: lines that prove no payment, each with its ``problem``.
    """

    settled: tuple[Payment, ...]
    known: int
    unmatched: tuple[StatementLine, ...]


def read_statement(content: bytes) -> CsvTable:
    """Read a statement: booked_on (YYYY-MM-DD), amount, currency, reference (the end-to-end id)."""
    return read_csv(
        content,
        (
            CsvColumn("booked_on", _day),
            CsvColumn("amount", _amount),
            CsvColumn("currency", _currency),
            CsvColumn("reference"),
        ),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        reason = f"'{text}' is no day. Write it as 2026-11-30."
        raise CellRefused("day", text, reason) from None


def _amount(text: str) -> Decimal:
    try:
        # The bank's debit may stand there with its sign.
        amount = Decimal(_SPACES.sub("", text).replace(",", "."))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        reason = f"'{text}' is no amount. Write it as 1250000 or 1250000.50."
        raise CellRefused("amount", text, reason)
    return abs(amount)


def _currency(text: str) -> str:
    try:
        digits(text)
    except AmountError as error:
        raise CellRefused("currency", text, str(error)) from None
    return text


def take_in(
    uow: UnitOfWork,
    programme: Programme,
    rows: Sequence[Mapping[str, object]],
    publish: Publisher,
    *,
    actor: Actor,
    at: datetime,
) -> StatementRead:
    """Settle every payment that a line proves, and keep the other lines to be looked at.

    A line that proved a payment before changes nothing, so a statement may be read twice, or
    overlap; one that proved none is tried again.

    :param programme: whose account it is of; lines prove payments of this programme only.
    :param rows: ``booked_on``, ``amount``, ``currency`` and ``reference`` of each line.
    :param publish: tells each case, in this transaction.
    """
    fresh, known = _fresh(uow, programme, rows, actor, at)
    homes = {line.reference: case_of_payment(uow, line.reference) for line in fresh}
    # Sorted, and before any heading: the lock order of cases.
    hands = {
        case_id: Hand.at_desk(uow, case_id, actor, at, "bank statement")
        for case_id in sorted({home for home in homes.values() if home is not None})
    }
    lock_headings(uow, (each.id for each in headings(uow, programme_id=programme.id)))
    settled, unmatched = [], []
    for line in fresh:
        home = homes[line.reference]
        problem, payment = ("unknown", None) if home is None else _settle(uow, hands[home], line)
        kept = replace(line, payment_id=payment.id if payment else None, problem=problem)
        save_statement_line(uow, kept)
        if payment is None:
            unmatched.append(kept)
        else:
            settled.append(payment)
            _tell(uow, publish, payment, line)
    return StatementRead(tuple(settled), known, tuple(unmatched))


def _fresh(
    uow: UnitOfWork,
    programme: Programme,
    rows: Sequence[Mapping[str, object]],
    actor: Actor,
    at: datetime,
) -> tuple[list[StatementLine], int]:
    uow.serialize(f"bank statement {programme.id}")
    lines = {line.digest: line for line in (_line(programme, row, actor, at) for row in rows)}
    before = lines_by_digest(uow, list(lines))
    fresh = [
        before.get(digest, line)
        for digest, line in lines.items()
        if digest not in before or before[digest].payment_id is None
    ]
    return fresh, len(rows) - len(fresh)


def _line(
    programme: Programme, row: Mapping[str, object], actor: Actor, at: datetime
) -> StatementLine:
    booked_on, amount = row["booked_on"], row["amount"]
    assert isinstance(booked_on, date) and isinstance(amount, Decimal)  # noqa: S101, PT018
    currency, reference = str(row["currency"]), str(row["reference"])
    parts = (programme.id, booked_on.isoformat(), str(amount.normalize()), currency, reference)
    try:
        minor = to_minor(amount, currency)
    except AmountError:
        minor = 0  # No payment is of nothing: the line is kept as one whose amount is wrong.
    return StatementLine(
        id=new_id(),
        programme_id=programme.id,
        digest=hashlib.sha256("\0".join(parts).encode()).hexdigest(),
        booked_on=booked_on,
        amount_minor=minor,
        currency=currency,
        reference=reference[:140],
        imported_at=at,
        imported_by=actor.account_id,
        payment_id=None,
        problem=None,
    )


def _settle(uow: UnitOfWork, hand: Hand, line: StatementLine) -> tuple[str | None, Payment | None]:
    """Return what is wrong with a line, or the payment that it proves."""
    payment = read_payment(uow, hand.case_id, line.reference)
    if payment is None or programme_of(uow, payment) != line.programme_id:
        return "unknown", None
    if payment.status is not PaymentStatus.ORDERED or payment.order_id is None:
        return "not-ordered", None
    if read_order(uow, payment.order_id).status is not OrderStatus.SIGNED:
        return "not-signed", None
    if (payment.amount_minor, payment.currency) != (line.amount_minor, line.currency):
        return "amount", None
    try:
        return None, flow.settle(hand, payment.id, line.booked_on)
    except BusinessError as error:
        return error.code, None


def _tell(uow: UnitOfWork, publish: Publisher, payment: Payment, line: StatementLine) -> None:
    publish(
        uow,
        CONFIRMED,
        {"key": payment.id},
        {"paid_on": line.booked_on},
        time_to_live_s=_LIVES_S,
        message_id=payment.id,
    )
