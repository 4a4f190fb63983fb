"""Where a site's parts lie on disk, and what they are called in an archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from engine.composition import compose
from engine.errors import BackupRefused, ConfigurationError
from engine.ports import KeptFiles
from engine.settings import Settings
from engine.store import Store


def sqlite_only(settings: Settings, order: str) -> None:
    """Refuse PostgreSQL, which brings tools of its own; say which.

    :param order: ``backup`` or ``restore``.
    :raises ConfigurationError: the site's database is PostgreSQL.
    """
    if settings.is_sqlite:
        return
    steps = {
        "backup": "1. 'pg_dump --format=custom --file=passerelle.dump DATABASE', or pg_basebackup "
        f"for the whole server; 2. then copy {settings.var_dir / 'documents'} and the keys",
        "restore": "1. put the files and the keys back; 2. 'pg_restore --exit-on-error "
        "--no-owner --dbname=DATABASE passerelle.dump' into an empty database; 3. 'passerelle "
        "people replay-erasures'; 4. 'passerelle doctor --check'",
    }
    raise ConfigurationError(
        f"'passerelle {order}' is for SQLite. On PostgreSQL: {steps[order]}. docs/deploy.md, "
        '"Backup", has the steps.'
    )


def kept_files(settings: Settings) -> tuple[KeptFiles, ...]:
    """Return what the site's rooms keep on disk."""
    store = Store(settings.database_url)
    try:
        return compose(settings, store).files
    finally:
        store.close()


def found(kept: KeptFiles) -> Iterator[tuple[str, Path]]:
    """Yield the files that are there: name in an archive, path."""
    for path in sorted(kept.folder.glob(kept.pattern)):
        if path.is_file():
            yield f"{kept.name}/{path.relative_to(kept.folder).as_posix()}", path


def place_of(name: str, kept: tuple[KeptFiles, ...]) -> Path:
    """Return where a part belongs in this site.

    :raises BackupRefused: no room of this site keeps such a file.
    """
    room, _, rest = name.partition("/")
    inside = PurePosixPath(rest)
    for each in kept:
        fits = inside.match(each.pattern) and len(inside.parts) == each.pattern.count("/") + 1
        if each.name == room and fits and not {".", ".."} & set(rest.split("/")):
            return each.folder / inside
    raise BackupRefused(
        f"The archive holds {name}, and no room of this site keeps such a file. Restore it with "
        "the settings and the version it was taken with. Nothing was restored."
    )
