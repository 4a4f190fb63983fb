"""The server killed with -9 at the worst moment loses no step and repeats none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.composition import open_engine
from engine.model import Actor, CaseStatus, Grant
from engine.service import Engine
from engine.settings import read_settings
from tests.acceptance.dying import DEATHS, EFFECTS
from tests.conftest import free_port

ROOT = Path(__file__).parent.parent.parent
LOAN = ROOT / "tests" / "engine" / "schemes" / "cm" / "loan"
ANNA = Actor("anna", (Grant("clerk", "office", "CM"),))


def wait_for(what: str, happened: Callable[[], bool], seconds: float = 60) -> None:
    """Look every tenth of a second until something that another process does has happened."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PASSERELLE_VAR_DIR": str(tmp_path),
        "PASSERELLE_DATABASE_URL": f"sqlite:///{tmp_path / 'kill.db'}",
        "PASSERELLE_PORTS": "tests.acceptance.dying:compose",
        "PASSERELLE_PORT": str(free_port()),
        "PASSERELLE_POLL_S": "0.05",
        "PYTHONPATH": str(ROOT),
    }


def passerelle(environment: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *words],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def ready_case(environment: dict[str, str]) -> tuple[Engine, str]:
    """Make a database with one case whose remote call waits to be made."""
    done = passerelle(environment, "db", "upgrade")
    output, _ = done.communicate(timeout=60)
    assert done.returncode == 0, output.decode()
    engine = open_engine(read_settings(environment, ROOT))
    engine.deploy(LOAN, ANNA)
    case_id = engine.start("cm/loan", {"family_name": "Essai", "amount": "5"}, ANNA).id
    (item,) = engine.tasks_of(case_id, ANNA)
    engine.complete(item.id, {"complete": "yes"}, ANNA)
    return engine, case_id


def test_a_server_killed_between_effect_and_commit_calls_again_with_the_same_key(
    environment: dict[str, str], tmp_path: Path
) -> None:
    engine, case_id = ready_case(environment)
    (tmp_path / DEATHS).write_text("2")
    for _ in range(2):
        server = passerelle(environment, "serve")
        assert server.wait(timeout=60) == -9, server.communicate()[0].decode()
    server = passerelle(environment, "serve")
    try:
        wait_for("the call", lambda: "book.entry" in kinds_of(engine, case_id))
    finally:
        server.terminate()
        assert server.wait(timeout=60) == 0
    keys = (tmp_path / EFFECTS).read_text().split()
    assert len(keys) == 3
    assert len(set(keys)) == 1
    kinds = kinds_of(engine, case_id)
    assert kinds.count("call.succeeded") == 2  # the ring once, then the local booking
    assert kinds.count("book.entry") == 1
    assert engine.verify(case_id, ANNA).problems == ()
    assert engine.case(case_id, ANNA).status is CaseStatus.ACTIVE


def kinds_of(engine: Engine, case_id: str) -> list[str]:
    return [event.kind for event in engine.history(case_id, ANNA)]


def test_a_second_server_on_one_sqlite_site_is_refused(environment: dict[str, str]) -> None:
    ready_case(environment)
    first = passerelle(environment, "serve")
    assert first.stdout is not None
    try:
        while b"answers on" not in (line := first.stdout.readline()):
            assert line, "the first server ended"
        second = passerelle(environment, "serve")
        output, _ = second.communicate(timeout=60)
        assert second.returncode == 2
        assert "already" in output.decode()
    finally:
        first.terminate()
        first.wait(timeout=60)


def test_a_port_that_is_taken_is_named(environment: dict[str, str]) -> None:
    ready_case(environment)
    with socket.create_server(("127.0.0.1", int(environment["PASSERELLE_PORT"]))):
        refused = passerelle(environment, "serve")
        output, _ = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert environment["PASSERELLE_PORT"] in output.decode()


def test_a_worker_on_sqlite_says_why_it_will_not_start(environment: dict[str, str]) -> None:
    refused = passerelle(environment, "worker")
    output, _ = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert "PostgreSQL" in output.decode()


def test_a_server_without_a_database_says_what_to_run(environment: dict[str, str]) -> None:
    refused = passerelle(environment, "serve")
    output, _ = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert "passerelle db upgrade" in output.decode()


def test_a_demo_is_never_served_to_others(environment: dict[str, str]) -> None:
    refused = passerelle(
        {**environment, "PASSERELLE_DEMO": "1", "PASSERELLE_HOST": "0.0.0.0"}, "serve"
    )
    output, _ = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert "127.0.0.1" in output.decode()


def test_moving_time_is_for_the_demo_only(environment: dict[str, str]) -> None:
    refused = passerelle(environment, "demo", "advance", "--until", "2027-12-01")
    output, _ = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert "PASSERELLE_DEMO=1" in output.decode()
