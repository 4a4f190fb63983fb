"""Notices: neutral, once each, and only by a way that is safe for the person."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from engine.errors import ConfigurationError, HandlerFailed
from engine.model import CaseRef, Tier
from handlers.notices import NoticeStatus, SmtpServer, notices_of, template_names
from handlers.notices.mail import is_address
from handlers.notices.wording import LOCALES, wording
from handlers.people import sensitive_reads
from tests.handlers.support import Site, open_site

SAFE = {
    "family_name": ("Ngo Imaginaire", Tier.IDENTITY),
    "safe_contact_email": ("amie@demo.invalid", Tier.PROTECTION),
    "safe_contact_channel": ("email", Tier.PROTECTION),
}


class Inbox:
    """A mail server's memory; ``refusing`` makes it answer that it is busy."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.refusing = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusing:
            return "451 busy, amie@demo.invalid"
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def inbox(sqlite_site: Site) -> Iterator[tuple[Site, Inbox]]:
    """A site that sends through a real SMTP server."""
    memory = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(memory, hostname="127.0.0.1", port=port)
    controller.start()
    settings = replace(sqlite_site.settings, smtp_url=f"smtp://127.0.0.1:{port}")
    yield open_site(settings, sqlite_site.store), memory
    controller.stop()


def outbox(site: Site) -> list[EmailMessage]:
    """Return the messages in the outbox folder."""
    files = sorted((site.settings.var_dir / "outbox").glob("*.eml"))
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]


def statuses(site: Site, case: CaseRef) -> list[NoticeStatus]:
    """Return what became of a case's notices."""
    with site.store.snapshot() as uow:
        return [notice.status for notice in notices_of(uow, case.id)]


def test_a_person_is_written_to_at_the_safe_address_in_neutral_words(site: Site) -> None:
    case = site.write(site.case(), SAFE)
    site.run("notices.send", case, template="appointment", to="subject")
    (message,) = outbox(site)
    assert message["To"] == "amie@demo.invalid"
    assert message["Subject"] == "Un rendez-vous à confirmer"
    text = message.as_string() + message.get_content()
    for secret in ("Imaginaire", case.reference, "OFII", "cm/ofii", case.id, str(case.subject)):
        assert secret not in text
    assert statuses(site, case) == [NoticeStatus.SENT]
    assert site.kinds(case) == ["notice.sent"]


def test_reading_the_safe_address_is_logged_under_the_engines_name(site: Site) -> None:
    case = site.write(site.case(), SAFE)
    site.run("notices.send", case, template="appointment", to="subject")
    with site.store.snapshot() as uow:
        (read,) = sensitive_reads(uow, case.id)
    assert (read.account_id, read.purpose) == ("system", "notices.send")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {
            "safe_contact_email": ("amie@demo.invalid", Tier.PROTECTION),
            "safe_contact_channel": ("none", Tier.PROTECTION),
        },
        {"safe_contact_email": ("amie@demo.invalid\nBcc: x@demo.invalid", Tier.PROTECTION)},
        {"safe_contact_email": ("not an address", Tier.PROTECTION)},
        {"safe_contact_email": (None, Tier.PROTECTION)},
    ],
)
def test_without_a_safe_address_nothing_is_sent_and_that_is_recorded(
    sqlite_site: Site, fields: dict[str, tuple[object, Tier]]
) -> None:
    case = sqlite_site.write(sqlite_site.case(), fields)
    sqlite_site.run("notices.send", case, template="appointment", to="subject")
    assert outbox(sqlite_site) == []
    assert statuses(sqlite_site, case) == [NoticeStatus.WITHHELD]
    assert sqlite_site.kinds(case) == ["notice.withheld"]


def test_an_erased_person_is_not_written_to(site: Site) -> None:
    case = site.write(site.case(), SAFE)
    with site.store.unit_of_work() as uow:
        assert case.subject is not None
        site.fields.keyring.erase_person(uow, case.subject, site.clock.now())
    site.run("notices.send", case, template="appointment", to="subject")
    assert outbox(site) == []


def test_an_organisation_is_told_which_case(site: Site) -> None:
    case = site.case()
    site.run("notices.send", case, template="assignment", to="organisation:op-horizon")
    (message,) = outbox(site)
    assert message["To"] == "horizon@demo.invalid"
    assert case.reference in message["Subject"]


def test_a_person_is_written_to_in_their_language(site: Site) -> None:
    fields = {**SAFE, "preferred_language": ("en", Tier.IDENTITY)}
    case = site.write(site.case(), fields)
    site.run("notices.send", case, template="appointment", to="subject")
    (message,) = outbox(site)
    assert message["Subject"] == "An appointment to confirm"


