"""A payment order as a file: ISO 20022 pain.001.001.09, and CSV for banks without it.

Source: ISO 20022, CustomerCreditTransferInitiationV09. The schema that every file is checked
against comes with the package sepaxml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from anyascii import anyascii
from lxml import etree
from stdnum import bic, iban

from engine.errors import PasserelleError
from handlers.csv_files import write_csv
from handlers.payments.ledger import Programme
from handlers.payments.orders.store import PaymentOrder
from handlers.payments.store import Payment

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_NOT_LATIN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
"""What banks' systems may refuse. Source: the character set of SWIFT's MT messages."""


class ExportRefused(PasserelleError):
    """A file cannot be written; the message says why and what to do.

    :ivar code: ``name`` or ``account`` (a payee's is missing), ``schema``, ``closed`` (the order
        is not signed, or not all of it is the reader's to see).
    :ivar reference: of the case whose payee it is; empty for the whole file.
    """

    def __init__(self, message: str, code: str, reference: str = "") -> None:
        self.code = code
        self.reference = reference
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Payee:
    """Who gets a payment; read for the file alone, never stored in plain.

    :ivar name: as the bank knows the holder. :ivar account: IBAN, or the bank's own number.
    """

    payment: Payment
    reference: str
    name: str
    account: str


def pain_001(
    order: PaymentOrder, programme: Programme, payees: Sequence[Payee], made_at: datetime
) -> bytes:
    """Return the order as pain.001.001.09, checked against the schema.

    :raises ExportRefused: an account or a name cannot stand in it.
    """
    document = etree.fromstring(f'<Document xmlns="{NAMESPACE}"/>')
    body = _sub(document, "CstmrCdtTrfInitn")
    _header(_sub(body, "GrpHdr"), order, programme, payees, made_at)
    instruction = _sub(body, "PmtInf")
    _sub(instruction, "PmtInfId", order.number)
    _sub(instruction, "PmtMtd", "TRF")
    _sub(instruction, "NbOfTxs", str(len(payees)))
    _sub(instruction, "CtrlSum", str(_total(payees)))
    _sub(_sub(instruction, "ReqdExctnDt"), "Dt", order.execute_on.isoformat())
    _sub(_sub(instruction, "Dbtr"), "Nm", _latin(programme.payer_name, 140))
    _account(_sub(instruction, "DbtrAcct"), programme.payer_account)
    _agent(_sub(instruction, "DbtrAgt"), programme.payer_bic)
    for payee in payees:
        _transfer(_sub(instruction, "CdtTrfTxInf"), order, payee)
    try:
        schema().assertValid(document)
    except etree.DocumentInvalid as error:
        raise ExportRefused(
            f"{order.number} does not fit pain.001.001.09: {error} Correct what it speaks of.",
            "schema",
        ) from error
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def order_csv(order: PaymentOrder, payees: Sequence[Payee]) -> bytes:
    """Return the order as CSV, a line a payment.

    :raises ExportRefused: an account or a name is missing.
    """
    for payee in payees:
        _complete(payee)
    names = ("order", "execute_on", "reference", "name", "account", "amount", "currency")
    return write_csv(
        names,
        (
            {
                "order": order.number,
                "execute_on": order.execute_on.isoformat(),
                "reference": end_to_end(payee.payment),
                "name": payee.name,
                "account": payee.account,
                "amount": str(payee.payment.amount),
                "currency": order.currency,
            }
            for payee in payees
        ),
    )


def end_to_end(payment: Payment) -> str:
    """Return the id that comes back on the bank's statement: the payment's own, 32 characters."""
    return payment.id


@cache
def schema() -> etree.XMLSchema:
    """Return the schema of pain.001.001.09."""
    source = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(source.read_bytes()))


def _header(
    parent: etree._Element,
    order: PaymentOrder,
    programme: Programme,
    payees: Sequence[Payee],
    made_at: datetime,
) -> None:
    _sub(parent, "MsgId", order.id)
    _sub(parent, "CreDtTm", made_at.isoformat(timespec="seconds"))
    _sub(parent, "NbOfTxs", str(len(payees)))
    _sub(parent, "CtrlSum", str(_total(payees)))
    _sub(_sub(parent, "InitgPty"), "Nm", _latin(programme.payer_name, 140))


def _transfer(parent: etree._Element, order: PaymentOrder, payee: Payee) -> None:
    _sub(_sub(parent, "PmtId"), "EndToEndId", end_to_end(payee.payment))
    amount = _sub(_sub(parent, "Amt"), "InstdAmt", str(payee.payment.amount))
    amount.set("Ccy", order.currency)
    _complete(payee)
    _sub(_sub(parent, "Cdtr"), "Nm", _latin(payee.name, 140))
    _account(_sub(parent, "CdtrAcct"), payee.account)
    _sub(_sub(parent, "RmtInf"), "Ustrd", _latin(payee.reference, 140))


def _complete(payee: Payee) -> None:
    if not _latin(payee.name, 140):
        raise ExportRefused(
            f"The payee of {payee.reference} has no name. Write it in their file.",
            "name",
            payee.reference,
        )
    if not payee.account.strip():
        raise ExportRefused(
            f"The payee of {payee.reference} has no account. Ask for it in the case.",
            "account",
            payee.reference,
        )


def _account(parent: etree._Element, number: str) -> None:
    compact = re.sub(r"[\s-]", "", number).upper()
    identification = _sub(parent, "Id")
    if iban.is_valid(compact):
        _sub(identification, "IBAN", compact)
    else:
        _sub(_sub(identification, "Othr"), "Id", compact[:34])


def _agent(parent: etree._Element, code: str) -> None:
    institution = _sub(parent, "FinInstnId")
    if bic.is_valid(code):
        _sub(institution, "BICFI", bic.compact(code))
    else:
        _sub(_sub(institution, "Othr"), "Id", code[:35] or "NOTPROVIDED")


def _sub(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    element.text = text
    return element


def _total(payees: Sequence[Payee]) -> Decimal:
    return sum((payee.payment.amount for payee in payees), Decimal(0))


def _latin(text: str, length: int) -> str:
    """Return a text in letters that every bank takes: other scripts transliterated."""
    return _NOT_LATIN.sub(" ", anyascii(text)).strip()[:length]
