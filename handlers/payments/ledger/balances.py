"""What a heading has, as people ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from handlers.payments.money import from_minor


@dataclass(frozen=True, slots=True)
class Balances:
    """A heading's accounts, in whole minor units.

    :ivar available: neither promised nor spent. :ivar committed: promised to cases.
    :ivar ordered: with the bank. :ivar paid: gone.
    """

    currency: str
    available: int = 0
    committed: int = 0
    ordered: int = 0
    paid: int = 0

    @property
    def allocated(self) -> int:
        """All that the funder gave: the four accounts together."""
        return self.available + self.committed + self.ordered + self.paid

    def amount(self, account: str) -> Decimal:
        """Return ``allocated`` or one of the accounts with the currency's digits."""
        return from_minor(getattr(self, account), self.currency)

    def share(self, account: str) -> Decimal:
        """Return an account's part of what was allocated, 0 to 1; 0 where nothing was."""
        whole = self.allocated
        return Decimal(getattr(self, account)) / whole if whole else Decimal(0)
