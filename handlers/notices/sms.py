"""Sending an SMS: through the site's HTTP gateway, or into its outbox folder.

The gateway's contract, which most providers' own interfaces are adapted to by a few lines of a
proxy: ``POST`` of JSON ``{"id", "from", "to", "text"}`` with ``Authorization: Bearer``; 2xx means
taken; 410 and 422 mean that the number will never be reached; anything else is tried again.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import phonenumbers

from engine.errors import ConfigurationError, HandlerFailed
from handlers.notices.errors import AddressRefused

TIMEOUT_S = 15
"""How long the gateway may take over an answer."""

_UNREACHABLE = frozenset({410, 422})
_LONGEST_WAIT = timedelta(hours=1)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class SmsCarrier(Protocol):
    """Carries one SMS away, or raises :class:`HandlerFailed`."""

    @property
    def disturbs(self) -> bool:
        """Whether somebody's telephone rings: only then are quiet hours kept."""

    def send(self, key: str, number: str, text: str) -> None:
        """Send a text to a number in E.164; ``key`` is the same over retries."""


def number_of(text: str | None, country: str) -> str | None:
    """Return a telephone number in E.164; ``None`` if it cannot be one.

    :param country: ISO 3166-1 alpha-2, for a number written without its country's code.
    """
    try:
        number = phonenumbers.parse(text or "", country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@dataclass(frozen=True, slots=True)
class SmsOutbox:
    """Writes each SMS to a file of its own, for demos and tests."""

    folder: Path
    disturbs: bool = False

    def send(self, key: str, number: str, text: str) -> None:
        """Write the message; again under the same key, it takes the same file's place.

        :raises HandlerFailed: the folder cannot be written.
        """
        name = hashlib.sha256(key.encode()).hexdigest()[:32] + ".sms.json"
        content = json.dumps({"to": number, "text": text}, ensure_ascii=False, indent=2)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self.folder / f".{name}.part"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(content)
            draft.replace(self.folder / name)
        except OSError as error:
            raise HandlerFailed(
                f"An SMS cannot be written to {self.folder}: {error.strerror}. Free space or "
                "correct the folder's rights."
            ) from error


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Follow nothing: the number and the token go to the address that was set, or nowhere."""


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """Sends through an HTTP gateway."""

    url: str
    token: str = ""
    sender: str = ""
    timeout_s: float = TIMEOUT_S
    disturbs: bool = True

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError("PASSERELLE_SMS_URL must read https://host/path.")
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise ConfigurationError(
                "PASSERELLE_SMS_URL sends telephone numbers: use https://, or a gateway on this "
                "machine."
            )

    def send(self, key: str, number: str, text: str) -> None:
        """Send the message.

        :raises AddressRefused: the gateway will never reach the number.
        :raises HandlerFailed: it is away, or refuses; its words, which may quote the number, are
            not repeated.
        """
        body = {
            "id": hashlib.sha256(key.encode()).hexdigest()[:32],
            "from": self.sender,
            "to": number,
            "text": text,
        }
        request = Request(  # noqa: S310 - http and https only, checked above
            self.url,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            method="POST",
        )
        try:
            with build_opener(_NoRedirect).open(request, timeout=self.timeout_s):
                return
        except HTTPError as error:
            with error:
                raise self._refused(error) from None
        except (URLError, HTTPException, OSError) as error:
            raise HandlerFailed(
                f"The SMS gateway did not answer ({type(error).__name__}). The notice is tried "
                "again; check the gateway and PASSERELLE_SMS_URL."
            ) from None

    def _refused(self, error: HTTPError) -> HandlerFailed:
        if error.code in _UNREACHABLE:
            return AddressRefused(f"The SMS gateway cannot reach the number ({error.code}).")
        seconds = error.headers.get("Retry-After", "")
        wait = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
        return HandlerFailed(
            f"The SMS gateway did not take a notice (answered {error.code}). It is tried again; "
            "check the gateway, PASSERELLE_SMS_URL and PASSERELLE_SMS_TOKEN.",
            retry_after=None if wait is None else min(wait, _LONGEST_WAIT),
        )
