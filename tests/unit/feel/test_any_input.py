"""Any text on any variables: a value, or an error with its place; never more than the budget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import FeelError
from engine.feel import FeelTime, Limits, Meter, Range, YearsMonths, parse, parse_unary_tests
from tests.unit.feel.test_bounds import WORDS

NOW = datetime(2026, 1, 15, tzinfo=UTC)
SMALL = Limits(steps=500, items=2_000, chars=5_000, depth=100, regex_steps=5_000)
NAMES = ["x", "y", "a", "a-b", "x y", "?", "item", "f"]

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=8),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(),
    st.binary(max_size=3),
    st.complex_numbers(),
    st.sampled_from(
        [
            object(),
            YearsMonths(-14),
            FeelTime(1, 2, 3, zone="Africa/Tunis"),
            Range(Decimal(1), Decimal(5)),
            Range(None, date(2026, 1, 1)),
            parse("function(n) f(n + 1)").evaluate({}),
            parse("function(a, b) a < b").evaluate({}),
            time(1, 2),
            timedelta.max,
            date.max,
        ]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4) | st.sampled_from(NAMES), inner, max_size=4)
        | st.dictionaries(st.integers(), inner, max_size=1)
    ),
    max_leaves=8,
)
CONTEXTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)
PIECES = [*WORDS, *NAMES, '"', "é", "@", "'", "//", "/*", "f(x)", "function(n) f(n)", "1e400"]
SOURCES = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(PIECES), max_size=16).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)


def within(meter: Meter) -> bool:
    spent = (meter.steps, meter.items, meter.chars, meter.regex_steps)
    limits = (SMALL.steps, SMALL.items, SMALL.chars, SMALL.regex_steps)
    return all(one <= most for one, most in zip(spent, limits, strict=True))


def failing(work: Callable[[], object]) -> FeelError | None:
    try:
        work()
    except FeelError as error:
        return error
    return None


def placed(error: FeelError, source: str) -> bool:
    position = error.position
    told = error.told("en") and error.told("fr")
    return position is not None and 0 <= position <= len(source) and bool(told)


@settings(max_examples=500, deadline=None)
@given(SOURCES, CONTEXTS)
@example("for i in 1..400 return for j in 1..400 return j", {})
@example("{f: function(n) f(n), r: f(1)}.r", {})
@example("f(1)", {"f": parse("function(n) f(n)").evaluate({})})
@example("x + x", {"x": Decimal("sNaN")})
def test_an_expression_is_a_value_or_an_error_with_its_place(
    source: str, context: dict[str, object]
) -> None:
    meter = Meter(SMALL)

    def work() -> None:
        expression = parse(source, context)
        expression.evaluate_with_warnings(context, now=NOW, meter=meter, language="fr")
        expression.evaluate(context, now=NOW, meter=Meter(SMALL))

    error = failing(work)
    assert within(meter) if error is None else placed(error, source)


@settings(max_examples=300, deadline=None)
@given(SOURCES, SCALARS, CONTEXTS)
def test_a_cell_is_a_verdict_or_an_error_with_its_place(
    source: str, value: object, context: dict[str, object]
) -> None:
    meter = Meter(SMALL)
    verdicts: list[object] = []

    def work() -> None:
        tests = parse_unary_tests(source, context)
        verdicts.append(tests.test(value, context, now=NOW, meter=meter))

    error = failing(work)
    assert within(meter) if error is None else placed(error, source)
    assert set(verdicts) <= {True, False, None}
