"""Whether what somebody typed into a person's file can stand there.

Problems are told as codes; pages have the words for them in each language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from engine.errors import InvalidAnswer
from handlers.people.attributes import ATTRIBUTES, IDENTIFIER_TYPES, NAMES, Attribute
from handlers.people.names import digits_normal

LONGEST = 200
LONGEST_TEXT = 2000
OLDEST_YEAR = 1900
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+0-9 ().-]{6,25}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Unfit(ValueError):
    """A text is not of the kind that is asked; its message is the code of the problem."""


def check_values(typed: Mapping[str, str], today: date) -> dict[str, Any]:
    """Return the values of what was typed; an empty text is ``None``: nothing is known.

    :raises InvalidAnswer: a problem's code by key.
    """
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    for key, text in typed.items():
        attribute = ATTRIBUTES.get(key)
        try:
            if attribute is None:
                raise Unfit("unknown")
            values[key] = parse(attribute, text.strip(), today)
        except Unfit as unfit:
            problems[key] = str(unfit)
    if problems:
        raise InvalidAnswer(problems)
    return values


def require_name(values: Mapping[str, Any]) -> None:
    """Refuse a new file without any name.

    :raises InvalidAnswer: there is none in either script.
    """
    if not any(values.get(key) for key in NAMES):
        raise InvalidAnswer({"family_name": "required"})


def parse(attribute: Attribute, text: str, today: date) -> Any:
    """Return the value of a text.

    :raises Unfit: it is none of the attribute's kind.
    """
    if not text:
        return False if attribute.kind == "flag" else None
    if len(text) > (LONGEST_TEXT if attribute.kind == "long" else LONGEST):
        raise Unfit("long")
    if attribute.kind == "choice":
        if text not in attribute.options:
            raise Unfit("choice")
        return text
    reader = _READERS.get(attribute.kind)
    return text if reader is None else reader(text, today)


def check_identifier(kind: str, country: str, number: str) -> dict[str, str]:
    """Return an identifier as it is stored.

    :raises InvalidAnswer: a problem's code by part.
    """
    problems = {}
    if kind not in IDENTIFIER_TYPES:
        problems["kind"] = "choice"
    if not _COUNTRY.fullmatch(country.strip().upper()):
        problems["country"] = "country"
    if len(digits_normal(number)) < 3 or len(number) > 64:
        problems["number"] = "number"
    if problems:
        raise InvalidAnswer(problems)
    return {"kind": kind, "country": country.strip().upper(), "number": number.strip()}


def _date(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unfit("date") from None
    if not day.year >= OLDEST_YEAR or day > today:
        raise Unfit("date")
    return day


def _year(text: str, today: date) -> str:
    if not (text.isdecimal() and OLDEST_YEAR <= int(text) <= today.year):
        raise Unfit("year")
    return str(int(text))


def _time(text: str, _today: date) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError:
        raise Unfit("time") from None


def _matching(pattern: re.Pattern[str], code: str) -> Callable[[str, date], str]:
    def read(text: str, _today: date) -> str:
        if not pattern.fullmatch(text):
            raise Unfit(code)
        return text

    return read


def _flag(text: str, _today: date) -> bool:
    if text not in {"true", "false"}:
        raise Unfit("choice")
    return text == "true"


_READERS: Mapping[str, Callable[[str, date], Any]] = {
    "date": _date,
    "year": _year,
    "time": _time,
    "email": _matching(_EMAIL, "email"),
    "phone": _matching(_PHONE, "phone"),
    "flag": _flag,
}
