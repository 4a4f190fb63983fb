"""The site's own secret: signs session cookies and forms. Made once, kept in ``var/``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from engine.errors import ConfigurationError

FILENAME = "web.secret"


def read_or_make(var_dir: Path) -> str:
    """Return the secret in ``var_dir``, made now with mode 0600 if there is none.

    :raises ConfigurationError: the file cannot be read or written, or others may read it.
    """
    path = var_dir / FILENAME
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        return _make(path) or _read(path)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be used: {error.strerror}. Correct the folder's owner and mode."
        ) from error


def _make(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return ""
    secret = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret


def _read(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path} may be read by others; run 'chmod 600 {path}'.")
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < 32:
        raise ConfigurationError(f"{path} is too short to be a secret; delete it to get a new one.")
    return secret
