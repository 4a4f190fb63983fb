"""What cannot be run can be published to be read: kept, drawn, given back, and never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.composition import compose
from engine.errors import DeploymentRefused, DocumentationOnly
from engine.service import Engine
from engine.settings import Settings
from engine.store.starts import all_starts
from tests.engine.conftest import ANNA, SCHEMES, Bench
from tests.engine.test_signals import GROUPS, TASK, TOML, begin
from tests.unit.bpmn.diagrams import (
    bpmn,
    line,
    message,
    node,
    on_message,
    start,
    timer,
    user,
)

XPATH = (
    '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="http://www.w3.org/1999/'
    'XPath">a/b</bpmn:conditionExpression>'
)
BROKEN = (
    start("BS")
    + user("BT", TASK)
    + node("sequenceFlow", "BF", XPATH, sourceRef="BS", targetRef="BT")
)
PICTURE = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="DI"><bpmndi:BPMNPlane id="PL" '
    'bpmnElement="P"><bpmndi:BPMNShape id="SH" bpmnElement="BT">'
    '<dc:Bounds x="10" y="10" width="100" height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane>'
    "</bpmndi:BPMNDiagram>"
)
RUNS = bpmn(start("S", GROUPS), user("T", TASK), line("S", "T"))


def folder_of(root: Path, **files: bytes) -> Path:
    """Write a scheme ``cm/draft`` of these diagrams and return its folder."""
    folder = root / "cm" / "draft"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scheme.toml").write_text(TOML.format(name="draft"))
    for name, source in files.items():
        (folder / f"{name}.bpmn").write_bytes(source)
    return folder


def test_by_default_what_cannot_be_run_is_refused_and_the_option_named(
    bench: Bench, tmp_path: Path
) -> None:
    with pytest.raises(DeploymentRefused, match="XPath") as refused:
        bench.engine.deploy(folder_of(tmp_path, process=bpmn(BROKEN)), ANNA)
    assert "--as-documentation" in str(refused.value)
    assert [scheme.id for scheme in bench.engine.schemes()] == ["cm/loan"]


def test_a_diagram_that_cannot_be_run_is_kept_drawn_and_given_back_whole(
    bench: Bench, tmp_path: Path
) -> None:
    source = bpmn(BROKEN).replace(b"</bpmn:definitions>", PICTURE.encode() + b"</bpmn:definitions>")
    folder = folder_of(tmp_path, process=source)
    view = bench.engine.deploy(folder, ANNA, as_documentation=True)
    assert (view.documentation, view.runs) == (("P",), False)
    again = bench.engine.deploy(folder, ANNA, as_documentation=True)
    assert (again.version, again.created) == (1, False)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert bench.engine.published("cm/draft") == kept
    shown = bench.engine.publication("cm/draft", 1)
    assert {(f.rule, f.severity, f.element) for f in shown.findings} == {
        ("bpmn.language", "warning", "BF"),
        ("bpmn.flow-condition", "warning", "BF"),
    }
    assert 'data-element-id="BT"' in bench.engine.drawing("cm/draft", 1, shown.planes[0].id)


def test_nothing_starts_documentation_and_the_refusal_says_why(
    bench: Bench, tmp_path: Path
) -> None:
    awaited = (
        BROKEN
        + start("BM", on_message("M"))
        + line("BM", "BT")
        + start("BC", timer("cycle", "R/P1D"))
        + line("BC", "BT")
    )
    source = bpmn(awaited, top=message("M", '="key"'))
    bench.engine.deploy(folder_of(tmp_path, process=source), ANNA, as_documentation=True)
    with pytest.raises(DocumentationOnly, match="XPath"):
        bench.engine.start("cm/draft", {}, ANNA)
    assert [scheme.id for scheme in bench.engine.startable(ANNA)] == ["cm/loan"]
    bench.engine.publish("M", {"key": "any"}, {})
    with bench.store.snapshot() as uow:
        assert all_starts(uow) == ()
    bench.engine.run_due()
    assert bench.engine.cases(ANNA).items == ()


def test_documentation_stays_documentation_when_it_is_read_back(
    bench: Bench, tmp_path: Path, database_url: str
) -> None:
    folder = folder_of(tmp_path, process=bpmn(BROKEN))
    bench.engine.deploy(folder, ANNA, as_documentation=True)
    settings = Settings(database_url, tmp_path / "var", SCHEMES)
    fresh = Engine(bench.store, compose(settings, bench.store, bench.clock), settings)
    with pytest.raises(DocumentationOnly):
        fresh.start("cm/draft", {}, ANNA)
    assert fresh.versions("cm/draft")[0].documentation == ("P",)


def test_what_calls_documentation_is_documentation_and_what_does_not_runs(
    bench: Bench, tmp_path: Path
) -> None:
    called = bpmn(start("CS"), node("callActivity", "CC", calledElement="Q"), line("CS", "CC"))
    broken = bpmn(BROKEN, process="Q")
    folder = folder_of(tmp_path, process=called, broken=broken)
    view = bench.engine.deploy(folder, ANNA, as_documentation=True)
    assert (view.documentation, view.runs) == (("P", "Q"), False)
    found = bench.engine.publication("cm/draft", 1).findings
    assert [f.element for f in found if "documentation only" in f.message] == ["CC"]

    (folder / "process.bpmn").write_bytes(RUNS)
    view = bench.engine.deploy(folder, ANNA, as_documentation=True)
    assert (view.documentation, view.runs) == (("Q",), True)
    assert begin(bench, "draft")


def test_cases_go_on_beside_documentation_and_cannot_move_there(
    bench: Bench, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, process=RUNS)
    bench.engine.deploy(folder, ANNA)
    case_id = begin(bench, "draft")
    (folder / "process.bpmn").write_bytes(bpmn(BROKEN))
    bench.engine.deploy(folder, ANNA, as_documentation=True)
    with pytest.raises(DocumentationOnly):
        bench.engine.preview_migration(case_id, 2, {})
    with pytest.raises(DocumentationOnly):
        bench.engine.standings("cm/draft", 1, 2, {})
    (task,) = bench.engine.tasks_of(case_id, ANNA)
    bench.engine.complete(task.id, {}, ANNA)
    assert bench.engine.case(case_id, ANNA).status == "completed"


def test_mended_it_is_published_to_run_under_a_new_version(bench: Bench, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, process=bpmn(BROKEN))
    bench.engine.deploy(folder, ANNA, as_documentation=True)
    (folder / "process.bpmn").write_bytes(RUNS)
    view = bench.engine.deploy(folder, ANNA)
    assert (view.version, view.runs, view.documentation) == (2, True, ())
    assert begin(bench, "draft")


def test_a_file_that_is_no_diagram_is_kept_as_it_is(bench: Bench, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, process=RUNS, torn=b"<bpmn:definitions", odd=b"\xff\xfe")
    view = bench.engine.deploy(folder, ANNA, as_documentation=True)
    assert view.runs
    assert bench.engine.published("cm/draft")["torn.bpmn"] == b"<bpmn:definitions"
    assert begin(bench, "draft")
