"""What expressions mean, where the reference page's examples do not say it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import Context, FeelFunction, FeelType, Value, kind_of, parse, to_feel

NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)


def value_of(source: str, context: dict[str, Any] | None = None) -> Value:
    context = context or {}
    return parse(source, context).evaluate(context, now=NOW)


def warnings_of(source: str, context: dict[str, Any] | None = None) -> str:
    context = context or {}
    return " ".join(parse(source, context).evaluate_with_warnings(context)[1])


def test_a_leading_equals_sign_is_dropped() -> None:
    assert value_of("= 1 + 1") == value_of("1 + 1") == Decimal(2)


@pytest.mark.parametrize(
    ("left", "both", "either"),
    [
        ("true", (True, False, None), (True, True, True)),
        ("false", (False, False, False), (True, False, None)),
        ("null", (None, False, None), (True, None, None)),
        ("1", (None, False, None), (True, None, None)),
    ],
)
def test_logic_has_three_values(
    left: str, both: tuple[bool | None, ...], either: tuple[bool | None, ...]
) -> None:
    rights = ("true", "false", "null")
    assert tuple(value_of(f"{left} and {right}") for right in rights) == both
    assert tuple(value_of(f"{left} or {right}") for right in rights) == either


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("1 = null", False),
        ("null = null", True),
        ('1 = "1"', None),
        ("[1] = 1", None),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("[1, null] = [1, null]", True),
        ("1.50 = 1.5", True),
        ('@"P1D" = @"PT24H"', True),
        ('@"P1Y" = @"P365D"', None),
        ('@"2026-01-01" = @"2026-01-01T00:00:00"', None),
        ('@"2026-10-25T02:30:00@Europe/Paris" < @"2026-10-25T02:30:00Z"', True),
        ('@"2026-01-01T10:00:00" < @"2026-01-01T10:00:00Z"', None),
        ("true < false", None),
        ('"a" < "b"', True),
    ],
)
def test_values_of_different_kinds_do_not_compare(source: str, result: bool | None) -> None:
    assert value_of(source) is result


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a-b", "named"),
        ("a - b", None),
        ("due\n  date", 8),
        ("b", 1),
        ("first contact date + 1", 6),
        ("rent and food", 7),
        ("person.first name", "Awa"),
        ("person.on-site visits", 2),
        ("due date", 8),
        ("{x y: 1, z: x y + 1}.z", 2),
        ("{a-b: 1, z: a-b + 1}.z", 2),
        ("for tranche no in [1, 2] return tranche no", (1, 2)),
        ("(function(first name) first name)(3)", 3),
        ("if b = 1 then b else 0", 1),
        ("date", 9),
        ('date("2026-01-01")', date(2026, 1, 1)),
        ("count", 4),
        ("count([1, 2])", 2),
    ],
)
def test_names_of_several_words_and_symbols_are_read_as_the_scope_knows_them(
    source: str, expected: object
) -> None:
    context = {
        "a-b": "named",
        "b": 1,
        "first contact date": 5,
        "rent and food": 7,
        "on-site visits": 0,
        "due date": 8,
        "date": 9,
        "count": 4,
        "person": {"first name": "Awa", "on-site visits": 2},
    }
    assert value_of(source, context) == to_feel(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{a+b: 1}.a+b", 1),
        ("{foo: {a-b: 1}, bar: foo.a-b + 1}.bar", 2),
        ("[{a-b: 1}, {a-b: 2}].a-b", (1, 2)),
        ("{a: {a-b: 1}, b: 5, c: 7, r: c-b}.r", 2),
    ],
)
def test_a_key_is_read_behind_a_point_as_its_context_writes_it(
    source: str, expected: object
) -> None:
    assert value_of(source) == to_feel(expected)


def test_an_unknown_symbol_name_is_an_operation() -> None:
    assert value_of("a-b", {"a": 5, "b": 3}) == 2


def test_inside_a_filter_an_items_entries_come_before_variables() -> None:
    context = {"rows": [{"n": 1}, {"n": 2}, {"m": 2}], "n": 2, "limit": 2}
    assert value_of("rows[n = limit]", context) == (Context(n=Decimal(2)), Context(m=Decimal(2)))
    assert value_of("[1, 2][item = n]", context) == (Decimal(2),)
    assert value_of("rows[limit].n", context) == 2


def test_a_filter_of_nothing_is_empty_and_an_index_of_nothing_is_null() -> None:
    assert value_of("[][a > 1]") == ()
    assert value_of("[][i]", {"i": 1}) is None
    assert value_of("null[a > 1]") == ()
    assert value_of("5[1]") == 5


def test_a_function_sees_where_it_was_written_and_may_call_itself() -> None:
    source = (
        "{base: 10, add: function(x) x + base,"
        " fact: function(n) if n < 2 then 1 else n * fact(n - 1),"
        " result: add(fact(4))}.result"
    )
    assert value_of(source) == 34


def test_a_function_of_the_caller_is_called_by_position_and_by_name() -> None:
    minus = FeelFunction(("left", "right"), lambda args: args[0] - args[1], "minus")
    assert value_of("minus(5, 3)", {"minus": minus}) == 2
    assert value_of("minus(right: 5, left: 3)", {"minus": minus}) == -2
    assert "left, right" in warnings_of("minus(1)", {"minus": minus})


def test_a_function_of_the_caller_that_gives_no_feel_value_is_null_and_named() -> None:
    odd = FeelFunction((), lambda _args: object(), "odd")
    assert "'odd' gave no FEEL value" in warnings_of("odd()", {"odd": odd})


def test_a_function_that_leaves_its_expression_still_works() -> None:
    add = value_of("{base: 10, add: function(x) x + base + offset}.add", {"offset": 1})
    assert isinstance(add, FeelFunction)
    assert add.call((Decimal(1),)) == 12
    assert value_of("[1, 2][f(item) > 12]", {"f": add}) == (Decimal(2),)


def test_a_typed_parameter_refuses_another_kind() -> None:
    source = "(function(x: number) x)"
    assert value_of(f"{source}(5)") == 5
    assert value_of(f"{source}([5])") == 5
    assert value_of(f'{source}("a")') is None


def test_a_built_in_is_a_value_too() -> None:
    assert value_of('{f: upper case, r: f("a")}.r') == "A"
    assert kind_of(value_of("abs")) == "function"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 in [1..5[", True),
        ("5 in ]1..5]", True),
        ("1 in ]1..5]", False),
        ("3 in [x[1]..x[2]]", True),
        ("5 in [1..null]", None),
        ("5 in (> 3)", True),
        ("(> 3).start", 3),
        ("(= 3).start", 3),
        ("(= 3).start included and (= 3).end included", True),
        ("3 in (= 3)", True),
        ("overlaps after((1..5], [1..5])", True),
        ("overlaps after([1..5], [1..5))", False),
        ("overlaps before([1..5], (1..5])", True),
        ("[1..5].end included", True),
        ('["a"..5]', None),
        ("[5..1]", "range"),
        ("for i in 3..1 return i", (3, 2, 1)),
        ("for i in (1..4) return i", (2, 3)),
    ],
)
def test_ranges_open_and_close_as_written(source: str, expected: object) -> None:
    result = value_of(source, {"x": [1, 5]})
    assert (kind_of(result) if expected == "range" else result) == to_feel(expected)


def test_a_date_stands_for_its_midnight_where_a_function_takes_a_date_and_time() -> None:
    source = '(function(at: date and time) at.hour)(@"2026-01-31")'
    assert value_of(source) == Decimal(0)


def test_types_of_the_caller_are_checked() -> None:
    person = FeelType("context", entries={"age": FeelType("number", name="number")}, name="tPerson")
    holds = parse("p instance of tPerson", types={"tPerson": person})
    assert holds.evaluate({"p": {"age": 5, "name": "Awa"}}) is True
    assert holds.evaluate({"p": {"age": "5"}}) is False
    assert holds.evaluate({"p": None}) is False


@pytest.mark.parametrize(
    ("source", "warning"),
    [
        ("amuont + 1", "did you mean 'amount'"),
        ("person.nmae", "did you mean 'name'"),
        ("[1][3]", "none at index 3"),
        ("1 / 0", "division by zero"),
        ("now()", "no present was given"),
        ('date("2026-02-30")', "2026-02-30"),
        ('substring(strng: "a", start position: 1)', "did you mean 'string'"),
        ('1 < "a"', "does not compare"),
    ],
)
def test_a_failed_operation_is_null_and_says_why(source: str, warning: str) -> None:
    context = {"amount": 1, "person": {"name": "Awa"}}
    assert warning in warnings_of(source, context)
    assert parse(source).evaluate(context) is None


def test_free_names_are_the_variables_and_not_the_built_ins() -> None:
    expression = parse("count(rows[paid and n > limit]) + {k: base, l: k}.l + f(base)")
    assert expression.free_names == {"rows", "base", "f"}
    assert expression.maybe_names == {"paid", "n", "limit"}


def test_the_same_source_is_compiled_once() -> None:
    assert parse("a + 1", ["a", "b"]) is parse("a + 1", ["c"])
    assert parse("a-b", ["a-b"]) is not parse("a-b")


def test_moments_with_a_zone_move_on_the_worlds_time_line() -> None:
    before = '@"2026-03-28T12:00:00@Europe/Paris"'
    assert value_of(f'({before} + @"P1D").hour') == 13
    assert value_of(f'({before} + @"P1M").hour') == 12


def test_the_short_cut_and_the_general_way_agree() -> None:
    source = 'amount > 1000 and assistance = "business" or urgent = true'
    fast, general = parse(source), parse(f"[{source}][1]")
    for amount in (None, 999, 1000, 1001, Decimal("1000.5"), "x", Decimal("NaN")):
        for assistance in ("business", "social", None):
            for urgent in (True, False, None):
                context = {"amount": amount, "assistance": assistance, "urgent": urgent}
                assert fast.evaluate(context) is general.evaluate(context)
    assert fast.evaluate({}) is general.evaluate({}) is False


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('string(date("99999-12-31"))', "99999-12-31"),
        ("string(date(-1, 2, 29))", None),
        ('string(date("-2017-02-28"))', "-2017-02-28"),
        ('date("999999999-12-31").year', 999_999_999),
        ('date("9999999999-12-31")', None),
        ('date("99999-12-31") > @"2026-01-01"', True),
        ('@"-0001-01-01T00:00:00Z" < now()', True),
        ('@"12000-01-01T10:00:00+01:00" = @"12000-01-01T09:00:00Z"', True),
        ('string(time(@"12000-01-01T10:00:00+01:00"))', "10:00:00+01:00"),
        ('day of week(date("99999-12-31"))', "Friday"),
        ('date("12000-02-29").weekday', 2),
        ('day of year(date("12000-12-31"))', 366),
        ('string(date("99999-12-31") + @"P1D")', "100000-01-01"),
        ('string(@"9999-12-31T23:59:59Z" + @"PT1S")', "10000-01-01T00:00:00Z"),
        ('string(@"10000-01-01T00:00:00Z" - @"PT1S")', "9999-12-31T23:59:59Z"),
        ('string(@"0001-01-01" - @"P1D")', "0000-12-31"),
        ('string(@"9999-12-31" + @"P2M")', "10000-02-29"),
        (
            'string(@"12000-07-01T10:00:00@Europe/Paris" + @"PT1H")',
            "12000-07-01T11:00:00@Europe/Paris",
        ),
        (
            'string(@"2020-01-01T00:00:00@Europe/Paris" + @"P3000000D")',
            "10233-09-21T01:00:00@Europe/Paris",
        ),
        ('@"12000-07-01T10:00:00Z".time offset = @"PT0S"', True),
        ('string(@"2020-01-01" - date("12000-01-01"))', "-P3645120D"),
        ('string(@"12000-01-01T00:00:00+01:00" - @"11999-12-31")', "PT23H"),
        ('@"12000-01-01T00:00:00Z" - @"12000-01-01T00:00:00"', None),
        ('date("999999999-12-31") + @"P1D"', None),
        ('date("-999999999-01-01") - @"P1M"', None),
        ('string(years and months duration(@"2000-01-01", date("12000-01-01")))', "P10000Y"),
        ('date("99999-12-31") instance of date', True),
    ],
)
def test_years_beyond_pythons_are_read_compared_and_taken_apart(
    source: str, expected: object
) -> None:
    assert value_of(source) == to_feel(expected)


def test_a_number_that_is_not_finite_is_null_and_named() -> None:
    for source in ("a", "a + 1", "a > b", "[a][1]", "for x in [1] return a"):
        value, warnings = parse(source).evaluate_with_warnings({"a": Decimal("NaN"), "b": 0})
        assert value in (None, (None,))
        assert "finite" in warnings[0]
