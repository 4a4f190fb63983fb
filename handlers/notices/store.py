"""Rows of notices and of addresses that mail came back from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.model import Actor
from engine.store import UnitOfWork
from engine.store.queries import visible
from engine.store.tables import cases
from handlers.notices.tables import bad_addresses, notices

CLAIM = timedelta(minutes=10)
"""How long one worker has for sending a digest; then another takes it."""


class NoticeStatus(StrEnum):
    """What became of a notice.

    ``withheld``: there is no safe way to the receiver; ``queued``: waits to be sent with others;
    ``sending``: is being sent with others; ``bounced``: the receiver's mailbox refused it.
    """

    SENT = "sent"
    WITHHELD = "withheld"
    QUEUED = "queued"
    SENDING = "sending"
    BOUNCED = "bounced"


class Reason(StrEnum):
    """Why a notice was withheld; the rules that the person gave are not told."""

    NONE = ""
    NO_SAFE_WAY = "no-safe-way"
    BAD_ADDRESS = "bad-address"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice.

    :ivar key: idempotency key of the call that asked for it.
    :ivar receiver: ``subject`` or ``organisation:<id>``.
    :ivar channel: ``email``, ``sms``, or ``""`` where none is safe.
    :ivar message: what a mail that comes back names it by; ``""`` if it was no mail.
    :ivar address: keyed hash of where it went; ``""`` if nowhere.
    :ivar due_at: when a queued one is sent.
    :ivar attempt: how often a queued one could not be sent.
    """

    key: str
    case_id: str
    template: str
    locale: str
    receiver: str
    status: NoticeStatus
    at: datetime
    channel: str = ""
    reason: Reason = Reason.NONE
    message: str = ""
    address: str = ""
    due_at: datetime | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice and the case it is about, for lists."""

    notice: Notice
    reference: str
    scheme: str


def read_notice(uow: UnitOfWork, key: str) -> Notice | None:
    """Return the notice that a call with this key left, or ``None``."""
    row = uow.connection.execute(sa.select(notices).where(notices.c.key == key)).first()
    return None if row is None else _notice(row._mapping)


def insert_notice(uow: UnitOfWork, notice: Notice) -> bool:
    """Write a notice; ``False`` if one with its key is there already."""
    values = {column.name: getattr(notice, column.name) for column in notices.c}
    values |= {"status": notice.status.value, "reason": notice.reason.value}
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(sa.insert(notices).values(**values))
    except IntegrityError:
        return False
    return True


def notices_of(uow: UnitOfWork, case_id: str) -> tuple[Notice, ...]:
    """Return a case's notices, the oldest first."""
    n = notices.c
    rows = uow.connection.execute(
        sa.select(notices).where(n.case_id == case_id).order_by(n.at, n.key)
    )
    return tuple(_notice(row._mapping) for row in rows)


def _seen(actor: Actor, now: datetime) -> sa.ColumnElement[bool]:
    """Which notices an actor may see: those of the cases that are theirs to see."""
    return notices.c.case_id.in_(sa.select(cases.c.id).where(visible(actor, now)))


def find_notices(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    status: NoticeStatus | None = None,
    search: str = "",
    offset: int = 0,
    limit: int = 20,
) -> tuple[tuple[Listed, ...], int]:
    """Return a page of the notices that an actor may see, the newest first, and how many in all.

    :param search: the beginning of a case's reference.
    """
    n = notices.c
    where = [_seen(actor, now), n.case_id == cases.c.id]
    if status is not None:
        where.append(n.status == status.value)
    if search:
        where.append(cases.c.reference.istartswith(search, autoescape=True))
    total = uow.connection.execute(
        sa.select(sa.func.count())
        .select_from(notices.join(cases, n.case_id == cases.c.id))
        .where(*where)
    ).scalar_one()
    rows = uow.connection.execute(
        sa.select(notices, cases.c.reference, cases.c.scheme)
        .where(*where)
        .order_by(n.at.desc(), n.key)
        .offset(offset)
        .limit(limit)
    )
    found = tuple(Listed(_notice(r._mapping), r.reference, r.scheme) for r in rows)
    return found, int(total)


