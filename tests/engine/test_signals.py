"""Signals go to every case that waits; messages start cases, once for each key."""

from __future__ import annotations

from pathlib import Path

from engine.model import CaseStatus
from tests.engine.conftest import ANNA, Bench
from tests.unit.bpmn.diagrams import (
    bpmn,
    end,
    line,
    message,
    node,
    on_message,
    start,
    user,
)

TOML = """
id = "cm/{name}"
process = "P"
country = "CM"
time_zone = "Africa/Douala"
languages = ["fr"]
currency = "XAF"
reference_prefix = "CM-{name}"
[name]
fr = "Essai"
[roles.clerk]
fr = "Agent"
[[standing_parties]]
organisation = "office"
role = "clerk"
"""
ALARM = '<bpmn:signalEventDefinition signalRef="Alarm"/>'
DECLARED = '<bpmn:signal id="Alarm" name="alarm"/>'
GROUPS = (
    '<zeebe:properties><zeebe:property name="candidateGroups" value="clerk"/></zeebe:properties>'
)
TASK = '<zeebe:assignmentDefinition candidateGroups="clerk"/>'


def deploy(bench: Bench, folder: Path, name: str, diagram: bytes) -> None:
    folder = folder / "cm" / name
    folder.mkdir(parents=True)
    (folder / "scheme.toml").write_text(TOML.format(name=name))
    (folder / "process.bpmn").write_bytes(diagram)
    bench.engine.deploy(folder, ANNA)


def begin(bench: Bench, name: str) -> str:
    return bench.engine.start(f"cm/{name}", {}, ANNA).id


def status(bench: Bench, case_id: str) -> CaseStatus:
    return bench.engine.case(case_id, ANNA, "fr").status


def test_a_signal_reaches_every_case_that_waits_and_is_not_kept(bench: Bench, tmp_path: Path):
    waits = bpmn(
        start("S", GROUPS),
        node("intermediateCatchEvent", "C", ALARM),
        end(),
        line("S", "C", "E"),
        top=DECLARED,
    )
    throws = bpmn(
        start("S", GROUPS),
        end("E", ALARM),
        line("S", "E"),
        top=DECLARED,
    )
    deploy(bench, tmp_path, "waits", waits)
    deploy(bench, tmp_path, "throws", throws)
    before = [begin(bench, "waits") for _ in range(3)]
    begin(bench, "throws")
    after = begin(bench, "waits")
    bench.engine.run_due()
    assert [status(bench, case) for case in before] == [CaseStatus.COMPLETED] * 3
    assert status(bench, after) is CaseStatus.ACTIVE


def test_a_message_starts_one_case_for_its_key(bench: Bench, tmp_path: Path):
    diagram = bpmn(
        start("S", on_message("M")),
        user("T", TASK),
        line("S", "T"),
        top=message("M", "=case.id"),
    )
    deploy(bench, tmp_path, "begins", diagram)
    assert bench.engine.publish("M", {"key": "a"}, {"x": 1}) == 1
    assert bench.engine.publish("M", {"key": "a"}, {}) == 0
    assert bench.engine.publish("M", {"key": "b"}, {}) == 1
    page = bench.engine.cases(ANNA)
    assert sorted(case.scheme for case in page.items) == ["cm/begins", "cm/begins"]
