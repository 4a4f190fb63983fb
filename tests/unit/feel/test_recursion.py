"""Designers' functions call themselves as deep as the budget allows, never Python's stack."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import FeelError
from engine.feel import Limits, Meter, parse

SUM = "{f: function(n) if n = 0 then 0 else n + f(n - 1), r: f(COUNT)}.r"
ENDLESS = [
    "f(n)",
    "-f(n)",
    "[f(n)]",
    "{a: f(n)}",
    "f(n).a",
    "f(n)[1]",
    "[1][f(item)]",
    "f(n) > 1",
    "1 + f(n)",
    "f(n) and true",
    "true and f(n)",
    "false or f(n)",
    "f(n) between 1 and 2",
    "1 in (f(n), 2)",
    "f(n) instance of number",
    "[1..f(n)]",
    "if f(n) then 1 else 2",
    "for i in [1, 2] return f(i)",
    "for i in f(n) return i",
    "for i in 1..f(n) return i",
    "for i in [1], j in [f(i)] return j",
    "some i in [1] satisfies f(i)",
    "every i in f(n) satisfies i",
    "count(f(n))",
    "(function(x) f(x))(n)",
    "sort([2, 1], function(a, b) f(a) < f(b))",
    "list replace([1], function(a, b) f(a), 2)",
]


@pytest.mark.parametrize("count", [10, 1000, 15000])
def test_a_recursive_sum_gives_its_value(count: int) -> None:
    value = parse(SUM.replace("COUNT", str(count))).evaluate({})
    assert value == count * (count + 1) / Decimal(2)


@pytest.mark.parametrize("body", ENDLESS)
def test_a_function_that_never_ends_is_stopped_by_the_budget(body: str) -> None:
    with pytest.raises(FeelError) as caught:
        parse(f"{{f: function(n) {body}, r: f(1)}}.r").evaluate({})
    assert caught.value.code in {"budget.depth", "budget.hosted", "budget.steps"}
    assert caught.value.position is not None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("n = 0 or f(n - 1)", True),
        ("n != 0 and f(n - 1)", False),
        ("if n = 0 then [] else concatenate(f(n - 1), [n])", tuple(range(1, 31))),
        ("if n = 0 then {d: 0} else {d: f(n - 1).d + 1}", {"d": 30}),
        ("some i in [n] satisfies i = 0 or f(i - 1)", True),
        ("every i in [n] satisfies i > 0 and f(i - 1)", False),
        ("if n = 0 then 0 else max(for i in [n - 1] return f(i) + 1)", 30),
        ("count([n][item = 0 or f(item - 1) = 1])", 1),
        ("if n = 0 then 0 else [f(n - 1), 7][1] + 1", 30),
        ("if n = 0 then 1 else if f(n - 1) in (1, 2) then 2 else 3", 2),
        ("if n = 0 then 5 else if f(n - 1) between 1 and 9 then 5 else 0", 5),
        ("if n = 0 then null else f(n - 1) + 1", None),
        ("for i in f(n) return 1 / f(g)", None),
    ],
)
def test_a_walk_means_what_the_closure_means(body: str, value: object) -> None:
    source = f"{{f: function(n) {body}, r: f(30)}}.r"
    if "f(n)" in body:
        source = f"{{g: 0, f: function(n) null, h: function(n) {body}, r: h(1)}}.r"
    result = parse(source).evaluate({})
    assert result == value


def test_a_walk_that_fails_warns_and_is_null() -> None:
    source = "{f: function(n) if n = 0 then null else for i in f(n - 1) return i, r: f(2)}.r"
    value, warnings = parse(source).evaluate_with_warnings({})
    assert value is None
    assert warnings == ("a loop over null", "a loop over null")


def test_nested_evaluations_spend_one_budget() -> None:
    meter = Meter(Limits(steps=150))
    expression = parse("for i in 1..100 return i")
    expression.evaluate({}, meter=meter)
    with pytest.raises(FeelError, match="150 steps"):
        expression.evaluate({}, meter=meter)


def test_a_function_of_another_evaluation_spends_the_callers_budget() -> None:
    function = parse("function(n) for i in 1..n return i").evaluate({})
    with pytest.raises(FeelError, match="50 steps"):
        parse("f(100)").evaluate_with_warnings({"f": function}, limits=Limits(steps=50))


def test_a_built_in_handed_over_spends_the_callers_budget() -> None:
    source = "{r: function(g) for i in 1..20 return g(text), s: r(upper case)}.s"
    with pytest.raises(FeelError, match="100 characters"):
        parse(source).evaluate_with_warnings({"text": "x" * 30}, limits=Limits(chars=100))
