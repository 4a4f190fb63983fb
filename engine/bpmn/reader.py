"""Reading BPMN files safely: no DTD, no entities, no network, a size limit, line numbers kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.findings import Findings, Place
from engine.bpmn.schemas import check_schema
from engine.rules import said

SIZE_LIMIT_BYTES = 5_000_000
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"


@dataclass(frozen=True, slots=True)
class Document:
    """A BPMN file, read. ``root`` is its ``bpmn:definitions``."""

    file: str
    root: Any


def tag(node: Any) -> str:
    """Return a node's name without its namespace."""
    return str(etree.QName(node).localname)


def is_bpmn(node: Any) -> bool:
    """Return whether the node belongs to BPMN's own namespace."""
    return isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}")


def children(node: Any, *names: str) -> list[Any]:
    """Return the node's own BPMN children of these names, in document order."""
    return [child for child in node if is_bpmn(child) and tag(child) in names]


def child(node: Any, name: str) -> Any | None:
    """Return the first BPMN child of this name."""
    return next(iter(children(node, name)), None)


def referred(node: Any, attribute: str) -> str | None:
    """Return the id that an attribute refers to; BPMN allows a prefix before it (a QName)."""
    value = node.get(attribute)
    return value.rpartition(":")[2] if value else None


def flag(node: Any, attribute: str, *, otherwise: bool = False) -> bool:
    """Return an attribute that is true or false; XML Schema allows ``1`` and ``0`` as well."""
    value = (node.get(attribute) or "").strip()
    return value in {"true", "1"} if value else otherwise


def extensions(node: Any) -> list[Any]:
    """Return the node's extension elements in Camunda 8's namespace."""
    prefix = f"{{{ZEEBE}}}"
    return [
        item
        for holder in children(node, "extensionElements")
        for item in holder
        if isinstance(item.tag, str) and item.tag.startswith(prefix)
    ]


def read_document(source: bytes, file: str, findings: Findings) -> Document | None:
    """Read one file; what is wrong with it becomes findings.

    :returns: ``None`` if it cannot be used at all.
    """
    place = Place(file)
    if len(source) > SIZE_LIMIT_BYTES:
        findings.error(
            "too-large",
            place,
            said(
                "the file has {size:,} bytes; the limit is {limit:,}.",
                size=len(source),
                limit=SIZE_LIMIT_BYTES,
            ),
            "Split the process into called processes.",
        )
        return None
    if b"<!DOCTYPE" in source or b"<!ENTITY" in source:
        _refuse_dtd(place, findings)
        return None
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        root: Any = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        place.line = error.lineno or 0
        findings.error(
            "not-xml", place, said("this is not XML: {msg}.", msg=error.msg), "Export it again."
        )
        return None
    # An encoding such as UTF-16 hides the words from the search above.
    if root.getroottree().docinfo.doctype:
        _refuse_dtd(place, findings)
        return None
    if root.tag != f"{{{BPMN}}}definitions":
        findings.error(
            "not-bpmn",
            Place(file, "", root.sourceline or 0),
            said("the file begins with <{tag}>, which is not a BPMN 2.0 diagram.", tag=tag(root)),
            "Export the diagram as BPMN 2.0 XML.",
        )
        return None
    findings.items.extend(check_schema(root, "bpmn", file))
    return Document(file, root)


def _refuse_dtd(place: Place, findings: Findings) -> None:
    findings.error(
        "dtd",
        place,
        "the file declares a document type (DTD) or an entity.",
        "Remove <!DOCTYPE …> and <!ENTITY …>; a diagram needs neither.",
    )
