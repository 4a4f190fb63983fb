"""The reference diagrams of OMG's Model Interchange Working Group: none surprises lint."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.service import lint_paths

MIWG = Path(__file__).parents[3] / "shared" / "conformance" / "miwg"
DIAGRAMS = sorted(MIWG.glob("*.bpmn"))

pytestmark = pytest.mark.skipif(
    not DIAGRAMS, reason="the MIWG reference diagrams are not beside this repository"
)


def test_every_reference_diagram_is_classified() -> None:
    reports = lint_paths([MIWG], {})
    assert [Path(report.file) for report in reports] == DIAGRAMS
    assert {report.outcome for report in reports} <= {"runs", "warnings", "refused"}


def test_a_diagram_that_no_tool_is_asked_to_run_is_never_refused() -> None:
    for report in lint_paths([MIWG], {}):
        if b'isExecutable="true"' not in Path(report.file).read_bytes():
            assert report.outcome == "warnings", report.file


def test_every_refusal_says_where_why_and_what_to_do() -> None:
    for report in lint_paths([MIWG], {}):
        for finding in report.findings:
            assert finding.line > 0 or finding.rule == "bpmn.no-diagram", finding
            assert finding.message, finding
            assert finding.remedy, finding
