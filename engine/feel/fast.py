"""A short cut for conditions that only compare variables with literals.

Most gateways and table cells say no more than ``amount > 1000 and assistance = "business"``. Such
a tree gets a second closure, straight on the caller's variables. It answers where every variable
has its literal's type; where one has not it gives up, and the general closure evaluates it all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
