"""The reference diagrams of OMG's Model Interchange Working Group: none surprises lint.

They come with every scheme that brings them as documentation, and are given back as they are.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from engine.clock import ManualClock
from engine.composition import compose
from engine.errors import DeploymentRefused
from engine.model import Actor
from engine.service import Engine, lint_paths
from engine.service.linting import FileReport
from engine.settings import Settings
from engine.store import Store, upgrade
from tests.conformance.bpmn.stored import SCHEME
from tests.conformance.bpmn_trace import run
from tests.conformance.world import BEGIN
from tests.unit.bpmn.diagrams import bpmn, line, start, user

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "conformance"
MIWG = Path(os.environ.get("PASSERELLE_CONFORMANCE", _BESIDE)) / "miwg"
DIAGRAMS = sorted(MIWG.glob("*.bpmn"))
REFUSED = {"C.1.0", "C.1.1", "C.3.0", "C.8.1", "C.9.2"}
"""Marked executable, and written for another engine: in XPath, with forms by key, or unfinished."""
UNKNOWN_HERE = {"C.9.0", "C.9.1"}
"""Executable here as well, once a site has the handlers, decisions and processes that they name."""
OWN = bpmn(start("TopS"), user("TopU"), line("TopS", "TopU"), process="Top")

pytestmark = pytest.mark.skipif(
    not DIAGRAMS, reason="no MIWG diagrams: put them into the folder PASSERELLE_CONFORMANCE names"
)


@cache
def reports() -> tuple[FileReport, ...]:
    return tuple(lint_paths([MIWG], {}))


def test_every_reference_diagram_is_classified() -> None:
    assert [Path(report.file) for report in reports()] == DIAGRAMS
    assert {report.outcome for report in reports()} <= {"runs", "warnings", "refused"}
    assert {Path(r.file).stem for r in reports() if r.outcome == "refused"} == REFUSED


def test_a_diagram_that_no_tool_is_asked_to_run_is_never_refused() -> None:
    for report in reports():
        if b'isExecutable="true"' not in Path(report.file).read_bytes():
            assert report.outcome == "warnings", report.file


def test_every_refusal_says_where_why_and_what_to_do() -> None:
    for report in reports():
        for finding in report.findings:
            assert finding.line > 0 or finding.rule == "bpmn.no-diagram", finding
            assert finding.message, finding
            assert finding.remedy, finding


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_reference_diagram_is_published_beside_a_scheme_and_given_back_byte_for_byte(
    path: Path, tmp_path: Path
) -> None:
    settings = Settings(f"sqlite:///{tmp_path / 'miwg.db'}", tmp_path / "var", tmp_path)
    store = Store(settings.database_url)
    ports = compose(settings, store, ManualClock(BEGIN))
    upgrade(store, ports.migrations)
    engine = Engine(store, ports, settings)
    folder = tmp_path / "scheme"
    folder.mkdir()
    files = {
        "scheme.toml": SCHEME.encode(),
        "top.bpmn": OWN,
        path.name: path.read_bytes(),
    }
    for name, source in files.items():
        (folder / name).write_bytes(source)
    unexecutable = path.stem in REFUSED | UNKNOWN_HERE
    if unexecutable:
        with pytest.raises(DeploymentRefused, match="--as-documentation") as refused:
            engine.deploy(folder, Actor("anna"))
        wrong = [f for f in refused.value.findings if f.severity == "error"]
        assert {f.file for f in wrong} == {path.name}
    view = engine.deploy(folder, Actor("anna"), as_documentation=unexecutable)
    assert view.runs, "the scheme's own process is run all the same"
    assert bool(view.documentation) == unexecutable
    assert engine.published("cm/diagram") == files
    assert engine.published("cm/diagram", 1) == files
    for plane in engine.publication("cm/diagram", 1).planes:
        assert engine.drawing("cm/diagram", 1, plane.id).startswith("<svg")


def test_all_reference_diagrams_are_published_together_as_documentation(tmp_path: Path) -> None:
    settings = Settings(f"sqlite:///{tmp_path / 'miwg.db'}", tmp_path / "var", tmp_path)
    store = Store(settings.database_url)
    ports = compose(settings, store, ManualClock(BEGIN))
    upgrade(store, ports.migrations)
    engine = Engine(store, ports, settings)
    folder = tmp_path / "scheme"
    folder.mkdir()
    files = {path.name: path.read_bytes() for path in DIAGRAMS}
    files["scheme.toml"] = SCHEME.encode()
    for name, source in files.items():
        (folder / name).write_bytes(source)
    view = engine.deploy(folder, Actor("anna"), as_documentation=True)
    assert not view.runs
    assert engine.published("cm/diagram") == files


def test_as_documentation_no_reference_diagram_is_refused() -> None:
    found = lint_paths([MIWG], {}, as_documentation=True)
    assert len(found) == len(DIAGRAMS)
    assert {report.outcome for report in found} <= {"runs", "warnings"}


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_the_trace_door_takes_every_reference_diagram(path: Path) -> None:
    answer = run(path.read_bytes(), path.name, variables={}, loopback=True, timeout_s=30)
    assert answer["outcome"] in {"completed", "waiting", "incident", "refused"}
    assert answer["outcome"] == "completed" or answer["reasons"]
