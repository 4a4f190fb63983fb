"""The command: what it prints for people and programs, and what its exit codes mean."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from engine.composition import open_engine
from engine.settings import read_settings
from tests.engine.conftest import ANNA, SCHEMES
from tests.unit.bpmn.diagrams import bpmn, end, line, service, start, timer

LOAN = SCHEMES / "cm" / "loan"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PASSERELLE_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{tmp_path / 'cli.db'}")
    monkeypatch.setenv("PASSERELLE_PORTS", "tests.acceptance.dying:compose")
    monkeypatch.delenv("PASSERELLE_DEMO", raising=False)

    def call(*words: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(main, list(words))
        assert result.exit_code == exit_code, result.output
        return result

    return call


@pytest.fixture
def reference(run: Run) -> str:
    run("db", "upgrade")
    run("deploy", str(LOAN))
    engine = open_engine(read_settings())
    view = engine.start("cm/loan", {"family_name": "Essai", "amount": "5"}, ANNA)
    return view.reference


def test_deploying_says_the_version_and_that_nothing_changed(run: Run) -> None:
    run("db", "upgrade")
    assert "version 1: published" in run("deploy", str(LOAN)).output
    assert "version 1: unchanged" in run("deploy", str(LOAN)).output
    (view,) = json.loads(run("deploy", str(LOAN), "--format", "json").output)
    assert (view["scheme"], view["version"], view["created"]) == ("cm/loan", 1, False)


def test_deploying_tells_what_lint_warns_of(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "cm" / "loan"
    shutil.copytree(LOAN, folder)
    toml = folder / "scheme.toml"
    toml.write_text(toml.read_text().replace("[roles.clerk]", "[roles.somebody]"))
    run("db", "upgrade")
    told = run("deploy", str(folder)).output
    assert "version 1: published" in told
    assert "[scheme.role]" in told
    (view,) = json.loads(run("deploy", str(folder), "--format", "json").output)
    assert "scheme.role" in {finding["rule"] for finding in view["findings"]}


def test_what_cannot_be_run_is_refused_and_the_refusal_names_how_to_publish_it(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "cm" / "loan"
    shutil.copytree(LOAN, folder)
    (diagram,) = folder.glob("*.bpmn")
    diagram.write_text(diagram.read_text().replace("test.ring", "nobody.has.this"))
    run("db", "upgrade")
    refused = run("deploy", str(folder), exit_code=1)
    assert "deploy --as-documentation" in refused.output
    told = run("deploy", str(folder), "--as-documentation").output
    assert "published, as documentation: no case can begin in it" in told
    assert "nobody.has.this" in told
    back = tmp_path / "back"
    run("export", "cm/loan", str(back))
    for path in folder.iterdir():
        if path.is_file():
            assert (back / path.name).read_bytes() == path.read_bytes()
    run("lint", str(folder), exit_code=1)
    run("lint", str(folder), "--as-documentation")


def test_a_published_scheme_is_given_back_byte_for_byte(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    run("deploy", str(LOAN))
    folder = tmp_path / "given" / "back"
    run("export", "cm/loan", str(folder), "--version", "1")
    names = {path.name for path in folder.iterdir() if path.is_file()}
    assert "scheme.toml" in names
    assert all((folder / name).read_bytes() == (LOAN / name).read_bytes() for name in names)
    published = {path.name for path in LOAN.iterdir() if path.suffix in {".bpmn", ".toml", ".form"}}
    assert published <= names
    assert "not empty" in run("export", "cm/loan", str(folder), exit_code=2).output
    assert "cm/loan 9" in run(
        "export", "cm/loan", str(tmp_path / "none"), "--version", "9", exit_code=2
    ).output  # fmt: skip


def test_deploying_without_a_database_says_what_to_run(run: Run) -> None:
    assert "db upgrade" in run("deploy", str(LOAN), exit_code=2).output


def test_a_folder_without_a_scheme_is_named(run: Run, tmp_path: Path) -> None:
    assert "scheme.toml" in run("lint", str(tmp_path), exit_code=2).output


def test_lint_gives_every_finding_with_file_element_and_remedy(run: Run, tmp_path: Path) -> None:
    scheme = tmp_path / "cm" / "loan"
    scheme.mkdir(parents=True)
    for file in LOAN.iterdir():
        text = file.read_text().replace('type="test.ring"', 'type="test.rnig"')
        (scheme / file.name).write_text(text)
    found = json.loads(run("lint", str(scheme), "--format", "json", exit_code=1).output)
    (refused,) = [f for f in found["files"] if f["outcome"] == "refused"]
    assert refused["file"] == str(scheme / "loan.bpmn")
    (finding,) = [f for f in refused["findings"] if f["severity"] == "error"]
    assert (finding["file"], finding["element"]) == ("loan.bpmn", "Task_Ring")
    assert finding["line"] > 0
    assert "test.rnig" in finding["message"]
    assert finding["remedy"]
    run("db", "upgrade")
    run("deploy", str(scheme), exit_code=1)
    assert json.loads(run("case", "--format", "json").output)["total"] == 0


def test_lint_reads_diagrams_that_belong_to_no_scheme(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.bpmn").write_text("<bpmn")
    (tmp_path / "whole.bpmn").write_bytes(
        bpmn(start(), service("A", "not.ours"), end(), line("S", "A", "E"))
    )
    (tmp_path / "empty.form").write_text("{}")
    found = json.loads(run("lint", str(tmp_path), "--format", "json", exit_code=1).output)["files"]
    assert {Path(f["file"]).name: f["outcome"] for f in found} == {
        "broken.bpmn": "refused",
        "empty.form": "refused",
        "whole.bpmn": "warnings",
    }
    assert "not.ours" in run("lint", str(tmp_path / "whole.bpmn")).output


def test_a_schemes_file_alone_is_read_with_its_scheme(run: Run) -> None:
    told = json.loads(run("lint", str(LOAN / "loan.bpmn"), "--format", "json").output)
    assert [Path(f["file"]).name for f in told["files"]] == ["loan.bpmn"]
    assert "bpmn.form" not in {f["rule"] for f in told["files"][0]["findings"]}


def test_a_case_is_listed_and_shown(run: Run, reference: str) -> None:
    assert reference in run("case").output
    assert "Vérifier le dossier" in run("case", reference).output
    shown = json.loads(run("case", reference, "--format", "json").output)
    assert shown["reference"] == reference
    assert [s["state"] for s in shown["steps"]] == ["active"]
    assert reference in run("case", shown["id"]).output
    assert "There is no case" in run("case", "CM-LOAN-1999-00001", exit_code=2).output


def test_history_is_shown_and_verified(run: Run, reference: str) -> None:
    assert "case.started" in run("history", reference).output
    assert "every link holds" in run("history", reference, "--verify").output
    told = json.loads(run("history", reference, "--verify", "--format", "json").output)
    assert told["problems"] == []
    assert told["events"][0]["kind"] == "case.started"


def test_a_changed_history_is_found_though_the_triggers_were_taken_away(
    run: Run, reference: str, tmp_path: Path
) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "cli.db") as database:
        database.execute("DROP TRIGGER events_no_update")
        database.execute(
            "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'anna', 'bertha') AS BLOB) "
            "WHERE kind = 'case.started'"
        )
    output = run("history", reference, "--verify", exit_code=1).output
    assert "bytes do not match its hash" in output


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_PORT", "eight")
    assert "PASSERELLE_PORT='eight' is not a number" in run("case", exit_code=2).output


def test_a_wrong_ports_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_PORTS", "handlers.nowhere:compose")
    assert "handlers.nowhere" in run("db", "upgrade", exit_code=2).output


def test_what_begins_by_itself_is_listed_and_signals_begin_it(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "alarmed"
    folder.mkdir()
    toml = (LOAN / "scheme.toml").read_text().replace("cm/loan", "cm/alarmed")
    toml = re.sub('process = ".*"', 'process = "P"', toml)
    (folder / "scheme.toml").write_text(toml)
    high = "<bpmn:condition>level &gt; 2</bpmn:condition>"
    diagram = bpmn(
        start("S", '<bpmn:signalEventDefinition signalRef="Alarm"/>'),
        start("S2", timer("cycle", "R/P1D")),
        start("S3", f"<bpmn:conditionalEventDefinition>{high}</bpmn:conditionalEventDefinition>"),
        end(),
        line("S", "E"),
        line("S2", "E"),
        line("S3", "E"),
        top='<bpmn:signal id="Alarm" name="alarm"/>',
    )
    (folder / "process.bpmn").write_bytes(diagram)
    run("db", "upgrade")
    run("deploy", str(folder))
    (planned,) = json.loads(run("starts", "--format", "json").output)
    assert (planned["element_id"], planned["failed"]) == ("S2", False)
    assert "cm/alarmed  S2  timer" in run("starts").output
    assert run("signal", "alarm", "--variables", '{"level": 1}').output == "1 reached.\n"
    assert run("conditions", "--variables", '{"level": 2}').output == "0 begun.\n"
    assert run("conditions", "--variables", '{"level": 3}').output == "1 begun.\n"
    assert "no failed start" in run("starts", "--retry", "99", exit_code=2).output.lower()
