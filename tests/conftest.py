"""Real databases for every test that needs one: SQLite always, PostgreSQL where it is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine decides no property: no deadline; on CI the same examples each time.
settings.register_profile(
    "passerelle",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("passerelle")

NO_POSTGRES = "PostgreSQL's server is missing; install it: apt-get install postgresql"


def find_binary(name: str) -> str | None:
    """Return a PostgreSQL server binary's path, wherever Debian put it."""
    found = shutil.which(name)
    if found and name != "initdb":
        return found
    homes = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(homes[-1]) if homes else found


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_server(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: hand it to its own account there."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away PostgreSQL cluster on a free port, one per test process."""
    initdb, server = find_binary("initdb"), find_binary("postgres")
    if initdb is None or server is None:
        pytest.skip(NO_POSTGRES)
    if os.geteuid() == 0 and subprocess.run(["id", "postgres"], capture_output=True).returncode:
        pytest.skip("root cannot run PostgreSQL and there is no account 'postgres': " + NO_POSTGRES)
    with tempfile.TemporaryDirectory(prefix="passerelle-pg-") as folder:
        data, port = Path(folder) / "data", free_port()
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            shutil.chown(data, "postgres", "postgres")
        subprocess.run(
            _as_server([initdb, "-D", str(data), "-U", "passerelle", "-A", "trust", "-E", "UTF8"]),
            check=True,
            capture_output=True,
        )
        process = subprocess.Popen(
            _as_server(
                [
                    *(server, "-D", str(data), "-p", str(port), "-k", folder),
                    *("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"),
                ]
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"postgresql+psycopg://passerelle@127.0.0.1:{port}/postgres"
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    plain = url.replace("+psycopg", "")
    for _ in range(300):
        try:
            with psycopg.connect(plain, connect_timeout=1):
                return
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
    raise TimeoutError("PostgreSQL did not start within 30 s")


@pytest.fixture
def fresh_postgres(postgres_url: str) -> Iterator[str]:
    """A new, empty PostgreSQL database for one test."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    plain = postgres_url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres_url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("fresh_postgres")
    return url
