"""Pattern matching that can be stopped: a backtracking machine whose moves are counted.

A pattern becomes a short program; its matcher keeps its alternatives on a list, not on Python's
stack, and spends one move for each instruction. A pattern that explodes (``(a+)+b``) passes the
budget and the expression ends with a clear error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.feel.failure import Failure
from engine.feel.regex_parser import (
    Back,
    Char,
    Choice,
    Edge,
    Group,
    PatternParser,
    Repeat,
    Sequence,
    Tree,
)
from engine.feel.runtime import Meter

MAX_PROGRAM = 20_000
"""Most instructions of one pattern; a quantity such as {1000} copies what it repeats."""

SLOTS_A_MOVE = 8
"""Places of groups and loops that cost, copied, as much as one move."""

_CHAR, _SPLIT, _JUMP, _SAVE, _START, _END, _BACK, _MARK, _MOVED, _MATCH = range(10)

Span = tuple[int, int]
Instruction = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern matched.

    :ivar spans: of the whole and of each group; ``(-1, -1)`` where a group took no part.
    """

    spans: tuple[Span, ...]

    def group(self, text: str, number: int) -> str:
        """Return what a group matched; nothing where it took no part."""
        start, end = self.spans[number]
        return text[start:end] if start >= 0 else ""


class Pattern:
    """A compiled pattern. See :func:`compile_pattern`."""

    def __init__(self, pattern: str, flags: str) -> None:
        parser = PatternParser(pattern, flags)
        tree = parser.parse()
        self.groups = parser.groups
        self.multiline = "m" in flags
        self.fold = "i" in flags
        self.slots = 2 * (self.groups + 1)
        self.program: list[Instruction] = []
        self._emit(tree)
        self._add(_MATCH)

    # --- compiling

    def _add(self, *instruction: Any) -> int:
        if len(self.program) >= MAX_PROGRAM:
            raise Failure("pattern-repeats")
        self.program.append(instruction)
        return len(self.program) - 1

    def _emit(self, tree: Tree) -> None:
        if isinstance(tree, Char):
            self._add(_CHAR, tree.test)
        elif isinstance(tree, Sequence):
            for part in tree.parts:
                self._emit(part)
        elif isinstance(tree, Choice):
            self._emit_choice(tree.branches)
        elif isinstance(tree, Group):
            self._emit_group(tree)
        elif isinstance(tree, Repeat):
            self._emit_repeat(tree)
        elif isinstance(tree, Edge):
            self._add(_START if tree.at_start else _END)
        else:
            self._emit_back(tree)

    def _emit_back(self, tree: Back) -> None:
        self._add(_BACK, tree.group)

    def _emit_group(self, tree: Group) -> None:
        if not tree.number:
            self._emit(tree.body)
            return
        self._add(_SAVE, 2 * tree.number)
        self._emit(tree.body)
        self._add(_SAVE, 2 * tree.number + 1)

    def _emit_choice(self, branches: tuple[Tree, ...]) -> None:
        jumps = []
        for branch in branches[:-1]:
            split = self._add(_SPLIT, 0, 0)
            self._emit(branch)
            jumps.append(self._add(_JUMP, 0))
            self.program[split] = (_SPLIT, split + 1, len(self.program))
        self._emit(branches[-1])
        for jump in jumps:
            self.program[jump] = (_JUMP, len(self.program))

    def _emit_repeat(self, tree: Repeat) -> None:
        for _ in range(tree.least):
            self._emit(tree.body)
        if tree.most is None:
            self._emit_loop(tree)
            return
        splits = []
        for _ in range(tree.most - tree.least):
            splits.append(self._add(_SPLIT, 0, 0))
            self._emit(tree.body)
        for split in splits:
            self.program[split] = self._split(split + 1, len(self.program), tree.greedy)

    def _emit_loop(self, tree: Repeat) -> None:
        slot = self.slots
        self.slots += 1
        split = self._add(_SPLIT, 0, 0)
        self._add(_MARK, slot)
        self._emit(tree.body)
        self._add(_MOVED, slot)  # a turn that took no character ends the loop
        self._add(_JUMP, split)
        self.program[split] = self._split(split + 1, len(self.program), tree.greedy)

    @staticmethod
    def _split(inside: int, after: int, greedy: bool) -> Instruction:
        return (_SPLIT, inside, after) if greedy else (_SPLIT, after, inside)

    # --- matching

    def search(self, text: str, start: int, meter: Meter) -> Match | None:
        """Return the first match at or after a place, ``None`` if there is none.

        :raises FeelError: the search passes the budget.
        """
        for place in range(start, len(text) + 1):
            slots = self._match_at(text, place, meter)
            if slots is not None:
                spans = [(slots[2 * n], slots[2 * n + 1]) for n in range(self.groups + 1)]
                return Match(tuple(s if -1 not in s else (-1, -1) for s in spans))
        return None

    def _match_at(self, text: str, start: int, meter: Meter) -> tuple[int, ...] | None:
        waiting = [(0, start, (start,) + (-1,) * (self.slots - 1))]
        moves = 0
        weight = self.slots // SLOTS_A_MOVE
        program = self.program
        while waiting:
            counter, place, slots = waiting.pop()
            while True:
                moves += 1
                if moves >= 1024:
                    meter.spend_regex(moves)
                    moves = 0
                instruction = program[counter]
                code = instruction[0]
                if code == _CHAR:
                    if place >= len(text) or not instruction[1](text[place]):
                        break
                    place += 1
                    counter += 1
                elif code == _SPLIT:
                    waiting.append((instruction[2], place, slots))
                    counter = instruction[1]
                elif code == _JUMP:
                    counter = instruction[1]
                elif code == _MATCH:
                    meter.spend_regex(moves)
                    return (slots[0], place, *slots[2:])
                else:
                    moved = self._special(instruction, text, place, slots)
                    moves += weight  # It may keep a copy of all slots.
                    if moved is None:
                        break
                    place, slots = moved
                    counter += 1
        meter.spend_regex(moves)
        return None

    def _special(
        self, instruction: Instruction, text: str, place: int, slots: tuple[int, ...]
    ) -> tuple[int, tuple[int, ...]] | None:
        code = instruction[0]
        if code in (_SAVE, _MARK):
            slot = instruction[1]
            return place, (*slots[:slot], place, *slots[slot + 1 :])
        if code == _MOVED:
            return None if slots[instruction[1]] == place else (place, slots)
        if code == _START:
            ok = place == 0 or (self.multiline and text[place - 1] == "\n")
            return (place, slots) if ok else None
        if code == _END:
            ok = place == len(text) or (self.multiline and text[place] == "\n")
            return (place, slots) if ok else None
        return self._back(instruction[1], text, place, slots)

    def _back(
        self, group: int, text: str, place: int, slots: tuple[int, ...]
    ) -> tuple[int, tuple[int, ...]] | None:
        start, end = slots[2 * group], slots[2 * group + 1]
        if start < 0 or end < 0:
            return place, slots
        wanted, found = text[start:end], text[place : place + end - start]
        same = wanted.casefold() == found.casefold() if self.fold else wanted == found
        return (place + end - start, slots) if same else None


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """Return the compiled pattern.

    :raises Failure: it is not one of XPath's, or its flags are not.
    """
    return Pattern(pattern, flags)
