"""A migration in bulk killed with -9 midway goes on where it was, and moves no case twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.composition import open_engine
from engine.model import Actor, Grant
from engine.settings import read_settings
from tests.acceptance.test_kill import ANNA, LOAN, ROOT

CASES = 120
OPERATOR = Actor("operator", (Grant("operator", None),))


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'kill.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_postgres")
    return {
        **os.environ,
        "PASSERELLE_VAR_DIR": str(tmp_path),
        "PASSERELLE_DATABASE_URL": url,
        "PASSERELLE_PORTS": "tests.acceptance.dying:compose",
        "PYTHONPATH": str(ROOT),
    }


def second_version(folder: Path) -> Path:
    """The loan scheme with its first task under another id."""
    target = folder / "cm" / "loan"
    target.mkdir(parents=True)
    for path in LOAN.iterdir():
        text = path.read_text().replace("Task_Check", "Task_Verify")
        (target / path.name).write_text(text)
    return target


def command(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *words],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_batch_is_resumed_and_moves_every_case_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    upgraded = command(environment, "db", "upgrade")
    _, said = upgraded.communicate(timeout=60)
    assert upgraded.returncode == 0, said
    engine = open_engine(read_settings(environment, ROOT))
    engine.deploy(LOAN, ANNA)
    answer = {"family_name": "Essai", "amount": "5"}
    cases = [engine.start("cm/loan", answer, ANNA).id for _ in range(CASES)]
    engine.deploy(second_version(tmp_path / "second"), ANNA)
    words = ("migrate", "cm/loan", "--from", "1", "--to", "2", "--map", "Task_Check=Task_Verify")
    running = command(environment, *words, "--run", "--reason", "The new agreement")
    assert running.stderr is not None
    assert "cases tried" in running.stderr.readline()  # Some are moved, most are not.
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL
    (batch,) = engine.migration_batches()
    assert 0 < batch.counts["moved"] < CASES
    assert batch.counts["moved"] + batch.counts["waiting"] == CASES
    while engine.run_due(50):  # What the site's worker does when it comes back.
        pass
    assert engine.migration_batch(batch.id).counts["moved"] == CASES
    for case_id in cases:
        kinds = [event.kind for event in engine.history(case_id, OPERATOR)]
        assert kinds.count("case.migrated") == 1
        assert engine.tasks_of(case_id, OPERATOR)[0].element_id == "Task_Verify"
    engine.store.close()
