"""Accounts of organisations that are paid, encrypted under each organisation's own key.

Law 2024/017 of Cameroon counts banking transactions among sensitive data (domain file, W57): an
account stands in plain in the bank's file alone, and every read is logged like a person's.
"""

from __future__ import annotations

import re
from datetime import datetime

from stdnum import iban

from engine.errors import NotFound, PasserelleError
from engine.model import Actor, Tier
from engine.store import UnitOfWork
from handlers.payments.payees.store import AccountRow, account_rows, save_row
from handlers.people import Keyring, PersonalFields, decrypt, encrypt

KEY = "account_number"
MOST_SIGNS = 34
"""Source: ISO 20022, an account other than an IBAN has 34 characters at most."""
_ACCOUNT = re.compile(r"[A-Z0-9]{5,34}")
_LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_IBAN_HERE = frozenset({"FR", "TN"})
"""Countries of the programmes whose banks use IBANs; elsewhere a bank's own number may look so."""


class AccountRefused(PasserelleError):
    """It is no account number.

    :ivar code: ``account`` (not 5 to 34 letters and digits) or ``iban`` (its check digits are off).
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            "An account has 5 to 34 letters and digits; an IBAN's check digits must fit. "
            "Copy it from the organisation's bank statement."
        )


def owner(organisation_id: str) -> str:
    """Return the name under which an organisation owns a key."""
    return f"organisation:{organisation_id}"


def write_account(
    uow: UnitOfWork, keyring: Keyring, organisation_id: str, number: str, *, by: str, at: datetime
) -> None:
    """Write an organisation's account over the one that is there.

    :param by: account id of who writes it; the caller has seen to it that they may.
    :raises AccountRefused: it is none.
    """
    compact = re.sub(r"[\s.-]", "", number).upper()
    if not _ACCOUNT.fullmatch(compact):
        raise AccountRefused("account")
    if _LIKE_IBAN.fullmatch(compact) and compact[:2] in _IBAN_HERE and not iban.is_valid(compact):
        raise AccountRefused("iban")
    whose = owner(organisation_id)
    key = keyring.for_writing(uow, whose, at)
    sealed = encrypt(key, compact.encode(), _place(whose))
    save_row(uow, AccountRow(organisation_id, sealed, at, by))


def read_account(
    uow: UnitOfWork, fields: PersonalFields, organisation_id: str, reader: Actor, purpose: str
) -> str:
    """Return an organisation's account, empty where none is written; the read is logged.

    The caller has seen to it that the reader moves money in the organisation's country.
    """
    row = account_rows(uow, [organisation_id]).get(organisation_id)
    if row is None:
        return ""
    whose = owner(organisation_id)
    try:
        key = fields.keyring.existing(uow, whose)
    except NotFound:
        return ""
    fields.access.log(uow, None, reader.account_id, [(whose, KEY, Tier.PAYMENT)], purpose)
    return decrypt(key, row.account, _place(whose)).decode()


def _place(whose: str) -> str:
    return f"{whose}/{KEY}"
