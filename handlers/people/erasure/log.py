"""The log of erasures outside the database: append-only, on disk before the commit.

A backup knows nothing of what was erased after it. This file does: a restored database is not
opened until what it says was done again. It holds ids alone, no word about anybody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.errors import ConfigurationError, StoreUnavailable
from engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure: whose keys were destroyed, and when.

    :ivar owners: ``person:<id>`` and ``case:<id>``.
    """

    id: str
    at: datetime
    owners: tuple[str, ...]


class ErasureLog:
    """The file of erasures.

    :ivar path: where it lies; keep it apart from the database's backups, and back it up by itself.
    """

    def __init__(self, settings: Settings) -> None:
        self.path = settings.erasure_log or settings.var_dir / "erasures.log"

    def append(self, erasure: Erasure) -> None:
        """Write an erasure down so that it survives a power cut.

        :raises StoreUnavailable: the disk is full or read-only; nothing may be erased then.
        """
        line = json.dumps(
            {"id": erasure.id, "at": erasure.at.isoformat(), "owners": list(erasure.owners)}
        )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                # What a power cut left half-written must not run into this line.
                torn = self._ends_torn()
                file.write((b"\n" if torn else b"") + line.encode() + b"\n")
                os.fsync(file.fileno())
            if fresh:
                _sync(self.path.parent)
        except OSError as error:
            raise StoreUnavailable(
                f"The log of erasures {self.path} cannot be written: {error.strerror}. Nothing was "
                "erased. Free space or correct its rights (PASSERELLE_ERASURE_LOG)."
            ) from error

    def read(self) -> tuple[Erasure, ...]:
        """Return every erasure, the oldest first.

        A line that a power cut left half-written is passed over: it was never confirmed.

        :raises ConfigurationError: a whole line does not read: somebody changed the file.
        """
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise ConfigurationError(
                f"The log of erasures {self.path} cannot be read: {error.strerror}."
            ) from error
        found = []
        for number, line in enumerate(lines, start=1):
            if line.strip() and (erasure := self._parsed(line, number)) is not None:
                found.append(erasure)
        return tuple(found)

    def _parsed(self, line: bytes, number: int) -> Erasure | None:
        try:
            told = json.loads(line)
        except ValueError:
            return None  # torn by a power cut; its erasure was never committed
        if not isinstance(told, Mapping) or not isinstance(told.get("owners"), Sequence):
            raise ConfigurationError(
                f"{self.path}, line {number} is no erasure. Restore this file from its own backup."
            )
        return Erasure(str(told["id"]), datetime.fromisoformat(told["at"]), tuple(told["owners"]))

    def _ends_torn(self) -> bool:
        content = self.path.read_bytes()
        return bool(content) and not content.endswith(b"\n")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
