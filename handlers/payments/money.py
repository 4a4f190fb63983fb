"""Money: whole minor units, and how an amount is cut into tranches. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from babel.numbers import get_currency_precision, is_currency

from engine.errors import PasserelleError

_LARGEST = Decimal(10) ** 15
_SHARES_TOLERANCE = Decimal("1e-9")


class AmountError(PasserelleError):
    """An amount, a currency or the shares of a plan cannot be used; the message says why."""


def digits(currency: str) -> int:
    """Return how many decimal digits a currency has.

    :param currency: ISO 4217 code.
    :raises AmountError: it is no such code.

    Source: Unicode CLDR, as Babel brings it: 0 for XAF and XOF, 2 for EUR, 3 for TND.

    >>> digits("XAF"), digits("TND")
    (0, 3)
    """
    if not isinstance(currency, str) or not is_currency(currency):
        raise AmountError(f"'{currency}' is no ISO 4217 currency code such as XAF or EUR.")
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an amount in whole minor units.

    :raises AmountError: it is not above zero, too large, or has more digits than the currency.

    >>> to_minor(Decimal("12.50"), "EUR")
    1250
    """
    places = digits(currency)
    if not isinstance(amount, Decimal):
        raise AmountError(f"The amount must be a number; it is {amount!r}.")
    if not amount.is_finite() or not 0 < amount < _LARGEST:
        raise AmountError(f"The amount {amount} {currency} must be above zero and below 10^15.")
    scaled = amount.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise AmountError(
            f"The amount {amount} has more than the {places} decimals that {currency} has."
        )
    return int(scaled)


def from_minor(amount_minor: int, currency: str) -> Decimal:
    """Return whole minor units as an amount with the currency's digits.

    >>> from_minor(1250, "EUR")
    Decimal('12.50')
    """
    return Decimal(amount_minor).scaleb(-digits(currency))


def as_amount(amount_minor: int | None, currency: str | None) -> Decimal | None:
    """Return :func:`from_minor`, or ``None`` where there is no amount.

    >>> as_amount(None, "EUR"), as_amount(1250, "EUR")
    (None, Decimal('12.50'))
    """
    if amount_minor is None or currency is None:
        return None
    return from_minor(amount_minor, currency)


def split(amount_minor: int, shares: Sequence[Decimal]) -> tuple[int, ...]:
    """Cut an amount into tranches, each rounded down; the last takes the rest.

    So the sum is exact, no tranche is below zero, and nobody is promised more than their share
    before the last tranche.

    :param shares: what each tranche is of the whole; each above zero, together 1.
    :raises AmountError: the shares are not so.

    >>> split(1000, [Decimal("0.7"), Decimal("0.3")])
    (700, 300)
    >>> split(100, [Decimal(1) / 3] * 3)
    (33, 33, 34)
    """
    if not shares or any(not isinstance(s, Decimal) or not s > 0 for s in shares):
        raise AmountError("A plan needs one share or more, each a number above zero.")
    total = sum(shares, Decimal(0))
    if abs(total - 1) > _SHARES_TOLERANCE:
        raise AmountError(f"The shares must sum to 1; these sum to {total}.")
    parts = [
        int((amount_minor * share).to_integral_value(rounding=ROUND_DOWN)) for share in shares[:-1]
    ]
    return (*parts, amount_minor - sum(parts))
