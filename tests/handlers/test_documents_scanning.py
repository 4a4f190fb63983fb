"""Files are looked at before anybody opens them; one that harms is refused and recorded."""

from __future__ import annotations

import shutil
import socket
import socketserver
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ConfigurationError
from engine.model import CaseRef, Tier
from handlers.documents import Clamd, Document, DocumentHeld, DocumentRefused, ScannerAway
from tests.handlers.support import OFFICER, Site, open_site
from tests.handlers.test_documents import PDF, files

# The industry's harmless test file, in two parts so that no scanner stops at this source.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon(socketserver.ThreadingTCPServer):
    """Speaks clamd's INSTREAM on a real socket and finds the word ``EICAR``."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Stream)
        self.largest = 1 << 20
        self.scanned: list[bytes] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Stream(socketserver.StreamRequestHandler):
    server: Daemon

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.server.largest:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.scanned.append(content)
        found = b"Eicar-Test-Signature FOUND" if b"EICAR" in content else b"OK"
        self.wfile.write(b"stream: " + found + b"\0")


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """A scanner on a port of its own."""
    server = Daemon()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def scanned(site: Site, address: str, absent: str = "refuse") -> Site:
    """Return the site with a scanner at this address."""
    return open_site(replace(site.settings, clamd=address, scan_absent=absent), site.store)


def take(site: Site, case: CaseRef, content: bytes = PDF, replaces: str | None = None) -> Document:
    """Hand in a file as an officer."""
    return site.documents.take(
        case, content, "plan.pdf", OFFICER, tier=Tier.CASE, purpose="plan", replaces=replaces
    )


def closed_port() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def test_a_clean_file_is_scanned_whole_and_stored(site: Site, daemon: Daemon) -> None:
    watched = scanned(site, daemon.address)
    case = watched.case()
    content = PDF + bytes(200_000)
    document = take(watched, case, content)
    assert (document.scan, document.may_open) == ("clean", True)
    assert daemon.scanned == [content]


def test_a_harmful_file_is_refused_recorded_and_leaves_nothing(site: Site, daemon: Daemon) -> None:
    watched = scanned(site, daemon.address)
    case = watched.case()
    with pytest.raises(DocumentRefused) as refused:
        take(watched, case, PDF + EICAR)
    assert refused.value.code == "infected"
    assert files(watched) == []
    assert watched.kinds(case) == ["document.infected"]


def test_while_the_scanner_is_away_files_are_refused(site: Site) -> None:
    watched = scanned(site, closed_port())
    case = watched.case()
    with pytest.raises(DocumentRefused) as refused:
        take(watched, case)
    assert refused.value.code == "scanner-away"
    assert files(watched) == []


def test_or_kept_unopened_until_they_were_scanned(site: Site, daemon: Daemon) -> None:
    away = scanned(site, closed_port(), "quarantine")
    case = away.case()
    good, bad = take(away, case), take(away, case, PDF + EICAR)
    assert (good.scan, bad.scan) == ("waiting", "waiting")
    with away.store.unit_of_work() as uow, pytest.raises(DocumentHeld):
        away.documents.open_document(uow, good.id, OFFICER)
    back = scanned(site, daemon.address)
    assert back.documents.rescan() == (2, 1, 0)
    with back.store.unit_of_work() as uow:
        assert back.documents.open_document(uow, good.id, OFFICER).content == PDF
        with pytest.raises(DocumentHeld, match="harm was found"):
            back.documents.open_document(uow, bad.id, OFFICER)
    assert back.kinds(case)[-1] == "document.infected"
    assert back.documents.rescan() == (0, 0, 0)


def test_a_file_above_the_scanners_limit_counts_as_not_looked_at(
    sqlite_site: Site, daemon: Daemon
) -> None:
    daemon.largest = 1000
    with pytest.raises(ScannerAway, match="size limit"):
        Clamd(daemon.address).scan(bytes(5_000_000))


def test_a_site_without_a_scanner_says_so_when_asked_to_scan(sqlite_site: Site) -> None:
    with pytest.raises(ScannerAway, match="PASSERELLE_CLAMD"):
        sqlite_site.documents.rescan()


@pytest.mark.parametrize("address", ["nowhere", "host:", ":3310", "host:port"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="PASSERELLE_CLAMD"):
        Clamd(address)


NO_CLAMD = "clamd is not installed: apt-get install --no-install-recommends clamav-daemon"


@pytest.mark.skipif(shutil.which("clamd") is None, reason=NO_CLAMD)
def test_a_real_clamd_finds_the_test_file(tmp_path: Path) -> None:
    folder, path = tmp_path / "signatures", tmp_path / "clamd.sock"
    folder.mkdir()
    # One signature is enough: the whole data base is a download of its own.
    (folder / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    configuration = tmp_path / "clamd.conf"
    configuration.write_text(
        f"LocalSocket {path}\nDatabaseDirectory {folder}\nForeground yes\n", encoding="utf-8"
    )
    with subprocess.Popen(
        ["clamd", "-c", str(configuration)],
        stdout=subprocess.PIPE,
        text=True,
    ) as daemon:
        try:
            assert daemon.stdout is not None
            for line in daemon.stdout:
                if "Self checking" in line or "Listening" in line:
                    break
            assert Clamd(str(path)).scan(b"nothing") is None
            assert Clamd(str(path)).scan(EICAR) == "Eicar-Test.UNOFFICIAL"
        finally:
            daemon.terminate()
