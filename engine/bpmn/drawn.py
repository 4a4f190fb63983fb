"""References inside a diagram's file that lead nowhere: what is drawn, grouped or joined."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import BPMN, DI, Document, is_bpmn, tag
from engine.rules import said

ATTRIBUTES = {
    f"{{{DI}}}BPMNShape": ("bpmnElement",),
    f"{{{DI}}}BPMNEdge": ("bpmnElement",),
    f"{{{DI}}}BPMNPlane": ("bpmnElement",),
    f"{{{BPMN}}}association": ("sourceRef", "targetRef"),
    f"{{{BPMN}}}messageFlow": ("sourceRef", "targetRef"),
    f"{{{BPMN}}}dataObjectReference": ("dataObjectRef",),
    f"{{{BPMN}}}dataStoreReference": ("dataStoreRef",),
}
"""Attributes that name another part of the file, and that no other rule looks at."""
LARGEST = 200
"""Findings in one file, at most."""


def check_drawing(document: Document, findings: Findings) -> None:
    """Note what names a part of its file that is not there; it is only not shown."""
    ids = {node.get("id") for node in document.root.iter() if isinstance(node.tag, str)}
    missing = (pair for pair in _references(document.root) if pair[1] not in ids)
    for node, reference in islice(missing, LARGEST):
        findings.warning(
            "dangling-reference",
            Place.of(document.file, node),
            said(
                "its {kind} names '{reference}', which is not in the file.",
                kind=tag(node),
                reference=reference,
            ),
            "Draw it again, or remove what names it.",
        )


def _references(root: Any) -> Iterator[tuple[Any, str]]:
    home = root.get("targetNamespace")
    for node in root.iter():
        for attribute in ATTRIBUTES.get(node.tag, ()) if isinstance(node.tag, str) else ():
            value = (node.get(attribute) or "").strip()
            if value and _is_local(node, value, home):
                yield node, value.rpartition(":")[2]
        name = (node.text or "").strip() if is_bpmn(node) and tag(node) == "flowNodeRef" else ""
        if name and _is_local(node, name, home):
            yield node, name.rpartition(":")[2]


def _is_local(node: Any, value: str, home: str | None) -> bool:
    """Return whether a name with a prefix means this file, not one that it imports."""
    prefix, colon, _ = value.rpartition(":")
    return not colon or node.nsmap.get(prefix, home) == home
