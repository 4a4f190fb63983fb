"""FEEL values as JSON and back, exactly: the form in which a case's state keeps them.

Texts, booleans, null, lists and contexts are JSON's own. Everything else is an object with the
single key ``@``: a text with a short sign of the kind (``{"@": "n:12.50"}``), or a list for a
range. A context that has the key ``@`` itself is wrapped in one more such object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel.failure import Failure
from engine.feel.temporal import (
    date_text,
    date_time_text,
    days_time_text,
    read_date,
    read_date_time,
    read_duration,
    read_time,
    time_text,
    years_months_text,
)
from engine.feel.values import (
    Context,
    FarDate,
    FarMoment,
    FeelTime,
    Range,
    Value,
    YearsMonths,
    kind_of,
    to_feel,
)

TAG = "@"


def to_json(value: object) -> Any:
    """Return a value as JSON has it: ``str``, ``bool``, ``None``, ``list`` and ``dict`` only.

    :raises TypeError: it is a function, or no FEEL value; those cannot be stored.
    """
    if type(value) is str or value is None or value is True or value is False:
        return value
    return _plain(to_feel(value))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        plain = {key: _plain(item) for key, item in value.items()}
        return {TAG: plain} if TAG in plain else plain
    if isinstance(value, Range):
        bounds = [_plain(value.start), _plain(value.end)]
        return {TAG: [*bounds, value.start_included, value.end_included, value.operator]}
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise TypeError(f"A {kind_of(value)} cannot be stored; store what it returns.")
    return {TAG: writer(value)}


def from_json(data: Any) -> Value:
    """Return the value that :func:`to_json` wrote; bare JSON numbers are read as well.

    :raises ValueError: an object with ``@`` holds none of the forms written.
    """
    if isinstance(data, Mapping):
        if TAG in data:
            return _tagged(data)
        return Context({str(key): from_json(item) for key, item in data.items()})
    if isinstance(data, list | tuple):
        return tuple(from_json(item) for item in data)
    return to_feel(data)


def _tagged(data: Mapping[str, Any]) -> Value:
    held = data[TAG]
    if len(data) == 1 and isinstance(held, Mapping):
        return Context({str(key): from_json(item) for key, item in held.items()})
    if len(data) == 1 and isinstance(held, list) and len(held) == 5:
        start, end, with_start, with_end, operator = held
        return Range(from_json(start), from_json(end), with_start, with_end, operator)
    if len(data) == 1 and isinstance(held, str):
        sign, _, text = held.partition(":")
        reader = _READERS.get(sign)
        if reader is not None:
            return _read(reader, text, data)
    raise _unreadable(data)


def _read(reader: Callable[[str], Value], text: str, data: Mapping[str, Any]) -> Value:
    try:
        return reader(text)
    except (Failure, InvalidOperation):
        raise _unreadable(data) from None


def _unreadable(data: Mapping[str, Any]) -> ValueError:
    return ValueError(f"{str(dict(data))[:120]} is no stored FEEL value: the state is damaged.")


def _moment(moment: datetime) -> str:
    # In the hour a clock repeats in autumn, "fold" says which of the two it is.
    return f"{'m2' if moment.fold else 'm'}:{date_time_text(moment)}"


def _second_moment(text: str) -> Value:
    moment = read_date_time(text)
    return moment.replace(fold=1) if isinstance(moment, datetime) else moment


_WRITERS: dict[type, Callable[[Any], str]] = {
    Decimal: lambda v: f"n:{v}",
    date: lambda v: f"d:{date_text(v)}",
    FarDate: lambda v: f"d:{date_text(v)}",
    FarMoment: lambda v: f"m:{date_time_text(v)}",
    FeelTime: lambda v: f"t:{time_text(v)}",
    datetime: _moment,
    timedelta: lambda v: f"p:{days_time_text(v)}",
    YearsMonths: lambda v: f"p:{years_months_text(v)}",
}
_READERS: dict[str, Callable[[str], Value]] = {
    "n": lambda text: to_feel(Decimal(text)),
    "d": read_date,
    "t": read_time,
    "m": read_date_time,
    "m2": _second_moment,
    "p": read_duration,
}
