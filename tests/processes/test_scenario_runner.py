"""Scenarios: what passes, what fails and where it says so, and what counts as covered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.scenario import ScenarioReport, ScenarioResult, run
from engine.settings import Settings

LOAN = Path(__file__).parent.parent / "engine" / "schemes" / "cm" / "loan"
PORTS = "tests.processes.support:compose"

ACTORS = """\
roles:
  clerk: office
people:
  ben: {role: clerk}
"""
HEAD = """\
name: {name}
start_at: 2026-01-31T09:00:00
start: {{as: clerk, answer: {{family_name: Essai, amount: {amount}}}}}
steps:
"""
TO_MONTH = """\
  - complete: Task_Check
    as: clerk
    answer: {complete: yes}
"""

MESSAGE_START_BEFORE = '<bpmn:userTask id="Task_Check"'
MESSAGE_START = """\
<bpmn:startEvent id="Event_HandedOver" name="Dossier transmis">
  <bpmn:outgoing>Flow_Handed</bpmn:outgoing>
  <bpmn:messageEventDefinition messageRef="Message_Handover" />
</bpmn:startEvent>
<bpmn:sequenceFlow id="Flow_Handed" sourceRef="Event_HandedOver" targetRef="Task_Check" />
"""
MESSAGE_DECLARED = """\
<bpmn:message id="Message_Handover" name="handover-loan">
  <bpmn:extensionElements><zeebe:subscription correlationKey="=case.id" /></bpmn:extensionElements>
</bpmn:message>
"""
FILE_FIELD = {"type": "filepicker", "key": "proof", "label": "Preuve"}

Play = Callable[..., ScenarioReport]


def told(steps: str, *, name: str = "trial", amount: object = 500) -> str:
    """Return a scenario's text."""
    return HEAD.format(name=name, amount=amount) + steps


def scheme(folder: Path, files: dict[str, str]) -> Path:
    """Copy the trial scheme and write its scenarios; return its folder."""
    target = folder / "cm" / "loan"
    shutil.copytree(LOAN, target)
    form = json.loads((target / "check.form").read_text())
    form["components"].append(FILE_FIELD)
    (target / "check.form").write_text(json.dumps(form))
    scenarios = target / "scenarios"
    (scenarios / "parts").mkdir(parents=True)
    for name, text in {"actors.yaml": ACTORS, **files}.items():
        (scenarios / name).write_text(text)
    return target


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Play the files of a scheme and return the report."""

    def played(**files: str) -> ScenarioReport:
        named = {f"{name.replace('__', '/')}.yaml": text for name, text in files.items()}
        folder = scheme(tmp_path / "processes", named)
        settings = Settings("sqlite://", tmp_path / "var", tmp_path, ports=PORTS)
        return run([folder], settings)

    return played


def failure_of(report: ScenarioReport, file: str = "trial") -> tuple[str, str, str]:
    """Return where a scenario failed, at which step, and why."""
    result = by_file(report)[file]
    assert result.failure is not None, f"{file} passed"
    place = Path(result.failure.place).name
    return place, result.failure.step, "\n".join(result.failure.details)


def by_file(report: ScenarioReport) -> dict[str, ScenarioResult]:
    """Return results by the stem of their file."""
    return {Path(result.file).stem: result for result in report.results}


def missing(report: ScenarioReport) -> set[str]:
    """Return the flows that were never taken."""
    return {flow.id for file in report.covered.files.values() for flow in file.missing}


def test_scenarios_that_hold_pass_and_together_take_every_flow(play: Play) -> None:
    small = told(
        TO_MONTH
        + """\
  - expect:
      active: []
      status: active
      timers: {Event_MonthPassed: 2026-02-28}
      variables: {amount: 500, complete: yes, nothing: null}
      events: {book.entry: 1, task.completed: 1}
      actions: [Event_Withdrawn]
      not_passed: [Event_Closed]
  - advance: P27D
  - expect: {status: active, timers: [Event_MonthPassed]}
  - until: 2026-03-01
  - expect: {status: completed, passed: [Event_Closed, Flow_Small], timers: [], active: []}
