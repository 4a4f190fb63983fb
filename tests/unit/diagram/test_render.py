"""What a drawn page guarantees: whole, safe to inline, states where they belong."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pytest
from lxml import etree

from engine.diagram import planes, render_svg
from engine.errors import DeploymentRefused, NotFound
from tests.unit.diagram.gallery import HEAD, gallery

SVG = "{http://www.w3.org/2000/svg}"
NONE: frozenset[str] = frozenset()


def _own_name(_identifier: str, name: str) -> str:
    return name


def _draw(
    source: bytes,
    plane: str | None = None,
    *,
    done: AbstractSet[str] = NONE,
    active: AbstractSet[str] = NONE,
    failed: AbstractSet[str] = NONE,
    labels: Callable[[str, str], str] = _own_name,
    title: str = "A case",
) -> etree._Element:
    text = render_svg(
        source, plane, done=done, active=active, failed=failed, labels=labels, title=title
    )
    return etree.fromstring(text)


def _by_id(svg: etree._Element, identifier: str) -> etree._Element:
    found = svg.xpath(f"//*[@data-element-id='{identifier}']")
    assert len(found) == 1, identifier
    return found[0]


def _words(svg: etree._Element) -> str:
    lines = svg.findall(f".//{SVG}tspan")
    return " ".join(line.text or "" for line in lines)


def _three_tasks(flow_name: str = "", condition: str = "") -> bytes:
    """A to B to C and back from B to A, as Camunda Modeler writes it."""
    flows = {"AB": ("A", "B"), "BC": ("B", "C"), "BA": ("B", "A")}
    model = "".join(f'<bpmn:userTask id="{i}" name="Task {i}"/>' for i in "ABC") + "".join(
        f'<bpmn:sequenceFlow id="{i}" name="{flow_name}" sourceRef="{a}" targetRef="{b}">'
        f"{condition}</bpmn:sequenceFlow>"
        for i, (a, b) in flows.items()
    )
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{i}">'
        f'<dc:Bounds x="{x}" y="100" width="100" height="80"/></bpmndi:BPMNShape>'
        for i, x in (("A", 100), ("B", 300), ("C", 500))
    ) + "".join(
        f'<bpmndi:BPMNEdge bpmnElement="{i}"><di:waypoint x="200" y="140"/>'
        '<di:waypoint x="250" y="140"/><di:waypoint x="250" y="200"/></bpmndi:BPMNEdge>'
        for i in flows
    )
    return _file(model, shapes)


def _file(model: str, shapes: str) -> bytes:
    return (
        f'{HEAD}<bpmn:process id="P" name="Projet">{model}</bpmn:process><bpmndi:BPMNDiagram>'
        f'<bpmndi:BPMNPlane bpmnElement="P">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        "</bpmn:definitions>"
    ).encode()


def test_every_shape_and_edge_of_the_page_is_drawn_once() -> None:
    source, ids = gallery()
    svg = _draw(source)
    drawn = [node.get("data-element-id") for node in svg.xpath("//*[@data-element-id]")]
    assert sorted(drawn) == sorted(ids)
    for identifier in ids:
        assert len(_by_id(svg, identifier)), f"{identifier} has no picture"


def test_nothing_in_the_picture_needs_a_looser_content_security_policy() -> None:
    source, ids = gallery()
    svg = _draw(source, done=set(ids[:20]), active=set(ids[20:40]), failed=set(ids[40:]))
    allowed = {"svg", "title", "desc", "g", "rect", "circle", "path", "text", "tspan"}
    assert {etree.QName(node).localname for node in svg.iter()} <= allowed
    for node in svg.iter():
        for name, value in node.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "href" not in name
            assert "url(" not in value


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a \" ' & b", "x\x00y\x0bz\ud800"])
def test_names_and_titles_are_text_whatever_they_hold(text: str) -> None:
    svg = _draw(_three_tasks(), labels=lambda _id, _name: text, title=text)
    assert svg.find(f".//{SVG}script") is None
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == re.sub("[\x00\x0b\ud800]", "", text)


def test_ids_that_need_escaping_stay_ids() -> None:
    source = _file(
        '<bpmn:task id="a&quot;b&lt;c" name="&lt;b&gt;"/>',
        '<bpmndi:BPMNShape bpmnElement="a&quot;b&lt;c">'
        '<dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>',
    )
    svg = _draw(source)
    assert svg.xpath("//@data-element-id") == ['a"b<c']
    assert _words(svg) == "<b>"


def test_states_are_classes_and_failed_wins_over_active_over_done() -> None:
    svg = _draw(_three_tasks(), done={"A", "B", "C"}, active={"B", "C"}, failed={"C"})
    assert [_by_id(svg, i).get("class") for i in "ABC"] == ["done", "active", "failed"]
    strokes = [_by_id(svg, i)[0].get("stroke") for i in "ABC"]
    assert strokes == ["#1f6f43", "#0b4f55", "#a4262c"]


def test_a_state_shows_by_a_sign_beside_its_colour() -> None:
    plain = _draw(_three_tasks())
    for state in ("done", "active", "failed"):
        marked = _draw(_three_tasks(), **{state: {"A"}})  # type: ignore[arg-type]
        assert len(_by_id(marked, "A")) > len(_by_id(plain, "A"))


def test_a_flow_between_reached_steps_is_drawn_as_taken() -> None:
    svg = _draw(_three_tasks(), done={"A"}, active={"B"})
    assert _by_id(svg, "AB").get("class") == "done"
    assert _by_id(svg, "BC").get("class") is None


def test_where_history_names_flows_only_those_are_drawn_as_taken() -> None:
    svg = _draw(_three_tasks(), done={"A", "AB"}, active={"B"})
    assert _by_id(svg, "AB").get("class") == "done"
    assert _by_id(svg, "BA").get("class") is None


def test_names_come_in_the_readers_language_and_arabic_runs_from_the_right() -> None:
    svg = _draw(_three_tasks(), labels=lambda i, name: {"A": "تقديم المشروع"}.get(i, name))
    text = _by_id(svg, "A").find(f"{SVG}text")
    assert text is not None
    assert (text.get("direction"), text.get("text-anchor")) == ("rtl", "middle")
    other = _by_id(svg, "B").find(f"{SVG}text")
    assert other is not None
    assert other.get("direction") is None


def test_a_name_too_long_for_its_shape_is_shortened_and_kept_whole_as_a_tooltip() -> None:
    name = "Établir le rapport final de suivi avec l’opérateur et le bénéficiaire " * 4
    svg = _draw(_three_tasks(), labels=lambda i, own: name if i == "A" else own)
    task = _by_id(svg, "A")
    assert (task.findall(f".//{SVG}tspan")[-1].text or "").endswith("…")
    assert task.findtext(f"{SVG}title") == name
    assert _by_id(svg, "B").find(f"{SVG}title") is None


def test_the_picture_is_named_for_those_who_do_not_see_it() -> None:
    svg = _draw(_three_tasks(), active={"B"}, title="CM-OFII-2026-00001: Projet")
    titles = {node.get("id"): node.text for node in (svg[0], svg[1])}
    named = (svg.get("aria-labelledby") or "").split()
    assert svg.get("role") == "img"
    assert [titles[i] for i in named] == ["CM-OFII-2026-00001: Projet", "Projet: Task B"]


def test_two_pages_in_one_document_share_no_id() -> None:
    source, _ = gallery()
    first, second = (_draw(source, plane).xpath("//@id") for plane, _ in planes(source))
    assert not set(first) & set(second)


def test_one_unit_is_one_pixel_and_all_lies_within_a_margin() -> None:
    svg = _draw(_three_tasks())
    assert svg.get("viewBox") == "80 80 540 140"
    assert (svg.get("width"), svg.get("height")) == ("540", "140")


def test_a_names_own_box_is_part_of_the_size() -> None:
    source = _file(
        '<bpmn:startEvent id="S" name="Premier contact avec la collectivité"/>',
        '<bpmndi:BPMNShape bpmnElement="S"><dc:Bounds x="0" y="0" width="36" height="36"/>'
        '<bpmndi:BPMNLabel><dc:Bounds x="300" y="200" width="90" height="27"/></bpmndi:BPMNLabel>'
        "</bpmndi:BPMNShape>",
    )
    left, top, width, height = map(float, (_draw(source).get("viewBox") or "").split())
    assert left + width > 380
    assert top + height > 227


def test_a_closed_sub_process_names_its_own_page() -> None:
    source, _ = gallery()
    (_, _), (plane, name) = planes(source)
    assert name == "Closed"
    assert _draw(source).xpath("//*[@data-plane]/@data-plane") == [plane]
    assert _draw(source, plane).xpath("//@data-element-id") == ["Deep"]
    assert "Deep task" in _words(_draw(source, plane))


def test_markers_and_names_keep_clear_of_boundary_events() -> None:
    closed = '<bpmn:subProcess id="S" name="Lancement"/>'
    event = '<bpmn:boundaryEvent id="E" attachedToRef="S"/>'
    shapes = [
        '<bpmndi:BPMNShape bpmnElement="S">'
        '<dc:Bounds x="0" y="0" width="120" height="80"/></bpmndi:BPMNShape>',
        '<bpmndi:BPMNShape bpmnElement="E">'
        '<dc:Bounds x="42" y="62" width="36" height="36"/></bpmndi:BPMNShape>',
    ]
    alone = _by_id(_draw(_file(closed, shapes[0])), "S").find(f"{SVG}g")
    shared = _by_id(_draw(_file(closed + event, "".join(shapes))), "S").find(f"{SVG}g")
    assert alone is not None
    assert shared is not None
    assert (alone.get("transform") or "").startswith("translate(60 70)")
    assert (shared.get("transform") or "").startswith("translate(14 70)")


def test_default_and_conditional_flows_are_marked_at_their_beginning() -> None:
    condition = "<bpmn:conditionExpression>=a</bpmn:conditionExpression>"
    conditional = _by_id(_draw(_three_tasks(condition=condition)), "AB")
    default = _three_tasks().replace(b'id="A"', b'id="A" default="AB"')
    assert len(conditional) == len(_by_id(_draw(_three_tasks()), "AB")) + 1
    assert len(_by_id(_draw(default), "AB")) == len(_by_id(_draw(_three_tasks()), "AB")) + 1


def test_what_does_not_interrupt_is_dashed_and_what_is_sent_is_filled() -> None:
    source, ids = gallery()
    svg = _draw(source)
    rings = [_by_id(svg, i)[0].get("stroke-dasharray") for i in ids if i.startswith("boundary")]
    assert rings == [None, "5 3"]
    catch, throw = (
        next(i for i in ids if i.startswith(kind)) for kind in ("intermediateC", "intermediateT")
    )
    message = [ids[ids.index(i) + 1] for i in (catch, throw)]
    fills = [_by_id(svg, i).findall(f".//{SVG}path")[0].get("fill") for i in message]
    assert fills == ["#ffffff", "#3a4a4d"]


def test_shapes_without_usable_bounds_are_left_out_and_the_rest_is_drawn() -> None:
    broken = _three_tasks().replace(b'x="100" y="100" width="100"', b'x="nan" y="100" width="100"')
    svg = _draw(broken)
    assert svg.xpath("//@data-element-id") == ["AB", "BC", "BA", "B", "C"]


def test_a_shape_of_an_element_the_file_lacks_is_drawn_without_a_name() -> None:
    svg = _draw(_three_tasks().replace(b'<bpmn:userTask id="A" name="Task A"/>', b""))
    assert len(_by_id(svg, "A"))
    assert "Task A" not in _words(svg)


def test_ids_may_be_written_with_a_prefix() -> None:
    svg = _draw(_three_tasks().replace(b'bpmnElement="A"', b'bpmnElement="own:A"'))
    assert len(_by_id(svg, "A"))


def test_a_file_without_interchange_has_no_pages_and_no_picture() -> None:
    source = f'{HEAD}<bpmn:process id="P"/></bpmn:definitions>'.encode()
    assert planes(source) == ()
    with pytest.raises(NotFound) as caught:
        _draw(source, "P")
    assert (caught.value.kind, caught.value.identifier) == ("diagram interchange", "P")


def test_a_page_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="diagram page 'Elsewhere'"):
        _draw(_three_tasks(), "Elsewhere")


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"not xml", "diagram.not-xml"),
        (b'<!DOCTYPE d [<!ENTITY e "x">]><d>&e;</d>', "diagram.dtd"),
        (b"<d>" + b" " * 5_000_000 + b"</d>", "diagram.too-large"),
    ],
    ids=["not-xml", "dtd", "too-large"],
)
def test_unsafe_files_are_refused_with_a_finding(source: bytes, rule: str) -> None:
    with pytest.raises(DeploymentRefused) as caught:
        planes(source)
    assert [finding.rule for finding in caught.value.findings] == [rule]


def test_a_collaboration_without_a_name_is_called_after_its_pools() -> None:
    source = (
        f'{HEAD}<bpmn:collaboration id="C"><bpmn:participant id="A" name="OFII" processRef="P"/>'
        '<bpmn:participant id="B" name="Black box"/></bpmn:collaboration><bpmn:process id="P"/>'
        '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="C"/></bpmndi:BPMNDiagram>'
        "</bpmn:definitions>"
    ).encode()
    assert planes(source) == (("C", "OFII"),)
