"""What moves money of a budget heading, and between which of its accounts. Pure.

::

    funder ──allocated──▶ available ──committed──▶ committed ──ordered──▶ ordered ──settled──▶ paid
           ◀──withdrawn──           ◀──released───           ◀─recalled──
                                                   committed ──────────────paid──────────────▶ paid
                         available ◀──────────────────────refunded──────────────────────────── paid

A mistake is corrected by the movement that goes back, never by changing an entry. Source: double
entry, and the stages of public spending (allocation, commitment, payment order, payment).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Account(StrEnum):
    """Where money of a heading is.

    Only ``FUNDER``, from where it comes, goes below zero: by all that was allocated.
    """

    FUNDER = "funder"
    AVAILABLE = "available"
    COMMITTED = "committed"
    ORDERED = "ordered"
    PAID = "paid"


class Movement(StrEnum):
    """Why money goes from one account to another."""

    ALLOCATED = "allocated"
    WITHDRAWN = "withdrawn"
    COMMITTED = "committed"
    RELEASED = "released"
    ORDERED = "ordered"
    RECALLED = "recalled"
    PAID = "paid"
    SETTLED = "settled"
    REFUNDED = "refunded"


BETWEEN: Mapping[Movement, tuple[Account, Account]] = {
    Movement.ALLOCATED: (Account.FUNDER, Account.AVAILABLE),
    Movement.WITHDRAWN: (Account.AVAILABLE, Account.FUNDER),
    Movement.COMMITTED: (Account.AVAILABLE, Account.COMMITTED),
    Movement.RELEASED: (Account.COMMITTED, Account.AVAILABLE),
    Movement.ORDERED: (Account.COMMITTED, Account.ORDERED),
    Movement.RECALLED: (Account.ORDERED, Account.COMMITTED),
    Movement.PAID: (Account.COMMITTED, Account.PAID),
    Movement.SETTLED: (Account.ORDERED, Account.PAID),
    Movement.REFUNDED: (Account.PAID, Account.AVAILABLE),
}
"""From which account to which."""


def lines(movement: Movement, amount_minor: int) -> Mapping[Account, int]:
    """Return what an entry adds to each account; the sum is zero.

    :param amount_minor: whole minor units, above zero.
    :raises ValueError: the amount is not above zero.

    >>> lines(Movement.COMMITTED, 500)
    {<Account.AVAILABLE: 'available'>: -500, <Account.COMMITTED: 'committed'>: 500}
    """
    if amount_minor <= 0:
        raise ValueError(f"A movement is of more than nothing; this one is of {amount_minor}.")
    source, target = BETWEEN[movement]
    return {source: -amount_minor, target: amount_minor}
