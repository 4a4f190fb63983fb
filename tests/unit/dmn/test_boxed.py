"""Boxed expressions: contexts, lists, relations, conditions, loops, functions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import DecisionError
from tests.unit.dmn.support import decide, decision, dmn, literal


def boxed(body: str, **context: object) -> object:
    return decide(dmn(decision(body)), context).value


def entry(name: str, source: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{literal(source)}</contextEntry>"


def iterated(tag: str, domain: str, part: str, source: str) -> str:
    return (
        f'<{tag} iteratorVariable="x"><in>{literal(domain)}</in>'
        f"<{part}>{literal(source)}</{part}></{tag}>"
    )


def test_an_entry_sees_those_before_it_and_the_unnamed_one_is_the_result() -> None:
    entries = entry("first part", "2") + entry("b", "first part * 3")
    assert boxed(f"<context>{entries}</context>") == {"first part": Decimal(2), "b": Decimal(6)}
    assert boxed(f"<context>{entries}{entry('', 'b + 1')}</context>") == Decimal(7)


def test_lists_and_relations() -> None:
    assert boxed(f"<list>{literal('1')}{literal('v')}</list>", v="a") == (Decimal(1), "a")
    relation = (
        '<relation><column name="id"/><column name="share"/>'
        f"<row>{literal('1')}{literal('0.7')}</row><row>{literal('2')}{literal('0.3')}</row>"
        "</relation>"
    )
    assert boxed(relation) == (
        {"id": Decimal(1), "share": Decimal("0.7")},
        {"id": Decimal(2), "share": Decimal("0.3")},
    )


@pytest.mark.parametrize(("value", "said"), [(True, "yes"), (False, "no"), (None, "no"), (3, None)])
def test_a_conditional_takes_true_and_treats_null_as_false(value: object, said: object) -> None:
    yes, no = literal('"yes"'), literal('"no"')
    body = f"<conditional><if>{literal('v')}</if><then>{yes}</then><else>{no}</else></conditional>"
    assert boxed(body, v=value) == said


def test_loops_filters_and_quantifiers() -> None:
    assert boxed(iterated("for", "v", "return", "x * 2 + count(partial)"), v=[1, 2]) == (2, 5)
    assert boxed(iterated("some", "v", "satisfies", "x > 1"), v=[1, 2]) is True
    assert boxed(iterated("every", "v", "satisfies", "x > 1"), v=[1, 2]) is False
    body = (
        f"<filter><in>{literal('v')}</in><match>{literal('item.n > 1 and n < 9')}</match></filter>"
    )
    assert boxed(body, v=[{"n": 1}, {"n": 5}, {"n": 9}]) == ({"n": Decimal(5)},)


def test_a_filter_that_gives_a_position_takes_the_item_there() -> None:
    body = f"<filter><in>{literal('[7, 8, 9]')}</in><match>{literal('v')}</match></filter>"
    assert (boxed(body, v=2), boxed(body, v=-1), boxed(body, v=4)) == (8, 9, None)


def test_an_entry_whose_name_has_signs_is_read_in_another_decision() -> None:
    context = f"<context>{entry('c-d', '7')}</context>"
    source = dmn(
        decision(context, id="X", name="x"), decision(literal("x.c-d + 1"), requires=["X"])
    )
    assert decide(source, {}).value == Decimal(8)


def test_a_boxed_function_may_be_called_and_recursion_is_bounded() -> None:
    function = (
        '<contextEntry><variable name="f"/><functionDefinition><formalParameter name="n"/>'
        "{}</functionDefinition></contextEntry>"
    )
    twice = function.format(literal("n * 2"))
    assert boxed(f"<context>{twice}{entry('', 'f(4)')}</context>") == Decimal(8)
    endless = entry("g", "function(h, n) h(h, n + 1)") + entry("", "g(g, 1)")
    with pytest.raises(DecisionError, match="calls inside one another"):
        boxed(f"<context>{endless}</context>")


def test_boxed_functions_that_hand_themselves_on_end_in_an_error() -> None:
    body = (
        '<contextEntry><variable name="f"/><functionDefinition><formalParameter name="again"/>'
        f"{literal('again(again)')}</functionDefinition></contextEntry>{entry('', 'f(f)')}"
    )
    with pytest.raises(DecisionError, match=r"call one another|nests too deep"):
        boxed(f"<context>{body}</context>")


def test_a_long_loop_ends_in_an_error_not_a_hang() -> None:
    inner = iterated("for", "1..300", "return", "x")
    outer = f'<for iteratorVariable="y"><in>{literal("v")}</in><return>{inner}</return></for>'
    nested = outer.replace(literal("1..300"), literal("v"))
    with pytest.raises(DecisionError, match="more than 20,000 expressions"):
        boxed(nested, v=list(range(300)))


def test_a_function_in_a_result_is_kept_as_text_in_the_reason() -> None:
    result = decide(dmn(decision(f"<context>{entry('f', 'function(a) a')}</context>")), {})
    assert result.reasons[0].outputs == {"f": "function(a)"}


def test_a_function_in_another_language_is_refused() -> None:
    body = '<functionDefinition kind="Java"><formalParameter name="n"/></functionDefinition>'
    with pytest.raises(DecisionError, match="written in Java, which is never run here"):
        boxed(body)


def test_every_boxed_expression_is_held_to_the_type_it_declares() -> None:
    items = f'<list typeRef="number">{literal("5")}</list>'
    assert decide(dmn(decision(items)), {}).value == Decimal(5)
    entries = f'<context typeRef="string"><contextEntry>{literal("5")}</contextEntry></context>'
    assert decide(dmn(decision(entries)), {}).value is None
