"""Draw the lines of a diagram: flows with rounded corners, their arrows, slashes and diamonds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.diagram.elements import ACTIVITIES, Element
from engine.diagram.geometry import Point, distance, middle, towards
from engine.diagram.interchange import Edge
from engine.diagram.style import PAPER, Look
from engine.diagram.svg import Attributes, Pen, line_path, number
from engine.diagram.symbols import ENVELOPE, stamp

_CORNER_PX = 7.0
_ARROW_PX = 9.0
_DATA_LINKS = frozenset({"dataInputAssociation", "dataOutputAssociation"})


@dataclass(frozen=True, slots=True)
class Line:
    """An edge about to be drawn, with its look and the element it comes from."""

    edge: Edge
    look: Look
    source: Element | None


def draw(pen: Pen, line: Line) -> None:
    """Draw an edge without its name."""
    kind = line.edge.element.kind
    if kind in {"association", *_DATA_LINKS}:
        _draw_association(pen, line)
    elif kind == "messageFlow":
        _draw_message_flow(pen, line)
    else:
        _draw_sequence_flow(pen, line)


def _draw_sequence_flow(pen: Pen, line: Line) -> None:
    points, look, flow = line.edge.points, line.look, line.edge.element
    stroke: Attributes = {"stroke": look.stroke, "stroke_width": look.width}
    pen.path(rounded(_short_of_arrow(points)), fill="none", stroke_linecap="butt", **stroke)
    pen.path(_arrow(points), fill=look.stroke)
    source = line.source
    if source is None:
        return
    if source.default and source.default == flow.id:
        pen.path(_slash(points[0], points[1]), **stroke)
    elif flow.conditional and source.kind in ACTIVITIES:
        pen.path(_diamond(points[0], points[1]), fill=PAPER, **stroke)


def _draw_message_flow(pen: Pen, line: Line) -> None:
    points, look = line.edge.points, line.look
    stroke: Attributes = {"stroke": look.stroke, "stroke_width": 1.3}
    pen.path(rounded(_short_of_arrow(points)), fill="none", stroke_dasharray="8 5", **stroke)
    pen.circle(towards(points[0], points[1], 3.5), 3.5, fill=PAPER, **stroke)
    pen.path(_arrow(points), fill=PAPER, stroke_linejoin="round", **stroke)
    if line.edge.envelope:
        stamp(pen, ENVELOPE, middle(points)[0], look)


def _draw_association(pen: Pen, line: Line) -> None:
    points, link = line.edge.points, line.edge.element
    stroke: Attributes = {
        "fill": "none", "stroke": line.look.stroke, "stroke_width": 1.3, "stroke_linecap": "round",
    }  # fmt: skip
    pen.path(rounded(points), stroke_dasharray="0.5 4.5", **stroke)
    if link.kind in _DATA_LINKS or link.direction in {"One", "Both"}:
        pen.path(_open_arrow(points), **stroke)
    if link.direction == "Both":
        pen.path(_open_arrow(points[::-1]), **stroke)


def rounded(points: tuple[Point, ...]) -> str:
    """Return the path through some points with its corners rounded."""
    parts = [line_path(points[:1])]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(_CORNER_PX, distance(before, corner) / 2, distance(corner, after) / 2)
        parts.append(f"L{_at(towards(corner, before, reach))}")
        parts.append(f"Q{_at(corner)} {_at(towards(corner, after, reach))}")
    parts.append(f"L{_at(points[-1])}")
    return " ".join(parts)


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _short_of_arrow(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """End the line inside the arrow, so that its blunt end does not show at the tip."""
    reach = min(_ARROW_PX * 0.7, distance(points[-2], points[-1]) * 0.9)
    return (*points[:-1], towards(points[-1], points[-2], reach))


def _arrow(points: tuple[Point, ...]) -> str:
    tip, corners = points[-1], _barbs(points, _ARROW_PX, 4.0)
    return f"{line_path([tip, *corners])} Z"


def _open_arrow(points: tuple[Point, ...]) -> str:
    left, right = _barbs(points, 7.0, 4.0)
    return line_path([left, points[-1], right])


def _barbs(points: tuple[Point, ...], length: float, half: float) -> tuple[Point, Point]:
    tip, before = points[-1], points[-2]
    back = towards(tip, before, length)
    angle = math.atan2(before[1] - tip[1], before[0] - tip[0]) + math.pi / 2
    dx, dy = half * math.cos(angle), half * math.sin(angle)
    return (back[0] + dx, back[1] + dy), (back[0] - dx, back[1] - dy)


def _slash(start: Point, end: Point) -> str:
    centre = towards(start, end, 9)
    angle = math.atan2(end[1] - start[1], end[0] - start[0]) - math.radians(60)
    dx, dy = 6 * math.cos(angle), 6 * math.sin(angle)
    return line_path([(centre[0] - dx, centre[1] - dy), (centre[0] + dx, centre[1] + dy)])


def _diamond(start: Point, end: Point) -> str:
    far, centre = towards(start, end, 15), towards(start, end, 7.5)
    angle = math.atan2(end[1] - start[1], end[0] - start[0]) + math.pi / 2
    dx, dy = 4.5 * math.cos(angle), 4.5 * math.sin(angle)
    sides = ((centre[0] + dx, centre[1] + dy), (centre[0] - dx, centre[1] - dy))
    return f"{line_path([start, sides[0], far, sides[1]])} Z"
