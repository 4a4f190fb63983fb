"""XPath patterns, read into a tree (XPath Functions 3.1, 5.6; XML Schema part 2, F).

DMN 1.5 takes its patterns from XPath. Python's own engine is not used: it reads another dialect
and cannot be stopped. What is read here runs in :mod:`engine.feel.regex`, step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.feel.failure import Failure
from engine.feel.messages import Message
from engine.feel.regex_classes import ESCAPES, named_class

MAX_PATTERN_CHARS = 2_000
MAX_PATTERN_DEPTH = 30
MAX_REPEAT = 1_000
_LITERAL_ESCAPES = frozenset("\\|.?*+(){}-[]^$")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}

Test: TypeAlias = Callable[[str], bool]
"""Whether a character fits."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character that fits a test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Edge:
    """``^`` or ``$``."""

    at_start: bool


@dataclass(frozen=True, slots=True)
class Back:
    """A reference to what a group matched."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group; number 0 captures nothing."""

    number: int
    body: Tree


@dataclass(frozen=True, slots=True)
class Repeat:
    """A quantified piece; ``most`` of ``None`` is without bound."""

    body: Tree
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Pieces one after another."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, the first that leads to a match."""

    branches: tuple[Tree, ...]


Tree: TypeAlias = Char | Edge | Back | Group | Repeat | Sequence | Choice


