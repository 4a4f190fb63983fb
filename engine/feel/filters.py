"""``list[condition]``: the items that fit, or the one at an index (DMN 1.5, table 54)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.deep import Part
from engine.feel.messages import a
from engine.feel.runtime import Frame
from engine.feel.values import Value
from engine.feel.walks import Walk, Walker

Node = Callable[[Any], Any]


def compile_literal_filter(base: Node, condition: Node) -> Node:
    """Return the closure of a filter whose condition is written as a value, as in ``list[1]``."""

    def select(scope: Any) -> Value:
        items = _items(base(scope))
        chosen = condition(scope)
        return items if chosen is True else _at(items, chosen, scope)

    return select


def compile_filter(base: Node, condition: Node, is_test: bool, weight: int) -> Node:
    """Return the closure of a filter.

    :param is_test: the condition is certainly no index.
    :param weight: steps that judging one item costs.
    """

    def select(scope: Any) -> Value:
        items = _items(base(scope))
        if items:
            return _sift(items, condition, scope, weight)
        return () if is_test or not _is_index(condition, scope) else None

    return select


def walk_filter(base: Part, condition: Part, is_test: bool, weight: int) -> Walker:
    """Return the walk of a filter; see :mod:`engine.feel.deep`."""
    source, source_walker = base
    test, test_walker = condition

    def walk(scope: Any) -> Walk:
        run = scope.run
        found = source(scope) if source_walker is None else (yield source_walker(scope))
        items = _items(found)
        run.meter.spend_steps(len(items) * weight)
        kept = []
        for item in items:
            inner = Frame(item, scope, run)
            verdict = test(inner) if test_walker is None else (yield test_walker(inner))
            if verdict is True:
                kept.append(item)
            elif type(verdict) is Decimal:
                return _at(items, verdict, scope)
        run.meter.spend_items(len(kept))
        if items or is_test or test_walker is not None:
            return tuple(kept)
        return None if _is_index(test, scope) else ()

    return walk


def _items(value: Value) -> tuple[Value, ...]:
    if type(value) is tuple:
        return value
    return () if value is None else (value,)


def _is_index(condition: Node, scope: Any) -> bool:
    """Return whether the condition of an empty list is a number; its warnings do not count."""
    warnings = scope.run.meter.warnings
    before = len(warnings)
    chosen = condition(Frame(None, scope, scope.run))
    del warnings[before:]
    return type(chosen) is Decimal


def _sift(items: tuple[Value, ...], condition: Node, scope: Any, weight: int) -> Value:
    run = scope.run
    run.meter.spend_steps(len(items) * weight)
    kept = []
    for item in items:
        verdict = condition(Frame(item, scope, run))
        if verdict is True:
            kept.append(item)
        elif type(verdict) is Decimal:
            return _at(items, verdict, scope)
    run.meter.spend_items(len(kept))
    return tuple(kept)


def _at(items: tuple[Value, ...], index: Value, scope: Any) -> Value:
    if type(index) is Decimal:
        place = int(index) if index == index.to_integral_value() else 0
        if 0 < place <= len(items):
            return items[place - 1]
        if -len(items) <= place < 0:
            return items[place]
        scope.run.warn("no-item", length=len(items), index=index)
        return None
    if index is not False:
        scope.run.warn("odd-filter", kind=a(index))
    return None if index is not False and index is not None else ()
