"""The values of FEEL, all immutable, and how Python's own values become them.

========================== =========================================================
FEEL                       Python
========================== =========================================================
number                     ``Decimal``, finite, at most 34 digits
string, boolean, null      ``str``, ``bool``, ``None``
date                       ``datetime.date``; outside the years 1 to 9999 :class:`FarDate`
time                       :class:`FeelTime`
date and time              ``datetime.datetime``; naive is local, ``ZoneInfo`` keeps its name;
                           outside the years 1 to 9999 :class:`FarMoment`
days and time duration     ``datetime.timedelta``
years and months duration  :class:`YearsMonths`
list, context, range       ``tuple``, :class:`Context`, :class:`Range`
function                   :class:`FeelFunction`
========================== =========================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, NoReturn, TypeAlias
from zoneinfo import ZoneInfo

from engine.feel.english import ENGLISH
from engine.feel.limits import MAX_VALUE_DEPTH
from engine.feel.numbers import rounded


@dataclass(frozen=True, slots=True)
class YearsMonths:
    """A years and months duration.

    :ivar months: the whole of it in months; negative runs backwards.
    """

    months: int


@dataclass(frozen=True, slots=True)
class FeelTime:
    """A time of day, local, at an offset from UTC, or in a named zone.

    :ivar nanosecond: 0 to 999 999 999.
    :ivar offset: distance from UTC; ``None`` for a local time or one in a named zone.
    :ivar zone: IANA name; ``None`` for a local time or one at an offset.
    """

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    offset: timedelta | None = None
    zone: str | None = None

    def utc_offset(self) -> timedelta | None:
        """Return the distance from UTC; ``None`` where local, or where the zone has seasons."""
        if self.zone is not None:
            return ZoneInfo(self.zone).utcoffset(None)
        return self.offset


@dataclass(frozen=True, slots=True)
class FarDate:
    """A date in a year before 1 or after 9999; see :mod:`engine.feel.far`."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class FarMoment:
    """A date and time in a year before 1 or after 9999; see :mod:`engine.feel.far`."""

    year: int
    month: int
    day: int
    clock: FeelTime


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of comparable values.

    :ivar start: lower end; ``None`` where there is none.
    :ivar end: upper end; ``None`` where there is none.
    :ivar operator: for a range written with one operator, that operator
        (``<``, ``<=``, ``>``, ``>=``, ``=``, ``!=``); ``""`` for one written with two ends.
    """

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True
    operator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """Something that an expression can call: a built-in, a designer's function, a decision's.

    :ivar params: parameter names, in order.
    :ivar call: takes the arguments in that order, as a tuple, and returns a value.
    :ivar name: for messages; ``""`` for a function without a name.
    :ivar types: parameter types by name, where declared; see :mod:`engine.feel.types`.
    :ivar variadic: takes any number of arguments.
    """

    params: tuple[str, ...]
    call: Callable[[tuple[Any, ...]], Any]
    name: str = ""
    types: Mapping[str, Any] = field(default_factory=dict)
    variadic: bool = False


class Context(dict[str, Any]):
    """A FEEL context: names and values in the order written. It refuses to be changed."""

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise TypeError("A FEEL context is immutable; build a new one.")

    __setitem__ = _refuse
    __delitem__ = _refuse
    __ior__ = _refuse
    clear = _refuse
    pop = _refuse
    popitem = _refuse
    setdefault = _refuse
    update = _refuse

    def __reduce__(self) -> tuple[type[Context], tuple[dict[str, Any]]]:
        return (Context, (dict(self),))


Value: TypeAlias = (
    bool
    | Decimal
    | str
    | date
    | FeelTime
    | datetime
    | timedelta
    | YearsMonths
    | Range
    | FeelFunction
    | FarDate
    | FarMoment
    | tuple["Value", ...]
    | Mapping[str, "Value"]
    | None
)

SCALARS: frozenset[type] = frozenset(
    {type(None), bool, Decimal, str, date, datetime, timedelta, FeelTime, YearsMonths, Range}
    | {FarDate, FarMoment}
)
"""Exact types that are FEEL values as they stand (a number's finiteness apart)."""


class NoFeelValue(TypeError):
    """A Python value is none of FEEL's.

    :ivar code: what is wrong with it, among FEEL's messages.
    :ivar figures: what the message speaks of; ``path`` leads to the value.
    """

    def __init__(self, code: str, path: Iterable[object], **figures: Any) -> None:
        self.code = code
        self.figures = {"path": ".".join(str(part) for part in path), **figures}
        place = self.figures["path"]
        where = ENGLISH["value.at"].format(path=place) if place else ENGLISH["value.whole"]
        text = ENGLISH[code].format(**self.figures, where=where)
        super().__init__(f"{text[0].upper()}{text[1:]}.")


def to_feel(value: object) -> Value:
    """Return a Python value as the FEEL value that means the same.

    Floats become the decimal that their shortest text writes (``0.1`` is 0.1).

    :raises NoFeelValue: something in it is none, a ``TypeError``; the message names its path.
    """
    return _convert(value, (), 0)


def _convert(value: object, path: tuple[object, ...], depth: int) -> Value:
    kind = type(value)
    if kind is Decimal:
        return _number(value, path)
    if kind in SCALARS or kind is FeelFunction:
        return value  # type: ignore[return-value]
    if depth > MAX_VALUE_DEPTH:
        raise NoFeelValue("value.deep", path, limit=MAX_VALUE_DEPTH)
    if kind is Context:
        return value  # type: ignore[return-value]
    if isinstance(value, Mapping):
        return _context(value, path, depth)
    if isinstance(value, list | tuple):
        return tuple(_convert(v, (*path, i + 1), depth + 1) for i, v in enumerate(value))
    return _odd(value, path)


def _context(value: Mapping[Any, Any], path: tuple[object, ...], depth: int) -> Context:
    for key in value:
        if not isinstance(key, str):
            raise NoFeelValue("value.key", path, key=repr(key)[:60])
    return Context({str(k): _convert(v, (*path, k), depth + 1) for k, v in value.items()})


def _odd(value: object, path: tuple[object, ...]) -> Value:
    if isinstance(value, Enum):
        return _convert(value.value, path, 0)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return _number(value, path)
    if isinstance(value, time):
        return from_python_time(value)
    if isinstance(value, date | timedelta):
        return value
    raise NoFeelValue("value.python", path, name=type(value).__name__)


def _number(value: object, path: tuple[object, ...]) -> Decimal:
    if isinstance(value, int):
        if value.bit_length() > 20_500:
            raise NoFeelValue("value.large", path)
        number = Decimal(int(value))
    else:
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        raise NoFeelValue("value.infinite", path, number=number)
    try:
        return rounded(number)
    except TypeError:
        raise NoFeelValue("value.large", path) from None


def from_python_time(value: time) -> FeelTime:
    """Return Python's time of day as FEEL's, with its offset or zone."""
    zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
    offset = None if zone or value.tzinfo is None else value.utcoffset()
    return FeelTime(value.hour, value.minute, value.second, value.microsecond * 1000, offset, zone)


def zone_name(moment: datetime) -> str | None:
    """Return the IANA name of a date and time's zone; ``None`` where it has only an offset."""
    return moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else None


def fixed_offset(offset: timedelta) -> timezone:
    """Return the zone that is always this far from UTC."""
    return timezone(offset)


def kind_of(value: object) -> str:
    """Return the name of a value's FEEL type, as messages and type checks write it."""
    name = _KINDS.get(type(value))
    if name is not None:
        return name
    return "context" if isinstance(value, Mapping) else type(value).__name__


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    FarDate: "date",
    FarMoment: "date and time",
    FeelTime: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    Range: "range",
    FeelFunction: "function",
    tuple: "list",
    Context: "context",
}