class PatternParser:
    """Reads one pattern."""

    def __init__(self, pattern: str, flags: str) -> None:
        if len(pattern) > MAX_PATTERN_CHARS:
            raise Failure("pattern-long", limit=MAX_PATTERN_CHARS)
        odd = set(flags) - set("smixq")
        if odd:
            raise Failure("pattern-flag", flag=min(odd))
        self.literal = "q" in flags
        spaced = "x" in flags and not self.literal
        self.pattern = _without_spaces(pattern) if spaced else pattern
        self.fold = "i" in flags
        self.dot_all = "s" in flags
        self.position = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.depth = 0

    def parse(self) -> Tree:
        """Return the tree of the whole pattern.

        :raises Failure: the pattern is not one of XPath's.
        """
        if self.literal:
            return Sequence(tuple(Char(self._exactly(char)) for char in self.pattern))
        tree = self._choice()
        if self.position < len(self.pattern):
            raise self._wrong("closing")
        return tree

    def _wrong(self, what: str, **figures: Any) -> Failure:
        told = Message(f"pattern.{what}", figures)
        return Failure("pattern", pattern=self.pattern[:60], what=told, place=self.position + 1)

    def _peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise self._wrong("early-end")
        self.position += 1
        return char

    def _take(self, text: str) -> bool:
        if self.pattern.startswith(text, self.position):
            self.position += len(text)
            return True
        return False

    def _choice(self) -> Tree:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._quantified(self._atom()))
        return Sequence(tuple(parts))

    def _quantified(self, atom: Tree) -> Tree:
        char = self._peek()
        bounds: tuple[int, int | None]
        if char in {"?", "*", "+"} and char:
            self.position += 1
            bounds = {"?": (0, 1), "*": (0, None), "+": (1, None)}[char]
        elif char == "{":
            self.position += 1
            bounds = self._bounds()
        else:
            return atom
        return Repeat(atom, *bounds, greedy=not self._take("?"))

    def _bounds(self) -> tuple[int, int | None]:
        text = ""
        while self._peek() != "}":
            text += self._next()
        self.position += 1
        least, comma, most = text.partition(",")
        digits = least.isdecimal() and (not most or most.isdecimal()) and len(text) < 12
        if not digits:
            raise self._wrong("quantity")
        low = int(least)
        high = low if not comma else (int(most) if most else None)
        if low > MAX_REPEAT or (high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise self._wrong("quantity-range", limit=MAX_REPEAT)
        return low, high

    def _atom(self) -> Tree:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return Char(self._class())
        if char == ".":
            return Char(_anything if self.dot_all else _not_newline)
        if char in "^$":
            return Edge(char == "^")
        if char == "\\":
            return self._escape()
        if char in "?*+{}]":
            raise self._wrong("nothing-before", char=char)
        return Char(self._exactly(char))

    def _group(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_PATTERN_DEPTH:
            raise self._wrong("groups")
        number = 0
        if not self._take("?:"):
            self.groups += 1
            number = self.groups
        body = self._choice()
        if not self._take(")"):
            raise self._wrong("open", char="(")
        self.depth -= 1
        self.closed.add(number)
        return Group(number, body)

    def _escape(self) -> Tree:
        if self._peek().isdecimal() and self._peek() != "0":
            number = int(self._next())
            while self._peek().isdecimal() and number * 10 + int(self._peek()) <= self.groups:
                number = number * 10 + int(self._next())
            if number not in self.closed:
                raise self._wrong("reference", number=number)
            return Back(number)
        return Char(self._escaped())

    def _escaped(self) -> Test:
        char = self._next()
        if char in _LITERAL_ESCAPES:
            return self._exactly(char)
        if char in _CONTROL:
            return self._exactly(_CONTROL[char])
        if char in ESCAPES:
            return ESCAPES[char]
        if char in "pP" and self._take("{"):
            return self._property(negated=char == "P")
        raise self._wrong("escape", char=char)

    def _property(self, *, negated: bool) -> Test:
        end = self.pattern.find("}", self.position)
        if end < 0:
            raise self._wrong("open", char="{")
        name = self.pattern[self.position : end]
        self.position = end + 1
        test = named_class(name)
        if test is None:
            raise self._wrong("class", name=name[:40])
        return _opposite(test) if negated else test

    def _exactly(self, wanted: str) -> Test:
        if not self.fold:
            return wanted.__eq__
        folded = wanted.casefold()
        return lambda char: char == wanted or char.casefold() == folded

    # --- [classes]

    def _class(self) -> Test:
        self.depth += 1
        if self.depth > MAX_PATTERN_DEPTH:
            raise self._wrong("classes")
        negated = self._take("^")
        tests: list[Test] = []
        without: Test | None = None
        while not (tests and self._take("]")):
            if tests and self._take("-["):
                without = self._class()
                if not self._take("]"):
                    raise self._wrong("after-class")
                break
            tests.append(self._class_item(first=not tests))
        self.depth -= 1
        return _combined(tuple(tests), negated, without)

    def _class_item(self, *, first: bool) -> Test:
        start = self._class_char(first)
        if not isinstance(start, str):
            return start
        ranged = self._peek() == "-" and self.pattern[
            self.position + 1 : self.position + 2
        ] not in {
            "]",
            "[",
            "",
        }
        if not ranged:
            return self._exactly(start)
        self.position += 1
        end = self._class_char(first=False)
        if not isinstance(end, str) or end < start:
            raise self._wrong("backwards")
        return self._range(start, end)

    def _class_char(self, first: bool) -> str | Test:
        char = self._next()
        if char == "\\":
            following = self._peek()
            if following in _LITERAL_ESCAPES and following:
                return self._next()
            if following in _CONTROL:
                return _CONTROL[self._next()]
            return self._escaped()
        if char == "[" or (char == "]" and first):
            raise self._wrong("in-class", char=char)
        return char

    def _range(self, start: str, end: str) -> Test:
        if not self.fold:
            return lambda char: start <= char <= end
        return lambda char: any(start <= form <= end for form in _forms(char))


def _forms(char: str) -> tuple[str, ...]:
    return tuple(f for f in (char, char.lower(), char.upper(), char.casefold()) if len(f) == 1)


def _combined(tests: tuple[Test, ...], negated: bool, without: Test | None) -> Test:
    def fits(char: str) -> bool:
        found = any(test(char) for test in tests) is not negated
        return found and not (without is not None and without(char))

    return fits


def _opposite(test: Test) -> Test:
    return lambda char: not test(char)


def _anything(_char: str) -> bool:
    return True


def _not_newline(char: str) -> bool:
    return char not in "\n\r"


def _without_spaces(pattern: str) -> str:
    """Return the pattern as the flag ``x`` reads it: without spaces, but inside classes."""
    kept: list[str] = []
    depth, escaped = 0, False
    for char in pattern:
        if char in " \t\n\r" and not depth:
            continue
        kept.append(char)
        if not escaped:
            depth += {"[": 1, "]": -1}.get(char, 0)
        escaped = char == "\\" and not escaped
    return "".join(kept)
