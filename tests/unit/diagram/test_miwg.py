"""The BPMN Model Interchange Working Group's reference diagrams, written by other tools."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree

from engine.diagram import planes, render_svg

_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "conformance"
FOLDER = Path(os.environ.get("PASSERELLE_CONFORMANCE", _BESIDE)) / "miwg"
FILES = sorted(FOLDER.glob("*.bpmn"))


@pytest.mark.skipif(
    not FILES, reason="no MIWG diagrams: put them into the folder PASSERELLE_CONFORMANCE names"
)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_reference_diagram_is_drawn_whole(path: Path) -> None:
    source = path.read_bytes()
    root = etree.fromstring(source)
    shapes = root.findall(".//{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape")
    lines = root.findall(".//{http://www.omg.org/spec/BPMN/20100524/DI}BPMNEdge")
    drawn = 0
    for plane, name in planes(source):
        text = render_svg(
            source, plane, done=set(), active=set(), failed=set(),
            labels=lambda _id, own: own, title=name,
        )  # fmt: skip
        drawn += len(etree.fromstring(text).xpath("//*[@data-element-id]"))
    assert drawn == len(shapes) + len(lines)
