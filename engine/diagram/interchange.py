"""Read BPMN's diagram interchange (BPMN DI, chapter 12 of BPMN 2.0.2): planes, shapes, edges."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.diagram.elements import Element, read_elements, reference
from engine.diagram.geometry import Box, Point, without_repeats
from engine.errors import DeploymentRefused
from engine.rules import finding, said

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD = "{http://www.omg.org/spec/DD/20100524/DI}"
_SIZE_LIMIT_BYTES = 5_000_000
# Beyond this no modeler draws; a picture of such a size would stop the reader's browser.
_FARTHEST_PX = 100_000.0


@dataclass(frozen=True, slots=True)
class Shape:
    """A node of the picture.

    :ivar label: where its name stands, if the modeler says so.
    :ivar expanded: what is inside is drawn; ``None`` if the modeler does not say.
    :ivar horizontal: a pool or lane runs from left to right.
    :ivar marked: an exclusive gateway shows its cross.
    """

    element: Element
    box: Box
    label: Box | None
    expanded: bool | None
    horizontal: bool
    marked: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A line of the picture, with at least two different points.

    :ivar envelope: the message of a message flow is shown on it.
    """

    element: Element
    points: tuple[Point, ...]
    label: Box | None
    envelope: bool


@dataclass(frozen=True, slots=True)
class Plane:
    """One page of a diagram."""

    id: str
    name: str
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A file: its pages by id, in document order, and every element of the model."""

    planes: Mapping[str, Plane]
    elements: Mapping[str, Element]


def planes(source: bytes) -> tuple[tuple[str, str], ...]:
    """Return id and name of every page of a diagram, in document order.

    The id is that of the page's process, collaboration or (collapsed) sub-process. A file without
    diagram interchange has none.

    :raises DeploymentRefused: the file is not XML, declares a DTD, or is larger than 5 MB.
    """
    return tuple((plane.id, plane.name) for plane in read_drawing(source).planes.values())


def page_of(source: bytes, element_ids: Collection[str]) -> str | None:
    """Return the id of the page that shows most of these elements; ``None`` if none does.

    :raises DeploymentRefused: the file is not XML, declares a DTD, or is larger than 5 MB.
    """
    wanted = set(element_ids)
    shown = {
        page.id: sum(shape.element.id in wanted for shape in page.shapes)
        for page in read_drawing(source).planes.values()
    }
    best = max(shown, key=lambda page: shown[page], default=None)
    return best if best is not None and shown[best] else None


def read_drawing(source: bytes) -> Drawing:
    """Read a file's pages; shapes without usable bounds and edges without a line are left out.

    :raises DeploymentRefused: the file is not XML, declares a DTD, or is larger than 5 MB.
    """
    root = _parse(source)
    elements = read_elements(root)
    pages: dict[str, Plane] = {}
    for diagram in root.iter(f"{_DI}BPMNDiagram"):
        for node in diagram.iter(f"{_DI}BPMNPlane"):
            plane = _plane(node, diagram, elements)
            # A second page of the same element would lie on the first: a link could not tell them.
            pages.setdefault(plane.id, plane)
    return Drawing(pages, elements)


def _parse(source: bytes) -> Any:
    if len(source) > _SIZE_LIMIT_BYTES:
        raise _refused(
            "too-large", 0, said("the diagram has {size:,} bytes.", size=len(source)), "Split it."
        )
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root: Any = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(
            "not-xml",
            error.lineno or 0,
            said("this is not XML: {msg}.", msg=error.msg),
            "Export it again.",
        ) from error
    if root.getroottree().docinfo.doctype:
        raise _refused("dtd", 0, "the diagram declares a document type.", "Remove <!DOCTYPE …>.")
    return root


def _refused(rule: str, line: int, message: str, remedy: str) -> DeploymentRefused:
    found = finding(f"diagram.{rule}", "error", "diagram", "", line, message, remedy)
    return DeploymentRefused([found])


def _plane(node: Any, diagram: Any, elements: Mapping[str, Element]) -> Plane:
    identifier = reference(node.get("bpmnElement"), elements) or _first_root(elements)
    return Plane(
        id=identifier,
        name=_plane_name(identifier, diagram, elements),
        shapes=tuple(_shapes(node, elements)),
        edges=tuple(_edges(node, elements)),
    )


def _first_root(elements: Mapping[str, Element]) -> str:
    roots = (
        e for kind in ("collaboration", "process") for e in elements.values() if e.kind == kind
    )
    return next((element.id for element in roots), "")


def _plane_name(identifier: str, diagram: Any, elements: Mapping[str, Element]) -> str:
    element = elements.get(identifier)
    if element is not None and element.name:
        return element.name
    if diagram.get("name"):
        return str(diagram.get("name"))
    pools = (e.name for e in elements.values() if e.kind == "participant" and e.open)
    return ", ".join(name for name in pools if name)


def _shapes(plane: Any, elements: Mapping[str, Element]) -> Iterator[Shape]:
    for node in plane.iter(f"{_DI}BPMNShape"):
        box = _bounds(node)
        if box is None:
            continue
        expanded = node.get("isExpanded")
        yield Shape(
            element=_element(node, elements),
            box=box,
            label=_label(node),
            expanded=None if expanded is None else expanded == "true",
            horizontal=node.get("isHorizontal") != "false",
            marked=node.get("isMarkerVisible") != "false",
        )


def _edges(plane: Any, elements: Mapping[str, Element]) -> Iterator[Edge]:
    for node in plane.iter(f"{_DI}BPMNEdge"):
        found = (_numbers(point, "x", "y") for point in node.iter(f"{_DD}waypoint"))
        points = without_repeats([(at[0], at[1]) for at in found if at is not None])
        if len(points) > 1:
            visible = node.get("messageVisibleKind") is not None
            yield Edge(_element(node, elements), tuple(points), _label(node), visible)


def _element(node: Any, elements: Mapping[str, Element]) -> Element:
    identifier = reference(node.get("bpmnElement"), elements)
    return elements.get(identifier) or Element(identifier, "", "")


def _label(node: Any) -> Box | None:
    label = node.find(f"{_DI}BPMNLabel")
    return None if label is None else _bounds(label)


def _bounds(node: Any) -> Box | None:
    bounds = node.find(f"{_DC}Bounds")
    if bounds is None:
        return None
    found = _numbers(bounds, "x", "y", "width", "height")
    if found is None or found[2] <= 0 or found[3] <= 0:
        return None
    return Box(*found)


def _numbers(node: Any, *names: str) -> tuple[float, ...] | None:
    try:
        found = tuple(float(node.get(name, "")) for name in names)
    except ValueError:
        return None
    usable = all(math.isfinite(n) and abs(n) <= _FARTHEST_PX for n in found)
    return found if usable else None
