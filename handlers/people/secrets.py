"""The site's secret keys: a file each, made once, never in the database or the repository.

A key that was replaced stays beside its successor under its fingerprint (``master.key.<digits>``):
what was written with it opens until everything is written anew, and backups of that time later.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ConfigurationError
from engine.ports import KeptFiles
from engine.settings import Settings

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A secret key.

    :ivar fingerprint: sixteen hex digits that name it without giving it away.
    """

    secret: bytes
    fingerprint: str


class KeyFile:
    """A secret key on disk and those it replaced; read at the first need, and when it changes.

    :ivar path: where the key lies.
    """

    def __init__(self, path: Path, *, named: str | None, what: str) -> None:
        """Read nothing yet.

        :param named: the setting that names the file; it is then never made here: were it
            missing, a new key would hide that everything under the old one had become unreadable.
        :param what: what the key is called in messages.
        """
        self.path = path
        self._named = named
        self._what = what
        self._read: tuple[tuple[int, int], Key] | None = None

    def ensure(self) -> Path:
        """Make the key if there is none, and return its path.

        :raises ConfigurationError: the named file is missing, or cannot be written or read.
        """
        if self._named is None and not self.path.exists():
            _make(self.path, self._what)
        read_key(self.path, self._what, self._named)
        return self.path

    @property
    def current(self) -> Key:
        """The key that new things are written with; another process may have replaced it."""
        self.ensure()
        found = self.path.stat()
        version = (found.st_mtime_ns, found.st_ino)
        if self._read is None or self._read[0] != version:
            self._read = version, self._key(self.path)
        return self._read[1]

    def known(self) -> tuple[Key, ...]:
        """Return the current key and every one that it replaced, the current one first."""
        names = sorted(self.path.parent.glob(f"{self.path.name}.{'[0-9a-f]' * 16}"))
        return (self.current, *(self._key(name) for name in names))

    def find(self, fingerprint: str) -> Key | None:
        """Return the key of a fingerprint, or ``None`` if this site does not have it."""
        if hmac.compare_digest(self.current.fingerprint, fingerprint):
            return self.current
        return next((key for key in self.known() if key.fingerprint == fingerprint), None)

    @property
    def is_half_replaced(self) -> bool:
        """Whether a replacement was begun and not finished."""
        return self._next.exists()

    def replace(self) -> Key:
        """Put a new key in place of the current one, which stays beside it; return the new one.

        Killed at any point and called again it goes on: no key is lost, none is made twice.
        """
        old = self.current
        if not self.is_half_replaced:
            _make(self._next, self._what)
        retired = self.path.with_name(f"{self.path.name}.{old.fingerprint}")
        try:
            if not retired.exists():
                os.link(self.path, retired)
            _sync(self.path.parent)
            self._next.replace(self.path)
            _sync(self.path.parent)
        except OSError as error:
            raise ConfigurationError(
                f"The {self._what} {self.path} cannot be replaced: {error}."
            ) from error
        return self.current

    def forget(self, fingerprint: str) -> None:
        """Delete a key that was replaced; what is still written with it is lost for good."""
        self.path.with_name(f"{self.path.name}.{fingerprint}").unlink(missing_ok=True)
        _sync(self.path.parent)

    @property
    def _next(self) -> Path:
        return self.path.with_name(f"{self.path.name}.next")

    def _key(self, path: Path) -> Key:
        secret = read_key(path, self._what, self._named)
        digits = hmac.new(secret, b"passerelle/fingerprint", "sha256").hexdigest()[:16]
        return Key(secret, digits)


def master_key_file(settings: Settings) -> KeyFile:
    """Return the key that wraps every owner's key."""
    return _file(settings, settings.master_key_file, "MASTER", "master")


def search_key_file(settings: Settings) -> KeyFile:
    """Return the key under which names are looked up; it decrypts nothing."""
    return _file(settings, settings.search_key_file, "SEARCH", "search")


def files_of(settings: Settings) -> tuple[KeptFiles, ...]:
    """Return which files a backup takes along: the keys, and those that they replaced."""
    keys = {"master-key": master_key_file(settings), "search-key": search_key_file(settings)}
    return tuple(
        KeptFiles(name, key.path.parent, f"{key.path.name}*", secret=True)
        for name, key in keys.items()
    )


def _file(settings: Settings, named: Path | None, setting: str, name: str) -> KeyFile:
    path = named or settings.var_dir / "secrets" / f"{name}.key"
    return KeyFile(
        path, named=f"PASSERELLE_{setting}_KEY_FILE" if named else None, what=f"{name} key"
    )


def ensure_secrets(settings: Settings) -> Path:
    """Make the site's keys where they are missing, and return the master key's path.

    :raises ConfigurationError: a named file is missing, or a key cannot be written or read.
    """
    search_key_file(settings).ensure()
    return master_key_file(settings).ensure()


def read_key(path: Path, what: str = "master key", named: str | None = None) -> bytes:
    """Return a key, 32 bytes.

    :raises ConfigurationError: the file is missing, readable by others, or holds no key.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        correct = f", or correct {named}" if named else ""
        raise ConfigurationError(
            f"There is no {what} at {path}. Put the site's key back there{correct}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The {what} {path} cannot be read: {error}.") from error
    if mode & stat.S_IRWXO:
        raise ConfigurationError(
            f"The {what} {path} is open to every account of this machine "
            f"(mode {stat.S_IMODE(mode):04o}). Run: chmod 600 {path}"
        )
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"The {what} {path} must hold {2 * KEY_BYTES} hexadecimal digits and nothing else."
        )
    return key


def _make(path: Path, what: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written whole under another name, then linked: two processes that start together end
        # with one key, and none ever reads half of it.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        finally:
            draft.unlink()
    except OSError as error:
        raise ConfigurationError(f"The {what} {path} cannot be made: {error}.") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
