"""Calls inside calls without Python's stack.

A compiled node that may call a designer's function has, beside its closure, a *walk*: a generator
that yields the walk whose value it needs next, and is sent that value. :func:`drive` keeps the
walks that wait on a list of its own, so how deep functions call one another is a matter of the
budget (:class:`engine.feel.limits.Limits`) alone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from engine.feel.failure import Failure

Walk: TypeAlias = Generator[Any, Any, Any]
"""Yields walks, is sent their values, returns its own."""

Walker: TypeAlias = Callable[[Any], Walk]
"""Begins a node's walk in a scope."""


def drive(first: Walk) -> Any:
    """Return the value of a walk.

    :raises Failure: the walk fails with it; walks that wait for one that fails may catch it.
    """
    waiting = [first]
    value: Any = None
    failure: Failure | None = None
    while True:
        walk = waiting[-1]
        try:
            step = walk.send(value) if failure is None else walk.throw(failure)
        except StopIteration as end:
            value, failure = end.value, None
        except Failure as caught:
            value, failure = None, caught
        else:
            waiting.append(step)
            value = failure = None
            continue
        waiting.pop()
        if not waiting:
            if failure is not None:
                raise failure
            return value
