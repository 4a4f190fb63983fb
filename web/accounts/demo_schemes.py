"""Demo accounts of the schemes beside OFII's: somebody for each role in each organisation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.model import Actor, Grant


@dataclass(frozen=True, slots=True)
class SchemeAccount:
    """A demo account that works in schemes of one country.

    :ivar name: first part of its address, ``<name>@demo.invalid``.
    :ivar shown: the invented person's name.
    """

    name: str
    shown: str
    role: str
    organisation: str
    schemes: tuple[str, ...]

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.name}@demo.invalid"

    @property
    def account_id(self) -> str:
        """The id that history keeps."""
        return f"demo-{self.name}"

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The role, held in the organisation for these schemes."""
        country = self.schemes[0].partition("/")[0].upper()
        return (Grant(self.role, self.organisation, country, frozenset(self.schemes)),)

    @property
    def actor(self) -> Actor:
        """This account as the engine knows it."""
        return Actor(self.account_id, self.grants)


def _account(line: str) -> SchemeAccount:
    name, shown, role, organisation, schemes = (cell.strip() for cell in line.split("|"))
    return SchemeAccount(name, shown, role, organisation, tuple(schemes.split()))


_LINES = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()

SCHEME_ACCOUNTS = tuple(map(_account, _LINES[1:]))
"""Somebody for each role in each organisation that the schemes' scenarios name."""
