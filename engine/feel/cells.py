"""The tests of a decision table's input cell (DMN 1.5, table 55)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from engine.feel import syntax as ast
from engine.feel.compiler import Compiler
from engine.feel.ranges import is_in
from engine.feel.values import Value


def compile_unary_tests(
    tree: ast.UnaryTestsOf,
) -> tuple[Callable[[Any, Value], bool | None], frozenset[str]]:
    """Return the closure of an input cell's tests, and the names they read."""
    compiler = Compiler()
    tests = [(compiler.compile(test), _mentions_input(test)) for test in tree.tests]

    def judge(scope: Any, value: Value) -> bool | None:
        verdict: bool | None = False
        for test, mentions in tests:
            one = _passes(value, test(scope), mentions, scope)
            if one is True:
                verdict = True
                break
            verdict = None if one is None else verdict
        if tree.negated:
            return None if verdict is None else not verdict
        return verdict

    return judge, frozenset(compiler.free | compiler.maybe)


def _passes(value: Value, result: Value, mentions: bool, scope: Any) -> bool | None:
    """Judge one test: what it says of ``?``, or whether the input is what it gives."""
    if isinstance(result, bool) and (mentions or not isinstance(value, bool | None)):
        return result
    if mentions and result is None:
        return None
    return is_in(value, result, scope.run.meter)


def _mentions_input(node: object) -> bool:
    """Return whether ``?`` stands anywhere in a tree."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name) and part.name == "?":
            return True
        if isinstance(part, tuple):
            waiting += part
        elif dataclasses.is_dataclass(part) and not isinstance(part, type):
            waiting += [getattr(part, field.name) for field in dataclasses.fields(part)]
    return False