def test_a_call_that_was_recorded_is_not_sent_again(inbox: tuple[Site, Inbox]) -> None:
    site, memory = inbox
    case = site.write(site.case(), SAFE)
    for _ in range(3):
        site.run("notices.send", case, template="appointment", to="subject")
    assert len(memory.received) == 1
    assert site.kinds(case) == ["notice.sent"]
    site.run("notices.send", case, activation=2, template="appointment", to="subject")
    assert len(memory.received) == 2


def test_a_message_arrives_through_a_real_server_with_one_id_over_retries(
    inbox: tuple[Site, Inbox],
) -> None:
    site, memory = inbox
    case = site.write(site.case(), SAFE)
    site.run("notices.send", case, template="news", to="subject")
    ((receivers, message),) = memory.received
    assert receivers == ["amie@demo.invalid"]
    assert message["Subject"] == "Une information vous attend"
    assert message["From"] == "passerelle@localhost"
    assert case.id not in message["Message-ID"]


def test_a_server_that_refuses_makes_the_call_fail_and_nothing_is_recorded(
    inbox: tuple[Site, Inbox],
) -> None:
    site, memory = inbox
    case = site.write(site.case(), SAFE)
    memory.refusing = True
    with pytest.raises(HandlerFailed, match="answered 451") as failed:
        site.run("notices.send", case, template="news", to="subject")
    assert "amie@" not in str(failed.value)
    assert statuses(site, case) == []
    memory.refusing = False
    site.run("notices.send", case, template="news", to="subject")
    assert statuses(site, case) == [NoticeStatus.SENT]


def test_a_server_that_is_away_makes_the_call_fail(inbox: tuple[Site, Inbox]) -> None:
    site, _ = inbox
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{closed.getsockname()[1]}"
        away = open_site(replace(site.settings, smtp_url=url), site.store)
        case = away.write(away.case(), SAFE)
        with pytest.raises(HandlerFailed, match="check the server"):
            away.run("notices.send", case, template="news", to="subject")


def test_a_password_is_never_sent_without_encryption(inbox: tuple[Site, Inbox]) -> None:
    site, memory = inbox
    url = site.settings.smtp_url.replace("smtp://", "smtp://user:secret@")
    careful = open_site(replace(site.settings, smtp_url=url), site.store)
    case = careful.write(careful.case(), SAFE)
    with pytest.raises(HandlerFailed, match="SMTPNotSupportedError"):
        careful.run("notices.send", case, template="news", to="subject")
    assert memory.received == []


@pytest.mark.parametrize(
    ("template", "to", "words"),
    [
        ("nothing", "subject", "Those there are: appointment"),
        ("../secret", "subject", "Those there are: appointment"),
        ("assignment", "subject", "not told to a person"),
        ("task", "organisation:op-nobody", "op-nobody"),
        ("task", "op-horizon", "must be 'subject' or 'organisation:'"),
    ],
)
def test_a_notice_that_the_diagram_asks_for_wrongly_is_refused_with_what_to_do(
    sqlite_site: Site, template: str, to: str, words: str
) -> None:
    case = sqlite_site.write(sqlite_site.case(), SAFE)
    with pytest.raises(HandlerFailed, match=words):
        sqlite_site.run("notices.send", case, template=template, to=to)
    assert outbox(sqlite_site) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_template_reads_in_every_language(locale: str) -> None:
    for name in template_names():
        text = wording(name, locale, "CM-OFII-2026-00042")
        assert text.subject
        assert "\n" not in text.subject
        assert text.body.strip()


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail", 25, False),
        ("smtps://u:p%40@mail", 465, True),
        ("smtp://mail:2525", 2525, False),
    ],
)
def test_a_servers_url_is_read(url: str, port: int, tls: bool) -> None:
    server = SmtpServer.from_url(url)
    assert (server.host, server.port, server.implicit_tls) == ("mail", port, tls)


@pytest.mark.parametrize("url", ["mail:25", "http://mail", "smtp://", "smtp://u:secret@mail:x"])
def test_a_servers_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PASSERELLE_SMTP_URL") as refused:
        SmtpServer.from_url(url)
    assert "secret" not in str(refused.value)


def test_only_one_plain_address_is_an_address() -> None:
    assert is_address("amie@demo.invalid")
    for text in ("", "a", "a@", "@b", "a@b, c@d", "A <a@b>", "a@b\nBcc: c@d", "é@b", "a b@c"):
        assert not is_address(text), text