""",
    )
    large = told(
        """\
  - repeat: 3
    steps:
      - complete: Task_Check
        as: clerk
        answer: {complete: no, note: Il manque une page., proof: {file: page.pdf}}
      - expect: {active: [Task_Check]}
  - complete: Task_Check
    as: clerk
    answer: {complete: yes}
  - refuse: Task_Approve
    as: clerk
    error: somebody else
  - refuse: Task_Approve
    as: {role: clerk, person: far, organisation: elsewhere}
    error: There is no task
  - complete: Task_Approve
    as: ben
  - advance: P1M
  - expect:
      status: completed
      passed: [Flow_Large, Flow_Back]
      events: {task.completed: 5, document.stored: 3}
""",
        amount=1500.5,
    )
    withdrawn = told(
        "  - send: Event_Withdrawn\n    as: clerk\n"
        "  - expect: {status: completed, passed: [Flow_W1]}\n"
    )
    report = play(small=small, large=large, withdrawn=withdrawn)
    assert report.failed == 0, report.as_text()
    assert report.passed == 3
    assert missing(report) == set()
    assert report.coverage == 1.0


def test_a_message_from_elsewhere_reaches_the_case_by_its_keys(play: Play) -> None:
    publish = "  - publish: {message: withdrawal, keys: {key: '%s'}}\n"
    mine = told(publish % "=case.id" + "  - expect: {status: completed}\n")
    other = told(publish % "somebody else" + "  - expect: {status: active}\n")
    report = play(mine=mine, other=other)
    assert report.failed == 0, report.as_text()


def test_a_scenario_may_begin_by_a_message_and_fails_where_nothing_begins_with_it(
    tmp_path: Path,
) -> None:
    begun = (
        "name: begun\n"
        "start_at: 2026-01-31T09:00:00\n"
        "start:\n"
        "  message: handover-loan\n"
        "  keys: {key: before-1}\n"
        "  variables: {amount: 500}\n"
        "  person: {family_name: Essai}\n"
        "steps:\n"
        "  - expect: {active: [Task_Check], variables: {amount: 500}}\n"
    )
    nothing = begun.replace("handover-loan", "handover-other").replace("begun\n", "nothing\n", 1)
    folder = scheme(tmp_path / "processes", {"begun.yaml": begun, "nothing.yaml": nothing})
    diagram = folder / "loan.bpmn"
    text = diagram.read_text().replace(MESSAGE_START_BEFORE, MESSAGE_START + MESSAGE_START_BEFORE)
    text = text.replace("</bpmn:definitions>", MESSAGE_DECLARED + "</bpmn:definitions>")
    diagram.write_text(text)
    report = run([folder], Settings("sqlite://", tmp_path / "var", tmp_path, ports=PORTS))
    assert by_file(report)["begun"].failure is None, report.as_text()
    _, step, why = failure_of(report, "nothing")
    assert (step, why) == ("start", "the message handover-other begins 0 cases, not 1")


def test_coverage_counts_flows_taken_of_all_flows_and_names_the_others(play: Play) -> None:
    report = play(trial=told(TO_MONTH))
    assert missing(report) == {"Flow_Back", "Flow_Large", "Flow_5", "Flow_7", "Flow_W1"}
    assert report.coverage == 6 / 11
    text = report.as_text(coverage=True)
    assert "Coverage: 54.5 % (6 of 11 sequence flows)" in text
    assert 'Flow_Large: "Montant élevé ?" → "Approuver"' in text
    (file,) = report.as_json()["files"]
    assert (file["file"], file["flows"], file["taken"]) == ("cm/loan/loan.bpmn", 11, 6)


def test_what_does_not_hold_is_told_with_file_line_expected_and_actual(play: Play) -> None:
    report = play(
        trial=told(
            TO_MONTH
            + "  - expect:\n      active: [Task_Approve]\n      variables: {amount: 900}\n"
            + "      passed: [Flow_Small, Flow_Large]\n"
        )
    )
    place, step, details = failure_of(report)
    assert (place, step) == ("trial.yaml:8", "expect")
    assert "active: expected [Task_Approve]; it is []" in details
    assert "variable amount: expected 900; it is 500" in details
    assert "passed: Flow_Large was not passed" in details
    assert (report.passed, report.failed) == (0, 1)
    assert "✗ trial" in report.as_text()


@pytest.mark.parametrize(
    ("steps", "line", "says"),
    [
        ("  - complete: Task_Approve\n    as: clerk\n", 5, "open tasks: Task_Check"),
        ("  - complete: Task_Check\n    as: clerk\n    answer: {complet: yes}\n", 5, "complet"),
        ("  - complete: Task_Check\n    as: clerk\n    answer: {complete: maybe}\n", 5, "complete"),
        ("  - refuse: Task_Check\n    as: clerk\n    answer: {complete: yes}\n", 5, "was accepted"),
        ("  - refuse: Task_Check\n    as: clerk\n    error: too late\n", 5, "too late"),
        ("  - send: Event_Closed\n    as: clerk\n", 5, "Event_Withdrawn"),
        ("  - advance: P1X\n", 5, "no duration"),
        ("  - until: 2025-01-01\n", 5, "already"),
        ("  - given: {weather: fine}\n", 5, "weather"),
    ],
)
def test_a_step_that_cannot_be_played_fails_at_its_line(
    play: Play, steps: str, line: int, says: str
) -> None:
    place, _, details = failure_of(play(trial=told(steps)))
    assert place == f"trial.yaml:{line}"
    assert says in details


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (told("  - complete: Task_Check\n    as: clerk\n    anwser: {}\n"), 7, "anwser"),
        (told("  - complete: Task_Check\n"), 5, "'as'"),
        (told("  - expect: {activ: []}\n"), 5, "activ"),
        (told("  - wait: P1D\n"), 5, "one of: complete"),
        (told("  - complete: Task_Check\n    as: nobody\n"), 6, "nobody"),
        (told("  - play: nowhere\n"), 5, "nowhere"),
        (told("  - repeat: many\n    steps: []\n"), 5, "repeat"),
        (told("") + "name: again\n", 5, "twice"),
        ("name: x\nstart_at: soon\nstart: {as: clerk}\n", 2, "start_at"),
        ("name: x\nstart_at: 2026-01-31\nstart: {as: clerk, known: nobody}\n", 3, "mappings"),
        ("name: [unfinished\n", 2, "no YAML"),
        ("name: !!python/object:os.system x\n", 1, "tag"),
        ("name: &a x\ndescription: *a\n", 2, "references"),
        ("- just a list\n", 1, "one mapping"),
    ],
)
def test_a_file_that_says_no_scenario_is_reported_with_its_line_and_the_others_play(
    play: Play, text: str, line: int, says: str
) -> None:
    report = play(trial=text, good=told(TO_MONTH))
    place, step, details = failure_of(report)
    assert (place, step) == (f"trial.yaml:{line}", "read")
    assert says in details
    assert by_file(report)["good"].failure is None


def test_parts_are_played_where_they_are_named_and_their_start_can_be_changed(play: Play) -> None:
    part = (
        "start: {as: clerk, answer: {family_name: Essai, amount: 10}}\n"
        "steps:\n  - complete: Task_Check\n    as: clerk\n    answer: {complete: yes}\n"
    )
    text = (
        "name: t\nstart_at: 2026-01-31\nstart: {like: checked, answer: {amount: 20}}\n"
        "steps:\n  - play: checked\n  - expect: {variables: {amount: 20}}\n  - play: checked\n"
    )
    place, step, details = failure_of(play(trial=text, parts__checked=part))
    assert (place, step) == ("checked.yaml:3", "complete: Task_Check")
    assert "trial.yaml:7" in details


def test_parts_that_play_each_other_in_a_circle_are_refused(play: Play) -> None:
    circle = "steps:\n  - play: ring\n"
    _, _, details = failure_of(play(trial=told("  - play: ring\n"), parts__ring=circle))
    assert "plays itself" in details


def test_every_scenario_begins_on_a_database_of_its_own(play: Play) -> None:
    first = """\
  - complete: Task_Check
    as: clerk
    answer: {complete: '=if ends with(case.reference, "-00001") then "yes" else "no"'}
  - expect: {passed: [Flow_3]}
