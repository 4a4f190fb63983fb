"""The budget counts what is read and what is written out, so that nothing can be made to hang."""

from __future__ import annotations

import pytest

from engine.errors import FeelError
from engine.feel import parse

LONG = "x" * 1_000_000
LIST = list(range(100_000))
MANY = " and ".join(["(" + " and ".join(["i > 0"] * 60) + ")"] * 60)
"""Several thousand comparisons, all true."""


@pytest.mark.parametrize(
    "call",
    [
        "sum(l)",
        "max(l)",
        "median(l)",
        "count(reverse(l))",
        "l instance of list<number>",
        "substring(t, 2)",
        'substring before(t, "y")',
        "trim(t)",
        "upper case(t)",
        'contains(t, "y")',
        'number(t, " ", ".")',
        "date(t)",
        "duration(p)",
        "time(z)",
        "t = u",
        "t < u",
        't + "a"',
        "max(" + ", ".join(["i"] * 5_000) + ")",
        f"if {MANY} then 1 else 2",
        "(function(i) " + MANY + ")(i)",
        "count([1, 2, 3][i > 0 and " + MANY + "])",
        "some x in 1..2 satisfies not(" + MANY + ")",
        "1.000000001 ** 123456.789 + 1.000000001 ** 123456.789",
    ],
)
def test_a_loop_pays_for_what_its_body_reads_and_how_long_it_is(call: str) -> None:
    context = {
        "l": LIST,
        "t": LONG,
        "u": LONG[:-1] + "y",
        "p": f"P{'2' * 4_000}D",
        "z": "10:00:00@" + "A" * 100_000,
    }
    with pytest.raises(FeelError, match="needs more than"):
        parse(f"for i in 1..199000 return {call}").evaluate(context)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a?)" * 400 + "b",
        "((a?)*)*" * 100 + "b",
        "(a|aa)+$b",
        "(.*)(.*)(.*)(.*)(.*)b",
        "(a*)*\\1b",
        "(?:a{0,9}){0,99}b",
        "([a-z]+)*\\d",
    ],
)
def test_a_pattern_pays_for_its_moves_and_for_the_groups_it_keeps(pattern: str) -> None:
    source = '[matches(t, p), replace(t, p, "$1"), split(t, p)]'
    with pytest.raises(FeelError, match="moves of a pattern"):
        parse(source).evaluate({"t": "a" * 500, "p": pattern})


@pytest.mark.parametrize(
    ("first", "more"),
    [
        ('"a"', 'replace(partial[-1], "a", "aa")'),
        ('"a"', 'string join([partial[-1], partial[-1]], ",")'),
        ('"a"', "partial[-1] + partial[-1]"),
        ('"a"', "string([partial[-1], partial[-1]])"),
        ("[1]", "concatenate(partial[-1], partial[-1])"),
        ("[1]", "append(partial[-1], partial[-1])"),
        ("{a: 1}", '{a: context put(partial[-1], "b", partial[-1])}'),
    ],
)
def test_what_doubles_with_each_turn_ends_soon(first: str, more: str) -> None:
    with pytest.raises(FeelError):
        parse(f"for i in 1..90 return if i = 1 then {first} else {more}").evaluate({})


@pytest.mark.parametrize(
    "source",
    [
        "9 ** 9 ** 9 ** 9",
        "exp(1e6000)",
        "1e6144 * 10",
        'number("1e6200")',
        "decimal(1, -6200)",
        "1e-6143 / 1e6143 + (0 ** -1)",
        'date("999999999-12-31") + duration("P999999999Y")',
        'date("-999999999-01-01") - duration("P1D")',
        '@"999999999-12-31T23:59:59Z" + duration("P999999999D")',
        '@"2026-01-01" + duration("P99999999999999999999Y")',
        'duration("P1D") * 1e6000',
        'years and months duration(date("-999999999-01-01"), date("999999999-12-31")) * 1e3000',
        'date("999999999-12-31") - date("-999999999-01-01")',
        "count([1][1e6000])",
        'substring("a", 1e6000)',
        "for i in 1..1e6000 return i",
    ],
)
def test_extreme_numbers_and_years_are_a_value_or_null_or_an_error(source: str) -> None:
    assert told(source)


def told(source: str) -> bool:
    """Return whether there is a value, or a reason for none, or an error with its place."""
    try:
        value, warnings = parse(source).evaluate_with_warnings({})
    except FeelError as error:
        return error.position is not None
    return value is not None or bool(warnings)


def test_what_a_designer_writes_stays_far_within_the_budget() -> None:
    context = {"people": [{"age": n % 90, "name": f"P{n}"} for n in range(2_000)]}
    source = (
        "for p in people[age > 17 and age < 60] return "
        'if contains(p.name, "1") then substring(p.name, 2) else upper case(p.name)'
    )
    assert len(parse(source).evaluate(context)) > 800  # type: ignore[arg-type]
    assert parse("sum(for p in people return p.age)").evaluate(context) is not None
