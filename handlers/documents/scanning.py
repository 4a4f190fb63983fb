"""Looking for harmful files: clamd over its socket, where a site runs it.

The protocol is clamd's own (its manual page, *INSTREAM*): a command, the content in chunks, each
after its length in four bytes, an empty chunk, then one line of answer.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from engine.errors import ConfigurationError, StoreUnavailable

TIMEOUT_S = 30
"""How long clamd may take over one file."""

_CHUNK_BYTES = 1 << 16
_LONGEST_ANSWER_BYTES = 4096


class ScanState(StrEnum):
    """What is known of a file. ``unscanned``: nothing scans at this site; ``waiting``: the scanner
    was away, so nobody may open it yet; ``infected``: nobody may open it any more."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    WAITING = "waiting"
    INFECTED = "infected"


class ScannerAway(StoreUnavailable):
    """Nothing can say now whether a file is harmful."""


class Scanner(Protocol):
    """Says whether a file is harmful."""

    def scan(self, content: bytes) -> str | None:
        """Return the name of what was found, ``None`` if nothing.

        :raises ScannerAway: it does not answer, or could not look.
        """


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd that listens on a Unix socket or a TCP port.

    :ivar address: path of the socket, or ``host:port``.
    """

    address: str
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        if "/" not in self.address:
            host, _, port = self.address.rpartition(":")
            if not host or not port.isdecimal():
                raise ConfigurationError(
                    f"PASSERELLE_CLAMD='{self.address}' must be the path of a socket, or host:port."
                )

    def scan(self, content: bytes) -> str | None:
        """Return the name of what clamd found, ``None`` if nothing.

        :raises ScannerAway: clamd does not answer, or could not look (its size limit, say).
        """
        try:
            with self._connect() as connection:
                answer = _ask(connection, content)
        except OSError as error:
            raise ScannerAway(
                f"clamd at {self.address} does not answer ({type(error).__name__}). Start it, or "
                "correct PASSERELLE_CLAMD."
            ) from error
        told = answer.removeprefix("stream: ")
        if told == "OK":
            return None
        if told.endswith(" FOUND"):
            return told.removesuffix(" FOUND")
        raise ScannerAway(f"clamd at {self.address} could not look at a file: {told[:200]}")

    def _connect(self) -> socket.socket:
        if "/" not in self.address:
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), self.timeout_s)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self.timeout_s)
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection


def _ask(connection: socket.socket, content: bytes) -> str:
    try:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK_BYTES):
            chunk = content[start : start + _CHUNK_BYTES]
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # Above its size limit clamd answers and hangs up before everything was sent.
        pass
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER_BYTES:
        received = connection.recv(_LONGEST_ANSWER_BYTES)
        if not received:
            break
        answer += received
    return answer.rstrip(b"\0").decode("utf-8", "replace")
