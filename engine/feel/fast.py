"""Short cuts for conditions, and cells of tables, that only compare variables with literals.

Most gateways and table cells say no more than ``amount > 1000 and assistance = "business"``. Such
a tree gets a second closure, straight on the caller's variables. It answers where every variable
has its literal's type; where one has not it gives up, and the general closure evaluates it all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import syntax as ast
from engine.feel.arithmetic import negate

GIVES_UP: Any = object()
"""What a short cut returns where the general closure must answer."""

Fast = Callable[[Mapping[str, Any]], Any]


def compile_fast(node: ast.Node) -> Fast | None:
    """Return the short cut of a tree; ``None`` if the tree says more than such comparisons.

    The short cut raises ``KeyError`` for a variable that is not there.
    """
    if not isinstance(node, ast.Binary):
        return None
    if node.operator in {"and", "or"}:
        left, right = compile_fast(node.left), compile_fast(node.right)
        if left is None or right is None:
            return None
        return _both(left, right) if node.operator == "and" else _either(left, right)
    maker = _MAKERS.get(node.operator)
    literal = _literal(node.right)
    if maker is None or not isinstance(node.left, ast.Name) or literal is None:
        return None
    if isinstance(literal, bool) and node.operator not in {"=", "!="}:
        return None
    return maker(node.left.name, literal, type(literal))


def _literal(node: ast.Node) -> Decimal | str | bool | None:
    if isinstance(node, ast.Unary) and isinstance(node.operand, ast.Literal):
        value = node.operand.value
        return negate(value) if isinstance(value, Decimal) else None  # type: ignore[return-value]
    if isinstance(node, ast.Literal) and isinstance(node.value, Decimal | str | bool):
        return node.value
    return None


def _both(left: Fast, right: Fast) -> Fast:
    def both(names: Mapping[str, Any]) -> Any:
        one = left(names)
        return right(names) if one is True else one

    return both


def _either(left: Fast, right: Fast) -> Fast:
    def either(names: Mapping[str, Any]) -> Any:
        one = left(names)
        return right(names) if one is False else one

    return either


# One closure for each operator: handing the operator in would cost a call each time.


def _equal(name: str, literal: Any, kind: type) -> Fast:
    def test(names: Mapping[str, Any]) -> Any:
        value = names[name]
        return value == literal if type(value) is kind else GIVES_UP

    return test


def _unequal(name: str, literal: Any, kind: type) -> Fast:
    def test(names: Mapping[str, Any]) -> Any:
        value = names[name]
        return value != literal if type(value) is kind else GIVES_UP

    return test


def _less(name: str, literal: Any, kind: type) -> Fast:
    def test(names: Mapping[str, Any]) -> Any:
        value = names[name]
        return value < literal if type(value) is kind else GIVES_UP

    return test


def _less_equal(name: str, literal: Any, kind: type) -> Fast:
    def test(names: Mapping[str, Any]) -> Any:
        value = names[name]
        return value <= literal if type(value) is kind else GIVES_UP

    return test


def _greater(name: str, literal: Any, kind: type) -> Fast:
    def test(names: Mapping[str, Any]) -> Any:
        value = names[name]
        return value > literal if type(value) is kind else GIVES_UP

    return test


def _greater_equal(name: str, literal: Any, kind: type) -> Fast:
    def test(names: Mapping[str, Any]) -> Any:
        value = names[name]
        return value >= literal if type(value) is kind else GIVES_UP

    return test


_MAKERS: dict[str, Callable[[str, Any, type], Fast]] = {
    "=": _equal,
    "!=": _unequal,
    "<": _less,
    "<=": _less_equal,
    ">": _greater,
    ">=": _greater_equal,
}


# --- cells of decision tables

Cell = Callable[[Any], Any]
_ORDERED = frozenset({Decimal, str, date, timedelta})
_CELL_TESTS: dict[str, Callable[[Any, type], Cell]] = {
    "<": lambda end, kind: lambda value: value < end if type(value) is kind else GIVES_UP,
    "<=": lambda end, kind: lambda value: value <= end if type(value) is kind else GIVES_UP,
    ">": lambda end, kind: lambda value: value > end if type(value) is kind else GIVES_UP,
    ">=": lambda end, kind: lambda value: value >= end if type(value) is kind else GIVES_UP,
    "=": lambda end, kind: lambda value: value == end if type(value) is kind else GIVES_UP,
    "!=": lambda end, kind: lambda value: value != end if type(value) is kind else GIVES_UP,
}


def compile_fast_cell(tree: ast.UnaryTestsOf) -> Cell | None:
    """Return the short cut of an input cell, on the input's value alone.

    ``None`` if a test of the cell is more than a literal, a range of literals, or a comparison
    with one.
    """
    tests: list[Cell] = []
    for node in tree.tests:
        test = _cell_test(node)
        if test is None:
            return None
        tests.append(test)
    passes = tests[0] if len(tests) == 1 else _any_of(tests)
    return _opposite(passes) if tree.negated else passes


def _cell_test(node: ast.Node) -> Cell | None:
    if not isinstance(node, ast.Interval):
        literal = _plain(node)
        return None if literal is None else _CELL_TESTS["="](literal, type(literal))
    start, end = (_plain(part) if part else None for part in (node.start, node.end))
    if node.operator:
        bound = end if start is None else start
        ordered = type(bound) in _ORDERED or node.operator in {"=", "!="}
        return (
            _CELL_TESTS[node.operator](bound, type(bound))
            if bound is not None and ordered
            else None
        )
    if type(start) not in _ORDERED or type(start) is not type(end):
        return None
    return _within(start, end, node.start_included, node.end_included)


def _plain(node: ast.Node) -> Any:
    """Return a literal's value if its kind compares as Python compares it, else ``None``."""
    value = node.value if isinstance(node, ast.Literal) else _literal(node)
    return value if type(value) in _ORDERED or isinstance(value, bool) else None


def _within(start: Any, end: Any, start_included: bool, end_included: bool) -> Cell:
    kind = type(start)

    def test(value: Any) -> Any:
        if type(value) is not kind:
            return GIVES_UP
        above = value >= start if start_included else value > start
        return above and (value <= end if end_included else value < end)

    return test


def _any_of(tests: list[Cell]) -> Cell:
    def passes(value: Any) -> Any:
        verdict: Any = False
        for test in tests:
            one = test(value)
            if one is True:
                return True
            verdict = verdict if one is False else GIVES_UP
        return verdict

    return passes


def _opposite(test: Cell) -> Cell:
    def fails(value: Any) -> Any:
        verdict = test(value)
        return GIVES_UP if verdict is GIVES_UP else not verdict

    return fails
