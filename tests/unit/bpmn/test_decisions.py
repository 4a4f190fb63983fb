"""Business rule tasks: decided inside the step, with the rules kept as the reason."""

from __future__ import annotations

import pytest

from engine.bpmn import lint
from engine.errors import DeploymentRefused
from tests.unit.bpmn.diagrams import bpmn, end, line, node, start
from tests.unit.bpmn.play import HANDLERS, Play, compiled

TABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="defs" name="level"
    namespace="https://example.invalid/level">
  <decision id="level" name="level">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
      <output id="o" name="level" typeRef="string"/>
      <rule id="r1"><inputEntry id="e1"><text>&gt; 100</text></inputEntry>
        <outputEntry id="o1"><text>"business"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="e2"><text>&lt;= 100</text></inputEntry>
        <outputEntry id="o2"><text>"social"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""
SOURCE = bpmn(
    start(),
    node(
        "businessRuleTask",
        "Decide",
        '<zeebe:calledDecision decisionId="level" resultVariable="level"/>',
    ),
    end(),
    line("S", "Decide", "E"),
)


def test_a_decision_gives_its_result_and_its_reason():
    play = Play(compiled(SOURCE, level__dmn=TABLE), amount=500)
    assert play.done
    assert play.variables["level"] == "business"
    [event] = [e for e in play.events if e.kind == "decision.evaluated"]
    assert event.element_id == "Decide"
    assert event.data["decision"] == "level"
    assert [rule["id"] for rule in event.data["rules"]] == ["r1"]
    assert event.data["inputs"] == {"amount": 500}


def test_a_decision_that_cannot_decide_is_an_incident_and_can_be_retried():
    overlapping = TABLE.replace(b'"FIRST"', b'"UNIQUE"').replace(b"&lt;= 100", b"&gt; 1")
    play = Play(compiled(SOURCE, level__dmn=overlapping), amount=500)
    assert play.at("Decide", "incidents").code == "decision"
    assert play.retry("Decide").at("Decide", "incidents").code == "decision"


def test_a_broken_table_is_refused_with_its_file():
    with pytest.raises(DeploymentRefused) as refused:
        compiled(SOURCE, level__dmn=b"<definitions")
    assert {finding.file for finding in refused.value.findings} >= {"level.dmn"}


def test_why_a_decision_gave_null_is_kept_beside_its_reason():
    play = Play(compiled(SOURCE, level__dmn=TABLE.replace(b'"business"', b"unknown")), amount=500)
    assert play.variables["level"] is None
    [event] = [e for e in play.events if e.kind == "decision.evaluated"]
    assert any("unknown" in warning for warning in event.data["warnings"])
    play = Play(compiled(SOURCE, level__dmn=TABLE), amount=500)
    assert all("warnings" not in e.data for e in play.events)


def test_what_lint_says_of_a_table_is_among_the_publications_findings():
    gap = TABLE.replace(b"&lt;= 100", b"&lt; 100")
    [finding] = [f for f in compiled(SOURCE, level__dmn=gap).findings if f.file == "level.dmn"]
    assert (finding.rule, finding.severity) == ("dmn.gap", "warning")
    assert (finding.element, finding.line) == ("t", 5)
    assert "nothing covers amount = 100." in finding.message
    linted = lint(
        {"p.bpmn": SOURCE, "level.dmn": gap},
        "P",
        handlers=HANDLERS,
        constants={},
        country="CM",
        time_zone="Africa/Douala",
    )
    assert finding in linted
    assert all(f.file != "level.dmn" for f in compiled(SOURCE, level__dmn=TABLE).findings)
