"""Hashing of passwords outside a request: argon2id, as Flask-Security verifies it."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with a fresh salt.

    The parameters are argon2-cffi's defaults, which follow RFC 9106's low-memory profile;
    the text is normalised (NFKD) first, as Flask-Security does when somebody signs in.
    """
    return PasswordHasher().hash(unicodedata.normalize("NFKD", password))
