"""Where names stand: inside activities and pools, beside events, gateways, data and flows."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagram.geometry import Box, Point, middle
from engine.diagram.interchange import Edge
from engine.diagram.style import INK, LABEL_FONT_PX, PAPER, TASK_FONT_PX
from engine.diagram.svg import Attributes, Pen, number
from engine.diagram.text import LINE_HEIGHT, width_of, wrap

_NARROWEST_PX = 90.0  # As in bpmn.io, whose label bounds are those of the text it measured.
_TOLERANCE_PX = 4.0  # By which a text of estimated width may reach over its room.
_MOST_LINES = 8
_SMALLEST_FONT_PX = 10.0


@dataclass(frozen=True, slots=True)
class Written:
    """Lines with their place.

    :ivar box: what they cover. :ivar cut: something had to be left out.
    """

    lines: tuple[str, ...]
    box: Box
    size: float
    cut: bool = False


def fit(name: str, room: Box, *, above: float = 0, below: float = 0) -> Written:
    """Break a name into lines that stand in the middle of a room, smaller or shortened if need be.

    :param above: px at the upper edge that belong to an icon; :param below: to markers. The lines
        leave the middle only as far as these push them.
    """
    size = TASK_FONT_PX
    free = room.height - above - below
    while True:
        most = max(int((free + _TOLERANCE_PX) / (size * LINE_HEIGHT)), 1)
        lines, cut = wrap(name, room.width, size, most)
        whole = all(width_of(word, size) <= room.width for word in name.split())
        if (whole and not cut) or size <= _SMALLEST_FONT_PX:
            break
        size -= 1
    height = len(lines) * size * LINE_HEIGHT
    top = min(max(room.cy - height / 2, room.y + above), room.bottom - below - height)
    return Written(tuple(lines), Box(room.x, top, room.width, height), size, cut)


def beside_node(name: str, node: Box, given: Box | None) -> Written:
    """Place the name of an event, a gateway or a data object: where given, otherwise below."""
    at = given or Box(node.cx - _NARROWEST_PX / 2, node.bottom + 4, _NARROWEST_PX, 0)
    lines, cut, width, height = _outside(name, at)
    if at.cy >= node.bottom:
        top = at.y
    elif at.cy <= node.y:
        top = at.bottom - height
    else:
        top = at.cy - height / 2
    return Written(tuple(lines), Box(at.cx - width / 2, top, width, height), LABEL_FONT_PX, cut)


def on_edge(name: str, edge: Edge) -> Written:
    """Place the name of a flow: where given, otherwise above or right of its middle."""
    if edge.label is not None:
        at = edge.label
        lines, cut, width, height = _outside(name, at)
        box = Box(at.cx - width / 2, at.cy - height / 2, width, height)
        return Written(tuple(lines), box, LABEL_FONT_PX, cut)
    (x, y), start, end = middle(edge.points)
    lines, cut, width, height = _outside(name, Box(x, y, 0, 0))
    level = abs(end[0] - start[0]) >= abs(end[1] - start[1])
    corner = (x - width / 2, y - height - 4) if level else (x + 6, y - height / 2)
    return Written(tuple(lines), Box(*corner, width, height), LABEL_FONT_PX, cut)


def _outside(name: str, at: Box) -> tuple[list[str], bool, float, float]:
    lines, cut = wrap(
        name, max(at.width, _NARROWEST_PX) + _TOLERANCE_PX, LABEL_FONT_PX, _MOST_LINES
    )
    width = max((width_of(line, LABEL_FONT_PX) for line in lines), default=0)
    return lines, cut, width, len(lines) * LABEL_FONT_PX * LINE_HEIGHT


def write(pen: Pen, written: Written, *, weight: str | None = None, haloed: bool = False) -> None:
    """Write centred lines.

    :param haloed: with paper around the letters, so that no line runs through the words.
    """
    if not written.lines:
        return
    first = written.box.y + written.size * LINE_HEIGHT / 2
    at: Point = (written.box.cx, first)
    style: Attributes = {"text_anchor": "middle", "font_weight": weight}
    if haloed:
        # A text of its own: not every renderer knows the attribute "paint-order".
        halo: Attributes = {"stroke": PAPER, "stroke_width": 3, "stroke_linejoin": "round"}
        pen.text(written.lines, at, written.size, fill=PAPER, **halo, **style)
    pen.text(written.lines, at, written.size, fill=INK, **style)


def write_upright(pen: Pen, name: str, band: Box) -> Written:
    """Write a name turned by a quarter, read from below, as at the left edge of a pool."""
    turned = Box(-band.height / 2, -band.width / 2, band.height, band.width)
    written = fit(name, turned.grown(-3))
    here = pen.within(transform=f"translate({number(band.cx)} {number(band.cy)}) rotate(-90)")
    write(here, written)
    return written
