"""The trace door itself: what it prints, and how it judges a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.bpmn.support import catch, gate, on_signal, say, signal, throw, times
from tests.conformance.bpmn_trace import main
from tests.conformance.world import FIRINGS
from tests.unit.bpmn.diagrams import (
    bpmn,
    flow,
    line,
    message,
    node,
    on_message,
    process,
    start,
    timer,
)

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


def test_more_timers_than_a_cycle_may_fire_are_played_where_they_wait_together(tmp_path, capsys):
    inner = start("US") + catch("W", timer("duration", "PT1M")) + say("A") + line("US", "W", "A")
    source = bpmn(start(), node("subProcess", "U", inner, times(str(FIRINGS + 50))), line("S", "U"))
    found = answer(capsys, tmp_path / "d.bpmn", source)
    assert found["outcome"] == "completed"
    assert found["trace"] == ["A"] * (FIRINGS + 50)


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


MESSAGES = message("M", '="k"') + message("N", '="k"')
RECEIVE = node("receiveTask", "R", messageRef="M", instantiate="true")
SENDER = process(
    "Q", start("QS"), throw("QT", on_message("M")), say("Sent"), line("QS", "QT", "Sent")
)
BEGUN = {
    "message start event": start("R", on_message("M")) + line("R", "A"),
    "receive task": RECEIVE + line("R", "A"),
    "event-based gateway": node("eventBasedGateway", "G", instantiate="true")
    + catch("R", on_message("M"))
    + catch("R2", on_message("N"))
    + say("B")
    + line("G", "R", "A")
    + line("G", "R2", "B"),
}


@pytest.mark.parametrize("by", sorted(BEGUN))
def test_a_process_that_a_message_begins_is_begun_by_its_first(by, tmp_path, capsys):
    """13.2: an instance is there because its message came; alone in its file nobody else sends."""
    source = bpmn(BEGUN[by], say("A"), top=MESSAGES)
    found = answer(capsys, tmp_path / "d.bpmn", source)
    assert (found["outcome"], found["trace"]) == ("completed", ["A"])


@pytest.mark.parametrize("by", sorted(BEGUN))
def test_a_process_that_a_message_begins_is_begun_by_the_one_that_sends_it(by, tmp_path, capsys):
    source = bpmn(BEGUN[by], say("A"), top=MESSAGES + SENDER)
    found = answer(capsys, tmp_path / "d.bpmn", source, "--messages", "loopback")
    assert (found["outcome"], found["trace"]) == ("completed", ["Sent", "A"])


def test_a_receive_task_that_begins_no_process_waits(tmp_path, capsys):
    source = bpmn(node("receiveTask", "R", messageRef="M"), say("A"), line("R", "A"), top=MESSAGES)
    assert answer(capsys, tmp_path / "d.bpmn", source)["reasons"] == ["R waits"]


def test_a_process_that_sends_the_message_that_begins_it_ends_after_some_instances(
    tmp_path, capsys
):
    source = bpmn(
        start("S", on_message("M")),
        say("A"),
        throw("T", on_message("M")),
        line("S", "A", "T"),
        top=MESSAGES,
    )
    found = answer(capsys, tmp_path / "d.bpmn", source, "--messages", "loopback")
    assert found["outcome"] == "completed"
    assert found["trace"] == ["A"] * 21


def test_instances_that_signal_each_other_without_end_stop_at_the_time_allowed(tmp_path, capsys):
    answering = (
        start("S", on_signal("begin"))
        + gate("G", "exclusive")
        + catch("C", on_signal("ping"))
        + throw("T", on_signal("pong"))
        + line("S", "G", "C", "T", "G")
    )
    asking = process(
        "Q",
        start("QS"),
        throw("QB", on_signal("begin")),
        gate("QG", "exclusive"),
        throw("QT", on_signal("ping")),
        catch("QC", on_signal("pong")),
        line("QS", "QB", "QG", "QT", "QC", "QG"),
    )
    signals = "".join(signal(name) for name in ("begin", "ping", "pong"))
    source = bpmn(answering, top=asking + signals)
    found = answer(capsys, tmp_path / "d.bpmn", source, "--timeout", "0.5")
    assert found["outcome"] == "waiting"
    assert "the time allowed is over" in found["reasons"]


@pytest.mark.parametrize("variables", ["[1]", "{bad", '{"x": NaN}', '{"x": 1e9999999}', "7"])
def test_variables_that_are_no_json_object_of_values_are_refused(variables, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        answer(capsys, tmp_path / "d.bpmn", DIAGRAMS["completed"], "--variables", variables)
    assert "--variables" in capsys.readouterr().err


def test_a_diagram_that_cannot_be_read_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "none.bpmn")])
    assert "cannot be read" in capsys.readouterr().err
