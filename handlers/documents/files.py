"""Encrypted files on disk: written whole or not at all, swept when nothing refers to them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.errors import NotFound, StoreUnavailable
from engine.ports import KeptFiles
from engine.settings import Settings

SWEEP_AFTER = timedelta(hours=24)
"""How long a file may lie without a row: longer than any upload's transaction takes."""


@dataclass(frozen=True, slots=True)
class DocumentFiles:
    """The folder of encrypted documents, fanned out by the first two digits of their names."""

    folder: Path

    @classmethod
    def of(cls, settings: Settings) -> DocumentFiles:
        """Return this site's."""
        return cls(settings.var_dir / "documents")

    def path(self, name: str) -> Path:
        """Return where the file of that name lies."""
        return self.folder / name[:2] / name

    def write(self, name: str, content: bytes) -> None:
        """Write a file so that, once this returns, it survives a power cut.

        A file of that name stays as it is: its name says that it has the same owner and content.

        :raises StoreUnavailable: the disk is full, read-only, or the folder cannot be made.
        """
        target = self.path(name)
        try:
            if target.exists():
                # A fresh date keeps the sweeper away until this upload's row is committed.
                os.utime(target)
                return
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = target.with_name(f".{secrets.token_hex(8)}.part")
            try:
                _write_durably(draft, content)
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)
            _sync_folder(target.parent)
        except OSError as error:
            raise StoreUnavailable(
                f"A document cannot be written to {self.folder}: {error.strerror}. Free space or "
                "correct the folder's rights; nothing was stored."
            ) from error

    def read(self, name: str) -> bytes:
        """Return a file's encrypted content.

        :raises NotFound: the file is gone.
        :raises StoreUnavailable: the disk does not give it.
        """
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise NotFound("document file", name) from None
        except OSError as error:
            raise StoreUnavailable(
                f"A document cannot be read from {self.folder}: {error.strerror}."
            ) from error

    def sweep(
        self,
        referred: Callable[[Collection[str]], Collection[str]],
        now: datetime | None = None,
    ) -> int:
        """Delete files that no row refers to and that are older than :data:`SWEEP_AFTER`.

        :param referred: given file names, returns those that some row refers to.
        :param now: aware moment to compare file dates with; the machine's own if left out, and
            never the demo's, which does not move the dates of files.
        :returns: how many files were deleted.
        """
        before = ((now or datetime.now(UTC)) - SWEEP_AFTER).timestamp()
        deleted = 0
        for folder in sorted(self.folder.glob("??")):
            old = {p.name: p for p in folder.iterdir() if p.stat().st_mtime < before}
            for name in sorted(set(old) - set(referred(list(old)))):
                old[name].unlink(missing_ok=True)
                deleted += 1
        return deleted


def files_of(settings: Settings) -> KeptFiles:
    """Return which files a backup takes along; those half-written are left out."""
    return KeptFiles("documents", DocumentFiles.of(settings).folder, "[0-9a-f][0-9a-f]/[!.]*")


def _write_durably(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
