"""Scopes: where variables live, as in Camunda 8.

A process, a sub-process, an instance of a multi-instance and a called process each have one;
tokens carry none, so no stale copy can overwrite a newer value. A result goes to the nearest
enclosing scope that already has the variable, otherwise to the process's. An instance of a
multi-instance keeps what no enclosing scope has: it exports through output mappings.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any


class Scope:
    """One dictionary of variables, inside another scope or the outermost of its process.

    :ivar name: id of the process or element it belongs to.
    :ivar keeps: names that no enclosing scope has stay here.
    :ivar written: names that got a value here from a result.
    """

    __slots__ = ("keeps", "name", "parent", "values", "written")

    def __init__(
        self,
        name: str,
        parent: Scope | None = None,
        values: MutableMapping[str, Any] | None = None,
        *,
        keeps: bool = False,
    ) -> None:
        self.name = name
        self.parent = parent
        self.values: MutableMapping[str, Any] = {} if values is None else values
        self.keeps = keeps
        self.written: set[str] = set()

    def visible(self, *outermost: MutableMapping[str, Any]) -> Mapping[str, Any]:
        """Return all that can be seen here; ``outermost`` cannot be hidden by a variable."""
        maps = list(outermost)
        scope: Scope | None = self
        while scope is not None:
            maps.append(scope.values)
            scope = scope.parent
        return ChainMap(*maps)

    def home_of(self, name: str) -> Scope:
        """Return the scope to which a result of this name goes."""
        fallback: Scope | None = None
        scope = self
        while True:
            if name in scope.values:
                return scope
            if fallback is None and scope.keeps:
                fallback = scope
            if scope.parent is None:
                return fallback or scope
            scope = scope.parent


def put(values: MutableMapping[str, Any], path: Sequence[str], value: Any) -> None:
    """Set a value at a path, making the contexts on the way and keeping their other entries."""
    head, *rest = path
    if rest:
        inner = values.get(head)
        value = with_entry(inner if isinstance(inner, Mapping) else {}, rest, value)
    values[head] = value


def with_entry(context: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """Return a copy of a context with a value at a path."""
    changed = dict(context)
    put(changed, path, value)
    return changed
