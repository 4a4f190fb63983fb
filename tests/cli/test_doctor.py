"""``passerelle doctor``: what is wrong with a site, for people, programs and start-up scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import Run, reference, run

__all__ = ["reference", "run"]


def test_a_site_without_tables_is_told_what_to_do(run: Run) -> None:
    assert "passerelle db upgrade" in run("doctor", exit_code=1).output


def test_a_sound_site_passes_and_its_cases_are_examined(run: Run, reference: str) -> None:
    assert reference
    assert "set up to run" in run("doctor").output
    found = json.loads(run("doctor", "--check", "--format", "json").stdout)
    assert found == {"wrong": [], "cases": 1, "ailments": []}


def test_a_folder_that_cannot_be_written_is_told(
    run: Run, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reference
    (tmp_path / "taken").write_text("no folder")
    monkeypatch.setenv("PASSERELLE_VAR_DIR", str(tmp_path / "taken" / "var"))
    assert "cannot be written" in run("doctor", exit_code=1).output
