"""What inputs a cell lets through, as a set that can be compared with another cell's.

Only cells of constant texts, booleans, numbers and number ranges have such a set; of the others
nothing is known, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.feel import UnaryTests
from engine.feel.syntax import Interval, Literal, Unary


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers between two ends; ``None`` is no end.

    :ivar low_in: the lower end belongs to it. :ivar high_in: so does the upper end.
    """

    low: Decimal | None
    high: Decimal | None
    low_in: bool = True
    high_in: bool = True

    def meets(self, other: Span) -> bool:
        """Return whether a number is in both."""
        return self._reaches(other) and other._reaches(self)

    def _reaches(self, other: Span) -> bool:
        if self.high is None or other.low is None or self.high > other.low:
            return True
        return self.high == other.low and self.high_in and other.low_in

    def holds(self, other: Span) -> bool:
        """Return whether every number of the other is in this one."""
        return self._begins_before(other) and self._ends_after(other)

    def _begins_before(self, other: Span) -> bool:
        if self.low is None or other.low is None:
            return self.low is None
        return other.low > self.low or (other.low == self.low and self.low_in >= other.low_in)

    def _ends_after(self, other: Span) -> bool:
        if self.high is None or other.high is None:
            return self.high is None
        return other.high < self.high or (other.high == self.high and self.high_in >= other.high_in)


@dataclass(frozen=True, slots=True)
class Region:
    """A cell's inputs: numbers by spans, or texts and booleans by values.

    :ivar kind: the kind of input it is about.
    :ivar outside: everything of that kind but the values.
    """

    kind: type
    spans: tuple[Span, ...] = ()
    values: frozenset[str | bool | Decimal] = frozenset()
    outside: bool = False

    def meets(self, other: Region) -> bool:
        """Return whether an input passes both cells."""
        if self.kind is not other.kind:
            return False
        if self.kind is Decimal:
            return any(mine.meets(theirs) for mine in self.spans for theirs in other.spans)
        if self.outside and other.outside:
            return True
        if self.outside or other.outside:
            inside, outside = (other, self) if self.outside else (self, other)
            return bool(inside.values - outside.values)
        return bool(self.values & other.values)

    def holds(self, other: Region) -> bool:
        """Return whether every input that passes the other cell passes this one."""
        if self.kind is not other.kind:
            return False
        if self.kind is Decimal:
            return all(any(mine.holds(theirs) for mine in self.spans) for theirs in other.spans)
        if self.outside:
            if other.outside:
                return self.values <= other.values
            return not self.values & other.values
        return not other.outside and other.values <= self.values


def region(tests: UnaryTests) -> Region | None:
    """Return a cell's region; ``None`` where the cell is not made of constants of one kind."""
    tree = tests.tree
    if tree is None or not tree.tests:
        return None
    spans = [_span(test) for test in tree.tests]
    if None not in spans:
        known = [span for span in spans if span is not None]
        return None if tree.negated else Region(Decimal, tuple(known))
    values = [_constant(test) for test in tree.tests]
    kinds = {type(value) for value in values}
    if len(kinds) != 1 or not kinds <= {str, bool}:
        return None
    texts = frozenset(value for value in values if value is not None)
    return Region(kinds.pop(), values=texts, outside=tree.negated)


def _constant(node: object) -> str | bool | Decimal | None:
    """Return the value that a node writes; ``None`` where it writes none, or another kind."""
    if isinstance(node, Literal) and not node.problem:
        value = node.value
        return value if isinstance(value, str | bool | Decimal) else None
    if isinstance(node, Unary):
        inner = _constant(node.operand)
        return -inner if isinstance(inner, Decimal) else None
    return None


def _span(test: object) -> Span | None:
    if not isinstance(test, Interval):
        value = _constant(test)
        return Span(value, value) if isinstance(value, Decimal) else None
    low, high = _end(test.start), _end(test.end)
    if test.operator in {"<", "<="}:
        end = high if high is not None else low
        return None if end is None else Span(None, end, high_in=test.operator == "<=")
    if test.operator in {">", ">="}:
        end = low if low is not None else high
        return None if end is None else Span(end, None, low_in=test.operator == ">=")
    if test.operator or low is None or high is None or low > high:
        return None
    return Span(low, high, test.start_included, test.end_included)


def _end(node: object) -> Decimal | None:
    value = _constant(node)
    return value if isinstance(value, Decimal) else None


Row = dict[int, Region | None]
"""A rule's regions by input column; a column that is not there lets everything through."""


def overlap(one: Row, other: Row) -> bool:
    """Return whether an input surely passes both rules."""
    shared = one.keys() & other.keys()
    known = [*one.values(), *other.values()]
    pairs = [(one[column], other[column]) for column in shared]
    return None not in known and all(a.meets(b) for a, b in _both(pairs))


def masked(earlier: Row, later: Row) -> bool:
    """Return whether every input of the later rule surely passes the earlier one."""
    if None in earlier.values() or None in later.values():
        return False
    if not earlier.keys() <= later.keys():
        return False
    return all(a.holds(b) for a, b in _both((earlier[c], later[c]) for c in earlier))


def _both(pairs: Iterable[tuple[Region | None, Region | None]]) -> list[tuple[Region, Region]]:
    return [(a, b) for a, b in pairs if a is not None and b is not None]
