"""Another of Python's stacks, now and then, for calls that stand on one.

A stack holds a thousand frames, and a call of a designer's function through a function of Python's
takes some thirty of them. Every thread has a stack of its own, so calls inside one another change
to another thread before the stack is full, and end at the evaluation's budget instead. One of the
threads works at a time; the others wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

LEVELS_A_STACK = 24
"""How many calls inside one another share a stack."""


def on_some_stack(level: int, work: Callable[[], T]) -> T:
    """Do the work of a call that is so many levels deep, and return its result.

    :param level: calls that it stands inside of, itself counted.
    """
    if level % LEVELS_A_STACK:
        return work()
    with ThreadPoolExecutor(max_workers=1) as stack:
        return stack.submit(work).result()
