"""What every scheme's folder promises beside running: translated, sourced, drawn to be read."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.service import lint_files, read_folder
from engine.store import Store
from handlers.composition import compose
from tests.handlers.support import settings_in

PROCESSES = Path(__file__).parents[2] / "processes"
SCHEMES = sorted(path.parent for path in PROCESSES.rglob("scheme.toml"))
FOLDERS = sorted({path.parent for path in PROCESSES.rglob("*.bpmn")})
DIAGRAMS = sorted(PROCESSES.rglob("*.bpmn"))
TABLES = sorted(PROCESSES.rglob("*.dmn"))

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAY = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
TEXTS = ("label", "description", "text")
NODES = ("Task", "Event", "Gateway", "subProcess", "callActivity", "task")

Box = tuple[float, float, float, float]


def name_of(path: Path) -> str:
    """Return a path as a test's name."""
    return path.relative_to(PROCESSES).as_posix()


def labels_of(folder: Path, locale: str) -> Mapping[str, Any]:
    """Return a folder's labels in a language."""
    return tomllib.loads((folder / f"labels.{locale}.toml").read_text("utf-8"))


def components(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return every component of a form, those inside groups and tables included."""
    for component in schema["components"]:
        yield component
        if "components" in component:
            yield from components(component)


def flow_nodes(root: Any) -> list[Any]:
    """Return everything that a token can stand at."""
    return [
        node
        for node in root.iter()
        if isinstance(node.tag, str)
        and node.tag.startswith(BPMN)
        and node.tag.endswith(NODES)
        and node.get("id")
    ]


@pytest.mark.parametrize("folder", SCHEMES, ids=name_of)
def test_a_scheme_is_published_without_a_single_finding(folder: Path, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    store = Store(settings.database_url)
    findings = lint_files(read_folder(folder), compose(settings, store).registry.specs)
    store.close()
    assert [str(finding) for finding in findings] == []


@pytest.mark.parametrize("folder", SCHEMES, ids=name_of)
def test_every_figure_says_where_it_comes_from(folder: Path) -> None:
    scheme = tomllib.loads((folder / "scheme.toml").read_text("utf-8"))
    for name, figure in scheme.get("figures", {}).items():
        assert figure["mark"] in {"S", "W", "I", "R"}, name
        assert figure["note"], name
        assert figure.get("unit") or figure.get("currency"), name
        assert figure["mark"] != "W" or figure["date"], name


@pytest.mark.parametrize("file", TABLES, ids=name_of)
def test_every_rule_of_a_table_names_its_source(file: Path) -> None:
    for rule in etree.parse(file).getroot().iter(f"{DMN}rule"):
        notes = [note.findtext(f"{DMN}text") for note in rule.iter(f"{DMN}annotationEntry")]
        assert any((note or "").strip() for note in notes), rule.get("id")


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_every_name_on_a_diagram_is_translated_to_english(folder: Path) -> None:
    known = labels_of(folder, "en")["elements"]
    named = {
        str(node.get("id"))
        for file in folder.glob("*.bpmn")
        for node in etree.parse(file).getroot().iter(f"{BPMN}*")
        if node.get("name") and (node.tag.endswith(NODES) or node.tag == f"{BPMN}sequenceFlow")
    }
    assert sorted(named - known.keys()) == []
    assert all(known[element] for element in named)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_every_text_of_a_form_is_translated_to_english(folder: Path) -> None:
    known = labels_of(folder, "en")["forms"]
    missing = []
    for file in sorted(folder.glob("*.form")):
        schema = json.loads(file.read_text("utf-8"))
        texts = known.get(schema["id"], {})
        for component in components(schema):
            key = component.get("key") or component.get("path") or component.get("id")
            wanted = [key] if component.get("label") or component.get("text") else []
            wanted += [f"{key}.description"] if component.get("description") else []
            wanted += [f"{key}.{choice['value']}" for choice in component.get("values", [])]
            missing += [f"{schema['id']}: {text}" for text in wanted if not texts.get(text)]
    assert missing == []


@pytest.mark.parametrize("file", DIAGRAMS, ids=name_of)
def test_everything_on_a_diagram_is_drawn_once(file: Path) -> None:
    root = etree.parse(file).getroot()
    drawn = [
        str(shape.get("bpmnElement")) for shape in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")
    ]
    wanted = [
        str(node.get("id")) for node in [*flow_nodes(root), *root.iter(f"{BPMN}sequenceFlow")]
    ]
    assert sorted(drawn) == sorted(wanted)


@pytest.mark.parametrize("file", DIAGRAMS, ids=name_of)
def test_flows_run_straight_and_touch_nothing_but_their_ends(file: Path) -> None:
    root = etree.parse(file).getroot()
    ends = {
        flow.get("id"): {flow.get("sourceRef"), flow.get("targetRef")}
        for flow in root.iter(f"{BPMN}sequenceFlow")
    }
    hosts = {
        event.get("id"): event.get("attachedToRef") for event in root.iter(f"{BPMN}boundaryEvent")
    }
    for plane in root.iter(f"{DI}BPMNPlane"):
        boxes = {s.get("bpmnElement"): box(s) for s in plane.iter(f"{DI}BPMNShape")}
        for (one, a), (other, b) in combinations(boxes.items(), 2):
            if other not in (hosts.get(one), one) and one != hosts.get(other):
                assert not overlap(a, b), f"{one} lies on {other}"
        for edge in plane.iter(f"{DI}BPMNEdge"):
            flow = edge.get("bpmnElement")
            own = ends[flow] | {hosts.get(end) for end in ends[flow]}
            own |= {event for event, host in hosts.items() if host in ends[flow]}
            for line in segments(edge):
                assert line[0] == line[2] or line[1] == line[3], f"{flow} runs askew"
                hit = [e for e, at in boxes.items() if e not in own and overlap(at, line)]
                assert hit == [], f"{flow} runs over {hit}"


@pytest.mark.parametrize("file", DIAGRAMS, ids=name_of)
def test_no_two_flows_cross(file: Path) -> None:
    root = etree.parse(file).getroot()
    for plane in root.iter(f"{DI}BPMNPlane"):
        edges = [(e.get("bpmnElement"), segments(e)) for e in plane.iter(f"{DI}BPMNEdge")]
        for (one, first), (other, second) in combinations(edges, 2):
            crossing = [(a, b) for a in first for b in second if cross(a, b)]
            assert crossing == [], f"{one} crosses {other}"


@pytest.mark.parametrize("file", sorted((PROCESSES / "common").glob("*.bpmn")), ids=name_of)
def test_a_shared_process_is_told_with_what_it_is_given_and_reads_of_its_scheme(file: Path) -> None:
    root = etree.parse(file).getroot()
    process = root.find(f"{BPMN}process")
    told = (PROCESSES.parent / "docs" / "shared-processes.md").read_text("utf-8")
    lines = [line for line in told.splitlines() if line.startswith(f"| `{process.get('id')}`")]
    assert len(lines) == 1
    wanted = {f"`{each.get('name')}`" for each in process.iter(f"{BPMN}dataObject")}
    wanted |= {f"`{name}`" for name in re.findall(r"scheme\.[a-z_]+", file.read_text("utf-8"))}
    assert sorted(name for name in wanted if name not in lines[0]) == []


def box(shape: Any) -> Box:
    """Return a shape's left, top, right and bottom."""
    bounds = shape.find(f"{DC}Bounds")
    x, y, width, height = (float(bounds.get(n)) for n in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def segments(edge: Any) -> list[Box]:
    """Return an edge's straight parts, each as left, top, right and bottom."""
    points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(WAY)]
    return [
        (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        for (x1, y1), (x2, y2) in pairwise(points)
    ]


def overlap(a: Box, b: Box) -> bool:
    """Tell whether two boxes (or a box and a straight line) share more than an edge."""
    return (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]) or through(a, b)


def through(a: Box, line: Box) -> bool:
    """Tell whether a straight line runs inside a box."""
    if line[0] == line[2]:
        return a[0] < line[0] < a[2] and a[1] < line[3] and line[1] < a[3]
    if line[1] == line[3]:
        return a[1] < line[1] < a[3] and a[0] < line[2] and line[0] < a[2]
    return False


def cross(a: Box, b: Box) -> bool:
    """Tell whether an upright and a level line cross between their ends."""
    upright, level = (a, b) if a[0] == a[2] else (b, a)
    if upright[0] != upright[2] or level[1] != level[3]:
        return False
    return level[0] < upright[0] < level[2] and upright[1] < level[1] < upright[3]
