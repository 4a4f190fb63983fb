"""The site's master key: one file, made once, never in the database or the repository."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from engine.errors import ConfigurationError
from engine.settings import Settings

KEY_BYTES = 32


def master_key_path(settings: Settings) -> Path:
    """Return where this site's master key lies."""
    return settings.master_key_file or settings.var_dir / "secrets" / "master.key"


def ensure_secrets(settings: Settings) -> Path:
    """Make the master key if the site has none, and return its path.

    A file named by PASSERELLE_MASTER_KEY_FILE is never made here: were it missing, a new key
    would hide that everything encrypted under the old one had become unreadable.

    :raises ConfigurationError: the named file is missing, or the key cannot be written or read.
    """
    path = master_key_path(settings)
    if settings.master_key_file is None and not path.exists():
        _make(path)
    read_master_key(path)
    return path


def read_master_key(path: Path) -> bytes:
    """Return the master key, 32 bytes.

    :raises ConfigurationError: the file is missing, readable by others, or holds no key.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no master key at {path}. Put the site's key back there, or correct "
            "PASSERELLE_MASTER_KEY_FILE."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The master key {path} cannot be read: {error}.") from error
    if mode & stat.S_IRWXO:
        raise ConfigurationError(
            f"The master key {path} is open to every account of this machine "
            f"(mode {stat.S_IMODE(mode):04o}). Run: chmod 600 {path}"
        )
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"The master key {path} must hold {2 * KEY_BYTES} hexadecimal digits and nothing else."
        )
    return key


def _make(path: Path) -> None:
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
        raise ConfigurationError(f"The master key {path} cannot be made: {error}.") from error