def every_notice(uow: UnitOfWork) -> tuple[Listed, ...]:
    """Return every notice of the site, the oldest first, for exports."""
    rows = uow.connection.execute(
        sa.select(notices, cases.c.reference, cases.c.scheme)
        .join(cases, notices.c.case_id == cases.c.id)
        .order_by(notices.c.at, notices.c.key)
    )
    return tuple(Listed(_notice(r._mapping), r.reference, r.scheme) for r in rows)


# --- what waits to be sent together --------------------------------------------------------


def gathering_until(uow: UnitOfWork, receiver: str) -> datetime | None:
    """Return when what is gathered for a receiver is sent; ``None`` if nothing is."""
    n = notices.c
    return uow.connection.execute(
        sa.select(sa.func.min(n.due_at, type_=n.due_at.type)).where(
            n.receiver == receiver, n.status == NoticeStatus.QUEUED
        )
    ).scalar()


def due_receivers(uow: UnitOfWork, now: datetime) -> tuple[str, ...]:
    """Return to whom something gathered is due, or was left by a worker that died."""
    n = notices.c
    rows = uow.connection.execute(
        sa.select(n.receiver)
        .where(n.status.in_((NoticeStatus.QUEUED, NoticeStatus.SENDING)), n.due_at <= now)
        .distinct()
        .order_by(n.receiver)
    )
    return tuple(row.receiver for row in rows)


def claim(uow: UnitOfWork, receiver: str, now: datetime) -> tuple[Notice, ...]:
    """Take everything that waits for a receiver; nobody else does until :data:`CLAIM` is over."""
    n = notices.c
    waits = sa.or_(
        n.status == NoticeStatus.QUEUED,
        sa.and_(n.status == NoticeStatus.SENDING, n.due_at <= now),
    )
    uow.connection.execute(
        sa.update(notices)
        .where(n.receiver == receiver, waits)
        .values(status=NoticeStatus.SENDING.value, due_at=now + CLAIM, attempt=n.attempt + 1)
    )
    rows = uow.connection.execute(
        sa.select(notices)
        .where(n.receiver == receiver, n.status == NoticeStatus.SENDING, n.due_at == now + CLAIM)
        .order_by(n.at, n.key)
    )
    return tuple(_notice(row._mapping) for row in rows)


def update_notice(uow: UnitOfWork, notice: Notice, **values: object) -> bool:
    """Change a notice if it still has the status that was read; tell whether it had."""
    n = notices.c
    done = uow.connection.execute(
        sa.update(notices)
        .where(n.key == notice.key, n.status == notice.status.value, n.attempt == notice.attempt)
        .values(**values)
    )
    return done.rowcount == 1


# --- addresses that mail came back from ----------------------------------------------------


def notices_by_message(uow: UnitOfWork, messages: Sequence[str]) -> tuple[Notice, ...]:
    """Return the notices that were sent under these message ids."""
    n = notices.c
    rows = uow.connection.execute(
        sa.select(notices).where(n.message.in_(sorted(set(messages)))).order_by(n.key)
    )
    return tuple(_notice(row._mapping) for row in rows)


def is_bad(uow: UnitOfWork, address: str) -> bool:
    """Tell whether mail came back from the address with this keyed hash."""
    b = bad_addresses.c
    return (
        uow.connection.execute(sa.select(b.since).where(b.address == address)).first() is not None
    )


def mark_bad(uow: UnitOfWork, address: str, notice_key: str, at: datetime) -> None:
    """Remember that mail came back from an address."""
    if not is_bad(uow, address):
        uow.connection.execute(
            sa.insert(bad_addresses).values(address=address, since=at, notice_key=notice_key)
        )


def _notice(m: sa.RowMapping) -> Notice:
    values = {column.name: m[column] for column in notices.c}
    values["status"] = NoticeStatus(values["status"])
    values["reason"] = Reason(values["reason"])
    return Notice(**values)
