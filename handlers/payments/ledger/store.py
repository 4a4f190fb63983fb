"""Rows of programmes, headings and the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from engine.store.store import upsert
from handlers.payments import tables as t
from handlers.payments.ledger.balances import Balances
from handlers.payments.ledger.movements import Account, Movement


@dataclass(frozen=True, slots=True)
class Programme:
    """Who pays for what.

    :ivar funder: organisation id. :ivar country: ISO 3166-1 alpha-2.
    :ivar payer_name: holder of the account that it pays from; ``payer_account``: IBAN or the
        bank's own number; ``payer_bic``: the bank. Empty where it pays nothing by transfer.
    :ivar source: where the facts come from, with their mark; ``sample`` if invented.
    """

    id: str
    name: str
    country: str
    funder: str
    payer_name: str = ""
    payer_account: str = ""
    payer_bic: str = ""
    source: str = "sample"


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of a programme's budget for a year.

    :ivar code: what schemes call it, the same over the years.
    :ivar currency: ISO 4217; every amount of the heading is in it.
    """

    id: str
    programme_id: str
    code: str
    name: str
    year: int
    currency: str
    source: str = "sample"


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of the ledger, final.

    :ivar key: idempotency key: a second entry under it is the first again.
    :ivar lines: what it added to each account, whole minor units.
    """

    id: str
    key: str
    movement: Movement
    heading_id: str
    payment_id: str | None
    at: datetime
    by: str
    lines: Mapping[Account, int]

    @property
    def amount_minor(self) -> int:
        """How much moved."""
        return max(self.lines.values())


def save_programme(uow: UnitOfWork, programme: Programme) -> None:
    """Write a programme, or change the one that has its id."""
    values = {
        column.name: getattr(programme, column.name)
        for column in t.programmes.c
        if column.name != "id"
    }
    statement = upsert(uow, t.programmes).values(id=programme.id, **values)
    uow.connection.execute(
        statement.on_conflict_do_update(index_elements=[t.programmes.c.id], set_=values)
    )


def programmes(uow: UnitOfWork, countries: Sequence[str] | None = None) -> tuple[Programme, ...]:
    """Return the programmes, of these countries if given, by name."""
    p = t.programmes.c
    query = sa.select(t.programmes).order_by(p.name, p.id)
    if countries is not None:
        query = query.where(p.country.in_(list(countries)))
    return tuple(Programme(**row._mapping) for row in uow.connection.execute(query))


def read_programme(
    uow: UnitOfWork, programme_id: str, countries: Sequence[str] | None = None
) -> Programme:
    """Return a programme, of these countries if given.

    :raises NotFound: there is none.
    """
    found = next((p for p in programmes(uow, countries) if p.id == programme_id), None)
    if found is None:
        raise NotFound("programme", programme_id)
    return found


def insert_heading(uow: UnitOfWork, heading: Heading) -> None:
    """Write a heading, its accounts empty."""
    h, b = t.budget_headings, t.heading_balances
    values = {column.name: getattr(heading, column.name) for column in h.c}
    uow.connection.execute(sa.insert(h).values(values))
    uow.connection.execute(
        sa.insert(b),
        [
            {"heading_id": heading.id, "account": account.value, "amount_minor": 0}
            for account in Account
        ],
    )


def headings(
    uow: UnitOfWork,
    *,
    programme_id: str | None = None,
    code: str | None = None,
    year: int | None = None,
    countries: Sequence[str] | None = None,
) -> tuple[Heading, ...]:
    """Return headings, the newest year first."""
    h, p = t.budget_headings.c, t.programmes.c
    query = (
        sa.select(t.budget_headings)
        .join(t.programmes, p.id == h.programme_id)
        .order_by(h.year.desc(), h.programme_id, h.code)
    )
    for column, wanted in ((h.programme_id, programme_id), (h.code, code), (h.year, year)):
        if wanted is not None:
            query = query.where(column == wanted)
    if countries is not None:
        query = query.where(p.country.in_(list(countries)))
    return tuple(Heading(**row._mapping) for row in uow.connection.execute(query))


def read_heading(
    uow: UnitOfWork, heading_id: str, countries: Sequence[str] | None = None
) -> Heading:
    """Return a heading, of these countries if given.

    :raises NotFound: there is none.
    """
    found = headings(uow, countries=countries)
    heading = next((each for each in found if each.id == heading_id), None)
    if heading is None:
        raise NotFound("budget heading", heading_id)
    return heading


def move(uow: UnitOfWork, heading_id: str, lines: Mapping[Account, int]) -> Account | None:
    """Add to a heading's accounts; return the account that would go below zero, if one would.

    The caller undoes the transaction then. Accounts are changed in one order everywhere, so that
    two movements of one heading wait for one another and never in a circle.
    """
    b = t.heading_balances.c
    for account, change in sorted(lines.items()):
        statement = sa.update(t.heading_balances).where(
            b.heading_id == heading_id, b.account == account.value
        )
        if account is not Account.FUNDER:
            statement = statement.where(b.amount_minor + change >= 0)
        moved = uow.connection.execute(statement.values(amount_minor=b.amount_minor + change))
        if moved.rowcount != 1:
            return account
    return None


def insert_entry(uow: UnitOfWork, entry: Entry) -> None:
    """Write an entry with its lines."""
    uow.connection.execute(
        sa.insert(t.ledger_entries).values(
            id=entry.id,
            key=entry.key,
            movement=entry.movement.value,
            heading_id=entry.heading_id,
            payment_id=entry.payment_id,
            at=entry.at,
            by=entry.by,
        )
    )
    uow.connection.execute(
        sa.insert(t.ledger_lines),
        [
            {"entry_id": entry.id, "account": account.value, "amount_minor": amount}
            for account, amount in entry.lines.items()
        ],
    )


def entry_by_key(uow: UnitOfWork, key: str) -> Entry | None:
    """Return the entry of an idempotency key."""
    return next(iter(_entries(uow, t.ledger_entries.c.key == key)), None)


def entries_of(
    uow: UnitOfWork, *, heading_id: str | None = None, payment_id: str | None = None
) -> tuple[Entry, ...]:
    """Return the entries of a heading or of a payment, the oldest first."""
    e = t.ledger_entries.c
    conditions = [
        column == wanted
        for column, wanted in ((e.heading_id, heading_id), (e.payment_id, payment_id))
        if wanted is not None
    ]
    return _entries(uow, sa.and_(sa.true(), *conditions))


def _entries(uow: UnitOfWork, condition: sa.ColumnElement[bool]) -> tuple[Entry, ...]:
    e, line = t.ledger_entries.c, t.ledger_lines.c
    rows = uow.connection.execute(
        sa.select(t.ledger_entries, line.account, line.amount_minor)
        .join(t.ledger_lines, line.entry_id == e.id)
        .where(condition)
        .order_by(e.at, e.key)
    ).all()
    lines: dict[str, dict[Account, int]] = defaultdict(dict)
    heads = {}
    for row in rows:
        heads[row.id] = row
        lines[row.id][Account(row.account)] = row.amount_minor
    return tuple(
        Entry(
            row.id,
            row.key,
            Movement(row.movement),
            row.heading_id,
            row.payment_id,
            row.at,
            row.by,
            lines[key],
        )
        for key, row in heads.items()
    )


def balances_of(uow: UnitOfWork, heading: Heading) -> Balances:
    """Return what a heading has."""
    b = t.heading_balances.c
    rows = uow.connection.execute(
        sa.select(b.account, b.amount_minor).where(
            b.heading_id == heading.id, b.account != Account.FUNDER.value
        )
    )
    return Balances(heading.currency, **{row.account: row.amount_minor for row in rows})


def summed(uow: UnitOfWork, heading: Heading) -> Mapping[Account, int]:
    """Return each account as the sum of the ledger's lines: what the balances must be."""
    e, line = t.ledger_entries.c, t.ledger_lines.c
    rows = uow.connection.execute(
        sa.select(line.account, sa.func.sum(line.amount_minor).label("amount"))
        .join(t.ledger_entries, e.id == line.entry_id)
        .where(e.heading_id == heading.id)
        .group_by(line.account)
    )
    return {Account(row.account): int(row.amount) for row in rows}
