"""Deciding who is told now, in neutral words: how many tasks wait, of which case nobody reads.

Quiet hours hold for staff as for everybody; what came meanwhile is told when they are over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from engine.errors import HandlerFailed
from engine.model import Actor
from engine.ports import Clock, Periodic
from engine.settings import Settings
from engine.store import Store
from engine.store.queries import TaskCounts, count_tasks
from handlers.composition import compose_mailer
from handlers.notices import (
    AddressRefused,
    Hours,
    Mailer,
    compose_mail,
    next_moment,
    read_hours,
    written_locale,
)
from web.accounts.store import read_account
from web.accounts.task_notices import store
from web.accounts.task_notices.store import Mode, Wish
from web.accounts.task_notices.wording import task_words

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TaskNotices:
    """Sends staff what they asked to be told.

    :ivar quiet: hours in which nobody is written to. :ivar sender: address that mail comes from.
    """

    database: Store
    clock: Clock
    mailer: Mailer
    quiet: Hours | None
    sender: str

    def deliver(self) -> int:
        """Write to everybody who is to be told something now; return how many that were."""
        with self.database.snapshot() as uow:
            found = store.wishes(uow)
        return sum(self._deliver(wish) for wish in found)

    def _deliver(self, wish: Wish) -> bool:
        now = self.clock.now()
        if now < moment_of(wish, now, self.quiet):
            return False
        with self.database.snapshot() as uow:
            account = read_account(uow, wish.account_id)
            actor = Actor(account.id, account.grants)
            counts = count_tasks(uow, actor, now, wish.told_until)
        told = counts.fresh if wish.mode is Mode.EACH else counts.held + counts.free
        try:
            if told:
                self._send(wish, account.email, account.locale, counts, now)
        except AddressRefused:
            with self.database.unit_of_work() as uow:
                store.mark_refused(uow, wish.account_id, now)
            return False
        except HandlerFailed as error:
            log.warning("task notice waits", account=wish.account_id, error=str(error))
            return False
        with self.database.unit_of_work() as uow:
            store.tell_until(uow, wish, now)
        return bool(told)

    def _send(
        self, wish: Wish, address: str, locale: str | None, counts: TaskCounts, now: datetime
    ) -> None:
        # The key names what was told before: sent again after a crash, it is the same mail.
        key = f"tasks/{wish.account_id}/{wish.told_until.isoformat()}"
        subject, body = task_words(counts, wish.mode, written_locale(locale))
        self.mailer.send(key, compose_mail(key, self.sender, address, subject, body, now))


def moment_of(wish: Wish, now: datetime, quiet: Hours | None) -> datetime:
    """Return the first moment at which an account may be told next, aware, in UTC.

    Of each task: at once, outside the quiet hours. A digest: at its hour, the first time after
    what was told last; an hour that is quiet moves to the end of the quiet hours.
    """
    open_hours = None if quiet is None else quiet.opposite()
    begins = now
    if wish.mode is Mode.DIGEST:
        last = wish.told_until.astimezone(ZoneInfo(wish.zone))
        begins = last.replace(hour=wish.hour, minute=0, second=0, microsecond=0, fold=0)
        if begins <= last:
            begins += timedelta(days=1)
        begins = max(begins.astimezone(UTC), wish.told_until)
        if begins <= now:
            begins = now  # Its hour is past: at once, if that is no quiet one.
    return next_moment(begins, wish.zone, open_hours)


def upkeep(settings: Settings, database: Store, clock: Clock) -> tuple[Periodic, ...]:
    """Return the periodic work that tells staff of their tasks."""
    room = TaskNotices(
        database,
        clock,
        compose_mailer(settings),
        read_hours(settings.quiet_hours),
        settings.mail_from,
    )
    return (Periodic("accounts.task_notices", timedelta(minutes=1), room.deliver),)
