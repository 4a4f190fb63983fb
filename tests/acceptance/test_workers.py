"""Several processes on PostgreSQL: a worker that dies costs a delay, never a step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.model import CaseStatus
from engine.service import CasesQuery
from tests.acceptance.dying import DEATHS, EFFECTS
from tests.acceptance.test_kill import ANNA, kinds_of, passerelle, ready_case, wait_for
from tests.conftest import free_port
from tests.engine.test_signals import TOML
from tests.unit.bpmn.diagrams import bpmn, end, line, service, start, timer


@pytest.fixture
def environment(tmp_path: Path, fresh_postgres: str) -> dict[str, str]:
    return {
        **os.environ,
        "PASSERELLE_VAR_DIR": str(tmp_path),
        "PASSERELLE_DATABASE_URL": fresh_postgres,
        "PASSERELLE_PORTS": "tests.acceptance.dying:compose",
        "PASSERELLE_PORT": str(free_port()),
        "PASSERELLE_POLL_S": "0.05",
        "PASSERELLE_LEASE_S": "1",
        "PYTHONPATH": str(Path(__file__).parent.parent.parent),
    }


def test_what_a_killed_worker_held_is_called_again_by_another_with_the_same_key(
    environment: dict[str, str], tmp_path: Path
) -> None:
    engine, case_id = ready_case(environment)
    (tmp_path / DEATHS).write_text("1")
    killed = passerelle(environment, "worker")
    assert killed.wait(timeout=60) == -9, killed.communicate()[0].decode()
    other = passerelle(environment, "worker")
    try:
        wait_for("the call", lambda: "book.entry" in kinds_of(engine, case_id))
    finally:
        other.terminate()
        assert other.wait(timeout=60) == 0
    keys = (tmp_path / EFFECTS).read_text().split()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert kinds_of(engine, case_id).count("book.entry") == 1
    assert engine.verify(case_id, ANNA).problems == ()
    engine.store.close()


def test_pages_and_worker_are_processes_of_their_own(environment: dict[str, str]) -> None:
    engine, case_id = ready_case(environment)
    server = passerelle(environment, "serve", "--no-worker")
    worker = passerelle(environment, "worker")
    assert server.stdout is not None
    try:
        while b"answers on" not in (line := server.stdout.readline()):
            assert line, "the server ended"
        wait_for("the call", lambda: "book.entry" in kinds_of(engine, case_id))
    finally:
        for process in (server, worker):
            process.terminate()
            assert process.wait(timeout=60) == 0
    engine.store.close()


def test_a_worker_killed_while_it_begins_a_case_leaves_it_to_two_others_who_begin_it_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    engine, _ = ready_case(environment)
    folder = tmp_path / "falls"
    folder.mkdir()
    (folder / "scheme.toml").write_text(TOML.format(name="falls"))
    diagram = bpmn(
        start("S", timer("cycle", "R3/PT1S")), service("F", "test.fall"), end(), line("S", "F", "E")
    )
    (folder / "process.bpmn").write_bytes(diagram)
    engine.deploy(folder, ANNA)
    (tmp_path / DEATHS).write_text("1")
    killed = passerelle(environment, "worker")
    assert killed.wait(timeout=60) == -9, killed.communicate()[0].decode()
    others = [passerelle(environment, "worker") for _ in range(2)]
    try:
        wait_for("the last start", lambda: not engine.planned_starts())
    finally:
        for process in others:
            process.terminate()
            assert process.wait(timeout=60) == 0
    cases = engine.cases(ANNA, CasesQuery(scheme="cm/falls")).items
    assert [case.status for case in cases] == [CaseStatus.COMPLETED] * 3
    for case in cases:
        assert engine.verify(case.id, ANNA).problems == ()
    engine.store.close()
