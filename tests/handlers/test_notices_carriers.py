"""What carriers answer, and what becomes of the notice: real servers, answering over sockets."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from click.testing import CliRunner

from engine.errors import ConfigurationError, HandlerFailed
from engine.model import CaseRef, Tier
from engine.store import upgrade
from handlers.commands import COMMANDS
from handlers.composition import MIGRATIONS
from handlers.notices import HttpGateway, NoticeStatus, problems_seen, take_back
from handlers.notices.bounces import failed_messages
from handlers.notices.mail import message_id
from tests.handlers.support import OFFICER, Site, bytes_below, open_site
from tests.handlers.test_notices import SAFE, outbox, statuses
from tests.handlers.test_notices_safety import BY_SMS
from web import MIGRATIONS as PAGES


class Gateway(ThreadingHTTPServer):
    """An SMS gateway: remembers what it was sent and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.received: list[tuple[dict[str, str], str]] = []
        self.answer = 202
        self.headers: dict[str, str] = {}
        self.silent = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/messages"


class _Answer(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((body, self.headers["Authorization"]))
        if self.server.answer == 0:
            self.server.silent.wait()
            return
        self.send_response(self.server.answer)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"no such number +237699000001")

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway on a port of its own."""
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.silent.set()
    server.shutdown()
    server.server_close()


def with_sms(site: Site, gateway: Gateway) -> Site:
    """Return the site sending through the gateway."""
    settings = replace(site.settings, sms_url=gateway.url, sms_token="t0ken", sms_sender="Service")
    return open_site(settings, site.store)


def test_an_sms_goes_through_the_gateway_with_one_id_over_retries(
    sqlite_site: Site, gateway: Gateway
) -> None:
    site = with_sms(sqlite_site, gateway)
    case = site.write(site.case(), BY_SMS)
    gateway.answer = 503
    with pytest.raises(HandlerFailed, match="answered 503"):
        site.run("notices.send", case, template="news", to="subject")
    assert statuses(site, case) == []
    gateway.answer = 202
    site.run("notices.send", case, template="news", to="subject")
    (first, authorization), (second, _) = gateway.received
    assert first == second
    assert authorization == "Bearer t0ken"
    assert (first["to"], first["from"]) == ("+237699000001", "Service")
    assert case.id not in json.dumps(first)
    assert statuses(site, case) == [NoticeStatus.SENT]


@pytest.mark.parametrize("answer", [400, 401, 404, 429, 500, 302])
def test_what_the_gateway_does_not_take_is_tried_again_and_its_words_are_not_repeated(
    gateway: Gateway, answer: int
) -> None:
    gateway.answer = answer
    gateway.headers = {"Retry-After": "120", "Location": gateway.url}
    with pytest.raises(HandlerFailed, match=f"answered {answer}") as failed:
        HttpGateway(gateway.url).send("k", "+237699000001", "…")
    assert failed.value.retry_after == timedelta(seconds=120)
    assert "699" not in str(failed.value)
    assert len(gateway.received) == 1


def test_a_gateway_that_does_not_answer_is_given_up_after_its_time(gateway: Gateway) -> None:
    gateway.answer = 0
    with pytest.raises(HandlerFailed, match="did not answer"):
        HttpGateway(gateway.url, timeout_s=0.05).send("k", "+237699000001", "…")


def test_a_number_that_does_not_exist_is_recorded_and_never_tried_again(
    sqlite_site: Site, gateway: Gateway
) -> None:
    site = with_sms(sqlite_site, gateway)
    case = site.write(site.case(), BY_SMS)
    gateway.answer = 422
    site.run("notices.send", case, template="news", to="subject")
    gateway.answer = 202
    site.run("notices.send", case, activation=2, template="news", to="subject")
    assert len(gateway.received) == 1
    assert sorted(statuses(site, case)) == [NoticeStatus.BOUNCED, NoticeStatus.WITHHELD]
    assert site.kinds(case) == ["notice.bounced", "notice.withheld"]
    with site.store.snapshot() as uow:
        assert len(problems_seen(uow, OFFICER, site.clock.now(), case_id=case.id)) == 1


@pytest.mark.parametrize("url", ["gateway", "ftp://gateway/x", "http://sms.example.org/x"])
def test_a_gateway_that_would_leak_numbers_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PASSERELLE_SMS_URL"):
        HttpGateway(url)


class Strict:
    """A mail server that knows no mailbox."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        return f"550 5.1.1 no mailbox {address}"


