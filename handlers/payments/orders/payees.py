"""Who gets the payments of an order: read for one file, kept nowhere in plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.model import Actor, CaseRef
from engine.store import UnitOfWork
from handlers.organisations import read_organisation
from handlers.payments.orders.export import Payee
from handlers.payments.payees import read_account
from handlers.payments.store import ListedPayment
from handlers.people import PersonalFields

PURPOSE = "payment-order"
"""What the log of sensitive reads says of it."""
_NAMES = ("given_names", "family_name")
_NAMES_AR = ("given_names_ar", "family_name_ar")
_ACCOUNT = "account_number"


def read_payees(
    uow: UnitOfWork, fields: PersonalFields, rows: Sequence[ListedPayment], reader: Actor
) -> tuple[Payee, ...]:
    """Return name and account of whoever gets each payment, as far as the reader's tiers open them.

    What is closed or was never written is empty; :func:`~handlers.payments.orders.pain_001` tells
    of it. Every read of an account is logged.
    """
    return tuple(_payee(uow, fields, row, reader) for row in rows)


def _payee(uow: UnitOfWork, fields: PersonalFields, row: ListedPayment, reader: Actor) -> Payee:
    payee = row.payment.payee
    if payee is not None:
        account = read_account(uow, fields, payee, reader, PURPOSE)
        return Payee(row.payment, row.reference, read_organisation(uow, payee).name, account)
    case = CaseRef(row.payment.case_id, row.reference, row.scheme, row.country, row.subject)
    keys = (*_NAMES, *_NAMES_AR, _ACCOUNT)
    told = fields.read(uow, case, keys, reader, PURPOSE)
    name = _joined(told, _NAMES) or _joined(told, _NAMES_AR)
    return Payee(row.payment, row.reference, name, str(told.get(_ACCOUNT) or ""))


def _joined(told: Mapping[str, Any], keys: Sequence[str]) -> str:
    return " ".join(str(told[key]) for key in keys if told.get(key))
