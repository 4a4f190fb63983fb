"""Put a page of a diagram together: what lies under what, states, names, size."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

from lxml import etree

from engine.diagram import edges, lettering, shapes
from engine.diagram.edges import Line
from engine.diagram.elements import SUB_PROCESSES
from engine.diagram.geometry import Box, around
from engine.diagram.interchange import Drawing, Edge, Plane, Shape, read_drawing
from engine.diagram.lettering import Written
from engine.diagram.shapes import Node
from engine.diagram.style import FAINT, FONT, PLAIN, States
from engine.diagram.svg import NAMESPACE, Pen, clean, qualified
from engine.errors import NotFound

Labels = Callable[[str, str], str]

_NAMESPACES: Any = {None: NAMESPACE}
_MOST_CHARACTERS = 1000  # Of a name; the rest would not fit any shape.
_MARGIN_PX = 20
_LAYERS = {"participant": 0, "lane": 1, "group": 2, "boundaryEvent": 5}
_FIRST_ABOVE_EDGES = 4


def render_svg(
    source: bytes,
    plane: str | None,
    *,
    done: AbstractSet[str],
    active: AbstractSet[str],
    failed: AbstractSet[str],
    labels: Labels,
    title: str,
) -> str:
    """Draw one page of a BPMN file's own diagram interchange.

    One unit of the diagram is one px. Colours set in the modeler are not drawn, so that the three
    states stand out; each state has a sign beside its colour. The result holds presentation
    attributes only: it can be inlined under a strict content security policy.

    :param source: the BPMN file.
    :param plane: id of the page, as :func:`planes` gives it; ``None`` for the first.
    :param done: ids of completed elements; if it holds sequence flows of the file, just those are
        drawn as taken, otherwise every flow between two elements that were reached.
    :param active: ids of elements where the case waits. :param failed: those with an incident.
    :param labels: gives an element's name in the reader's language from its id and its own name.
    :param title: what the picture shows, for those who cannot see it.
    :returns: an ``<svg>`` element. Shapes and edges carry ``data-element-id`` and, as class,
        ``done``, ``active`` or ``failed``; a closed sub-process with a page of its own also
        ``data-plane``.
    :raises NotFound: the file has no interchange, or no page of that id.
    :raises DeploymentRefused: the file is not XML, declares a DTD, or is larger than 5 MB.
    """
    drawing = read_drawing(source)
    page = _chosen(drawing, plane)
    flows = (e.id for e in drawing.elements.values() if e.kind == "sequenceFlow")
    states = States(done, active, failed, exact=any(flow in done for flow in flows))
    return _Sheet(drawing, page, states, labels).draw(title)


def _chosen(drawing: Drawing, plane: str | None) -> Plane:
    if not drawing.planes:
        root = plane or next(iter(drawing.elements), "")
        raise NotFound("diagram interchange", root)
    chosen = next(iter(drawing.planes)) if plane is None else plane
    if chosen not in drawing.planes:
        raise NotFound("diagram page", chosen)
    return drawing.planes[chosen]


@dataclass
class _Sheet:
    """One page being drawn."""

    drawing: Drawing
    page: Plane
    states: States
    labels: Labels
    _guests: dict[str, list[Box]] = field(init=False)
    _parents: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._guests = defaultdict(list)
        for shape in self.page.shapes:
            if shape.element.host:
                self._guests[shape.element.host].append(shape.box)
        self._parents = {shape.element.parent for shape in self.page.shapes}

    def draw(self, title: str) -> str:
        nodes = sorted(map(self._node, self.page.shapes), key=_depth)
        names = list(self._names(nodes))
        svg = self._frame(title, names)
        pen = Pen(svg)
        for node in nodes:
            if _layer(node) < _FIRST_ABOVE_EDGES:
                self._draw_node(pen, node)
        for edge in self.page.edges:
            self._draw_edge(pen, edge)
        for node in nodes:
            if _layer(node) >= _FIRST_ABOVE_EDGES:
                self._draw_node(pen, node)
        for identifier, written in names:
            here = pen.within(data_label_of=identifier)
            lettering.write(here, written, haloed=True)
        return etree.tostring(svg, encoding="unicode")

    def _frame(self, title: str, names: Iterable[tuple[str, Written]]) -> etree._Element:
        boxes = [shape.box for shape in self.page.shapes]
        boxes += [Box(x, y, 0, 0) for edge in self.page.edges for x, y in edge.points]
        boxes += [written.box for _, written in names]
        whole = around(boxes).grown(_MARGIN_PX)
        left, top = floor(whole.x), floor(whole.y)
        width, height = ceil(whole.right) - left, ceil(whole.bottom) - top
        # Several diagrams may stand in one HTML page, so the ids inside must differ.
        mark = hashlib.sha256(clean(f"{self.page.id}\n{title}").encode()).hexdigest()[:12]
        svg = etree.Element(qualified("svg"), nsmap=_NAMESPACES)
        svg.attrib.update(
            {
                "viewBox": f"{left} {top} {width} {height}",
                "width": str(width),
                "height": str(height),
                "role": "img",
                "aria-labelledby": f"diagram-{mark}-title diagram-{mark}-desc",
                "class": "bpmn-diagram",
                "font-family": FONT,
            }
        )
        pen = Pen(svg)
        pen.text_child("title", title, id=f"diagram-{mark}-title")
        pen.text_child("desc", self._description(), id=f"diagram-{mark}-desc")
        return svg

    def _description(self) -> str:
        """Name the page and the steps in hand; no other words, for it has no language."""
        ids = dict.fromkeys(shape.element.id for shape in self.page.shapes)
        at_hand = [i for i in ids if i in self.states.failed or i in self.states.active]
        page = self.labels(self.page.id, self.page.name)
        names = ", ".join(filter(None, map(self._name_of, at_hand)))
        return ": ".join(filter(None, (page, names)))

    def _name_of(self, identifier: str) -> str:
        element = self.drawing.elements.get(identifier)
        return self.labels(identifier, element.name)[:_MOST_CHARACTERS] if element else ""

    def _node(self, shape: Shape) -> Node:
        identifier = shape.element.id
        return Node(
            shape=shape,
            name=self._name_of(identifier),
            look=self.states.look(identifier),
            open=self._is_open(shape),
            crowded=tuple(self._guests.get(identifier, ())),
        )

    def _is_open(self, shape: Shape) -> bool:
        element = shape.element
        if element.kind == "participant":
            return element.open
        if element.kind == "callActivity":
            return shape.expanded is True and self._holds_others(shape)
        if element.kind not in SUB_PROCESSES:
            return False
        if shape.expanded is not None:
            return shape.expanded
        return element.id in self._parents

    def _holds_others(self, shape: Shape) -> bool:
        """Say whether other nodes are drawn inside: some modelers show what a call calls."""
        within = shape.box.grown(-1)
        return any(
            within.x <= other.box.x and other.box.right <= within.right
            and within.y <= other.box.y and other.box.bottom <= within.bottom
            for other in self.page.shapes
        )  # fmt: skip

    def _names(self, nodes: Iterable[Node]) -> Iterator[tuple[str, Written]]:
        for edge in self.page.edges:
            name = self._name_of(edge.element.id)
            if name:
                yield edge.element.id, lettering.on_edge(name, edge)
        for node in nodes:
            written = shapes.name_beside(node)
            if written is not None:
                yield node.shape.element.id, written

    def _draw_node(self, pen: Pen, node: Node) -> None:
        identifier = node.shape.element.id
        has_page = identifier in self.drawing.planes and identifier != self.page.id
        here = pen.within(
            data_element_id=identifier,
            data_plane=identifier if has_page else None,
            **{"class": node.look.state or None},
        )
        if shapes.draw(here, node):
            here.text_child("title", node.name)

    def _draw_edge(self, pen: Pen, edge: Edge) -> None:
        element = edge.element
        if element.kind == "sequenceFlow":
            look = self.states.flow_look(element)
        else:
            look = PLAIN if element.kind == "messageFlow" else FAINT
        here = pen.within(data_element_id=element.id, **{"class": look.state or None})
        edges.draw(here, Line(edge, look, self.drawing.elements.get(element.source)))


def _layer(node: Node) -> int:
    if node.open and node.kind != "participant":
        return 3
    return _LAYERS.get(node.kind, _FIRST_ABOVE_EDGES)


def _depth(node: Node) -> tuple[int, float]:
    """Order what is drawn: what holds others first, the larger before the smaller inside it."""
    layer = _layer(node)
    return layer, -node.box.width * node.box.height if layer < _FIRST_ABOVE_EDGES else 0.0
