"""Rows of payees' accounts, sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store import UnitOfWork
from engine.store.store import upsert
from handlers.payments import tables as t


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An organisation's account, encrypted.

    :ivar written_by: account id of who typed it in.
    """

    organisation_id: str
    account: bytes
    written_at: datetime
    written_by: str


def save_row(uow: UnitOfWork, row: AccountRow) -> None:
    """Write an account over the one that is there."""
    values = {"account": row.account, "written_at": row.written_at, "written_by": row.written_by}
    statement = upsert(uow, t.payee_accounts).values(organisation_id=row.organisation_id, **values)
    uow.connection.execute(
        statement.on_conflict_do_update(
            index_elements=[t.payee_accounts.c.organisation_id], set_=values
        )
    )


def account_rows(uow: UnitOfWork, organisation_ids: Collection[str]) -> Mapping[str, AccountRow]:
    """Return the accounts of those of these organisations that have one, by organisation."""
    a = t.payee_accounts.c
    rows = uow.connection.execute(
        sa.select(t.payee_accounts).where(a.organisation_id.in_(list(organisation_ids)))
    )
    return {row.organisation_id: AccountRow(**row._mapping) for row in rows}


def payable_organisations(uow: UnitOfWork) -> frozenset[str]:
    """Return every organisation that a payment is planned for or that has an account."""
    paid = sa.select(t.payments.c.payee).where(t.payments.c.payee.is_not(None))
    known = sa.select(t.payee_accounts.c.organisation_id)
    return frozenset(uow.connection.execute(sa.union(paid, known)).scalars())
