"""Taking a backup while the site is in use."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from engine.backup.archive import DATABASE, Manifest, Part, Writer, part_of, writing
from engine.backup.site import found, kept_files, sqlite_only
from engine.errors import BackupRefused, StoreUnavailable
from engine.ports import KeptFiles
from engine.settings import Settings
from engine.store import Store, copy_database, revisions


def take(settings: Settings, target: Path, *, keys: bool = True) -> Manifest:
    """Write everything of a site into one archive: whole under its name, or not at all.

    The database is copied first. A document's file is written before the row that names it, and
    a key before what is wrapped with it, so whatever the copy names is found afterwards.

    :param keys: take the secret keys along.
    :raises BackupRefused: the target is there already, or cannot be written.
    :raises StoreUnavailable: there is no database, or it cannot be read.
    :raises ConfigurationError: the database is PostgreSQL.
    """
    sqlite_only(settings, "backup")
    kept = kept_files(settings)
    _refuse_existing(target)
    store = Store(settings.database_url)
    if not store.path.exists():
        raise StoreUnavailable(f"There is no database at {store.path}; nothing can be backed up.")
    try:
        with tempfile.TemporaryDirectory(prefix=".passerelle-", dir=target.parent) as folder:
            draft, copy = Path(folder) / "archive", Path(folder) / "database"
            copy_database(store, copy)
            with writing(draft) as archive:
                manifest = _fill(archive, copy, kept, keys)
            _publish(draft, target)
    except OSError as error:
        raise BackupRefused(
            f"The backup {target} cannot be written: {error.strerror}. Free space, or correct the "
            "path or its rights."
        ) from error
    finally:
        store.close()
    return manifest


def _fill(archive: Writer, copy: Path, kept: tuple[KeptFiles, ...], keys: bool) -> Manifest:
    copied = Store(f"sqlite:///{copy}")
    stands_at = revisions(copied)
    copied.close()
    archive.add(DATABASE, copy)
    left_out: dict[str, Part] = {}
    for each in kept:
        for name, path in found(each):
            try:
                if each.secret and not keys:
                    left_out[name] = part_of(path)
                else:
                    archive.add(name, path)
            except FileNotFoundError:
                continue  # Swept since it was listed: nothing named it.
    taken_at = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(version("passerelle"), taken_at, stands_at, archive.parts, left_out)
    archive.finish(manifest)
    return manifest


def _publish(draft: Path, target: Path) -> None:
    draft.chmod(0o600)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    _refuse_existing(target)
    draft.rename(target)
    sync_folder(target.parent)


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise BackupRefused(f"{target} is there already and stays as it is. Give another name.")


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
