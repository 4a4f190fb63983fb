"""What an expression fails at whatever its variables hold: lint tells it before a case meets it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from engine.errors import FeelError
from engine.feel import syntax as ast
from engine.feel.builtins import builtin_names
from engine.feel.compiler import compile_tree
from engine.feel.limits import Limits
from engine.feel.messages import Message
from engine.feel.runtime import Meter, Run

_CONSTANT = (
    *(ast.Literal, ast.Unary, ast.Binary, ast.ListOf, ast.Interval, ast.Between, ast.In, ast.If),
    *(ast.InstanceOf, ast.Path, ast.Call),
)
"""Nodes without names of their own: constant where their parts are."""

_PRESENT = frozenset({"now", "today"})
_BUDGET = Limits(steps=2_000, items=5_000, chars=20_000, depth=20, regex_steps=20_000)
"""Enough for what a designer writes out; what needs more is left to the evaluation."""

MOST = 3
"""Reasons told of one expression."""


def certain_warnings(tree: object) -> tuple[Message, ...]:
    """Return why the parts of a tree that read no variable have no value: the first few, each once.

    :param tree: of an expression or of a cell's tests.
    """
    meter = Meter(_BUDGET)
    told: dict[str, Message] = {}
    for node in _constant_parts(tree):
        try:
            compile_tree(node)[0](Run({}, None, meter))
        except (FeelError, RecursionError):
            break  # It passes the small budget: nothing is certain of it.
        for message in meter.taken_since(0):
            told.setdefault(str(message), message)
    return tuple(told.values())[:MOST]


def _constant_parts(tree: object) -> Iterator[Any]:
    """Yield the largest parts that read no variable and are more than a plain value."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += reversed(node)
        elif isinstance(node, ast.Literal):
            if node.problem:
                yield node
        elif _is_constant(node):
            yield node
        else:
            waiting += reversed(_parts(node))


def _is_constant(tree: object) -> bool:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += node
        elif isinstance(node, ast.Call):
            callee = node.callee
            known = isinstance(callee, ast.Name) and callee.name in builtin_names() - _PRESENT
            if not known:
                return False
            waiting += node.arguments
        elif not dataclasses.is_dataclass(node) or isinstance(node, ast.Literal):
            continue
        elif not isinstance(node, _CONSTANT):
            return False
        else:
            waiting += _parts(node)
    return isinstance(tree, _CONSTANT)


def _parts(node: Any) -> list[Any]:
    """Return a node's own nodes, in the order written."""
    if not dataclasses.is_dataclass(node) or isinstance(node, type):
        return []
    values = [getattr(node, field.name) for field in dataclasses.fields(node)]
    return [one for one in values if isinstance(one, tuple) or _is_node(one)]


def _is_node(value: object) -> bool:
    return type(value).__module__ == ast.__name__