def test_a_mailbox_that_the_server_refuses_for_good_is_marked_bad(sqlite_site: Site) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Strict(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings = replace(sqlite_site.settings, smtp_url=f"smtp://127.0.0.1:{port}")
        site = open_site(settings, sqlite_site.store)
        case = site.write(site.case(), SAFE)
        site.run("notices.send", case, template="news", to="subject")
    finally:
        controller.stop()
    assert statuses(site, case) == [NoticeStatus.BOUNCED]


def returned(case: CaseRef, status: str = "5.1.1", action: str = "failed") -> bytes:
    """Return a mail that came back, as a mail server writes it (RFC 3464)."""
    original = message_id(f"{case.id}/Task_Test/1")
    return (
        "From: MAILER-DAEMON@mail.invalid\r\nTo: passerelle@localhost\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "MIME-Version: 1.0\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.invalid\r\n\r\nFinal-Recipient: rfc822; amie@demo.invalid\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {original}\r\nSubject: x\r\n\r\nx\r\n--b--\r\n"
    ).encode()


def test_a_mail_that_came_back_stops_writing_to_that_address_until_another_is_given(
    site: Site,
) -> None:
    case = site.write(site.case(), SAFE)
    site.run("notices.send", case, template="news", to="subject")
    mail = returned(case)
    assert [n.case_id for n in take_back(site.store, mail, site.clock.now())] == [case.id]
    assert take_back(site.store, mail, site.clock.now()) == ()
    assert site.kinds(case) == ["notice.sent", "notice.bounced"]
    site.run("notices.send", case, activation=2, template="news", to="subject")
    assert len(outbox(site)) == 1
    case = site.write(case, {"safe_contact_email": ("autre@demo.invalid", Tier.PROTECTION)})
    site.run("notices.send", case, activation=3, template="news", to="subject")
    assert outbox(site)[-1]["To"] == "autre@demo.invalid" or len(outbox(site)) == 2


def test_delays_answers_and_other_peoples_mail_are_no_bounce(sqlite_site: Site) -> None:
    case = sqlite_site.case()
    answer = EmailMessage()
    answer["In-Reply-To"] = message_id(f"{case.id}/Task_Test/1")
    answer.set_content("I am away")
    for mail in (
        returned(case, "4.4.1", "delayed"),
        returned(case, "2.0.0", "delivered"),
        bytes(answer),
        b"",
        b"\xff\x00 no mail at all",
        returned(case).replace(b"@passerelle", b"@elsewhere"),
    ):
        assert failed_messages(mail) == frozenset()


def test_the_command_reads_a_file_an_mbox_and_a_folder(sqlite_site: Site, tmp_path: Path) -> None:
    site = sqlite_site
    upgrade(site.store, (MIGRATIONS, PAGES))
    case = site.write(site.case(), SAFE)
    site.run("notices.send", case, template="news", to="subject")
    (tmp_path / "mbox").write_bytes(b"From MAILER-DAEMON\n" + returned(case).replace(b"\r", b""))
    for name in ("cur", "new", "tmp"):
        (tmp_path / "maildir" / name).mkdir(parents=True)
    (tmp_path / "maildir" / "new" / "1").write_bytes(returned(case))
    group = next(each for each in COMMANDS if each.name == "notices")
    sources = [str(tmp_path / "mbox"), str(tmp_path / "maildir")]
    done = CliRunner().invoke(group, ["bounce", *sources], obj=site.settings)
    assert done.output == "2 mails were read; 1 notices came back.\n", done
    exported = tmp_path / "notices.csv"
    CliRunner().invoke(group, ["export", str(exported)], obj=site.settings)
    text = exported.read_text("utf-8-sig")
    assert case.reference in text
    assert "bounced" in text
    assert "amie@" not in text


def test_no_address_lies_in_the_database_in_clear(sqlite_site: Site, tmp_path: Path) -> None:
    case = sqlite_site.write(sqlite_site.case(), {**SAFE, **BY_SMS})
    sqlite_site.run("notices.send", case, template="news", to="subject")
    for path, content in bytes_below(tmp_path):
        if "outbox" not in path.parts:
            for clear in (b"699000001", b"99 00 00 01", b"amie@demo"):
                assert clear not in content, path
