"""Encryption of what people tell us: a key per owner, wrapped by the site's master key.

An *owner* is ``person:<id>`` or ``case:<id>``. Destroying an owner's key makes everything written
under it unreadable at once, backups included; history keeps only salted commitments, whose salts
lie under the same key. AES-256-GCM throughout, with a random 96-bit nonce (NIST SP 800-38D).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import ConfigurationError, StateUnreadable
from engine.feel import from_json, to_json
from engine.settings import Settings
from handlers.people.secrets import KEY_BYTES, Key, master_key_file

NONCE_BYTES = 12
SALT_BYTES = 32
_FORMAT = b"\x01"


def encrypt(key: bytes, plain: bytes, bound_to: str) -> bytes:
    """Encrypt so that the result opens only with the same key and the same ``bound_to``."""
    nonce = os.urandom(NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def decrypt(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """Give back what :func:`encrypt` was given.

    :raises StateUnreadable: it was damaged, moved from another place, or is of a newer version.
    """
    if sealed[:1] != _FORMAT:
        raise StateUnreadable(
            f"What is stored for {bound_to} was encrypted by another version. Upgrade this site."
        )
    body = sealed[1:]
    try:
        return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], bound_to.encode())
    except InvalidTag:
        raise StateUnreadable(
            f"What is stored for {bound_to} was damaged or moved. Restore it from a backup."
        ) from None


def canonical(value: Any) -> bytes:
    """Return the canonical bytes (RFC 8785) of a FEEL value."""
    return rfc8785.dumps(to_json(value))


def commitment(salt: bytes, value: Any) -> str:
    """Return SHA-256 over the salt and the value's canonical bytes, in hex.

    History keeps it in place of the value: whoever holds salt and value can prove what was
    written; nobody else learns anything.
    """
    return hashlib.sha256(salt + canonical(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class SealedValue:
    """An encrypted value and its commitment."""

    ciphertext: bytes
    commitment: str


def seal_value(key: bytes, value: Any, bound_to: str) -> SealedValue:
    """Encrypt a FEEL value together with a fresh salt for its commitment.

    The salt lies inside the ciphertext: with the key destroyed, a commitment to a guessable
    value (a birth date) cannot be tried out any more.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    plain = salt + canonical(value)
    return SealedValue(encrypt(key, plain, bound_to), commitment(salt, value))


def open_value(key: bytes, ciphertext: bytes, bound_to: str) -> Any:
    """Return the value that :func:`seal_value` encrypted."""
    plain = decrypt(key, ciphertext, bound_to)
    return from_json(json.loads(plain[SALT_BYTES:]))


def keyed_name(key: bytes, content: bytes) -> str:
    """Return a file name, in hex, that only the owner's key can derive from the content."""
    name_key = hmac.digest(key, b"passerelle/document-name", "sha256")
    return hmac.new(name_key, content, hashlib.sha256).hexdigest()


class Vault:
    """Wraps owners' keys under the site's master key, read at the first need of it.

    :ivar keys: the master key and those it replaced.
    """

    def __init__(self, settings: Settings) -> None:
        self.keys = master_key_file(settings)

    @property
    def path(self) -> Path:
        """Where the master key lies; made now if this site has none."""
        return self.keys.ensure()

    def new_key(self) -> bytes:
        """Return a fresh key for an owner."""
        return secrets.token_bytes(KEY_BYTES)

    def wrap(self, owner: str, key: bytes) -> tuple[bytes, str]:
        """Encrypt an owner's key under the master key; return it and the master's fingerprint."""
        master = self.keys.current
        return encrypt(master.secret, key, f"key of {owner}"), master.fingerprint

    def unwrap(self, owner: str, wrapped: bytes, fingerprint: str) -> bytes:
        """Give back an owner's key.

        :param fingerprint: of the master key that it was wrapped with.
        :raises ConfigurationError: this site does not have that master key.
        """
        return decrypt(self._master(fingerprint).secret, wrapped, f"key of {owner}")

    def check(self, fingerprint: str) -> None:
        """Refuse to go on with master keys other than the database's.

        :raises ConfigurationError: the fingerprint is of none that this site has.
        """
        self._master(fingerprint)

    def _master(self, fingerprint: str) -> Key:
        found = self.keys.find(fingerprint)
        if found is None:
            raise ConfigurationError(
                f"The database was written with master key {fingerprint}…, and {self.keys.path} "
                f"holds {self.keys.current.fingerprint}…. Put the right key file back, or correct "
                "PASSERELLE_MASTER_KEY_FILE; nothing was read or written."
            )
        return found
