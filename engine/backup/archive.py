"""The archive: a ZIP file of parts, with a manifest that tells the digest of each.

Digests find what a disk or a transfer damaged. They are no signature: whoever can write the
archive can write its manifest.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from engine.errors import BackupRefused

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite"
_CHUNK_BYTES = 1 << 20
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, KeyError, TypeError),
)
"""What ``zipfile`` and ``json`` raise of bytes that were changed or cut off."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one file holds: its length, and its SHA-256 in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself.

    :ivar passerelle: the version that wrote it. :ivar taken_at: when, ISO 8601, UTC.
    :ivar revisions: the migrations at which the database stands, a branch each.
    :ivar parts: by name, what the archive holds beside the manifest.
    :ivar left_out: by name, the keys that the site had and the archive does not hold.
    """

    passerelle: str
    taken_at: str
    revisions: Sequence[str]
    parts: Mapping[str, Part]
    left_out: Mapping[str, Part]


class Writer:
    """Writes parts into an archive that is open."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.parts: dict[str, Part] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file as a part.

        :raises FileNotFoundError: it is gone.
        """
        with path.open("rb") as source, self._file.open(name, "w", force_zip64=True) as target:
            self.parts[name] = pour(source, target.write)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which makes the archive whole."""
        told = {"format": FORMAT, **asdict(manifest)}
        self._file.writestr(MANIFEST, json.dumps(told, indent=1, sort_keys=True))


class Reader:
    """Reads an archive.

    :ivar manifest: what it says of itself.
    """

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        """:raises BackupRefused: the archive has no manifest, or is a newer version's."""
        self._path, self._file = path, file
        with self._intact((*_DAMAGED, OSError)):
            told = json.loads(file.read(MANIFEST))
            if told.pop("format") != FORMAT:
                raise BackupRefused(
                    f"{path} was written by Passerelle {told['passerelle']}, in a form that this "
                    "version does not read. Restore it with that version, and upgrade then."
                )
            self.manifest = Manifest(
                told["passerelle"],
                told["taken_at"],
                tuple(told["revisions"]),
                _parts(told["parts"]),
                _parts(told["left_out"]),
            )
            if sorted(file.namelist()) != sorted([MANIFEST, *self.manifest.parts]):
                raise ValueError("parts are missing, or are there that the manifest does not name")

    def extract(self, name: str, target: IO[bytes]) -> None:
        """Write a part where ``target`` is open.

        :raises BackupRefused: it is not what the manifest says; ``target`` holds rubbish.
        """
        with self._intact((*_DAMAGED, OSError)):  # It seeks where the archive says.
            source = self._file.open(name)
        with source, self._intact():
            if pour(source, target.write) != self.manifest.parts[name]:
                raise ValueError(f"{name} is not what the manifest says")

    @contextmanager
    def _intact(self, told_by: tuple[type[Exception], ...] = _DAMAGED) -> Iterator[None]:
        try:
            yield
        except told_by as error:
            raise BackupRefused(_damaged(self._path, error)) from error


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Open an archive.

    :raises BackupRefused: there is none, it cannot be read, is cut off, or was changed.
    """
    try:
        file = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BackupRefused(f"There is no archive {path}. Correct the path.") from None
    except OSError as error:
        raise BackupRefused(f"The archive {path} cannot be read: {error.strerror}.") from error
    except _DAMAGED as error:
        raise BackupRefused(_damaged(path, error)) from error
    with file:
        yield Reader(path, file)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Make an archive; it is whole once :meth:`Writer.finish` was called and this ends."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        yield Writer(file)


def part_of(path: Path) -> Part:
    """Return what a file on disk holds.

    :raises FileNotFoundError: there is none.
    """
    with path.open("rb") as source:
        return pour(source, lambda _chunk: None)


def pour(source: IO[bytes], write: Callable[[bytes], Any]) -> Part:
    """Read ``source`` to its end, give each piece to ``write``, and return what it held."""
    digest, length = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
        length += len(chunk)
        write(chunk)
    return Part(length, digest.hexdigest())


def _parts(told: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Part]:
    return {name: Part(int(part["bytes"]), str(part["sha256"])) for name, part in told.items()}


def _damaged(path: Path, error: BaseException) -> str:
    return (
        f"{path} is no whole archive of 'passerelle backup': {error}. It was cut off or changed; "
        "fetch it again, or take another. Nothing was restored."
    )
