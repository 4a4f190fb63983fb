"""Lint of any folder: whatever lies there has one report, or is passed over; nothing crashes."""

from __future__ import annotations

import json
import os
from pathlib import Path

from engine.service import lint_paths
from tests.unit.bpmn.diagrams import bpmn, end, line, start, user

WHOLE = bpmn(start(), user("A"), end(), line("S", "A", "E"))


def outcomes(root: Path) -> dict[str, str]:
    return {
        Path(report.file).relative_to(root).as_posix(): report.outcome
        for report in lint_paths([root], {})
    }


def rules(path: Path) -> list[str]:
    (report,) = lint_paths([path], {})
    return [finding.rule for finding in report.findings]


def test_whatever_lies_in_a_folder_is_classified_or_passed_over(tmp_path: Path) -> None:
    files = {
        "empty.bpmn": b"",
        "noise.bpmn": os.urandom(4_000),
        "zeros.bpmn": b"\0" * 4_000,
        "page.bpmn": b"<html><body/></html>",
        "entity.bpmn": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        "deep/er/whole.bpmn": WHOLE,
        "SHOUTED.BPMN": WHOLE,
        "table.dmn": b"<table/>",
        "form.form": b"[" * 100_000,
        "picture.png": b"\x89PNG",
        "notes.toml": b"= nothing",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.bpmn").mkdir()
    found = outcomes(tmp_path)
    assert set(found) == set(files) - {"picture.png", "notes.toml"}
    assert {name for name, outcome in found.items() if outcome != "refused"} == {
        "deep/er/whole.bpmn",
        "SHOUTED.BPMN",
    }


def test_a_circle_of_links_and_a_link_to_nothing_end(tmp_path: Path) -> None:
    (tmp_path / "whole.bpmn").write_bytes(WHOLE)
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "itself.bpmn").symlink_to(tmp_path / "itself.bpmn")
    (tmp_path / "gone.bpmn").symlink_to(tmp_path / "nowhere.bpmn")
    assert list(outcomes(tmp_path)) == ["whole.bpmn"]


def test_a_pipe_is_passed_over_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bpmn")
    assert outcomes(tmp_path) == {}


def test_a_file_that_the_system_does_not_let_us_read_is_told(tmp_path: Path) -> None:
    # The process's own memory is a plain file whose first page nobody may read, root included.
    (tmp_path / "memory.bpmn").symlink_to("/proc/self/mem")
    assert rules(tmp_path / "memory.bpmn") == ["file.unreadable"]
    assert outcomes(tmp_path) == {"memory.bpmn": "refused"}


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.bpmn").open("wb") as file:
        file.truncate(50_000_000_000)  # A hole: it takes no room on the disk.
    assert rules(tmp_path / "huge.bpmn") == ["bpmn.too-large"]


def test_a_file_of_another_name_is_taken_for_a_diagram_where_it_is_named_itself(
    tmp_path: Path,
) -> None:
    (tmp_path / "diagram.xml").write_bytes(WHOLE)
    assert outcomes(tmp_path) == {}
    (report,) = lint_paths([tmp_path / "diagram.xml"], {})
    assert {finding.file for finding in report.findings} <= {"diagram.xml"}
    assert report.outcome == "warnings"


def test_a_report_in_json_has_the_promised_shape(tmp_path: Path) -> None:
    (tmp_path / "whole.bpmn").write_bytes(WHOLE)
    (report,) = lint_paths([tmp_path / "whole.bpmn", tmp_path / "whole.bpmn", tmp_path], {})
    told = json.loads(json.dumps(report.as_json()))
    assert set(told) == {"file", "outcome", "findings"}
    for finding in told["findings"]:
        assert set(finding) == {
            *("rule", "severity", "file", "element", "line", "message", "remedy"),
            *("message_fr", "remedy_fr", "trace"),
        }
        assert finding["message_fr"] != finding["message"]


def test_a_decision_that_imports_finds_the_files_beside_it(tmp_path: Path) -> None:
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="F" name="F" '
    (tmp_path / "a.dmn").write_text(
        f'{head} namespace="urn:a"><import name="b" namespace="urn:b" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
        '<decision id="D" name="D"><literalExpression><text>1</text></literalExpression>'
        "</decision></definitions>"
    )
    assert "dmn.import" in rules(tmp_path / "a.dmn")
    other = tmp_path / "with"
    other.mkdir()
    (other / "a.dmn").write_bytes((tmp_path / "a.dmn").read_bytes())
    (other / "b.dmn").write_text(f'{head} namespace="urn:b"/>')
    assert "dmn.import" not in rules(other / "a.dmn")
