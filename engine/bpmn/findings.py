"""What is wrong with a publication, collected while it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.errors import Finding
from engine.rules import finding

PARTS = (
    "EventDefinition",
    "Expression",
    "Condition",
    "Characteristics",
    "Cardinality",
    "timeDate",
    "timeDuration",
    "timeCycle",
    "script",
    "messagePath",
)
"""Ends of the names of nodes that have ids of their own and are parts of what people see."""

ERROR = "error"
WARNING = "warning"
INFO = "info"


class Findings:
    """Collects findings of one publication; a place is an XML node, or a file alone."""

    def __init__(self) -> None:
        self.items: list[Finding] = []

    def error(self, rule: str, place: Place, message: str, remedy: str) -> None:
        """Refuse the publication for this."""
        self._add(rule, ERROR, place, message, remedy)

    def warning(
        self, rule: str, place: Place, message: str, remedy: str, trace: tuple[str, ...] = ()
    ) -> None:
        """Say this without refusing the publication."""
        self._add(rule, WARNING, place, message, remedy, trace)

    def info(self, rule: str, place: Place, message: str, remedy: str) -> None:
        """Say what could not be looked at; nothing need be wrong."""
        self._add(rule, INFO, place, message, remedy)

    def _add(
        self,
        rule: str,
        severity: str,
        place: Place,
        message: str,
        remedy: str,
        trace: tuple[str, ...] = (),
    ) -> None:
        self.items.append(
            finding(
                f"bpmn.{rule}",
                severity,
                place.file,
                place.element,
                place.line,
                message,
                remedy,
                trace,
            )
        )

    def soften(self, covers: Callable[[Finding], bool]) -> tuple[Finding, ...]:
        """Make warnings of the errors that this covers, and return these."""
        softened = {
            item: replace(item, severity=WARNING)
            for item in self.items
            if item.severity == ERROR and covers(item)
        }
        self.items = [softened.get(item, item) for item in self.items]
        return tuple(softened.values())

    def sorted(self) -> tuple[Finding, ...]:
        """Return every finding once, errors first, then by file and line."""
        unique = dict.fromkeys(self.items)
        order = sorted(unique, key=lambda f: (f.severity != ERROR, f.file, f.line, f.rule))
        return tuple(order)

    def wrong_files(self) -> frozenset[str]:
        """Return the files in which an error was found."""
        return frozenset(item.file for item in self.items if item.severity == ERROR)

    @property
    def refused(self) -> bool:
        """Whether anything found refuses the publication."""
        return any(finding.severity == ERROR for finding in self.items)


class Place:
    """Where a finding points: a file, the nearest element with an id, a line."""

    __slots__ = ("element", "file", "line")

    def __init__(self, file: str, element: str = "", line: int = 0) -> None:
        self.file = file
        self.element = element
        self.line = line

    @classmethod
    def of(cls, file: str, node: Any) -> Place:
        """Return the place of an XML node: the element of the diagram that it belongs to."""
        named = node
        while named is not None and (not named.get("id") or str(named.tag).endswith(PARTS)):
            named = named.getparent()
        return cls(file, "" if named is None else named.get("id"), node.sourceline or 0)
