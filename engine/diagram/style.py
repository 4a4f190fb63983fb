"""Colours and line widths of a diagram; a step's state never shows by its colour alone."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from engine.diagram.elements import Element

PAPER = "#ffffff"
INK = "#12262a"
FONT = "system-ui, sans-serif"
TASK_FONT_PX = 12.0
LABEL_FONT_PX = 11.0
_LINE = "#3a4a4d"
_FAINT_LINE = "#8a999b"
BAND = "#f1f5f5"


@dataclass(frozen=True, slots=True)
class Look:
    """How one element is drawn.

    :ivar state: class name in the SVG: ``done``, ``active``, ``failed`` or ``""``.
    :ivar width: of its outline, in px, before a kind's own weight.
    """

    state: str
    stroke: str
    fill: str
    width: float


PLAIN = Look("", _LINE, PAPER, 1.5)
FAINT = Look("", _FAINT_LINE, PAPER, 1.2)
DONE = Look("done", "#1f6f43", "#e3f1e7", 1.75)
ACTIVE = Look("active", "#0b4f55", "#d9eced", 3.0)
FAILED = Look("failed", "#a4262c", "#f8e3e4", 2.5)


@dataclass(frozen=True, slots=True)
class States:
    """Which elements are done, active and failed.

    :ivar exact: ``done`` names flows, so only those were taken; otherwise a flow counts as done
        when both its ends are.
    """

    done: AbstractSet[str]
    active: AbstractSet[str]
    failed: AbstractSet[str]
    exact: bool

    def look(self, identifier: str) -> Look:
        """Return how a node is drawn: failed before active before done."""
        if identifier in self.failed:
            return FAILED
        if identifier in self.active:
            return ACTIVE
        return DONE if identifier in self.done else PLAIN

    def flow_look(self, flow: Element) -> Look:
        """Return how a sequence flow is drawn: done or plain."""
        if flow.id in self.done:
            return DONE
        if self.exact:
            return PLAIN
        both = self._reached(flow.source) and self._reached(flow.target)
        return DONE if both else PLAIN

    def _reached(self, identifier: str) -> bool:
        return any(identifier in some for some in (self.done, self.active, self.failed))
