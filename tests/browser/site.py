"""A demo site as a person would make and serve it: by the command line, in processes of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from dateutil.relativedelta import relativedelta
from playwright.sync_api import StorageState

from tests.conftest import free_port

ROOT = Path(__file__).parent.parent.parent
ARTEFACTS = ROOT / "test-artefacts" / "browser"
START_S = 60.0
"""How long the server may take until its first answer, on a busy machine."""


class Site:
    """A demo site in a folder of its own.

    :ivar address: where it is served, without a slash at the end.
    :ivar today: the day that the site believes it is; :meth:`advance` moves it.
    :ivar environment: of the commands that it runs.
    :ivar signed_in: cookies of who signed in already, by account name.
    :ivar made_on: the day on which it was made; its cases are counted by that day's year.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.today = self.made_on = datetime.now(UTC).date()
        self.signed_in: dict[str, StorageState] = {}
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if "PASSERELLE" not in key},
            "PASSERELLE_VAR_DIR": str(folder),
            "PASSERELLE_PORT": str(port),
            "PASSERELLE_DEMO": "1",
            "PASSERELLE_POLL_S": "0.2",
        }
        self._server: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the database, publish the schemes, fill in accounts and demo cases."""
        self.run("db", "upgrade")
        self.run("deploy", "processes")
        self.run("demo", "fill")

    def run(self, *words: str) -> str:
        """Run ``passerelle`` to its end and return what it said; it has to succeed."""
        return self._run("passerelle", self._command(*words), *words)

    def run_module(self, module: str) -> str:
        """Run one of our own modules on this site's folder, before it is served."""
        return self._run("python -m", [sys.executable, "-m", module], module)

    def _run(self, program: str, command: list[str], *words: str) -> str:
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            timeout=120,
        )
        said = (done.stdout + done.stderr).decode()
        assert done.returncode == 0, f"{program} {' '.join(words)} failed:\n{said}"
        return said

    def advance(self, *, months: int = 0, days: int = 0) -> str:
        """Let time pass on the site while it is served, and return what the command said."""
        self.today += relativedelta(months=months, days=days)
        said = self.run("demo", "advance", "--until", f"{self.today.isoformat()}T12:00:00")
        assert re.search(rf"The demo's time is {self.today}", said), said
        return said

    def serve(self) -> None:
        """Serve the site until :meth:`end`."""
        log = (self.folder / "serve.log").open("ab")
        with log:
            self._server = subprocess.Popen(
                self._command("serve"),
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_S
        while not self._answers():
            assert time.monotonic() < deadline, f"no answer in {START_S} s:\n{self.log()}"
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(timeout=0.1)
                raise AssertionError(f"the server ended:\n{self.log()}")

    def end(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.terminate()
            assert self._server.wait(timeout=60) == 0, self.log()

    def log(self) -> str:
        """Return what the server said."""
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/ready", timeout=5) as response:
                return bool(response.status == 200)
        except urllib.error.URLError:
            return False

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "engine.cli", *words]
