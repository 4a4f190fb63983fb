"""The trace door itself: what it prints, and how it judges a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.bpmn.support import catch, on_signal, say, signal
from tests.conformance.bpmn_trace import main
from tests.unit.bpmn.diagrams import bpmn, flow, line, message, node, on_message, start, timer

DIAGRAMS = {
    "completed": bpmn(start(), say("A"), line("S", "A")),
    "waiting": bpmn(start(), catch("C", on_signal("G")), line("S", "C"), top=signal("G")),
    "incident": bpmn(
        start(),
        node("exclusiveGateway", "G"),
        say("A"),
        say("B"),
        line("S", "G"),
        flow("G", "A", "=x = 1"),
        flow("G", "B", "=x = 2"),
    ),
    "refused": bpmn(start(), node("choreographyTask", "A"), line("S", "A")),
}


def answer(
    capsys: pytest.CaptureFixture[str], path: Path, source: bytes, *options: str
) -> dict[str, object]:
    path.write_bytes(source)
    assert main([str(path), *options]) == 0
    printed: dict[str, object] = json.loads(capsys.readouterr().out)
    return printed


@pytest.mark.parametrize("outcome", sorted(DIAGRAMS))
def test_the_door_tells_each_outcome_apart(outcome, tmp_path, capsys):
    found = answer(capsys, tmp_path / "d.bpmn", DIAGRAMS[outcome])
    assert set(found) == {"outcome", "trace", "reasons"}
    assert found["outcome"] == outcome
    assert found["trace"] == (["A"] if outcome == "completed" else [])
    assert bool(found["reasons"]) == (outcome != "completed")


def test_the_door_refuses_what_is_no_diagram(tmp_path, capsys):
    assert answer(capsys, tmp_path / "d.bpmn", b"<html")["outcome"] == "refused"


def test_variables_come_in_as_json(tmp_path, capsys):
    found = answer(capsys, tmp_path / "d.bpmn", DIAGRAMS["incident"], "--variables", '{"x": 2}')
    assert found["trace"] == ["B"]


def test_messages_come_back_only_where_that_is_asked_for(tmp_path, capsys):
    source = bpmn(
        start(),
        node("intermediateThrowEvent", "T", on_message("M")),
        catch("C", on_message("M")),
        line("S", "T", "C"),
        top=message("M", '="k"'),
    )
    assert answer(capsys, tmp_path / "d.bpmn", source)["outcome"] == "waiting"
    looped = answer(capsys, tmp_path / "d.bpmn", source, "--messages", "loopback")
    assert looped["outcome"] == "completed"


def test_a_cycle_without_end_stops_at_the_time_allowed(tmp_path, capsys):
    source = bpmn(
        start(),
        node(
            "subProcess",
            "V",
            start("VS", timer("cycle", "R/PT1M"), isInterrupting="false"),
            say("A"),
            line("VS", "A"),
            triggeredByEvent="true",
        ),
        catch("C", on_signal("G")),
        line("S", "C"),
        top=signal("G"),
    )
    found = answer(capsys, tmp_path / "d.bpmn", source, "--timeout", "0.2")
    assert found["outcome"] == "waiting"


@pytest.mark.parametrize("seconds", ["0.01", "0.5"])
def test_the_time_allowed_stops_a_step_that_would_go_on_for_minutes(seconds, tmp_path, capsys):
    """Ten thousand times ten thousand turns, all of them in one step."""
    script = '<zeebe:script expression="=count(for a in 1..10000 return a)" resultVariable="n"/>'
    source = bpmn(start(), node("scriptTask", "T", script), line("S", "T", "T"))
    found = answer(capsys, tmp_path / "d.bpmn", source, "--timeout", seconds)
    assert (found["outcome"], found["reasons"]) == ("waiting", ["the time allowed is over"])


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_that_is_none_is_refused(seconds, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        answer(capsys, tmp_path / "d.bpmn", DIAGRAMS["completed"], "--timeout", seconds)
    assert "--timeout" in capsys.readouterr().err
