"""``passerelle migrate``: what it prints for people and programs, and what its exit codes mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.composition import open_engine
from engine.settings import read_settings
from tests.cli.test_cli import LOAN, Run, reference, run
from tests.engine.conftest import ANNA

__all__ = ["reference", "run"]

WORDS = ("migrate", "cm/loan", "--from", "1", "--to", "2")
MAP = ("--map", "Task_Check=Task_Verify")


@pytest.fixture
def second(run: Run, reference: str, tmp_path: Path) -> str:
    """A case of version 1 beside a version 2 that calls its task by another id."""
    folder = tmp_path / "processes" / "cm" / "loan"
    folder.mkdir(parents=True)
    for path in LOAN.iterdir():
        text = path.read_text().replace("Task_Check", "Task_Verify")
        (folder / path.name).write_text(text)
    run("deploy", str(folder))
    return reference


def test_a_preview_says_what_cannot_move_and_exits_with_1(run: Run, second: str) -> None:
    told = run(*WORDS, "--preview", exit_code=1).output
    assert "cm/loan 1 → 2: 0 of 1 cases can move" in told
    assert "the new version has no Task_Check" in told
    assert second in told
    french = run(*WORDS, "--preview", "--language", "fr", exit_code=1).output
    assert "la nouvelle version n'a pas Task_Check" in french
    found = json.loads(run(*WORDS, *MAP, "--preview", "--format", "json").output)
    assert (found["cases"], found["possible"], found["refused"]) == (1, 1, {})


def test_a_run_moves_the_cases_tells_its_progress_and_is_undone(run: Run, second: str) -> None:
    done = run(*WORDS, *MAP, "--run", "--reason", "The new agreement", "--format", "json")
    assert "1 of 1 cases tried" in done.stderr
    batch = json.loads(done.stdout)
    assert (batch["status"], batch["counts"]["moved"], batch["stopped"]) == ("done", 1, [])
    assert batch["id"] in run("migrations").output
    assert json.loads(run("migrations", "--format", "json").output)[0]["total"] == 1
    run("migrations", "--undo", second, exit_code=2)
    run("migrations", "--undo", second, "--reason", "Too early")
    engine = open_engine(read_settings())
    (case,) = engine.cases(ANNA).items
    assert engine.tasks_of(case.id, ANNA)[0].element_id == "Task_Check"


def test_refused_cases_are_told_and_tried_again(run: Run, second: str) -> None:
    refused = run(*WORDS, "--run", "--reason", "The new agreement", exit_code=1).output
    assert f"{second} refused: the new version has no Task_Check." in refused
    (batch,) = json.loads(run("migrations", "--format", "json").output)
    again = run("migrations", batch["id"], "--retry", exit_code=1).output
    assert "1 refused" in again
    run("migrations", batch["id"], "--cancel")
    assert "cancelled" in run("migrations", batch["id"], "--resume", exit_code=2).output


def test_wrong_usage_says_what_to_write(run: Run, second: str) -> None:
    assert "--preview or --run" in run(*WORDS, exit_code=2).output
    assert "OLD=NEW" in run(*WORDS, "--map", "Task_Check", "--preview", exit_code=2).output
    assert "--reason" in run(*WORDS, "--run", exit_code=2).output
    assert "Example" in run("migrate", "--help").output
