"""Conversion built-ins (DMN 1.5, table 73), but those that make dates and times."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.errors import FeelError
from engine.feel import syntax as ast
from engine.feel.arithmetic import negate
from engine.feel.compare import order
from engine.feel.failure import Failure
from engine.feel.limits import MAX_DIGITS
from engine.feel.numbers import rounded
from engine.feel.ranges import make_range
from engine.feel.registry import BUILTINS, builtin
from engine.feel.runtime import Run
from engine.feel.text import to_text
from engine.feel.values import Range, Value

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
_END_FUNCTIONS = frozenset({"date", "time", "date and time", "duration"})


@builtin("string", "from: any", run=True)
def string(run: Run, value: Value) -> Value:
    """Return the value as a text; null stays null."""
    return None if value is None else to_text(value, run.meter)


def read_number(text: str) -> Decimal:
    """Return the number that a text writes.

    :raises Failure: it writes none.
    """
    if len(text) > MAX_DIGITS or _NUMBER.fullmatch(text) is None:
        raise Failure("not-a-number", text=text[:40])
    try:
        return rounded(Decimal(text))
    except TypeError:
        raise Failure("number-too-large") from None


@builtin("number", "from: string")
def number(text: str) -> Decimal:
    """Return the number that a text writes."""
    return read_number(text)


@builtin("number", "from: number")
def number_of_number(value: Decimal) -> Decimal:
    """Return the number itself."""
    return value


@builtin("number", "from: string, grouping separator: string?, decimal separator: string?")
def separated_number(text: str, grouping: str | None, point: str | None) -> Decimal:
    """Return the number of a text with grouped digits, as in ``1 000,50``."""
    if grouping not in {None, " ", ",", "."}:
        raise Failure("grouping")
    if point not in {None, ",", "."}:
        raise Failure("decimal-separator")
    if grouping is not None and grouping == (point or ""):
        raise Failure("same-separators")
    if grouping:
        text = text.replace(grouping, "")
    if point == ",":
        if "." in text:
            raise Failure("point-beside-comma", text=text[:40])
        text = text.replace(",", ".")
    return read_number(text)


@builtin("range", "from: string", run=True)
def range_of_text(run: Run, text: str) -> Range:
    """Return the range that a text such as ``[1..5)`` writes; its ends are literals."""
    from engine.feel.parser import parse_tree

    try:
        tree = parse_tree(text, (), {})
    except FeelError:
        raise Failure("not-a-range", text=text[:40]) from None
    if not isinstance(tree, ast.Interval) or tree.operator or not tree.start or not tree.end:
        raise Failure("not-two-ends", text=text[:40])
    start, end = _end(tree.start, run), _end(tree.end, run)
    sign = order(start, end)
    if sign is None or sign > 0:
        raise Failure("range-backwards", text=text[:40])
    return make_range(start, end, tree.start_included, tree.end_included)


def _end(node: ast.Node, run: Run) -> Value:
    """Return a range's end if it is a literal or a date, time or duration of a literal text."""
    if isinstance(node, ast.Literal) and not node.problem:
        return node.value
    if isinstance(node, ast.Unary):
        return negate(_end(node.operand, run))
    if isinstance(node, ast.Call) and isinstance(node.callee, ast.Name):
        literal = all(isinstance(argument, ast.Literal) for argument in node.arguments)
        if node.callee.name in _END_FUNCTIONS and literal:
            values = [_end(argument, run) for argument in node.arguments]
            return BUILTINS[node.callee.name].apply(values, node.names, run)
    raise Failure("range-of-literals")
