"""Restoring an archive into an empty site: everything of it, or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from engine.backup.archive import DATABASE, Manifest, Part, Reader, part_of, reading
from engine.backup.site import found, kept_files, place_of, sqlite_only
from engine.backup.taking import sync_folder
from engine.composition import compose
from engine.errors import BackupRefused
from engine.ports import KeptFiles
from engine.settings import Settings
from engine.store import Store, upgrade

_ENDS = ("", "-wal", "-shm")
"""Of the names of a SQLite database's files."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    :ivar told: what the rooms did with the database before it was put in its place, in English.
    """

    manifest: Manifest
    told: tuple[str, ...]


def restore(settings: Settings, archive: Path) -> Restored:
    """Put an archive's parts in their places.

    Every part is first written beside its place and compared with its digest, the database is
    brought to this version's tables and the rooms have their say (erasures are repeated); only then
    are the parts renamed, the database last. Whatever is raised leaves nothing behind; killed
    in between and called again, it goes on.

    :raises BackupRefused: the archive is none, damaged, or does not fit; or the site is not empty.
    :raises StoreUnavailable: the database is a newer version's.
    :raises ConfigurationError: a room refuses it, or the site's database is PostgreSQL.
    """
    sqlite_only(settings, "restore")
    kept = kept_files(settings)
    with reading(archive) as reader, ExitStack() as undo:
        places = _places(settings, reader.manifest, kept)
        wanted = _wanted(places, reader.manifest, kept)
        try:
            for place in places.values():
                _clear(place, undo)
            for name in wanted:
                _write_draft(reader, name, places[name])
            told = _bring_up(settings, _draft(places[DATABASE]))
            for place in (places[name] for name in wanted):
                undo.callback(place.unlink, missing_ok=True)
                _draft(place).rename(place)
                sync_folder(place.parent)
        except OSError as error:
            raise BackupRefused(
                f"The archive cannot be restored: {error}. Free space or correct the folder's "
                "rights. Nothing was restored."
            ) from error
        undo.pop_all()
        return Restored(reader.manifest, told)


def _places(settings: Settings, manifest: Manifest, kept: tuple[KeptFiles, ...]) -> dict[str, Path]:
    """Return where each part goes."""
    if DATABASE not in manifest.parts:
        raise BackupRefused("The archive holds no database. Nothing was restored.")
    files = (name for name in manifest.parts if name != DATABASE)
    return {name: place_of(name, kept) for name in files} | {
        DATABASE: Store(settings.database_url).path
    }


def _wanted(
    places: Mapping[str, Path], manifest: Manifest, kept: tuple[KeptFiles, ...]
) -> tuple[str, ...]:
    """Return the parts that are not there already, the same; the database is the last of them.

    :raises BackupRefused: something else is there, or keys that the archive counts on are not.
    """
    wanted = [n for n in places if n != DATABASE and not _holds(places[n], manifest.parts[n])]
    taken = [places[name] for name in wanted]
    taken += [places[DATABASE].with_name(places[DATABASE].name + end) for end in _ENDS]
    foreign = (found(each) for each in kept if not each.secret)
    taken += [path for files in foreign for name, path in files if name not in manifest.parts]
    if there := [str(path) for path in taken if path.exists()]:
        raise BackupRefused(
            f"The site is not empty: {', '.join(there[:3])} is there. Restore into a new folder "
            "(PASSERELLE_VAR_DIR, PASSERELLE_DATABASE_URL), or move the old site away first. "
            "Nothing was restored."
        )
    missing = [n for n, part in manifest.left_out.items() if not _holds(place_of(n, kept), part)]
    if missing:
        raise BackupRefused(
            "The archive was taken without keys, and this site does not have them: "
            f"{', '.join(str(place_of(name, kept)) for name in missing)}. Put the site's keys "
            "there first. Nothing was restored."
        )
    return (*wanted, DATABASE)


def _holds(path: Path, part: Part) -> bool:
    try:
        return part_of(path) == part
    except FileNotFoundError:
        return False


def _draft(place: Path) -> Path:
    """Return the name, beside its place, that a part has until all of them are there."""
    return place.with_name(f".{place.name}.restoring")


def _clear(place: Path, undo: ExitStack) -> None:
    """Delete what a killed restore left, lest it be taken for this one's; and this one's later."""
    for end in _ENDS:
        draft = _draft(place)
        leftover = draft.with_name(draft.name + end)
        leftover.unlink(missing_ok=True)
        undo.callback(leftover.unlink, missing_ok=True)


def _write_draft(reader: Reader, name: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(_draft(place), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        reader.extract(name, file)
        file.flush()
        os.fsync(file.fileno())


def _bring_up(settings: Settings, database: Path) -> tuple[str, ...]:
    """Bring a database to this version's tables, and let the rooms say what they must."""
    url = f"sqlite:///{database}"
    store = Store(url)
    try:
        ports = compose(replace(settings, database_url=url), store)
        upgrade(store, ports.migrations)
        told = tuple(tell(store) for tell in ports.restored)
        for refuse in ports.checks:
            refuse(store)
    finally:
        store.close()
    with database.open("rb") as file:
        os.fsync(file.fileno())
    return told
