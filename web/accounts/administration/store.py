"""Rows of accounts under administration: lists, links, locks, what was changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import UnitOfWork
from web.accounts.store import AccountRow, read_account
from web.accounts.tables import account_events, account_grants, accounts, sign_in_links

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One change of an account.

    :ivar kind: ``created``, ``closed``, ``reopened``, ``linked``, ``password-chosen``,
        ``granted``, ``revoked``.
    :ivar data: the grant concerned.
    """

    at: datetime
    by: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list of accounts, and how long all of it is."""

    rows: tuple[AccountRow, ...]
    total: int


def find_accounts(uow: UnitOfWork, search: str | None, *, offset: int, limit: int) -> Found:
    """Return a page of the accounts, those closed last, by name.

    :param search: part of a name or an address.
    """
    a = accounts.c
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if search:
        text = search.replace("\0", "")
        conditions.append(
            sa.or_(
                a.name.icontains(text, autoescape=True), a.email.icontains(text, autoescape=True)
            )
        )
    ids = uow.connection.execute(
        sa.select(a.id)
        .where(*conditions)
        .order_by(a.active.desc(), a.name, a.id)
        .offset(offset)
        .limit(limit)
    ).scalars()
    total = uow.connection.execute(
        sa.select(sa.func.count()).select_from(accounts).where(*conditions)
    ).scalar_one()
    return Found(tuple(read_account(uow, each) for each in ids.all()), total)


def lock_account(uow: UnitOfWork, account_id: str) -> None:
    """Hold an account until the commit: its grants change one after another."""
    a = accounts.c
    # An update takes the lock on both databases; SQLite knows no FOR UPDATE.
    uow.connection.execute(sa.update(accounts).where(a.id == account_id).values(active=a.active))


def lock_administrators(uow: UnitOfWork) -> frozenset[str]:
    """Hold every administrator's account until the commit, and return the active ones.

    Of two administrators who would shut out one another, the second waits and then is none.
    """
    a, g = accounts.c, account_grants.c
    theirs = sa.select(g.account_id).where(g.role == ADMINISTRATOR)
    uow.connection.execute(sa.update(accounts).where(a.id.in_(theirs)).values(active=a.active))
    return frozenset(
        uow.connection.execute(sa.select(a.id).where(a.active, a.id.in_(theirs))).scalars()
    )


def email_taken(uow: UnitOfWork, email: str) -> bool:
    """Tell whether an account has this address, in its normal form."""
    a = accounts.c
    return uow.connection.execute(sa.select(a.id).where(a.email == email)).first() is not None


def insert_link(uow: UnitOfWork, digest: str, account_id: str, expires_at: datetime) -> None:
    """Write a link in place of those that the account had."""
    forget_links(uow, account_id)
    uow.connection.execute(
        sa.insert(sign_in_links).values(digest=digest, account_id=account_id, expires_at=expires_at)
    )


def linked_account(uow: UnitOfWork, digest: str, now: datetime) -> str | None:
    """Return whose link this is, while it lasts."""
    link = sign_in_links.c
    return uow.connection.execute(
        sa.select(link.account_id)
        .join(accounts, accounts.c.id == link.account_id)
        .where(link.digest == digest, link.expires_at > now, accounts.c.active)
    ).scalar_one_or_none()


def use_link(uow: UnitOfWork, digest: str) -> bool:
    """Take a link away; ``False`` if it was used meanwhile: it serves once."""
    done = uow.connection.execute(sa.delete(sign_in_links).where(sign_in_links.c.digest == digest))
    return done.rowcount == 1


def forget_links(uow: UnitOfWork, account_id: str) -> None:
    """Take every link of an account away."""
    uow.connection.execute(sa.delete(sign_in_links).where(sign_in_links.c.account_id == account_id))


def add_account_event(
    uow: UnitOfWork,
    account_id: str,
    kind: str,
    *,
    by: str,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write what was changed."""
    uow.connection.execute(
        sa.insert(account_events).values(
            account_id=account_id, at=at, by=by, kind=kind, data=json.dumps(dict(data or {}))
        )
    )


def account_events_of(uow: UnitOfWork, account_id: str) -> tuple[AccountEvent, ...]:
    """Return an account's changes, the newest first."""
    e = account_events.c
    rows = uow.connection.execute(
        sa.select(e.at, e.by, e.kind, e.data)
        .where(e.account_id == account_id)
        .order_by(e.id.desc())
    )
    return tuple(AccountEvent(r.at, r.by, r.kind, json.loads(r.data)) for r in rows)
