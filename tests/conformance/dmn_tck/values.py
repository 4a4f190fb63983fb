"""The TCK's values: from their XML to FEEL's, and when a result counts as the expected one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from engine.feel import Context, Value, equal, kind_of, parse

TOLERANCE = Decimal("1e-8")
"""How far a number may lie from the expected one: absolutely below 1, else relative to it.

The TCK writes irrational results with eight to sixteen digits (``exp(1)``, ``stddev``), and its own
runners compare as doubles with this tolerance."""

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class Unreadable(ValueError):
    """A test file says something that is no value."""


def tag(node: Any) -> str:
    """Return a node's name without its namespace; ``""`` for comments."""
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def children(node: Any, *names: str) -> Iterator[Any]:
    """Yield the node's children of these names, in document order."""
    return (child for child in node if tag(child) in names)


def read_value(node: Any) -> Value:
    """Return the value that an input, an expectation, an item or a component holds.

    :raises Unreadable: it is of a type that the TCK does not define, or no value of its type.
    """
    if node.get(f"{_XSI}nil") in {"true", "1"}:
        return None
    for child in children(node, "value", "list"):
        if child.get(f"{_XSI}nil") in {"true", "1"}:
            return None
        if tag(child) == "value":
            return _scalar(child)
        return tuple(read_value(item) for item in children(child, "item"))
    parts = list(children(node, "component"))
    return Context((part.get("name", ""), read_value(part)) for part in parts) if parts else None


def _scalar(node: Any) -> Value:
    kind = (node.get(f"{_XSI}type") or "xsd:string").rpartition(":")[2]
    text = "".join(node.itertext())
    reader = _READERS.get(kind)
    if reader is None:
        raise Unreadable(f"the type '{kind}' is unknown")
    value = reader(text if kind == "string" else text.strip())
    if value is None:
        raise Unreadable(f"'{text}' is no {kind}")
    return value


def _number(text: str) -> Value:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _boolean(text: str) -> Value:
    return {"true": True, "1": True, "false": False, "0": False}.get(text)


def _through(function: str) -> Callable[[str], Value]:
    """Read by FEEL's own conversion: XML Schema and FEEL write times and durations alike."""
    conversion = parse(f"{function}(text)")
    return lambda text: conversion.evaluate({"text": text})


_READERS: dict[str, Callable[[str], Value]] = {
    "string": lambda text: text,
    "boolean": _boolean,
    "date": _through("date"),
    "time": _through("time"),
    "dateTime": _through("date and time"),
    **dict.fromkeys(
        ("duration", "dayTimeDuration", "yearMonthDuration"),
        _through("duration"),
    ),
    **dict.fromkeys(
        ("decimal", "double", "float", "integer", "int", "long", "short"),
        _number,
    ),
}


def same(actual: Value, expected: Value) -> bool:
    """Return whether a result is the expected one.

    Numbers may differ by :data:`TOLERANCE`; lists item by item; contexts in any order, with the
    same names; null is null alone; everything else by FEEL's ``=``, of the same kind.
    """
    if actual is None or expected is None:
        return actual is expected
    if isinstance(actual, Decimal) and isinstance(expected, Decimal):
        return abs(actual - expected) <= TOLERANCE * max(Decimal(1), abs(expected))
    if isinstance(actual, tuple) and isinstance(expected, tuple):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if actual.keys() != expected.keys():
            return False
        return all(same(actual[name], expected[name]) for name in expected)
    return kind_of(actual) == kind_of(expected) and equal(actual, expected) is True
