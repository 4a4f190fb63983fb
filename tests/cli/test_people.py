"""``passerelle people``: what an operator does to people's files from a shell."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from engine.settings import read_settings
from engine.store import Store
from handlers import demo
from handlers.people import ErasureLog
from handlers.people.erasure.log import Erasure

CSV = "family_name;given_names;birth_date\nNgo;Ada;1990-03-07\nTabi;Jo;2990-01-01\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site's folder, its database upgraded, its organisations written."""
    monkeypatch.setenv("PASSERELLE_VAR_DIR", str(tmp_path))
    passerelle("db", "upgrade")
    store = Store(read_settings().database_url)
    with store.unit_of_work() as uow:
        demo.seed(uow)
    store.close()
    return tmp_path


def passerelle(*words: str, exit_code: int = 0) -> str:
    """Run the command and return what it said."""
    result: Result = CliRunner().invoke(main, list(words))
    assert result.exit_code == exit_code, result.output
    return result.output


def test_an_import_is_checked_refused_whole_or_taken_by_its_good_rows(site: Path) -> None:
    file = site / "people.csv"
    file.write_text(CSV)
    to = ("people", "import", str(file), "--organisation", "ofii-cm")
    assert "row 3, birth_date" in passerelle(*to, "--check", exit_code=1)
    assert "row 3, birth_date" in passerelle(*to, exit_code=2)
    out = site / "out.csv"
    passerelle("people", "export", str(out))
    assert out.read_text("utf-8-sig").count("\n") == 1
    assert "1 files were opened; 1 problems." in passerelle(*to, "--good-rows", exit_code=1)
    passerelle("people", "export", str(out))
    assert out.read_text("utf-8-sig").count("\n") == 2
    assert "Ngo" not in out.read_text("utf-8-sig")
    assert "nowhere" in passerelle(*to[:-1], "nowhere", exit_code=2)


def test_keys_are_replaced_and_old_ones_forgotten(site: Path) -> None:
    file = site / "people.csv"
    file.write_text(CSV)
    passerelle(
        "people", "import", str(file), "--organisation", "ofii-cm", "--good-rows", exit_code=1
    )
    assert "1 keys were wrapped anew" in passerelle("people", "rotate-master-key")
    assert "1 replaced" in passerelle("people", "rotate-master-key", "--destroy-old")
    assert "1 files were indexed anew" in passerelle("people", "rotate-search-key")
    assert "1 files were indexed" in passerelle("people", "reindex")
    assert sorted(path.name for path in (site / "secrets").iterdir()) == [
        "master.key",
        "search.key",
    ]


def test_retention_is_previewed(site: Path) -> None:
    assert "0 people are past their time; 0 erasures" in passerelle("people", "retention", "--ask")


def test_a_restored_database_opens_only_after_its_erasures_were_repeated(site: Path) -> None:
    now = datetime.now(UTC)
    ErasureLog(read_settings()).append(Erasure("e1", now, ("person:gone",)))
    assert "replay-erasures" in passerelle("case", exit_code=2)
    assert "1 erasures were repeated" in passerelle("people", "replay-erasures")
    assert "0 erasures were repeated" in passerelle("people", "replay-erasures")
    passerelle("case")
