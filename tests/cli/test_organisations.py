"""``passerelle organisations``: organisations in and out of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.settings import read_settings
from engine.store import Store
from handlers import demo
from tests.cli.test_people import passerelle


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site's folder, its database upgraded, the demo's organisations written."""
    monkeypatch.setenv("PASSERELLE_VAR_DIR", str(tmp_path))
    passerelle("db", "upgrade")
    store = Store(read_settings().database_url)
    with store.unit_of_work() as uow:
        demo.seed(uow)
    store.close()
    return tmp_path


def test_an_export_is_changed_checked_refused_and_taken(folder: Path) -> None:
    file = folder / "organisations.csv"
    passerelle("organisations", "export", str(file))
    text = file.read_text("utf-8-sig")
    changed = text.replace("Cabinet Horizon Imaginaire", "Cabinet Horizon Changé")
    file.write_text(changed.replace("lemma-1@demo.invalid", "nowhere"))
    take = ("organisations", "import", str(file))
    assert ", email: it is no e-mail address." in passerelle(*take, "--check", exit_code=1)
    assert "email" in passerelle(*take, exit_code=2)
    passerelle(*take, "--all-or-nothing", "--good-rows", exit_code=2)
    assert "1 organisations were written" in passerelle(*take, "--good-rows", exit_code=1)
    passerelle("organisations", "export", str(file))
    again = file.read_text("utf-8-sig")
    assert "Cabinet Horizon Changé" in again
    assert "lemma-1@demo.invalid" in again
    assert "0 organisations were written" in passerelle(*take)
