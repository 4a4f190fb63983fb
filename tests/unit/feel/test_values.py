"""Values in, out and at rest: conversion from Python, the stored form, texts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import (
    Context,
    FeelTime,
    Range,
    Value,
    YearsMonths,
    from_json,
    parse,
    to_feel,
    to_json,
    to_text,
)

# A FEEL number has 34 digits at most; four of them behind the point leave thirty before it.
NUMBERS = st.decimals(-(10**30) + 1, 10**30 - 1, places=4) | st.integers(-(10**30), 10**30).map(
    Decimal
)
ZONES = st.sampled_from(
    [None, UTC, timezone(timedelta(hours=-3, minutes=-30)), ZoneInfo("Europe/Paris")]
)
SCALARS = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text()
    | st.dates()
    | st.datetimes(timezones=ZONES)
    | st.builds(
        FeelTime,
        st.integers(0, 23),
        st.integers(0, 59),
        st.integers(0, 59),
        st.integers(0, 999_999_999),
        st.none() | st.just(timedelta(hours=1)),
    )
    | st.timedeltas()
    | st.builds(YearsMonths, st.integers(-100_000, 100_000))
    | st.builds(Range, NUMBERS, NUMBERS, st.booleans(), st.booleans())
)
KEYS = st.text(max_size=5) | st.just("@")
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4).map(Context)
    ),
    max_leaves=12,
)


def _written(value: Value) -> object:
    """Return what tells values apart that Python holds equal: scale, zone, fold."""
    if isinstance(value, Decimal):
        return value.as_tuple()
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None), value.utcoffset(), str(value.tzinfo), value.fold)
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if isinstance(value, Context):
        return {key: _written(item) for key, item in value.items()}
    return (type(value), value)


@given(VALUES)
def test_every_value_comes_back_from_storage_as_it_went(value: Value) -> None:
    stored = json.loads(json.dumps(to_json(value)))
    back = from_json(stored)
    if isinstance(value, datetime) and value.fold:
        value = from_json(to_json(value))
    assert to_json(back) == stored
    assert _same(back, to_feel(value))


def _same(one: Value, other: Value) -> bool:
    def plain(value: object) -> object:
        text = repr(_written(value))  # type: ignore[arg-type]
        return text.replace("zoneinfo.ZoneInfo(key='UTC')", "UTC").replace("UTC+00:00", "UTC")

    return plain(one) == plain(other)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("12.50"), {"@": "n:12.50"}),
        (3, {"@": "n:3"}),
        (date(2026, 3, 31), {"@": "d:2026-03-31"}),
        (datetime(2026, 3, 31, 10, tzinfo=UTC), {"@": "m:2026-03-31T10:00:00Z"}),
        (YearsMonths(18), {"@": "p:P1Y6M"}),
        (timedelta(hours=36), {"@": "p:P1DT12H"}),
        (parse('date("12000-01-01")').evaluate({}), {"@": "d:12000-01-01"}),
        ("text", "text"),
        ([True, None], [True, None]),
        ({"@": 1}, {"@": {"@": {"@": "n:1"}}}),
    ],
)
def test_the_stored_form_is_the_documented_one(value: object, stored: object) -> None:
    assert to_json(value) == stored
    assert to_json(from_json(stored)) == stored


@pytest.mark.parametrize("data", [{"@": "z:1"}, {"@": "n:x"}, {"@": 1}, {"@": "n:1", "b": 1}])
def test_a_damaged_store_is_named(data: object) -> None:
    with pytest.raises(ValueError, match="no stored FEEL value"):
        from_json(data)


def test_a_function_is_not_stored() -> None:
    with pytest.raises(TypeError, match="function"):
        to_json(parse("function(x) x").evaluate({}))


def test_python_values_become_feel_values() -> None:
    value = to_feel({"a": [1, 0.1, True], "t": time(10, 15, tzinfo=UTC)})
    expected = Context(a=(Decimal(1), Decimal("0.1"), True), t=FeelTime(10, 15, 0, 0, timedelta(0)))
    assert value == expected


@pytest.mark.parametrize(
    ("value", "path"),
    [({"a": [1, object()]}, "a.2"), (float("nan"), "NaN|nan"), ({1: 2}, "keys are strings")],
)
def test_what_is_no_value_is_refused_with_its_path(value: object, path: str) -> None:
    with pytest.raises(TypeError, match=path):
        to_feel(value)


def test_values_cannot_be_changed() -> None:
    value = parse("{a: [1]}").evaluate({})
    assert isinstance(value, Context)
    with pytest.raises(TypeError, match="immutable"):
        value["a"] = ()


def test_numbers_keep_34_digits_and_round_half_to_even() -> None:
    assert to_text(parse("1 / 3").evaluate({})) == "0." + "3" * 34
    assert to_feel(10**40 + 1) == Decimal(10) ** 40
    assert parse("[decimal(2.5, 0), decimal(3.5, 0)]").evaluate({}) == (2, 4)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("null", ""),
        ("1.50", "1.50"),
        ("1.2e4", "12000"),
        ('{a: "x", "b c": [1, null]}', '{a: "x", b c: [1, null]}'),
        ('@"2026-03-31T10:00:00@Africa/Tunis"', "2026-03-31T10:00:00@Africa/Tunis"),
        ('@"-P1DT2H"', "-P1DT2H"),
        ("[1..5)", "[1..5)"),
        ("function(a, b) a", "function(a, b)"),
    ],
)
def test_text_is_as_the_string_function_writes_it(source: str, text: str) -> None:
    assert to_text(parse(source).evaluate({})) == text