"""
    report = play(one=told(first), two=told(first))
    assert report.failed == 0, report.as_text()


def test_an_incident_fails_the_scenario_where_it_was_raised(play: Play) -> None:
    steps = TO_MONTH + "  - advance: PT1H\n"
    place, step, details = failure_of(play(trial=told(steps, amount=667)))
    assert (place, step) == ("trial.yaml:8", "advance: PT1H")
    assert "Task_Ring: incident handler-failed" in details


def test_an_incident_that_is_expected_is_no_failure(play: Play) -> None:
    steps = TO_MONTH + "  - advance: PT1H\n  - expect: {incidents: 1}\n  - advance: P1D\n"
    report = play(trial=told(steps, amount=667))
    assert report.failed == 0, report.as_text()


@pytest.mark.parametrize(
    ("act", "told_of"),
    [
        ("act: committees.dissolve", "no act 'committees.dissolve'; known acts: committees.hold"),
        ("act: committees.hold\n    with: {outcome: maybe}", "'maybe' is none of: approved"),
        ("act: committees.hold\n    with: {outcome: refused}", "Nothing of this case waits"),
        ("act: committees.hold\n    with: {outcome: approved, amount: much}", "is no amount"),
        ("act: committees.hold\n    with: {outcome: approved, room: 1}", "It takes: amount"),
    ],
)
def test_an_act_that_is_refused_fails_the_scenario_with_its_words(
    play: Play, act: str, told_of: str
) -> None:
    _, _, details = failure_of(play(trial=told(f"  - {act}\n")))
    assert told_of in details


def test_a_scheme_that_cannot_be_published_counts_as_failed(tmp_path: Path) -> None:
    folder = scheme(tmp_path / "processes", {"trial.yaml": told(TO_MONTH)})
    report = run([folder], Settings("sqlite://", tmp_path / "var", tmp_path))
    (result,) = report.results
    assert result.failure is not None
    assert "test.ring" in "".join(result.failure.details)
    assert (report.failed, report.coverage) == (1, 0.0)


def test_nothing_of_the_site_is_touched(play: Play, tmp_path: Path) -> None:
    play(trial=told(TO_MONTH))
    assert not (tmp_path / "var").exists()


def test_the_command_succeeds_only_if_all_passed_and_with_coverage_all_was_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERELLE_PORTS", PORTS)
    monkeypatch.setenv("PASSERELLE_VAR_DIR", str(tmp_path / "var"))
    good = scheme(tmp_path / "good", {"trial.yaml": told(TO_MONTH)})
    bad = scheme(tmp_path / "bad", {"trial.yaml": told("  - expect: {status: completed}\n")})
    command = ["scenario", "--format", "json"]

    passed = CliRunner().invoke(main, [*command, str(good)])
    assert passed.exit_code == 0, passed.output
    data = json.loads(passed.stdout)
    assert (data["passed"], data["failed"]) == (1, 0)
    assert set(data) >= {"passed", "failed", "coverage", "files"}

    uncovered = CliRunner().invoke(main, [*command, "--coverage", str(good)])
    assert uncovered.exit_code == 1

    failed = CliRunner().invoke(main, [*command, str(bad)])
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["failed"] == 1
