"""Whether the books balance: what is kept, what was entered, and what the payments say agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.store import UnitOfWork
from handlers.payments.ledger import Account, Heading, headings, kept, summed
from handlers.payments.money import from_minor
from handlers.payments.reports import totals_of_heading
from handlers.payments.store import PaymentStatus

_HELD: Mapping[PaymentStatus, Account] = {
    PaymentStatus.PLANNED: Account.COMMITTED,
    PaymentStatus.REQUESTED: Account.COMMITTED,
    PaymentStatus.APPROVED: Account.COMMITTED,
    PaymentStatus.ORDERED: Account.ORDERED,
    PaymentStatus.PAID: Account.PAID,
}
"""In which account the money of a payment is; of a refused one there is none."""


def check_books(uow: UnitOfWork) -> tuple[str, ...]:
    """Return what is wrong with the books, a line each, in English; nothing if they balance.

    Of every heading: its balances are the sums of its ledger's lines, these sum to zero, only the
    funder's is below zero, and what is promised, ordered and paid is what its payments say.
    """
    return tuple(line for heading in headings(uow) for line in _heading(uow, heading))


def _heading(uow: UnitOfWork, heading: Heading) -> Iterable[str]:
    entered, balances = summed(uow, heading), kept(uow, heading)
    place = f"heading {heading.code} {heading.year} ({heading.programme_id})"
    for account in Account:
        there, wanted = balances.get(account), entered.get(account, 0)
        if there != wanted:
            yield f"{place}: {account} is kept as {there} minor units; its entries sum to {wanted}"
    if sum(entered.values()):
        yield f"{place}: its entries sum to {sum(entered.values())} minor units, not to zero"
    for account, amount in entered.items():
        if amount < 0 and account is not Account.FUNDER:
            yield f"{place}: {account} is below zero by its entries"
    yield from _payments(uow, heading, entered, place)


def _payments(
    uow: UnitOfWork, heading: Heading, entered: Mapping[Account, int], place: str
) -> Iterable[str]:
    said = dict.fromkeys(_HELD.values(), 0)
    for status, amount in totals_of_heading(uow, heading.id).items():
        if status in _HELD:
            said[_HELD[status]] += amount
    for account, amount in said.items():
        if entered.get(account, 0) != amount:
            yield (
                f"{place}: {account} is {from_minor(entered.get(account, 0), heading.currency)} "
                f"{heading.currency} by its entries, {from_minor(amount, heading.currency)} by its "
                "payments"
            )
