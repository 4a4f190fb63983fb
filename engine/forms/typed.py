"""One answer, read as its field's type: what people write, or typed JSON from a program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import Context
from engine.forms.model import Field

MOST_ROWS = 200
MOST_DIGITS = 30

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_GROUPING = str.maketrans("\u066b", ".", " \u00a0\u202f\u2009\u066c'’")
_DIGITS = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


class Wrong(Exception):
    """One answer that does not fit; carries the message's name and its figures."""

    def __init__(self, name: str, **figures: object) -> None:
        super().__init__(name)
        self.name = name
        self.figures = figures


def typed(each: Field, raw: object) -> Any:
    """Read an answer as its field's type; nothing answered is ``None`` (``()`` for lists).

    :raises Wrong: it does not read as that type.
    """
    if each.kind == "checkbox":
        return _boolean(raw)
    if each.kind == "checklist":
        return _list(raw)
    if each.kind == "table":
        return tuple(
            Context({column.key: _lenient(column, row) for column in each.children})
            for _number, row in rows_of(raw)
        )
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if each.kind == "number":
        return _decimal(raw)
    if each.kind == "date":
        return _day(raw)
    if not isinstance(raw, str):
        raise Wrong("type")
    return raw if each.kind == "textarea" else raw.strip()


def rows_of(raw: object) -> list[tuple[int, Mapping[str, object]]]:
    """Return the rows of a table in which something is written, each with its number from 0.

    :raises Wrong: it is no list of rows, or there are too many.
    """
    if raw in (None, ""):
        return []
    if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
        raise Wrong("type")
    rows = [(number, row) for number, row in enumerate(raw) if _written(row)]
    if len(rows) > MOST_ROWS:
        raise Wrong("rows", most=MOST_ROWS)
    return rows


def _written(row: Mapping[str, object]) -> bool:
    # A page sends "false" for each box that is not ticked: a row of them alone is an empty one.
    return any(not (c is None or c is False or c in ("", "false")) for c in row.values())


def _lenient(column: Field, row: Mapping[str, object]) -> Any:
    try:
        return typed(column, row.get(column.key))
    except Wrong:
        return None


def _boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in (None, "", "false", "off"):
        return False
    if raw in ("true", "on"):
        return True
    raise Wrong("type")


def _list(raw: object) -> tuple[str, ...]:
    listed = [] if raw in (None, "") else raw
    if not isinstance(listed, list | tuple) or not all(isinstance(v, str) for v in listed):
        raise Wrong("type")
    return tuple(dict.fromkeys(str(v) for v in listed))


def _decimal(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise Wrong("number")
    if not isinstance(raw, str):
        return _within(Decimal(raw if isinstance(raw, int) else str(raw)))
    text = raw.strip().translate(_GROUPING)
    if len(text) > 2 * MOST_DIGITS or not _DIGITS.fullmatch(text):
        raise Wrong("number")
    if _THOUSANDS.fullmatch(text):
        # 1,500 is 1.5 to a French reader and 1500 to an English one; money must not be guessed.
        raise Wrong("ambiguous", typed=text, plain=text.replace(",", ""))
    try:
        return _within(Decimal(text.replace(",", ".")))
    except InvalidOperation:
        raise Wrong("number") from None


def _within(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
        raise Wrong("number")
    plain = Decimal(format(value, "f"))
    if len(plain.as_tuple().digits) > MOST_DIGITS:
        raise Wrong("number")
    return plain


def _day(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str) or not _DATE.fullmatch(raw.strip()):
        raise Wrong("date")
    try:
        return date.fromisoformat(raw.strip())
    except ValueError:
        raise Wrong("date") from None
