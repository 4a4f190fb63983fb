"""Staff are told of their tasks as they asked: none, of each, once a day; never at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from engine.errors import HandlerFailed
from handlers.notices import AddressRefused, Hours, read_hours
from tests.web.conftest import Site, actor
from web.accounts.task_notices import Mode, TaskNotices, Wish
from web.accounts.task_notices.service import moment_of

QUIET = read_hours("20:00-08:00")


class Post:
    """A mail carrier that keeps what it is given, or fails as told."""

    disturbs = True

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.error: HandlerFailed | None = None

    def send(self, key: str, message: EmailMessage) -> None:
        """Carry a message."""
        if self.error is not None:
            raise self.error
        again = message_from_bytes(message.as_bytes(), policy=policy.default)
        assert isinstance(again, EmailMessage)
        self.sent.append(again)


@pytest.fixture
def post() -> Post:
    """The carrier of this test."""
    return Post()


def room(site: Site, post: Post) -> TaskNotices:
    """Return the service with a carrier of the test's own."""
    return TaskNotices(site.engine.store, site.clock, post, QUIET, "passerelle@demo.invalid")


def choose(site: Site, mode: str, hour: int = 9, name: str = "ofii") -> None:
    """Choose by the page how somebody is told."""
    browser = site.browser(name)
    assert browser.get("/account/notices").status_code == 200
    sent: dict[str, object] = {"mode": mode, "hour": str(hour), "zone": "Africa/Douala"}
    assert browser.post("/account/notices", sent).status_code == 303


def test_nobody_is_told_who_did_not_ask(site: Site, post: Post) -> None:
    site.start()
    assert room(site, post).deliver() == 0
    assert post.sent == []


def test_a_new_task_is_told_of_once_and_without_a_word_about_the_case(
    site: Site, post: Post
) -> None:
    choose(site, "each")
    assert room(site, post).deliver() == 0  # what is there already is not told anew
    site.clock.move_to(site.clock.now() + timedelta(minutes=5))
    case = site.engine.case(site.start(), actor("ofii"))
    site.clock.move_to(site.clock.now() + timedelta(minutes=5))
    assert room(site, post).deliver() == 1
    assert room(site, post).deliver() == 0
    (mail,) = post.sent
    text = f"{mail['Subject']} {mail.get_content()}"
    assert "Nouvelles tâches : 1" in text
    assert mail["To"] == "ofii@demo.invalid"
    for secret in (case.reference, "OFII", "Essai", "ofii-cm"):
        assert secret not in text


def test_what_comes_at_night_is_told_in_the_morning(site: Site, post: Post) -> None:
    choose(site, "each")
    site.clock.move_to(datetime(2026, 3, 2, 22, 0, tzinfo=UTC))
    site.start()
    site.clock.move_to(datetime(2026, 3, 3, 6, 59, tzinfo=UTC))  # 07:59 in Douala
    assert room(site, post).deliver() == 0
    site.clock.move_to(datetime(2026, 3, 3, 7, 0, tzinfo=UTC))
    assert room(site, post).deliver() == 1


def test_a_digest_comes_once_a_day_at_its_hour_with_all_that_waits(site: Site, post: Post) -> None:
    choose(site, "digest", 14)
    site.start()
    site.start()
    site.clock.move_to(datetime(2026, 3, 2, 12, 59, tzinfo=UTC))
    assert room(site, post).deliver() == 0
    site.clock.move_to(datetime(2026, 3, 2, 13, 0, tzinfo=UTC))  # 14:00 in Douala
    assert room(site, post).deliver() == 1
    assert room(site, post).deliver() == 0
    assert "Tâches à prendre : 2" in post.sent[0].get_content()
    site.clock.move_to(datetime(2026, 3, 3, 13, 1, tzinfo=UTC))
    assert room(site, post).deliver() == 1


def test_a_server_that_is_away_costs_a_delay_and_no_notice(site: Site, post: Post) -> None:
    choose(site, "each")
    site.clock.move_to(site.clock.now() + timedelta(minutes=5))
    site.start()
    post.error = HandlerFailed("away")
    assert room(site, post).deliver() == 0
    post.error = None
    site.clock.move_to(site.clock.now() + timedelta(minutes=5))
    assert room(site, post).deliver() == 1


def test_a_mailbox_that_refuses_is_written_to_no_more_until_its_owner_chooses_again(
    site: Site, post: Post
) -> None:
    choose(site, "each")
    site.clock.move_to(site.clock.now() + timedelta(minutes=5))
    site.start()
    post.error = AddressRefused("550")
    assert room(site, post).deliver() == 0
    post.error = None
    assert room(site, post).deliver() == 0
    assert "refuse ces messages" in site.browser("ofii").get("/account/notices").text
    choose(site, "digest")
    site.clock.move_to(site.clock.now() + timedelta(days=2))
    assert room(site, post).deliver() == 1


def test_only_one_s_own_tasks_count(site: Site, post: Post) -> None:
    choose(site, "each", name="comite")
    site.clock.move_to(site.clock.now() + timedelta(minutes=5))
    site.start()
    assert room(site, post).deliver() == 0


def test_a_choice_that_is_none_is_refused(site: Site) -> None:
    browser = site.browser("ofii")
    browser.get("/account/notices")
    sent: dict[str, object] = {"mode": "each", "hour": "24", "zone": "UTC"}
    assert browser.post("/account/notices", sent).status_code == 400
    assert browser.post("/account/notices", sent | {"hour": "3", "zone": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [
        (9, QUIET, datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        (23, QUIET, datetime(2026, 3, 3, 7, 0, tzinfo=UTC)),  # moved to 08:00 in Douala
        (23, None, datetime(2026, 3, 2, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_digests_hour_that_is_quiet_moves_to_the_end_of_the_quiet_hours(
    hour: int, quiet: Hours | None, expected: datetime
) -> None:
    told = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    wish = Wish("a", Mode.DIGEST, hour, "Africa/Douala", told)
    assert moment_of(wish, told, quiet) == expected
    assert moment_of(replace(wish, mode=Mode.EACH), told, quiet) == told
