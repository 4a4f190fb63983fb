"""What people are recognised by: names in both scripts, birth date, identifiers, telephone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.model import Tier
from handlers.people.attributes import IDENTIFIER, NAMES
from handlers.people.names import digits_normal
from handlers.people.reading import Opened


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number by which an authority knows a person.

    :ivar kind: one of :data:`~handlers.people.attributes.IDENTIFIER_TYPES`.
    :ivar country: who issued it, ISO 3166-1 alpha-2.
    :ivar key: under which it lies in the file.
    """

    kind: str
    country: str
    number: str
    key: str = ""

    @property
    def normal(self) -> str:
        """Its letters and digits alone."""
        return digits_normal(self.number)


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as others compare them.

    :ivar latin: full name in Latin letters; ``arabic``: in Arabic ones; ``other``: former names.
    :ivar birth_year: of the birth date, or alone where no more is known.
    """

    latin: str = ""
    arabic: str = ""
    other: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    gender: str | None = None
    phone: str = ""
    identifiers: tuple[Identifier, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every way in which the person is called."""
        return tuple(name for name in (self.latin, self.arabic, self.other) if name)

    @property
    def shown(self) -> str:
        """The name to show, in Latin letters where they are known."""
        return self.latin or self.arabic or self.other


def profile_of(values: Mapping[str, Any]) -> Profile:
    """Read a profile from a file's entries."""
    born = values.get("birth_date")
    birth_date = born if isinstance(born, date) else _day(born)
    year = birth_date.year if birth_date else _year(values.get("birth_year"))
    gender = values.get("gender")
    return Profile(
        latin=_joined(values, "given_names", "family_name"),
        arabic=_joined(values, "given_names_ar", "family_name_ar"),
        other=_joined(values, "other_names"),
        birth_date=birth_date,
        birth_year=year,
        gender=None if gender is None else str(gender),
        phone=digits_normal(str(values.get("phone") or ""))[-8:],
        identifiers=tuple(identifiers_in(values)),
    )


def identifiers_in(values: Mapping[str, Any]) -> Iterable[Identifier]:
    """Yield the identifiers among a file's entries."""
    for key, value in values.items():
        if key.startswith(IDENTIFIER) and isinstance(value, Mapping):
            yield Identifier(
                str(value.get("kind")), str(value.get("country")), str(value.get("number")), key
            )


def recognisable(entries: Iterable[Opened]) -> dict[str, Any]:
    """Return those entries that are known as identity, or are identifiers, by key.

    A form may call a field ``family_name`` and close it to most (another tier): nobody is found
    by it then.
    """
    return {
        row.key: value
        for row, value in entries
        if row.tier is Tier.IDENTITY or row.key.startswith(IDENTIFIER)
    }


KEYS = (*NAMES, "birth_date", "birth_year", "gender", "phone")
"""Keys of a file that a profile is read from, beside identifiers."""


def _joined(values: Mapping[str, Any], *keys: str) -> str:
    return " ".join(str(values[key]).strip() for key in keys if values.get(key))


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def _year(value: Any) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isdecimal() and len(text) == 4 else None
