"""Sending an e-mail: through the site's SMTP server, or into its outbox folder."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from engine.errors import ConfigurationError, HandlerFailed
from handlers.notices.errors import AddressRefused

TIMEOUT_S = 15
"""How long the server may take over one answer."""

_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
"""Permanent answers about the mailbox itself (RFC 5321, 4.2.2); 552 and 554 may be about us."""

_DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class Mailer(Protocol):
    """Carries one e-mail away, or raises :class:`HandlerFailed`."""

    @property
    def disturbs(self) -> bool:
        """Whether somebody's mailbox gets it: only then are quiet hours kept."""

    def send(self, key: str, message: EmailMessage) -> None:
        """Send a message; ``key`` is the same over retries."""


def is_address(text: str) -> bool:
    """Tell whether a text is one plain e-mail address and nothing else."""
    if not text.isascii() or not text.isprintable():
        return False
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        return False
    return bool(address.username and address.domain) and address.addr_spec == text


def message_id(key: str) -> str:
    """Return the Message-ID of a call's notice: the same over retries, so that a mailbox that
    got it twice can tell, and telling nothing of the case."""
    return f"<{message_name(key)}@passerelle>"


def message_name(key: str) -> str:
    """Return the part of a Message-ID before its ``@``."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def compose(
    key: str, sender: str, receiver: str, subject: str, body: str, at: datetime
) -> EmailMessage:
    """Return a notice as an e-mail."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = receiver
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(key)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


@dataclass(frozen=True, slots=True)
class Outbox:
    """Writes each message to a file of its own, for demos and tests."""

    folder: Path
    disturbs: bool = False

    def send(self, key: str, message: EmailMessage) -> None:
        """Write the message; again under the same key, it takes the same file's place.

        :raises HandlerFailed: the folder cannot be written.
        """
        name = hashlib.sha256(key.encode()).hexdigest()[:32] + ".eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self.folder / f".{name}.part"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes(policy=SMTP_POLICY))
            draft.replace(self.folder / name)
        except OSError as error:
            raise HandlerFailed(
                f"A notice cannot be written to {self.folder}: {error.strerror}. Free space or "
                "correct the folder's rights."
            ) from error


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Sends through an SMTP server, encrypted wherever the server offers it."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    disturbs: bool = True

    @classmethod
    def from_url(cls, url: str) -> SmtpServer:
        """Read ``smtp://[user:password@]host[:port]``, or ``smtps://`` for TLS from the start.

        :raises ConfigurationError: it is not of that shape.
        """
        parts = urlsplit(url)
        try:
            port = parts.port or _DEFAULT_PORTS[parts.scheme]
        except (ValueError, KeyError):
            port = 0
        if not port or not parts.hostname:
            # The URL may hold a password: it is not repeated.
            raise ConfigurationError(
                "PASSERELLE_SMTP_URL must read smtp://[user:password@]host[:port] or smtps://…."
            )
        return cls(
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            implicit_tls=parts.scheme == "smtps",
        )

    def send(self, key: str, message: EmailMessage) -> None:
        """Send the message.

        :raises AddressRefused: the server knows no such mailbox, for good.
        :raises HandlerFailed: the server is away or refuses; its words, which may quote the
            address, are not repeated.
        """
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            told = f"The mail server {self.host}:{self.port} refused the receiver ({codes[0]})."
            if codes[0] in _NO_SUCH_MAILBOX:
                raise AddressRefused(told) from None
            raise HandlerFailed(f"{told} It is tried again.") from None
        except (OSError, smtplib.SMTPException) as error:
            code = getattr(error, "smtp_code", None)
            answer = f"answered {code}" if code else type(error).__name__
            raise HandlerFailed(
                f"The mail server {self.host}:{self.port} did not take a notice ({answer}). "
                "It is tried again; check the server and PASSERELLE_SMTP_URL."
            ) from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.implicit_tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self.user:
                raise smtplib.SMTPNotSupportedError("no STARTTLS: a password stays unsent")
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server
