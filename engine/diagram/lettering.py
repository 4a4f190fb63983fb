"""Where names stand: inside activities and pools, beside events, gateways, data and flows."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagram.geometry import Box, Point, middle
from engine.diagram.interchange import Edge
from engine.diagram.style import INK, LABEL_FONT_PX, PAPER, TASK_FONT_PX
from engine.diagram.svg import Pen, number
from engine.diagram.text import LINE_HEIGHT, width_of, wrap

_NARROWEST_PX = 90.0  # As in bpmn.io, whose label bounds are those of the text it measured.
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


def fit(name: str, room: Box, size: float = TASK_FONT_PX) -> Written:
    """Break a name into lines that stand centred in a room, smaller or shortened if need be."""
    while True:
        most = max(int(room.height / (size * LINE_HEIGHT)), 1)
        lines, cut = wrap(name, room.width, size, most)
        if not cut or size <= _SMALLEST_FONT_PX:
            break
        size -= 1
    height = len(lines) * size * LINE_HEIGHT
    box = Box(room.x, room.cy - height / 2, room.width, height)
    return Written(tuple(lines), box, size, cut)


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
    lines, cut = wrap(name, max(at.width, _NARROWEST_PX), LABEL_FONT_PX, _MOST_LINES)
    width = max((width_of(line, LABEL_FONT_PX) for line in lines), default=0)
    return lines, cut, width, len(lines) * LABEL_FONT_PX * LINE_HEIGHT


def write(pen: Pen, written: Written, *, weight: str | None = None, backed: bool = False) -> None:
    """Write centred lines.

    :param backed: paper behind them, so that a line does not run through the words.
    """
    if not written.lines:
        return
    if backed:
        pen.rect(written.box, radius=2, fill=PAPER, fill_opacity=0.85)
    first = written.box.y + written.size * LINE_HEIGHT / 2
    at: Point = (written.box.cx, first)
    pen.text(written.lines, at, written.size, text_anchor="middle", fill=INK, font_weight=weight)


def write_upright(pen: Pen, name: str, band: Box) -> Written:
    """Write a name turned by a quarter, read from below, as at the left edge of a pool."""
    turned = Box(-band.height / 2, -band.width / 2, band.height, band.width)
    written = fit(name, turned.grown(-3))
    here = pen.within(transform=f"translate({number(band.cx)} {number(band.cy)}) rotate(-90)")
    write(here, written)
    return written
