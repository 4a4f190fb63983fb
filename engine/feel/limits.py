"""What one evaluation may cost. The only place where these numbers are written.

Steps count what can repeat: a loop's turn, a filter's item, a function's call, each as often as
:data:`NODES_A_STEP` goes into what it evaluates. What cannot repeat is bounded by the length of the
source. Items and characters count what built-ins and loops make, and a part of what they read.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_SOURCE_CHARS = 50_000
"""Longest expression that is read."""

MAX_NESTING = 50
"""Deepest nesting of parentheses, operators' right sides and blocks inside one expression."""

MAX_CHAIN = 200
"""Most operators of one precedence in a row: each is one level of the tree."""

MAX_VALUE_DEPTH = 100
"""Deepest nesting of lists and contexts in a value."""

NODES_A_STEP = 32
"""Nodes of a loop's, filter's or function's body that cost one step more."""

READ_ITEMS_AN_ITEM = 8
"""List items that cost, read by a built-in, as much as one that is made."""

READ_CHARS_A_CHAR = 16
"""Characters that cost, read by a built-in or compared, as much as one that is made."""

MAX_DIGITS = 10_000
"""Most digits of one number as written."""

MAX_HOSTED = 1_000
"""Deepest calls of designers' functions inside one another through functions of Python's: a
comparison that ``sort`` calls, a knowledge model (:mod:`engine.feel.stacks`)."""

MAX_WARNINGS = 50
"""Warnings kept of one evaluation; later ones are only counted as the last entry."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one evaluation.

    :ivar steps: loop turns, filtered items and function calls.
    :ivar items: list items and context entries made.
    :ivar chars: characters of text made.
    :ivar depth: calls of a designer's own functions inside one another; each waits in memory
        (about 2 kB) for those it made, none on Python's stack (:mod:`engine.feel.walks`).
    :ivar regex_steps: moves of the pattern matcher in one evaluation.
    """

    steps: int = 200_000
    items: int = 500_000
    chars: int = 2_000_000
    depth: int = 20_000
    regex_steps: int = 1_000_000


DEFAULT = Limits()
