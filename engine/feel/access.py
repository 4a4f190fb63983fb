"""Reading a value's parts, and calling functions with positional or named arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.failure import Failure
from engine.feel.far import Day, Moment, offset_of, stand_in
from engine.feel.messages import Message, a
from engine.feel.registry import Builtin
from engine.feel.runtime import MISSING, Run, invoke
from engine.feel.suggest import nearest
from engine.feel.temporal import micros
from engine.feel.types import FeelType
from engine.feel.values import (
    Context,
    FarDate,
    FarMoment,
    FeelFunction,
    FeelTime,
    Range,
    Value,
    YearsMonths,
    zone_name,
)

Reader = Callable[[Any], Any]


def _part(unit: int, of: int) -> Reader:
    """Read a part of a days and time duration; it has the duration's sign."""

    def read(duration: timedelta) -> Decimal:
        total = micros(duration)
        part = Decimal(abs(total) // unit % of) if of else Decimal(abs(total) // unit)
        return -part if total < 0 and part else part

    return read


def _seconds(duration: timedelta) -> Decimal:
    total = micros(duration)
    part = Decimal(abs(total) % 60_000_000) / 1_000_000
    return -part if total < 0 and part else part


def _months_part(of_year: bool) -> Reader:
    def read(duration: YearsMonths) -> Decimal:
        years, months = divmod(abs(duration.months), 12)
        part = Decimal(months if of_year else years)
        return -part if duration.months < 0 and part else part

    return read


def _number(name: str) -> Reader:
    return lambda value: Decimal(getattr(value, name))


def _weekday(value: Day | Moment) -> Decimal:
    return Decimal(stand_in(value).isoweekday())


def _of_clock(reader: Reader) -> Reader:
    return lambda value: reader(value.clock)


_DATE: dict[str, Reader] = {
    "year": _number("year"),
    "month": _number("month"),
    "day": _number("day"),
    "weekday": _weekday,
}
_CLOCK: dict[str, Reader] = {
    "hour": _number("hour"),
    "minute": _number("minute"),
    "second": _number("second"),
}
_PROPERTIES: dict[type, dict[str, Reader]] = {
    date: _DATE,
    datetime: _DATE
    | _CLOCK
    | {"time offset": lambda v: v.utcoffset(), "timezone": lambda v: zone_name(v)},
    FeelTime: _CLOCK | {"time offset": lambda v: v.utc_offset(), "timezone": lambda v: v.zone},
    FarDate: _DATE,
    FarMoment: _DATE
    | {name: _of_clock(reader) for name, reader in _CLOCK.items()}
    | {"time offset": lambda v: offset_of(v), "timezone": lambda v: v.clock.zone},
    timedelta: {
        "days": _part(86_400_000_000, 0),
        "hours": _part(3_600_000_000, 24),
        "minutes": _part(60_000_000, 60),
        "seconds": _seconds,
    },
    YearsMonths: {"years": _months_part(False), "months": _months_part(True)},
    Range: {
        "start": lambda v: v.start,
        "end": lambda v: v.end,
        "start included": lambda v: v.start_included,
        "end included": lambda v: v.end_included,
    },
}


def read_property(value: Value, name: str) -> Any:
    """Return a property that FEEL gives to every value of this kind, or ``MISSING``."""
    reader = _PROPERTIES.get(type(value), {}).get(name)
    return MISSING if reader is None else reader(value)


def read_path(value: Value, name: str, run: Run) -> Value:
    """Return ``value.name``: a context's entry, a property, or a list of them; else null."""
    if type(value) is tuple:
        run.meter.spend_items(len(value))
        return tuple([read_path(item, name, run) for item in value])
    found = value.get(name, MISSING) if type(value) is Context else read_property(value, name)
    if found is not MISSING:
        return found  # type: ignore[no-any-return]
    if value is None:
        run.warn("null-has-no", name=name)
    elif isinstance(value, Mapping):
        run.warn("context-has-no", name=name, hint=nearest(name, value))
    else:
        known = _PROPERTIES.get(type(value), {})
        run.warn("value-has-no", kind=a(value), name=name, hint=nearest(name, known))
    return None


def call_value(function: Any, values: list[Value], names: tuple[str, ...], run: Run) -> Value:
    """Call whatever stands before the parentheses; failures become null and a warning."""
    try:
        if type(function) is Builtin:
            run.meter.spend_steps()
            return function.apply(values, names, run)
        if type(function) is FeelFunction:
            return invoke(function, matched(function, values, names), run)
    except Failure as failure:
        run.warn(failure.message)
        return None
    if function is not MISSING:  # Of an unknown function its name was already told.
        run.warn("not-callable", kind=a(function))
    return None


def matched(
    function: FeelFunction, values: list[Value], names: tuple[str, ...]
) -> tuple[Value, ...]:
    """Return a call's arguments in the function's own order, as their types take them.

    :raises Failure: they do not fit its parameters.
    """
    if function.variadic and not names:
        return tuple(values)
    name = (
        Message("function-named", {"name": function.name})
        if function.name
        else Message("a-function")
    )
    if len(values) != len(function.params):
        wanted = ", ".join(function.params) or Message("no-arguments")
        raise Failure("function-takes", function=name, wanted=wanted, count=len(values))
    if names:
        given = dict(zip(names, values, strict=True))
        if given.keys() != set(function.params):
            odd = next((n for n in names if n not in function.params), names[0])
            hint = nearest(odd, function.params)
            raise Failure("function-has-no", function=name, name=odd, hint=hint)
        values = [given[param] for param in function.params]
    return tuple(
        coerced(value, function.types.get(param), name)
        for value, param in zip(values, function.params, strict=True)
    )


def coerced(value: Value, declared: FeelType | None, function: Message) -> Value:
    """Return the value as its declared type takes it (DMN 1.5, 10.3.2.9.4).

    A list of one stands for its item, an item for a list of one, a date for its midnight in UTC.

    :raises Failure: it does not fit.
    """
    if declared is None or declared.conforms(value):
        return value
    if type(value) is tuple and len(value) == 1 and declared.conforms(value[0]):
        return value[0]
    if declared.kind == "list" and declared.conforms((value,)):
        return (value,)
    if type(value) is date and declared.kind == "date and time":
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise Failure("argument-type", function=function, type=declared.name, kind=a(value))
