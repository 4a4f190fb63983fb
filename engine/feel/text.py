"""Values as text: FEEL's ``string(…)``, for templates, messages and concatenation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.numbers import number_text
from engine.feel.runtime import Meter
from engine.feel.scanner import KEYWORDS, is_name_part, is_name_start
from engine.feel.temporal import (
    date_text,
    date_time_text,
    days_time_text,
    time_text,
    years_months_text,
)
from engine.feel.values import FarDate, FarMoment, FeelFunction, FeelTime, Range, Value, YearsMonths


def to_text(value: Value, meter: Meter | None = None) -> str:
    """Return a value as FEEL's ``string(…)`` writes it; null is the empty text.

    :param meter: charged for the text; a budget of its own if left out.
    :raises FeelError: the text would be longer than the budget allows.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    meter = meter or Meter()
    meter.weigh(value)
    text = _written(value)
    meter.spend_chars(len(text))
    return text


def _written(value: Any) -> str:
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)  # type: ignore[no-any-return]
    if isinstance(value, tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, Mapping):
        entries = (f"{_key(key)}: {_written(item)}" for key, item in value.items())
        return f"{{{', '.join(entries)}}}"
    return str(value)


def quoted(text: str) -> str:
    """Return a text as FEEL's source writes it, between quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _key(key: str) -> str:
    words = key.split(" ")
    plain = all(
        w and is_name_start(w[0]) and all(map(is_name_part, w)) and w not in KEYWORDS for w in words
    )
    return key if plain else quoted(key)


def _range(range_: Range) -> str:
    if range_.operator:
        bound = range_.start if range_.start is not None else range_.end
        return f"{range_.operator} {_written(bound)}"
    opening = "[" if range_.start_included else "("
    closing = "]" if range_.end_included else ")"
    return f"{opening}{_written(range_.start)}..{_written(range_.end)}{closing}"


def _function(function: FeelFunction) -> str:
    return f"function({', '.join(function.params)})"


_WRITERS: dict[type, Any] = {
    type(None): lambda _: "null",
    bool: lambda v: "true" if v else "false",
    Decimal: number_text,
    str: quoted,
    date: date_text,
    FarDate: date_text,
    FarMoment: date_time_text,
    datetime: date_time_text,
    FeelTime: time_text,
    timedelta: days_time_text,
    YearsMonths: years_months_text,
    Range: _range,
    FeelFunction: _function,
}
