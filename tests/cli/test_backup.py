"""``passerelle backup`` and ``restore``: a whole site, or nothing of it."""

from __future__ import annotations

import json
import subprocess
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from engine.backup import restore, take
from engine.cli import main
from engine.composition import open_engine
from engine.errors import BackupRefused, ConfigurationError
from engine.history import verify_events
from engine.settings import Settings, read_settings
from engine.store import queries as q
from engine.store.cases import case_ids_after, read_case
from handlers.composition import compose_documents
from handlers.people import ErasureLog, ensure_secrets
from handlers.people.erasure.log import Erasure
from handlers.people.erasure.service import replay
from tests.cli.test_cli import LOAN, Run, reference, run
from tests.conftest import find_binary
from tests.engine.conftest import ANNA
from web.site_secret import read_or_make

__all__ = ["reference", "run"]

ANSWER = {"family_name": "Essai", "amount": "5"}
NAME = "ab" * 32
MOMENT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def site(run: Run, reference: str) -> Settings:
    """A site with a case, a document's file, and every secret."""
    settings = read_settings()
    assert reference
    ensure_secrets(settings)
    read_or_make(settings.var_dir)
    engine = open_engine(settings)
    compose_documents(settings, engine.store, engine.clock).files.write(NAME, b"sealed")
    return settings


@pytest.fixture
def archive(site: Settings, tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    path = tmp_path / "backups" / "site.zip"
    take(site, path)
    return path


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Settings]:
    """Make the settings be those of another, empty site."""

    def move() -> Settings:
        folder = tmp_path / "elsewhere"
        monkeypatch.setenv("PASSERELLE_VAR_DIR", str(folder))
        monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{folder / 'data' / 'site.db'}")
        return read_settings()

    return move


@pytest.fixture
def other_postgres(postgres_url: str) -> Iterator[str]:
    """A second, empty PostgreSQL database, as its own tools name it."""
    plain, name = postgres_url.replace("+psycopg", ""), f"r{uuid.uuid4().hex}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{plain.rpartition('/')[0]}/{name}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def files_below(settings: Settings) -> dict[str, bytes]:
    found = (path for path in settings.var_dir.rglob("*") if path.is_file())
    return {
        path.relative_to(settings.var_dir).as_posix(): path.read_bytes()
        for path in found
        if path.name != "serve.lock"
    }


def refused(settings: Settings, archive: Path, match: str) -> None:
    before = files_below(settings)
    with pytest.raises(BackupRefused, match=match):
        restore(settings, archive)
    assert files_below(settings) == before


