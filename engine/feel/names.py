"""How a compiled expression reads a name: a variable, a local some scopes away, an item's entry."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from engine.feel.builtins import builtin_names, find_builtin
from engine.feel.runtime import MISSING, Run
from engine.feel.suggest import nearest
from engine.feel.values import SCALARS, Context, FeelFunction, Value

Node: TypeAlias = Callable[[Any], Any]
Fallback: TypeAlias = Callable[[Run], Any]
"""What a name means that no variable has."""


def at_top(name: str, otherwise: Fallback) -> Node:
    scalars = SCALARS

    def read(scope: Any) -> Any:
        value = scope.names.get(name, MISSING)
        kind = type(value)
        if kind in scalars and (kind is not Decimal or value.is_finite()):
            return value
        return _fetch(scope, name, otherwise)

    return read


def outer(name: str, otherwise: Fallback) -> Node:
    return lambda scope: _fetch(scope.run, name, otherwise)


def _fetch(run: Run, name: str, otherwise: Fallback) -> Any:
    value = run.fetch(name)
    return otherwise(run) if value is MISSING else value


def builtin_or_null(name: str, run: Run) -> Value:
    builtin = find_builtin(name)
    if builtin is not None:
        return builtin.as_value()
    run.warn("no-variable", name=name, hint=nearest(name, run.names))
    return None


def unknown_function(name: str, run: Run) -> Any:
    """Warn of a call of what is neither a variable nor a built-in; return ``MISSING``."""
    known = [key for key, value in run.names.items() if type(value) is FeelFunction]
    run.warn("no-function", name=name, hint=nearest(name, [*known, *sorted(builtin_names())]))
    return MISSING


def local(name: str, distance: int) -> Node:
    if distance == 0:
        return lambda scope: scope.names[name]

    def read(scope: Any) -> Value:
        for _ in range(distance):
            scope = scope.parent
        return scope.names[name]  # type: ignore[no-any-return]

    return read


def searched(name: str, items: list[int], last: int, otherwise: Fallback) -> Node:
    """Read a name that items of enclosing filters may supply, else a local, else a variable."""
    if not items:
        return local(name, last)

    def read(scope: Any) -> Any:
        at, here = 0, scope
        for distance in items:
            for _ in range(distance - at):
                here = here.parent
            at = distance
            value = _item_entry(here.names, name)
            if value is not MISSING:
                return value
        if last < 0:
            return _fetch(scope.run, name, otherwise)
        for _ in range(last - at):
            here = here.parent
        return here.names[name]

    return read


def _item_entry(item: Any, name: str) -> Any:
    if type(item) is Context and name in item:
        return item[name]
    if name == "item":
        return item
    return MISSING
