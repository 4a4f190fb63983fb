"""The words of payments: states, movements, methods, reasons, and why something was refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask

from handlers.csv_files import CsvProblem
from handlers.payments import Method, PaymentStatus, Refund
from handlers.payments.ledger import Movement
from handlers.payments.orders import OrderStatus
from web.i18n import _, _l

WORDS: Mapping[str, Mapping[str, Any]] = {
    "status": {
        PaymentStatus.PLANNED: _l("Planned"),
        PaymentStatus.REQUESTED: _l("Asked for, to be approved"),
        PaymentStatus.APPROVED: _l("Approved, to be paid"),
        PaymentStatus.ORDERED: _l("In a payment order"),
        PaymentStatus.PAID: _l("Paid"),
        PaymentStatus.REFUSED: _l("Refused"),
    },
    "order": {
        OrderStatus.DRAWN_UP: _l("Drawn up, to be signed"),
        OrderStatus.SIGNED: _l("Signed"),
        OrderStatus.CALLED_BACK: _l("Called back"),
    },
    "movement": {
        Movement.ALLOCATED: _l("Allocated by the funder"),
        Movement.WITHDRAWN: _l("Taken back by the funder"),
        Movement.COMMITTED: _l("Promised"),
        Movement.RELEASED: _l("Promise released"),
        Movement.ORDERED: _l("Put into a payment order"),
        Movement.RECALLED: _l("Taken out of its order"),
        Movement.PAID: _l("Paid on proof"),
        Movement.SETTLED: _l("Paid by the bank"),
        Movement.REFUNDED: _l("Come back"),
    },
    "method": {
        Method.TRANSFER: _l("Transfer"),
        Method.CHEQUE: _l("Cheque"),
        Method.CASH: _l("Cash, with a receipt"),
        Method.MOBILE: _l("Mobile money"),
    },
    "refund": {
        Refund.RETURNED: _l("Returned by the bank"),
        Refund.OVERPAID: _l("Too much was paid"),
        Refund.UNSPENT: _l("Not spent"),
        Refund.WITHDRAWN: _l("The person withdrew"),
        Refund.MISUSED: _l("Spent on something else"),
    },
    "line": {
        "unknown": _l("No payment of this programme has this reference"),
        "not-ordered": _l("The payment is in no order"),
        "not-signed": _l("The payment's order is not signed"),
        "amount": _l("The amount or the currency is another"),
    },
    "csv": {
        "large": _l("The file is larger than %(about)s bytes."),
        "rows": _l("The file has over %(about)s rows."),
        "no-csv": _l("From here on the file is no CSV. Save it as CSV UTF-8."),
        "encoding": _l("The file is not in UTF-8. Save it as CSV UTF-8."),
        "unknown-column": _l("No such column is known. Known: %(about)s."),
        "column-twice": _l("This column stands there more than once."),
        "column-missing": _l("This column is missing."),
        "cells": _l("The row has %(about)s cells, another number than the first row."),
        "empty": _l("The cell is empty."),
        "day": _l("“%(about)s” is no day. Write it as 2026-11-30."),
        "amount": _l("“%(about)s” is no amount. Write it as 1250000 or 1250000.50."),
        "currency": _l("“%(about)s” is no currency's code such as XAF or EUR."),
    },
    "account": {
        "available": _l("Left"),
        "committed": _l("Committed"),
        "ordered": _l("Ordered"),
        "paid": _l("Paid"),
    },
    "refused": {
        "empty": _l("Choose one payment or more."),
        "date": _l("Choose today or a later day."),
        "mixed": _l("An order is of one programme and one currency. Choose payments of one only."),
        "no-account": _l("The programme has no account to pay from."),
        "state": _l("The order has moved on. Look at it again."),
        "same-person": _l("Whoever drew an order up does not sign it: somebody else must."),
        "separation-of-duties": _l(
            "You had a hand in one of these payments: somebody else must pay it. Nothing was "
            "ordered, and the attempt is in the case's history."
        ),
        "payment-state": _l(
            "Somebody else changed one of these payments just now. Nothing was done: look again."
        ),
        "budget-exhausted": _l("The heading has not so much left. Nothing was moved."),
        "amount-invalid": _l(
            "Write an amount above zero, with no more decimals than the currency has, and no more "
            "than there is."
        ),
        "purchase": _l(
            "This purchase's supplier is no organisation here. Pay it with a proof in the case."
        ),
        "payment-way": _l(
            "A payment was asked for by cheque, in cash, by mobile money or to a supplier. Only "
            "transfers go into an order; pay it with a proof in the case."
        ),
        "unknown": _l("One of these payments is not there."),
        "reason": _l("Choose a reason."),
        "file": _l("Choose the statement's file."),
        "programme": _l("Choose a programme."),
    },
}
"""By table, then by code."""


def word(what: str, code: object) -> str:
    """Return the word for a code; the code itself where it has none."""
    return str(WORDS[what].get(str(code), code))


def refusal(code: str) -> str:
    """Return why something was refused."""
    return str(WORDS["refused"].get(code) or _("This could not be done. Nothing was changed."))


def file_problem(problem: CsvProblem) -> str:
    """Return what is wrong with a line of a file; as it was told where there is no word for it."""
    told = WORDS["csv"].get(problem.code)
    return str(told) % {"about": problem.about} if told else problem.reason


def export_refusal(code: str, reference: str) -> str:
    """Return why a bank's file cannot be written.

    :param reference: of the case whose payee it is.
    """
    if code == "name":
        return _("The payee of %(case)s has no name. Write it in their file.", case=reference)
    if code == "account":
        return _("The payee of %(case)s has no account. Ask for it in the case.", case=reference)
    if code == "closed":
        return _("The file of a signed order is for whoever may see every one of its cases.")
    return _("The file does not fit the bank's format. Look at the payees' names and accounts.")


def read_amount(text: str) -> Decimal | None:
    """Return an amount as people type it: spaces between thousands, comma or point for decimals.

    >>> read_amount("1 250 000,50"), read_amount("much")
    (Decimal('1250000.50'), None)
    """
    try:
        return Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        return None


def install(app: Flask) -> None:
    """Give these words to the pages."""
    app.add_template_global(word, "payment_word")
    app.add_template_global(file_problem, "file_problem")
    app.jinja_env.globals["payment_words"] = WORDS
