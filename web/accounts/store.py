"""Accounts in the database: read, written, and named for pages."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from engine.errors import NotFound
from engine.model import Grant
from engine.store import Store, UnitOfWork
from web.accounts.substitutes.store import taken_over
from web.accounts.tables import account_grants, accounts


@dataclass(slots=True)
class AccountRow:
    """An account as stored.

    :ivar id: stable id, the one that history keeps; never a name.
    :ivar password: argon2 hash.
    :ivar session_key: what a session cookie names; a new one ends every open session.
    :ivar locale: the language chosen last, ``None`` before a choice.
    :ivar acting_for: accounts in whose place this one acts now; ``borrowed``: their grants.
    """

    email: str
    name: str
    password: str
    id: str = field(default_factory=lambda: f"a-{secrets.token_hex(8)}")
    active: bool = True
    session_key: str = field(default_factory=lambda: secrets.token_hex(16))
    locale: str | None = None
    grants: tuple[Grant, ...] = ()
    acting_for: tuple[str, ...] = ()
    borrowed: tuple[Grant, ...] = ()


def find_account(
    store: Store, *, email: str = "", session_key: str = "", at: datetime | None = None
) -> AccountRow | None:
    """Return the account with this e-mail address or session key, or ``None``.

    :param at: the moment at which substitutions are looked up; none are if left out.
    """
    condition = (
        accounts.c.session_key == session_key
        if session_key
        else accounts.c.email == normal_email(email)
    )
    with store.snapshot() as uow:
        row = uow.connection.execute(sa.select(accounts).where(condition)).first()
        if row is None:
            return None
        account = _account(uow, row)
        if at is not None:
            account.acting_for = taken_over(uow, account.id, at)
            account.borrowed = tuple(
                grant for absent in account.acting_for for grant in _grants(uow, absent)
            )
        return account


def save_account(store: Store, account: AccountRow) -> None:
    """Write an account and its grants, new or changed."""
    with store.unit_of_work() as uow:
        write_account(uow, account)


def write_account(uow: UnitOfWork, account: AccountRow) -> None:
    """Write an account and its grants, new or changed, in a transaction that is open."""
    values = {**_credentials(account), "email": normal_email(account.email), "name": account.name}
    done = uow.connection.execute(
        sa.update(accounts).where(accounts.c.id == account.id).values(**values)
    )
    if done.rowcount == 0:
        uow.connection.execute(
            sa.insert(accounts).values(id=account.id, created_at=datetime.now(UTC), **values)
        )
    _write_grants(uow, account.id, account.grants)


def save_credentials(store: Store, account: AccountRow) -> None:
    """Write what signing in may change; grants, read a while ago, are let be."""
    with store.unit_of_work() as uow:
        write_credentials(uow, account)


def write_credentials(uow: UnitOfWork, account: AccountRow) -> None:
    """Write password, session key, activity and language, in a transaction that is open."""
    uow.connection.execute(
        sa.update(accounts).where(accounts.c.id == account.id).values(**_credentials(account))
    )


def _credentials(account: AccountRow) -> dict[str, object]:
    return {
        "password": account.password,
        "active": account.active,
        "session_key": account.session_key,
        "locale": account.locale,
    }


def read_account(uow: UnitOfWork, account_id: str) -> AccountRow:
    """Return an account, active or not.

    :raises NotFound: there is none.
    """
    row = uow.connection.execute(sa.select(accounts).where(accounts.c.id == account_id)).first()
    if row is None:
        raise NotFound("account", account_id)
    return _account(uow, row)


def account_names(store: Store, account_ids: Iterable[str]) -> Mapping[str, str]:
    """Return the names to show for these accounts; unknown ids are left out."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    with store.snapshot() as uow:
        rows = uow.connection.execute(
            sa.select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(wanted))
        )
        return {row.id: row.name for row in rows}


def accounts_with(store: Store, roles: Collection[str]) -> tuple[AccountRow, ...]:
    """Return the active accounts that hold one of these roles, by id."""
    g = account_grants.c
    with store.snapshot() as uow:
        rows = uow.connection.execute(
            sa.select(accounts)
            .where(
                accounts.c.active,
                sa.exists().where(g.account_id == accounts.c.id, g.role.in_(sorted(roles))),
            )
            .order_by(accounts.c.id)
        ).all()
        return tuple(_account(uow, row) for row in rows)


def staff_of(store: Store, organisation_id: str) -> tuple[AccountRow, ...]:
    """Return the active accounts that hold a role in an organisation, by name."""
    g = account_grants.c
    with store.snapshot() as uow:
        rows = uow.connection.execute(
            sa.select(accounts)
            .where(
                accounts.c.active,
                sa.exists().where(
                    g.account_id == accounts.c.id, g.organisation_id == organisation_id
                ),
            )
            .order_by(accounts.c.name, accounts.c.id)
        ).all()
        return tuple(_account(uow, row) for row in rows)


def shares_organisation(one: AccountRow, other: AccountRow) -> bool:
    """Tell whether two accounts hold a role in the same organisation, or both in none."""
    mine, theirs = ({grant.organisation_id for grant in each.grants} for each in (one, other))
    return bool(mine & theirs)


def normal_email(email: str) -> str:
    """Return the address as it is compared: without spaces around, in lower case."""
    return email.strip().lower()


def _account(uow: UnitOfWork, row: sa.Row[tuple[object, ...]]) -> AccountRow:
    values = dict(row._mapping)
    values.pop("created_at")
    return AccountRow(**values, grants=_grants(uow, str(values["id"])))


def _grants(uow: UnitOfWork, account_id: str) -> tuple[Grant, ...]:
    g = account_grants.c
    rows = uow.connection.execute(
        sa.select(account_grants).where(g.account_id == account_id).order_by(g.id)
    )
    return tuple(
        Grant(
            role=row.role,
            organisation_id=row.organisation_id,
            country=row.country,
            schemes=frozenset(json.loads(row.schemes)),
            sees_cases=row.sees_cases,
        )
        for row in rows
    )


def _write_grants(uow: UnitOfWork, account_id: str, grants: Sequence[Grant]) -> None:
    uow.connection.execute(
        sa.delete(account_grants).where(account_grants.c.account_id == account_id)
    )
    if grants:
        uow.connection.execute(
            sa.insert(account_grants),
            [
                {
                    "account_id": account_id,
                    "role": grant.role,
                    "organisation_id": grant.organisation_id,
                    "country": grant.country,
                    "schemes": json.dumps(sorted(grant.schemes)),
                    "sees_cases": grant.sees_cases,
                }
                for grant in grants
            ],
        )
