"""Notices keep to what a person said is safe: the way, the hours, what the family may not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from engine.errors import CallPostponed, ConfigurationError
from engine.model import Tier
from handlers.notices import NoticeStatus, Reason, notices_of
from handlers.notices.quiet import Hours, next_moment, read_hours
from handlers.notices.sms import number_of
from tests.handlers.support import Site, open_site
from tests.handlers.test_notices import SAFE, Inbox, inbox, outbox, statuses

__all__ = ["inbox"]

BY_SMS = {
    "family_name": ("Ngo Imaginaire", Tier.IDENTITY),
    "safe_contact_phone": ("6 99 00 00 01", Tier.PROTECTION),
    "safe_contact_channel": ("sms", Tier.PROTECTION),
}
NIGHT = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)  # 22:30 in Douala
MORNING = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)  # 08:00 in Douala


def _deliver(site: Site) -> Callable[[], object]:
    """Return what the worker does of itself about notices."""
    (work,) = (work for work in site.ports.periodic if work.name == "notices.deliver")
    return work.run


def texts(site: Site) -> list[dict[str, str]]:
    """Return the SMS in the outbox folder."""
    files: list[Path] = sorted((site.settings.var_dir / "outbox").glob("*.sms.json"))
    return [json.loads(file.read_text()) for file in files]


def test_who_is_safe_by_sms_gets_one_neutral_sentence_and_no_mail(site: Site) -> None:
    case = site.write(site.case(), BY_SMS)
    site.run("notices.send", case, template="appointment", to="subject")
    (sms,) = texts(site)
    assert sms["to"] == "+237699000001"
    assert sms["text"].startswith("Vous avez un rendez-vous")
    assert "Bonjour" not in sms["text"]
    assert outbox(site) == []
    with site.store.snapshot() as uow:
        (notice,) = notices_of(uow, case.id)
    assert (notice.channel, notice.status) == ("sms", NoticeStatus.SENT)


@pytest.mark.parametrize("channel", ["phone", "visit", "none"])
def test_who_is_reached_by_people_only_gets_no_message(sqlite_site: Site, channel: str) -> None:
    fields = {**SAFE, **BY_SMS, "safe_contact_channel": (channel, Tier.PROTECTION)}
    case = sqlite_site.write(sqlite_site.case(), fields)
    sqlite_site.run("notices.send", case, template="news", to="subject")
    assert (outbox(sqlite_site), texts(sqlite_site)) == ([], [])
    with sqlite_site.store.snapshot() as uow:
        (notice,) = notices_of(uow, case.id)
    assert (notice.status, notice.reason) == (NoticeStatus.WITHHELD, Reason.NO_SAFE_WAY)


def test_where_the_family_does_not_know_only_that_there_is_a_message_is_said(
    sqlite_site: Site,
) -> None:
    fields = {**SAFE, "safe_contact_family_unaware": (True, Tier.PROTECTION)}
    case = sqlite_site.write(sqlite_site.case(), fields)
    sqlite_site.run("notices.send", case, template="appointment", to="subject")
    (message,) = outbox(sqlite_site)
    assert message["Subject"] == "Un message pour vous"
    assert "rendez-vous" not in message.get_content()
    assert "conseill" not in message.get_content()


def test_a_person_is_written_to_in_arabic(sqlite_site: Site) -> None:
    fields = {**SAFE, "preferred_language": ("ar", Tier.IDENTITY)}
    case = sqlite_site.write(sqlite_site.case(), fields)
    sqlite_site.run("notices.send", case, template="news", to="subject")
    (message,) = outbox(sqlite_site)
    assert message["Subject"] == "لديكم خبر جديد"
    assert "مستشاركم" in message.get_content()


def test_at_night_a_notice_is_put_off_to_the_morning_of_the_place(
    inbox: tuple[Site, Inbox],
) -> None:
    site, memory = inbox
    case = site.write(site.case(), SAFE)
    site.clock.move_to(NIGHT)
    with pytest.raises(CallPostponed) as postponed:
        site.run("notices.send", case, template="news", to="subject")
    assert postponed.value.retry_after == MORNING - NIGHT
    assert (memory.received, statuses(site, case)) == ([], [])
    site.clock.move_to(MORNING)
    site.run("notices.send", case, template="news", to="subject")
    assert len(memory.received) == 1


def test_a_persons_own_hours_hold_before_the_sites(inbox: tuple[Site, Inbox]) -> None:
    site, memory = inbox
    own = {"safe_contact_from": ("21:00", Tier.PROTECTION)}
    own["safe_contact_to"] = ("23:00", Tier.PROTECTION)
    case = site.write(site.case(), {**SAFE, **own})
    with pytest.raises(CallPostponed) as postponed:
        site.run("notices.send", case, template="news", to="subject")
    assert postponed.value.retry_after == timedelta(hours=11)  # from 10:00 to 21:00 in Douala
    site.clock.move_to(NIGHT)
    site.run("notices.send", case, template="news", to="subject")
    assert len(memory.received) == 1


def test_an_organisation_is_written_to_at_any_hour(inbox: tuple[Site, Inbox]) -> None:
    site, memory = inbox
    site.clock.move_to(NIGHT)
    site.run("notices.send", site.case(), template="task", to="organisation:op-horizon")
    assert len(memory.received) == 1


def test_notices_to_one_organisation_are_gathered_into_one_mail(site: Site) -> None:
    gathering = open_site(replace(site.settings, digest_minutes=60), site.store)
    one, two = gathering.case("a"), gathering.case("b")
    gathering.run("notices.send", one, template="task", to="organisation:op-horizon")
    gathering.clock.move_to(gathering.clock.now() + timedelta(minutes=30))
    gathering.run("notices.send", two, template="overdue", to="organisation:op-horizon")
    deliver = _deliver(gathering)
    assert deliver() == 0
    assert statuses(gathering, one) == [NoticeStatus.QUEUED]
    gathering.clock.move_to(gathering.clock.now() + timedelta(minutes=30))
    assert deliver() == 1
    assert deliver() == 0
    (message,) = outbox(gathering)
    assert message["Subject"] == "2 notifications vous attendent"
    for case in (one, two):
        assert case.reference in message.get_content()
        assert statuses(gathering, case) == [NoticeStatus.SENT]
        assert gathering.kinds(case) == ["notice.queued", "notice.sent"]


def test_a_gathered_notice_alone_is_sent_in_its_own_words(sqlite_site: Site) -> None:
    gathering = open_site(replace(sqlite_site.settings, digest_minutes=60), sqlite_site.store)
    case = gathering.case()
    gathering.run("notices.send", case, template="task", to="organisation:op-horizon")
    gathering.clock.move_to(gathering.clock.now() + timedelta(hours=2))
    deliver = _deliver(gathering)
    deliver()
    (message,) = outbox(gathering)
    assert message["Subject"] == f"Dossier {case.reference} : une tâche vous attend"


def test_what_was_gathered_waits_while_the_server_is_away(inbox: tuple[Site, Inbox]) -> None:
    site, memory = inbox
    gathering = open_site(replace(site.settings, digest_minutes=60), site.store)
    case = gathering.case()
    gathering.run("notices.send", case, template="task", to="organisation:op-horizon")
    gathering.clock.move_to(gathering.clock.now() + timedelta(hours=1))
    deliver = _deliver(gathering)
    memory.refusing = True
    assert deliver() == 0
    assert statuses(gathering, case) == [NoticeStatus.QUEUED]
    memory.refusing = False
    assert deliver() == 0  # not due again yet
    gathering.clock.move_to(gathering.clock.now() + timedelta(hours=1))
    assert deliver() == 1
    assert statuses(gathering, case) == [NoticeStatus.SENT]


@pytest.mark.parametrize(
    ("now", "hours", "then"),
    [
        (NIGHT, None, NIGHT),
        (NIGHT, Hours(time(8), time(20)), MORNING),
        (NIGHT, Hours(time(20), time(8)), NIGHT),
        (MORNING, Hours(time(8), time(20)), MORNING),
        (MORNING - timedelta(seconds=1), Hours(time(8), time(20)), MORNING),
    ],
)
def test_the_next_moment_within_hours_is_found(
    now: datetime, hours: Hours | None, then: datetime
) -> None:
    assert next_moment(now, "Africa/Douala", hours) == then


def test_the_same_hour_is_kept_over_a_change_of_summer_time() -> None:
    evening = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)  # 22:00 in Paris, the clocks go forward
    opening = next_moment(evening, "Europe/Paris", Hours(time(8), time(20)))
    assert opening == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


def test_quiet_hours_are_read_or_refused_with_what_to_write() -> None:
    assert read_hours("20:00-08:00") == Hours(time(20), time(8))
    assert read_hours("") is None
    with pytest.raises(ConfigurationError, match="HH:MM-HH:MM"):
        read_hours("evening")


def test_a_number_is_written_with_its_country_or_is_none() -> None:
    assert number_of("6 99 00 00 01", "CM") == "+237699000001"
    assert number_of("+216 20 000 001", "CM") == "+21620000001"
    for text in (None, "", "nothing", "12"):
        assert number_of(text, "CM") is None
