"""What inputs no rule of a table covers, and which cells nothing passes.

One sample of each class of values (:mod:`engine.dmn.samples`), tried on the cells themselves, tells
of the whole class. A cell that is more than constants is taken to pass, and columns that read the
same variable are not combined: so a gap that is found is one, and some are not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from engine.dmn.boxed import Literal
from engine.dmn.samples import constants_of, samples_of
from engine.dmn.table import Cell, DecisionTable, Input
from engine.dmn.types import ItemType
from engine.feel import Value
from engine.feel.syntax import Name, Path

MAX_TESTS = 40_000
"""Cells tried on samples, at most, in one table; nothing is said of columns beyond."""

MAX_VISITS = 20_000
"""Combinations of samples looked at, at most, in one table; beyond, no gap is told."""


@dataclass(frozen=True, slots=True)
class Column:
    """An input column's samples, each with the rules that it passes, one bit a rule.

    :ivar dead: places of the rules whose cell nothing passes.
    """

    place: int
    samples: tuple[tuple[Value, int], ...]
    dead: tuple[int, ...]


def columns_of(table: DecisionTable, kinds: Sequence[ItemType | None]) -> list[Column]:
    """Return the columns whose cells are made of constants.

    :param kinds: the columns' declared types.
    """
    found = []
    left = MAX_TESTS
    for place, (head, kind) in enumerate(zip(table.inputs, kinds, strict=True)):
        cells = [
            next((cell for cell in rule.cells if cell.column == place), None)
            for rule in table.rules
        ]
        allowed = head.allowed or (kind.allowed if kind else ())
        samples = samples_of([c.tests for c in cells if c], allowed, _is_path(head))
        if samples and len(samples) * len(cells) <= left:
            left -= len(samples) * len(cells)
            found.append(_column(place, cells, samples))
    return found


def find_gap(table: DecisionTable, columns: Sequence[Column]) -> dict[int, Value] | None:
    """Return inputs by column that no rule covers; a column left out may have any value.

    ``None`` if there is none, or none was found within :data:`MAX_VISITS`.
    """
    kept = _independent(table, columns)
    every = (1 << len(table.rules)) - 1
    always = [every]
    for column in reversed(kept):
        always.append(reduce(and_, (mask for _, mask in column.samples), always[-1]))
    always.reverse()
    waiting: list[tuple[int, int, tuple[tuple[Value, int], ...]]] = [(0, every, ())]
    for _ in range(MAX_VISITS):
        if not waiting:
            return None
        depth, rules, chosen = waiting.pop()
        if not rules:
            return _shortest(kept, chosen, every)
        if depth == len(kept) or rules & always[depth]:
            continue
        for value, mask in reversed(kept[depth].samples):
            waiting.append((depth + 1, rules & mask, (*chosen, (value, mask))))
    return None


def _shortest(
    columns: Sequence[Column], chosen: Sequence[tuple[Value, int]], every: int
) -> dict[int, Value]:
    """Leave out the inputs that the gap does not depend on."""
    left = {column.place: pair for column, pair in zip(columns[: len(chosen)], chosen, strict=True)}
    for place in list(left):
        others = (mask for other, (_, mask) in left.items() if other != place)
        if not reduce(and_, others, every):
            del left[place]
    return {place: value for place, (value, _) in left.items()}


# --- columns ----------------------------------------------------------------------------------


def _column(place: int, cells: Sequence[Cell | None], samples: Sequence[Value]) -> Column:
    plain = [cell is not None and constants_of(cell.tests) is not None for cell in cells]
    passing: dict[int, Value] = {}
    ever = 0
    for sample in samples:
        mask = 0
        for rule, cell in enumerate(cells):
            if not plain[rule] or (cell and cell.tests.test(sample, {}) is True):
                mask |= 1 << rule
        passing.setdefault(mask, sample)
        ever |= mask
    dead = [
        rule
        for rule, cell in enumerate(cells)
        if cell and not ever >> rule & 1 and cell.tests.test(None, {}) is not True
    ]
    return Column(place, tuple((value, mask) for mask, value in passing.items()), tuple(dead))


def _independent(table: DecisionTable, columns: Iterable[Column]) -> list[Column]:
    """Leave out columns that read what an earlier one reads: not every combination may occur."""
    kept: list[Column] = []
    read: set[str] = set()
    for column in columns:
        paths = _paths(table.inputs[column.place])
        if not any(_touch(one, other) for one in paths for other in read):
            kept.append(column)
            read |= paths
    return kept


def _touch(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _is_path(head: Input) -> bool:
    """Whether a column reads a variable or an entry as it stands, so that any value may occur."""
    return isinstance(head.box, Literal) and bool(_path(head.box.expression.tree))


def _paths(head: Input) -> set[str]:
    if not isinstance(head.box, Literal):
        return set()
    path = _path(head.box.expression.tree)
    return {path} if path else set(head.box.expression.free_names)


def _path(node: object) -> str:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Path):
        base = _path(node.base)
        return f"{base}.{node.name}" if base else ""
    return ""
