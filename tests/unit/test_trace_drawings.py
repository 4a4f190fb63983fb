"""Counter-examples as pictures: the way to what is wrong, on the page that shows it."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from engine.service import draw_traces, lint_paths

DIAGRAM = Path(__file__).parent / "deadlock.bpmn"


def states(svg: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in etree.parse(svg).iter():
        if node.get("data-element-id"):
            found.setdefault(node.get("class", ""), set()).add(node.get("data-element-id", ""))
    return found


def test_the_way_to_a_deadlock_is_drawn_as_done_and_the_deadlock_as_failed(tmp_path: Path) -> None:
    (drawn,) = draw_traces(lint_paths([DIAGRAM], {}), tmp_path / "new", "en")
    shown = states(drawn)
    assert {name for state, names in shown.items() if "failed" in state for name in names} == {
        "Gateway_Join"
    }
    done = {name for state, names in shown.items() if "done" in state for name in names}
    assert {"Event_Started", "Gateway_Split", "Flow_Started_Split"} <= done
    assert "Task_Visit" not in done or "Task_Call" not in done


def test_the_picture_says_what_is_wrong_in_the_readers_language(tmp_path: Path) -> None:
    (drawn,) = draw_traces(lint_paths([DIAGRAM], {}), tmp_path, "fr")
    assert "Un dossier peut s'arrêter pour toujours" in drawn.read_text("utf-8")


def test_a_diagram_without_a_drawing_has_no_picture(tmp_path: Path) -> None:
    source = DIAGRAM.read_text("utf-8")
    bare = tmp_path / "bare.bpmn"
    bare.write_text(source[: source.index("<bpmndi:BPMNDiagram")] + "</bpmn:definitions>", "utf-8")
    reports = lint_paths([bare], {})
    assert any(finding.trace for report in reports for finding in report.findings)
    assert draw_traces(reports, tmp_path / "drawings", "en") == ()
