"""From FEEL text in a DMN file to compiled expressions; what does not parse becomes a finding."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.dmn.boxed import Broken, Literal, Nothing, Typed
from engine.dmn.document import Report, child, text_of
from engine.dmn.session import Box
from engine.dmn.types import ItemType, Types
from engine.errors import FeelError
from engine.feel import UnaryTests, Value, builtin_names, certain_warnings, parse, parse_unary_tests
from engine.feel.suggest import nearest
from engine.feel.syntax import Call, Name
from engine.rules import said


@dataclass(frozen=True, slots=True)
class Known:
    """The names that an expression may read.

    :ivar names: all of them; those with spaces or signs need it to be parsed.
    :ivar local: parameters, entries and loop variables among them: no variable of the process.
    """

    names: frozenset[str]
    local: frozenset[str] = frozenset()

    def plus(self, *names: str) -> Known:
        """Return these names and some local ones."""
        return Known(self.names.union(names), self.local.union(names))


class Expressions:
    """Compiles one decision's expressions.

    :ivar free: names they read that nothing in the decision itself supplies.
    """

    def __init__(self, report: Report, types: Types) -> None:
        self.report = report
        self.types = types
        self.free: set[str] = set()

    def literal(self, node: Any, known: Known, what: str, *, empty: str = "") -> Box:
        """Compile a node's text.

        :param what: what it is, as a message begins: ``rule 3, output "amount"``.
        :param empty: the error where there is no text; without it, no text is null.
        """
        refusal = self._foreign(node, what)
        if refusal:
            return Broken(refusal)
        source = text_of(node)
        if not source.strip():
            if not empty:
                return Nothing()
            return Broken(
                self.report.error(
                    "empty", node, said("{what} {empty}", what=what, empty=empty), "Write it."
                )
            )
        try:
            expression = parse(source.strip(), known.names, types=self.types.feel)
        except FeelError as error:
            return Broken(self._unreadable(node, what, source, error))
        self._supplied(node, what, expression.tree, expression.free_names, known)
        return Literal(expression, f"{self.report.place(node)}: {what}")

    def tests(self, node: Any, known: Known, what: str) -> tuple[UnaryTests | None, str]:
        """Compile a cell; the second is the error where it does not parse."""
        refusal = self._foreign(node, what)
        if refusal:
            return None, refusal
        source = text_of(node)
        try:
            tests = parse_unary_tests(source.strip(), known.names, types=self.types.feel)
        except FeelError as error:
            return None, self._unreadable(node, what, source, error)
        self._supplied(node, what, tests.tree, tests.free_names, known)
        return tests, ""

    def values(self, node: Any, what: str) -> tuple[Value, ...]:
        """Return the values of an ``outputValues`` list, in order; empty if it has others."""
        try:
            values = parse(f"[{text_of(node).strip()}]").evaluate({})
        except FeelError as error:
            self._unreadable(node, what, text_of(node), error)
            return ()
        return values if isinstance(values, tuple) else ()

    def typed(self, box: Box, kind: ItemType | None, node: Any, what: str) -> Box:
        """Return the expression with its declared type checked, where one is declared."""
        return box if kind is None else Typed(box, kind, f"{self.report.place(node)}: {what}")

    def _supplied(
        self, node: Any, what: str, tree: object, free: frozenset[str], known: Known
    ) -> None:
        """Note the names that an expression reads; report functions that nobody defines, and
        what it fails at whatever it reads.
        """
        self.free |= free - known.local
        for name in sorted(called_in(tree) & free - known.names):
            found = nearest(name, [*sorted(known.names), *sorted(builtin_names())])
            hint = found if str(found) else "."
            message = said(
                "{what} calls '{name}', which is no function here{hint}",
                what=what,
                name=name,
                hint=hint,
            )
            remedy = "Correct the name, or draw an arrow from the knowledge model."
            self.report.error("unknown-function", node, message, remedy)
        for why in certain_warnings(tree):
            message = said("{what} is null in part: {why}.", what=what, why=why)
            self.report.warning("null", node, message, "Correct the expression.")

    def _foreign(self, node: Any, what: str) -> str:
        language = (node.get("expressionLanguage") or "feel").lower()
        if "feel" not in language:
            message = said("{what} is written in '{language}'.", what=what, language=language)
            return self.report.error("language", node, message, "Write it in FEEL.")
        if child(node, "importedValues") is not None:
            message = said("{what} imports values from another document.", what=what)
            return self.report.error("unsupported", node, message, "Write the values here.")
        return ""

    def _unreadable(self, node: Any, what: str, source: str, error: FeelError) -> str:
        shown = source.strip()
        shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
        message = said(
            "{what} does not read as FEEL: {shown} — {error}", what=what, shown=shown, error=error
        )
        return self.report.error("feel", node, message, "Correct it; text needs double quotes.")


def nodes_in(tree: object) -> Iterator[object]:
    """Yield every node of a syntax tree."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting += part
        elif dataclasses.is_dataclass(part) and not isinstance(part, type):
            yield part
            waiting += [getattr(part, field.name) for field in dataclasses.fields(part)]


def names_in(tree: object) -> frozenset[str]:
    """Return every name that a syntax tree reads, wherever it stands."""
    return frozenset(node.name for node in nodes_in(tree) if isinstance(node, Name))


def called_in(tree: object) -> frozenset[str]:
    """Return the names of the functions that a syntax tree calls."""
    calls = (node.callee for node in nodes_in(tree) if isinstance(node, Call))
    return frozenset(callee.name for callee in calls if isinstance(callee, Name))
