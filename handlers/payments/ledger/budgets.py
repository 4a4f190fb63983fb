"""Opening budget headings and moving their money, each movement once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.errors import Conflict, NotFound, PasserelleError
from engine.store import UnitOfWork
from handlers.payments.ledger import store
from handlers.payments.ledger.movements import Account, Movement, lines
from handlers.payments.ledger.store import Entry, Heading
from handlers.payments.money import digits, from_minor, to_minor
from handlers.people import new_id


class BudgetExhausted(PasserelleError):
    """A heading has not the money that a movement wants; nothing was moved.

    :ivar heading: the heading. :ivar account: the account that has too little.
    """

    def __init__(self, heading: Heading, account: Account, wanted: int, there: int) -> None:
        self.heading = heading
        self.account = account
        currency = heading.currency
        super().__init__(
            f"Heading '{heading.code}' of {heading.year} has {from_minor(there, currency)} "
            f"{currency} {account}; {from_minor(wanted, currency)} {currency} is wanted. "
            "Nothing was moved. Allocate more, or release what is promised and not needed."
        )


def open_heading(uow: UnitOfWork, heading: Heading) -> None:
    """Open a heading of a programme for a year, with nothing in it yet.

    :raises AmountError: its currency is none.
    :raises NotFound: there is no such programme.
    :raises Conflict: the programme has that heading in that year already.
    """
    digits(heading.currency)
    store.read_programme(uow, heading.programme_id)
    uow.serialize(f"heading {heading.programme_id} {heading.code} {heading.year}")
    if store.headings(uow, programme_id=heading.programme_id, code=heading.code, year=heading.year):
        raise Conflict(
            f"Programme {heading.programme_id} has heading '{heading.code}' in {heading.year} "
            "already. Allocate to that one."
        )
    store.insert_heading(uow, heading)


def find_heading(uow: UnitOfWork, code: str, year: int, currency: str) -> Heading:
    """Return the heading that a scheme names by its code, in this year.

    :raises NotFound: there is none in this currency.
    """
    found = [h for h in store.headings(uow, code=code, year=year) if h.currency == currency]
    if len(found) != 1:
        raise NotFound("budget heading", f"{code} of {year} in {currency}")
    return found[0]


def allocate(
    uow: UnitOfWork, heading: Heading, amount: Decimal, *, key: str, at: datetime, by: str
) -> Entry:
    """Note that the funder gives this much more.

    :raises AmountError: it is no amount in the heading's currency.
    """
    moved = to_minor(amount, heading.currency)
    return post(uow, heading, Movement.ALLOCATED, moved, key=key, at=at, by=by)


def withdraw(
    uow: UnitOfWork, heading: Heading, amount: Decimal, *, key: str, at: datetime, by: str
) -> Entry:
    """Note that the funder takes this much back.

    :raises BudgetExhausted: so much is not available.
    """
    moved = to_minor(amount, heading.currency)
    return post(uow, heading, Movement.WITHDRAWN, moved, key=key, at=at, by=by)


def require(uow: UnitOfWork, heading: Heading, amount_minor: int) -> None:
    """See to it that a heading has so much available, to be promised in several parts.

    :raises BudgetExhausted: it has less.
    """
    there = store.balances_of(uow, heading).available
    if there < amount_minor:
        raise BudgetExhausted(heading, Account.AVAILABLE, amount_minor, there)


def post(
    uow: UnitOfWork,
    heading: Heading,
    movement: Movement,
    amount_minor: int,
    *,
    key: str,
    at: datetime,
    by: str,
    payment_id: str | None = None,
) -> Entry:
    """Write a movement, once for its key, and move the balances with it.

    :raises BudgetExhausted: the account it comes from has less; the caller's transaction must end.
    :raises Conflict: the key was used for another movement.
    """
    wanted = lines(movement, amount_minor)
    uow.serialize(f"ledger {key}")
    known = store.entry_by_key(uow, key)
    if known is not None:
        if (known.heading_id, known.movement, known.lines) != (heading.id, movement, wanted):
            raise Conflict(f"Ledger key '{key}' stands for another movement; nothing was moved.")
        return known
    short = store.move(uow, heading.id, wanted)
    if short is not None:
        there = getattr(store.balances_of(uow, heading), short)
        raise BudgetExhausted(heading, short, amount_minor, there)
    entry = Entry(new_id(), key, movement, heading.id, payment_id, at, by, wanted)
    store.insert_entry(uow, entry)
    return entry
