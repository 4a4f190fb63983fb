"""Draw the nodes of a diagram, each kind after its picture in BPMN 2.0.2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.diagram import lettering
from engine.diagram.elements import ACTIVITIES, EVENTS, GATEWAYS, SUB_PROCESSES, TASKS
from engine.diagram.geometry import Box
from engine.diagram.interchange import Shape
from engine.diagram.lettering import Written
from engine.diagram.style import BAND, FAINT, INK, LABEL_FONT_PX, Look
from engine.diagram.svg import Attributes, Pen, line_path, number
from engine.diagram.symbols import (
    DATA_ARROW,
    ENVELOPE,
    EVENT_SYMBOLS,
    GATEWAY_SYMBOLS,
    MARKERS,
    TASK_ICONS,
    badge,
    stamp,
)
from engine.diagram.text import LINE_HEIGHT, is_right_to_left, wrap

_POOL_BAND_PX = 30.0
_ACTIVITY_RADIUS_PX = 10.0
_BESIDE = (
    EVENTS
    | GATEWAYS
    | {
        "dataObjectReference",
        "dataObject",
        "dataInput",
        "dataOutput",
        "dataStoreReference",
        "dataStore",
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """A shape about to be drawn.

    :ivar name: in the reader's language. :ivar open: what is inside is drawn on this page.
    :ivar crowded: boundary events on it, which its name and markers keep clear of.
    """

    shape: Shape
    name: str
    look: Look
    open: bool
    crowded: tuple[Box, ...]

    @property
    def box(self) -> Box:
        """Where it stands."""
        return self.shape.box

    @property
    def kind(self) -> str:
        """Its BPMN tag."""
        return self.shape.element.kind


def draw(pen: Pen, node: Node) -> bool:
    """Draw a node with the name inside it.

    :returns: whether the name had to be shortened.
    """
    painter = _PAINTERS.get(node.kind, _draw_plainly)
    written = painter(pen, node)
    return written is not None and written.cut


def name_beside(node: Node) -> Written | None:
    """Return the name that stands outside the node, if it is one of those kinds."""
    if node.kind not in _BESIDE or not node.name:
        return None
    return lettering.beside_node(node.name, node.box, node.shape.label)


def _draw_activity(pen: Pen, node: Node) -> Written:
    box, look, element = node.box, node.look, node.shape.element
    radius = min(_ACTIVITY_RADIUS_PX, box.width / 3, box.height / 3)
    heavy = 2.0 if node.kind == "callActivity" else 0.0
    pen.rect(
        box,
        radius=radius,
        fill=look.fill,
        fill_opacity=0.35 if node.open and look.state else None,
        stroke=look.stroke,
        stroke_width=look.width + heavy,
        stroke_dasharray="1.5 4" if element.dashed else None,
        stroke_linecap="round" if element.dashed else None,
    )
    if node.kind == "transaction":
        pen.rect(box.grown(-3), radius=radius - 2, fill="none", stroke=look.stroke)
    icon = TASK_ICONS.get(node.kind)
    if icon is not None:
        stamp(pen, icon, (box.x + 14, box.y + 13), look)
    signs = _signs(node)
    _draw_markers(pen, node, signs)
    written = _name_inside(node, icon is not None, bool(signs) or bool(node.crowded))
    lettering.write(pen, written, weight="600" if node.open else None)
    badge(pen, (box.right - 3, box.y + 3), look)
    return written


def _signs(node: Node) -> tuple[str, ...]:
    closed = node.kind == "callActivity" or node.kind in SUB_PROCESSES
    return (*node.shape.element.markers, *(("collapsed",) if closed and not node.open else ()))


def _draw_markers(pen: Pen, node: Node, signs: tuple[str, ...]) -> None:
    half = (len(signs) - 1) * 9
    left = node.box.cx - half
    row = Box(left - 8, node.box.bottom - 18, 2 * half + 16, 16)
    if any(row.overlaps(event) for event in node.crowded):
        left = node.box.x + 14
    for place, sign in enumerate(signs):
        stamp(pen, MARKERS[sign], (left + place * 18, node.box.bottom - 10), node.look)


def _name_inside(node: Node, has_icon: bool, has_below: bool) -> Written:
    room = node.box.grown(-5)
    if node.open:
        title = Box(room.x + 6, room.y, max(room.width - 12, 1), min(20, room.height))
        return lettering.fit(node.name, title)
    above, below = (16 if has_icon else 0), (15 if has_below else 0)
    return lettering.fit(node.name, room, above=above, below=below)


def _draw_event(pen: Pen, node: Node) -> None:
    box, look, element = node.box, node.look, node.shape.element
    at, radius = (box.cx, box.cy), min(box.width, box.height) / 2
    scale = radius / 18
    ends = node.kind == "endEvent"
    dashes = "5 3" if element.dashed else None
    pen.circle(
        at,
        radius,
        fill=look.fill,
        stroke=look.stroke,
        stroke_width=max(look.width, 3) if ends else look.width,
        stroke_dasharray=dashes,
    )
    if node.kind not in {"startEvent", "endEvent"}:
        pen.circle(
            at, radius - 3.5 * scale - (look.width - 1.5) / 2,
            fill="none", stroke=look.stroke, stroke_width=1.3, stroke_dasharray=dashes,
        )  # fmt: skip
    symbol = EVENT_SYMBOLS.get(element.symbol)
    if symbol is not None:
        inside = 0.95 if node.kind in {"startEvent", "endEvent"} else 0.84
        stamp(pen, symbol, at, look, scale=scale * inside, solid=element.throwing)
    badge(pen, (box.cx + radius * 0.8, box.cy - radius * 0.8), look, 6)


def _draw_gateway(pen: Pen, node: Node) -> None:
    box, look = node.box, node.look
    corners = [(box.cx, box.y), (box.right, box.cy), (box.cx, box.bottom), (box.x, box.cy)]
    pen.path(
        f"{line_path(corners)} Z",
        fill=look.fill,
        stroke=look.stroke,
        stroke_width=look.width,
        stroke_linejoin="round",
    )
    if node.shape.marked or node.kind != "exclusiveGateway":
        scale = min(box.width, box.height) / 50
        stamp(pen, GATEWAY_SYMBOLS[node.kind], (box.cx, box.cy), look, scale=scale)
    badge(pen, (box.cx + box.width * 0.3, box.cy - box.height * 0.3), look, 6)


def _draw_pool(pen: Pen, node: Node) -> Written:
    box, look = node.box, node.look
    outline: Attributes = {"stroke": look.stroke, "stroke_width": look.width}
    pen.rect(box, radius=2, fill=look.fill, fill_opacity=0.35 if look.state else None, **outline)
    if not node.open:
        written = lettering.fit(node.name, box.grown(-6))
        lettering.write(pen, written, weight="600")
    else:
        written = _draw_band(pen, node, BAND, outline)
    _draw_markers(pen, node, node.shape.element.markers)
    return written


def _draw_lane(pen: Pen, node: Node) -> Written:
    pen.rect(node.box, fill="none", stroke=FAINT.stroke, stroke_width=FAINT.width)
    return _draw_band(pen, node, "none", {"stroke": "none"})


def _draw_band(pen: Pen, node: Node, fill: str, outline: Attributes) -> Written:
    box = node.box
    if node.shape.horizontal:
        band = Box(box.x, box.y, min(_POOL_BAND_PX, box.width), box.height)
        pen.rect(band, radius=2 if fill != "none" else 0, fill=fill, **outline)
        return lettering.write_upright(pen, node.name, band)
    band = Box(box.x, box.y, box.width, min(_POOL_BAND_PX, box.height))
    pen.rect(band, radius=2 if fill != "none" else 0, fill=fill, **outline)
    written = lettering.fit(node.name, band.grown(-3))
    lettering.write(pen, written)
    return written


def _draw_annotation(pen: Pen, node: Node) -> Written:
    box, look = node.box, node.look
    corner = min(10, box.width)
    points = [(box.x + corner, box.y), (box.x, box.y), (box.x, box.bottom),
              (box.x + corner, box.bottom)]  # fmt: skip
    pen.path(line_path(points), fill="none", stroke=look.stroke, stroke_width=1.3)
    size, step = LABEL_FONT_PX, LABEL_FONT_PX * LINE_HEIGHT
    most = max(int((box.height + 4) / step), 1)
    lines, cut = wrap(node.name, max(box.width - 10, 20), size, most)
    if lines:
        # Anchored at the side the text begins on: "start" is the right one from right to left.
        x = box.right - 4 if is_right_to_left(node.name) else box.x + 6
        top = box.cy - len(lines) * step / 2
        pen.text(lines, (x, top + step / 2), size, fill=INK)
    return Written(tuple(lines), box, size, cut)


def _draw_group(pen: Pen, node: Node) -> Written:
    box = node.box
    pen.rect(
        box, radius=_ACTIVITY_RADIUS_PX, fill="none",
        stroke=node.look.stroke, stroke_width=1.3, stroke_dasharray="8 4 1.5 4",
    )  # fmt: skip
    written = lettering.fit(node.name, Box(box.x + 8, box.y + 3, max(box.width - 16, 1), 18))
    lettering.write(pen, written, weight="600")
    return written


def _draw_data(pen: Pen, node: Node) -> None:
    box, look = node.box, node.look
    fold = min(box.width, box.height) * 0.3
    n = number
    pen.path(
        f"M{n(box.x)} {n(box.y)} H{n(box.right - fold)} L{n(box.right)} {n(box.y + fold)} "
        f"V{n(box.bottom)} H{n(box.x)} Z M{n(box.right - fold)} {n(box.y)} v{n(fold)} h{n(fold)}",
        fill=look.fill, stroke=look.stroke, stroke_width=look.width, stroke_linejoin="round",
    )  # fmt: skip
    if node.kind in {"dataInput", "dataOutput"}:
        filled = node.kind == "dataOutput"
        stamp(pen, DATA_ARROW, (box.x + 11, box.y + 10), look, solid=filled)
    _draw_markers(pen, node, node.shape.element.markers)


def _draw_store(pen: Pen, node: Node) -> None:
    box, look = node.box, node.look
    n, rx, ry = number, box.width / 2, box.height * 0.12
    top, bottom = box.y + ry, box.bottom - ry
    rim = f"M{n(box.x)} {n(top)} a{n(rx)} {n(ry)} 0 0 0 {n(box.width)} 0"
    pen.path(
        f"M{n(box.x)} {n(top)} a{n(rx)} {n(ry)} 0 0 1 {n(box.width)} 0 V{n(bottom)} "
        f"a{n(rx)} {n(ry)} 0 0 1 -{n(box.width)} 0 Z",
        fill=look.fill, stroke=look.stroke, stroke_width=look.width,
    )  # fmt: skip
    for down in (0.0, ry * 0.8):
        pen.path(
            rim, transform=f"translate(0 {n(down)})" if down else None,
            fill="none", stroke=look.stroke, stroke_width=look.width,
        )  # fmt: skip


def _draw_message(pen: Pen, node: Node) -> None:
    box = node.box
    scale = min(box.width / 18, box.height / 12)
    stamp(pen, ENVELOPE, (box.cx, box.cy), node.look, scale=scale)


def _draw_plainly(pen: Pen, node: Node) -> Written:
    look = node.look
    pen.rect(node.box, radius=4, fill=look.fill, stroke=look.stroke, stroke_width=look.width)
    written = lettering.fit(node.name, node.box.grown(-5))
    lettering.write(pen, written)
    return written


_PAINTERS: dict[str, Callable[[Pen, Node], Written | None]] = {
    **dict.fromkeys(ACTIVITIES | TASKS, _draw_activity),
    **dict.fromkeys(EVENTS, _draw_event),
    **dict.fromkeys(GATEWAYS, _draw_gateway),
    **dict.fromkeys(("dataObjectReference", "dataObject", "dataInput", "dataOutput"), _draw_data),
    **dict.fromkeys(("dataStoreReference", "dataStore"), _draw_store),
    "participant": _draw_pool,
    "lane": _draw_lane,
    "textAnnotation": _draw_annotation,
    "group": _draw_group,
    "message": _draw_message,
}
