"""Rows of programmes, headings and the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import UnitOfWork
from engine.store.store import upsert
from handlers.payments import tables as t
from handlers.payments.ledger.balances import Balances
from handlers.payments.ledger.movements import Account, Movement
from handlers.payments.money import from_minor


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

    def amount(self, currency: str) -> Decimal:
        """Return how much moved, with the digits of the heading's currency."""
        return from_minor(self.amount_minor, currency)


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


def programmes(uow: UnitOfWork, countries: Collection[str] | None = None) -> tuple[Programme, ...]:
    """Return the programmes, of these countries if given, by name."""
    p = t.programmes.c
    query = sa.select(t.programmes).where(*_within(countries)).order_by(p.name, p.id)
    return tuple(Programme(**row._mapping) for row in uow.connection.execute(query))


def read_programme(
    uow: UnitOfWork, programme_id: str, countries: Collection[str] | None = None
) -> Programme:
    """Return a programme, of these countries if given.

    :raises NotFound: there is none.
    """
    p = t.programmes.c
    query = sa.select(t.programmes).where(p.id == programme_id, *_within(countries))
    row = uow.connection.execute(query).first()
    if row is None:
        raise NotFound("programme", programme_id)
    return Programme(**row._mapping)


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
    heading_id: str | None = None,
    countries: Collection[str] | None = None,
) -> tuple[Heading, ...]:
    """Return headings, the newest year first."""
    h, p = t.budget_headings.c, t.programmes.c
    query = (
        sa.select(t.budget_headings)
        .join(t.programmes, p.id == h.programme_id)
        .where(*_within(countries))
        .order_by(h.year.desc(), h.programme_id, h.code)
    )
    asked = ((h.programme_id, programme_id), (h.code, code), (h.year, year), (h.id, heading_id))
    for column, wanted in asked:
        if wanted is not None:
            query = query.where(column == wanted)
    return tuple(Heading(**row._mapping) for row in uow.connection.execute(query))


def read_heading(
    uow: UnitOfWork, heading_id: str, countries: Collection[str] | None = None
) -> Heading:
    """Return a heading, of these countries if given.

    :raises NotFound: there is none.
    """
    found = headings(uow, heading_id=heading_id, countries=countries)
    if not found:
        raise NotFound("budget heading", heading_id)
    return found[0]


def _within(countries: Collection[str] | None) -> tuple[sa.ColumnElement[bool], ...]:
    if countries is None:
        return ()
    return (t.programmes.c.country.in_(sorted(countries)),)


def lock_headings(uow: UnitOfWork, heading_ids: Iterable[str | None]) -> None:
    """Lock headings until the transaction ends, each before the next in the order of their ids.

    Lock order: cases, then headings. Whoever moves money of several headings, or several times of
    one, takes them all first: so two that share headings wait for one another, never in a circle.
    """
    b = t.heading_balances.c
    for heading_id in sorted({each for each in heading_ids if each is not None}):
        uow.connection.execute(
            sa.select(b.heading_id)
            .where(b.heading_id == heading_id)
            .order_by(b.account)
            .with_for_update()
        ).all()


def move(uow: UnitOfWork, heading_id: str, lines: Mapping[Account, int]) -> Account | None:
    """Add to a heading's accounts; return the account that would go below zero, if one would.

    The caller undoes the transaction then.
    """
    lock_headings(uow, [heading_id])
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
    uow: UnitOfWork,
    *,
    heading_id: str | None = None,
    payment_id: str | None = None,
    newest: int | None = None,
) -> tuple[Entry, ...]:
    """Return the entries of a heading or of a payment, the oldest first.

    :param newest: so many of the last ones only.
    """
    e = t.ledger_entries.c
    conditions = [
        column == wanted
        for column, wanted in ((e.heading_id, heading_id), (e.payment_id, payment_id))
        if wanted is not None
    ]
    if newest is not None:
        last = sa.select(e.id).where(*conditions).order_by(e.at.desc(), e.key.desc()).limit(newest)
        conditions = [e.id.in_(last)]
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
    return balances_by_heading(uow, [heading])[heading.id]


def balances_by_heading(uow: UnitOfWork, found: Collection[Heading]) -> Mapping[str, Balances]:
    """Return what each of these headings has, by heading id."""
    b = t.heading_balances.c
    rows = uow.connection.execute(
        sa.select(b.heading_id, b.account, b.amount_minor).where(
            b.heading_id.in_([each.id for each in found]), b.account != Account.FUNDER.value
        )
    )
    accounts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        accounts[row.heading_id][row.account] = row.amount_minor
    return {each.id: Balances(each.currency, **accounts[each.id]) for each in found}


def kept(uow: UnitOfWork, heading: Heading) -> Mapping[Account, int]:
    """Return every account of a heading as it is kept, the funder's too."""
    b = t.heading_balances.c
    rows = uow.connection.execute(
        sa.select(b.account, b.amount_minor).where(b.heading_id == heading.id)
    )
    return {Account(row.account): row.amount_minor for row in rows}


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