def test_a_backup_under_load_restores_to_cases_with_whole_histories(
    run: Run, site: Settings, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    engine, stop, failures = open_engine(site), threading.Event(), []
    busy = threading.Barrier(4)

    def work() -> None:
        case = engine.start("cm/loan", ANSWER, ANNA)
        busy.wait(60)
        try:
            while not stop.is_set():
                (item,) = engine.tasks_of(case.id, ANNA)
                engine.complete(item.id, {"complete": "yes"}, ANNA)
                case = engine.start("cm/loan", ANSWER, ANNA)
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    busy.wait(60)
    counts = []
    try:
        for number in range(3):
            run("backup", str(tmp_path / f"{number}.zip"))
            counts.append(engine.examine().cases)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert failures == []
    assert counts[-1] > 4, "nobody worked meanwhile"

    settings = elsewhere()
    assert "0 contradictions" in run("restore", str(tmp_path / "2.zip")).output
    restored = open_engine(settings)
    with restored.store.snapshot() as uow:
        ids = case_ids_after(uow, "", 1000)
        assert len(ids) >= counts[1], "what was there before the backup began is in it"
        for case_id in ids:
            case = read_case(uow, case_id)
            assert verify_events(case_id, q.read_events(uow, case_id), case.tail) == []


def test_documents_and_keys_come_back_for_their_owner_alone(
    run: Run, site: Settings, archive: Path, elsewhere: Callable[[], Settings]
) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    before = files_below(site)
    settings = elsewhere()
    run("restore", str(archive))
    after = files_below(settings)
    same = {f"documents/ab/{NAME}", "secrets/master.key", "secrets/search.key", "web.secret"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert set(after) == same | {"data/site.db"}
    for name in after:
        assert (settings.var_dir / name).stat().st_mode & 0o077 == 0, name


def test_a_backup_never_replaces_a_file(run: Run, site: Settings, tmp_path: Path) -> None:
    target = tmp_path / "there.zip"
    target.write_bytes(b"mine")
    assert "is there already" in run("backup", str(target), exit_code=2).output
    assert target.read_bytes() == b"mine"


def test_a_backup_that_cannot_be_written_leaves_nothing(site: Settings, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder")
    with pytest.raises(BackupRefused, match="cannot be written"):
        take(site, tmp_path / "taken" / "site.zip")
    with pytest.raises(BackupRefused, match="cannot be written"):
        take(site, tmp_path / "nowhere" / "site.zip")


def test_a_truncated_archive_restores_nothing(
    archive: Path, elsewhere: Callable[[], Settings]
) -> None:
    whole, settings = archive.read_bytes(), elsewhere()
    for length in (0, 100, len(whole) // 2, len(whole) - 1):
        archive.write_bytes(whole[:length])
        refused(settings, archive, "no whole archive")


def test_a_changed_byte_is_found_or_changes_nothing(
    archive: Path, elsewhere: Callable[[], Settings]
) -> None:
    whole, settings = archive.read_bytes(), elsewhere()
    found = 0
    # The last kilobytes hold the manifest and the table of contents: every tenth byte of them.
    for place in [
        *range(0, len(whole), len(whole) // 20),
        *range(len(whole) - 1500, len(whole), 10),
    ]:
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        archive.write_bytes(bytes(changed))
        try:
            restore(settings, archive)
        except BackupRefused:
            found += 1
            assert files_below(settings) == {}, place
        else:  # A date, or another field that says nothing of a part.
            assert open_engine(settings).examine().ailments == ()
            settings = empty(settings)
    assert found > 50


def empty(settings: Settings) -> Settings:
    for path in settings.var_dir.rglob("*"):
        if path.is_file():
            path.unlink()
    return settings


def test_an_absent_archive_and_one_of_other_content_are_told(
    run: Run, site: Settings, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    settings = elsewhere()
    assert "There is no archive" in run("restore", str(tmp_path / "none.zip"), exit_code=2).output
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("letter.txt", "Bonjour")
    refused(settings, tmp_path / "other.zip", "no whole archive")


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(archive) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    change(parts)
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)


def test_a_changed_part_and_a_part_for_another_place_are_refused(
    archive: Path, elsewhere: Callable[[], Settings]
) -> None:
    settings, whole = elsewhere(), archive.read_bytes()

    def change(parts: dict[str, bytes]) -> None:
        parts[f"documents/ab/{NAME}"] = b"others"

    rewritten(archive, change)
    refused(settings, archive, "is not what the manifest says")
    archive.write_bytes(whole)

    def lead_away(parts: dict[str, bytes]) -> None:
        told = json.loads(parts["manifest.json"])
        for place in (told["parts"], parts):
            place["documents/../evil"] = place.pop(f"documents/ab/{NAME}")
        parts["manifest.json"] = json.dumps(told).encode()

    rewritten(archive, lead_away)
    refused(settings, archive, "no room of this site")
    archive.write_bytes(whole)

    def newer(parts: dict[str, bytes]) -> None:
        told = json.loads(parts["manifest.json"])
        parts["manifest.json"] = json.dumps({**told, "format": 99}).encode()

    rewritten(archive, newer)
    refused(settings, archive, "does not read")


def test_a_site_that_holds_something_stays_as_it_is(
    run: Run, site: Settings, archive: Path, elsewhere: Callable[[], Settings]
) -> None:
    refused(site, archive, "not empty")
    settings = elsewhere()
    other = settings.var_dir / "documents" / "cd" / ("cd" * 32)
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another's")
    refused(settings, archive, "not empty")
    other.unlink()
    key = settings.var_dir / "secrets" / "master.key"
    key.parent.mkdir()
    key.write_text("00" * 32)
    refused(settings, archive, "not empty")
    key.unlink()
    run("restore", str(archive))


def test_what_a_killed_restore_left_does_not_stop_the_next(
    run: Run, site: Settings, archive: Path, elsewhere: Callable[[], Settings]
) -> None:
    settings = elsewhere()
    for name in (f"documents/ab/{NAME}", f"documents/ab/.{NAME}.restoring"):
        path = settings.var_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sealed")
    (settings.var_dir / "data").mkdir()
    (settings.var_dir / "data" / ".site.db.restoring-wal").write_bytes(b"rubbish")
    run("restore", str(archive))
    assert not [name for name in files_below(settings) if "restoring" in name]


def test_an_archive_without_keys_asks_for_the_same_keys(
    run: Run, site: Settings, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    told = run("backup", str(tmp_path / "site.zip"), "--without-keys").output
    assert "master-key/master.key" in told
    keys = {name: content for name, content in files_below(site).items() if "secret" in name}
    for secret in keys.values():
        assert secret.strip() not in (tmp_path / "site.zip").read_bytes()
    settings = elsewhere()
    refused(settings, tmp_path / "site.zip", "Put the site's keys there first")
    for name, content in keys.items():
        path = settings.var_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
    run("restore", str(tmp_path / "site.zip"))


def test_who_was_erased_after_the_backup_is_erased_again(
    run: Run, site: Settings, archive: Path, elsewhere: Callable[[], Settings]
) -> None:
    settings = elsewhere()
    ErasureLog(settings).append(Erasure("e1", MOMENT, ("person:unknown",)))
    assert "1 erasures" in run("restore", str(archive)).output
    assert replay(open_engine(settings).store, ErasureLog(settings)) == 0


def test_a_backup_is_not_restored_beside_a_log_that_forgot_erasures(
    site: Settings, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    ErasureLog(site).append(Erasure("e1", MOMENT, ("person:unknown",)))
    replay(open_engine(site, check=False).store, ErasureLog(site))
    take(site, tmp_path / "site.zip")
    settings = elsewhere()
    with pytest.raises(ConfigurationError, match="log of erasures"):
        restore(settings, tmp_path / "site.zip")
    assert files_below(settings) == {}


def test_postgresql_is_told_its_own_steps(
    site: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    def told(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    for order, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        result = told(order, str(tmp_path / "site.zip"))
        assert result.exit_code == 2
        assert tool in result.output


def test_the_documented_steps_for_postgresql_restore_a_sound_site(
    run: Run,
    fresh_postgres: str,
    other_postgres: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dump, pg_restore = find_binary("pg_dump"), find_binary("pg_restore")
    if dump is None or pg_restore is None:
        pytest.skip("PostgreSQL's client programs are missing: apt-get install postgresql-client")
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", fresh_postgres)
    run("db", "upgrade")
    run("deploy", str(LOAN))
    engine = open_engine(read_settings())
    started = engine.start("cm/loan", ANSWER, ANNA)
    source = fresh_postgres.replace("+psycopg", "")
    file = str(tmp_path / "passerelle.dump")
    subprocess.run([dump, "--format=custom", f"--file={file}", source], check=True)
    engine.start("cm/loan", ANSWER, ANNA)
    engine.store.close()
    restoring = [pg_restore, "--exit-on-error", "--no-owner", f"--dbname={other_postgres}", file]
    subprocess.run(restoring, check=True)
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", other_postgres)
    ErasureLog(read_settings()).append(Erasure("e1", MOMENT, ("person:unknown",)))
    assert "replay-erasures" in run("doctor", "--check", exit_code=1).output
    run("people", "replay-erasures")
    assert "1 cases examined, 0 contradictions" in run("doctor", "--check").output
    restored = open_engine(read_settings())
    (item,) = restored.tasks_of(started.id, ANNA)
    restored.complete(item.id, {"complete": "yes"}, ANNA)
    restored.store.close()
