"""Write SVG: a pen that draws into one group, presentation attributes only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from engine.diagram.geometry import Box, Point
from engine.diagram.text import LINE_HEIGHT, is_right_to_left

Attributes = dict[str, str | float | None]
"""Attributes of one element, as :class:`Pen` takes them."""

NAMESPACE = "http://www.w3.org/2000/svg"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# From the middle of a line to the baseline, in font sizes: half the height of a capital.
_BASELINE = 0.35


def number(value: float) -> str:
    """Return a number with at most two decimals, as SVG writes it."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def qualified(name: str) -> str:
    """Return an SVG tag as lxml names it."""
    return f"{{{NAMESPACE}}}{name}"


def clean(text: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def line_path(points: Sequence[Point]) -> str:
    """Return the path through some points."""
    return "M" + " L".join(f"{number(x)} {number(y)}" for x, y in points)


class Pen:
    """Draws into one SVG group.

    Attributes are given as Python names: ``stroke_width=2`` becomes ``stroke-width="2"``;
    ``None`` leaves one out.
    """

    def __init__(self, group: Any) -> None:
        self.group = group

    def within(self, **attributes: str | float | None) -> Pen:
        """Return a pen for a new group inside this one."""
        return Pen(self._add("g", attributes))

    def text_child(self, name: str, text: str, **attributes: str | float | None) -> None:
        """Add an element that holds only text, such as ``title``."""
        self._add(name, attributes).text = clean(text)

    def rect(self, box: Box, *, radius: float = 0, **attributes: str | float | None) -> None:
        """Draw a rectangle with rounded corners of that radius."""
        place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        self._add("rect", {**place, "rx": radius or None, **attributes})

    def circle(self, at: Point, radius: float, **attributes: str | float | None) -> None:
        """Draw a circle."""
        self._add("circle", {"cx": at[0], "cy": at[1], "r": max(radius, 0), **attributes})

    def path(self, d: str, **attributes: str | float | None) -> None:
        """Draw a path given in SVG's own notation."""
        self._add("path", {"d": d, **attributes})

    def text(
        self, lines: Sequence[str], at: Point, size: float, **attributes: str | float | None
    ) -> None:
        """Write lines, the first one's middle at ``at``, each anchored like the first."""
        direction = "rtl" if is_right_to_left(" ".join(lines)) else None
        text = self._add("text", {"font_size": size, "direction": direction, **attributes})
        for row, line in enumerate(lines):
            y = at[1] + (row * LINE_HEIGHT + _BASELINE) * size
            span = etree.SubElement(text, qualified("tspan"), {"x": number(at[0]), "y": number(y)})
            span.text = clean(line)

    def _add(self, name: str, attributes: Attributes) -> Any:
        written = {
            key.replace("_", "-"): number(value) if isinstance(value, int | float) else clean(value)
            for key, value in attributes.items()
            if value is not None
        }
        return etree.SubElement(self.group, qualified(name), written)
