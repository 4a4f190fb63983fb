"""The walks of nodes: how a node that may call a designer's function is evaluated step by step.

Closures stay the rule; :mod:`engine.feel.walks` says what walks are for. Where all of a node's
parts are evaluated once, its walk evaluates the parts and hands their values to the node's own
closure: what an operator means is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.errors import FeelError
from engine.feel.access import call_value, matched
from engine.feel.failure import Failure
from engine.feel.messages import located
from engine.feel.operators import compile_logic
from engine.feel.runtime import Closure, Frame, Run
from engine.feel.values import Context, FeelFunction, Value
from engine.feel.walks import Walk, Walker

Node = Callable[[Any], Any]
Part = tuple[Node, Walker | None]
"""A part of a node: its closure, and its walk if it has one."""


def of_parts(make: Callable[..., Node], parts: Sequence[Part]) -> Walker:
    """Return the walk of a node that evaluates each part once, in order.

    :param make: from the parts' closures to the node's own, which reads nothing else of its scope
        than the run.
    """
    held = make(*[_slot(place) for place in range(len(parts))])

    def walk(scope: Any) -> Walk:
        values = []
        for node, walker in parts:
            values.append(node(scope) if walker is None else (yield walker(scope)))
        return held(Frame(values, scope, scope.run))

    return walk


def _slot(place: int) -> Node:
    return lambda frame: frame.names[place]


def of_choice(condition: Part, yes: Part, no: Part) -> Walker:
    """Return the walk of ``if``."""
    test, test_walker = condition

    def walk(scope: Any) -> Walk:
        verdict = test(scope) if test_walker is None else (yield test_walker(scope))
        node, walker = yes if verdict is True else no
        return node(scope) if walker is None else (yield walker(scope))

    return walk


def of_logic(operator: str, left: Part, right: Part) -> Walker:
    """Return the walk of ``and`` or ``or``; a decisive left side leaves the right one alone."""
    held = compile_logic(operator, _slot(0), _slot(1))
    decisive = operator == "or"
    one, one_walker = left
    other, other_walker = right

    def walk(scope: Any) -> Walk:
        first = one(scope) if one_walker is None else (yield one_walker(scope))
        if first is decisive:
            return decisive
        second = other(scope) if other_walker is None else (yield other_walker(scope))
        return held(Frame([first, second], scope, scope.run))

    return walk


def of_context(entries: Sequence[tuple[str, Part]]) -> Walker:
    """Return the walk of a context: entries in order, each seeing those before it."""

    def walk(scope: Any) -> Walk:
        scope.run.meter.spend_items(len(entries))
        names: dict[str, Value] = {}
        inner = Frame(names, scope, scope.run)
        for key, (node, walker) in entries:
            names[key] = node(inner) if walker is None else (yield walker(inner))
        return Context(names)

    return walk


def of_call(
    callee: Part, arguments: Sequence[Part], names: tuple[str, ...], position: int
) -> Walker:
    """Return the walk of a call: a designer's function walks on, any other is called."""
    find, find_walker = callee

    def walk(scope: Any) -> Walk:
        function = find(scope) if find_walker is None else (yield find_walker(scope))
        values = []
        for node, walker in arguments:
            values.append(node(scope) if walker is None else (yield walker(scope)))
        run: Run = scope.run
        closure = function.call if type(function) is FeelFunction else None
        try:
            if type(closure) is not Closure or closure.walker is None:
                return call_value(function, values, names, run)
            given = matched(function, values, names)
            run.meter.enter_call(closure.weight)
        except Failure as failure:
            run.warn(failure.message)
            return None
        except FeelError as error:
            raise located(error, position) from None
        value = yield closure.walker(closure.scope(given, run))
        run.meter.leave_call()
        return value

    return walk
