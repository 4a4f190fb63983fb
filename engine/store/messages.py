"""Rows of messages: who waits, what is buffered, what was published already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
import sqlalchemy as sa

from engine.feel import to_json
from engine.model import SubscriptionWanted
from engine.store import tables as t
from engine.store.store import UnitOfWork, upsert


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A message that a case awaits.

    :ivar candidate_groups: roles that may send it from the case page with ``form_id``.
    """

    case_id: str
    activation: int
    element_id: str
    name: str
    message: str
    keys_digest: str
    form_id: str | None
    candidate_groups: tuple[str, ...]


def keys_digest(keys: Mapping[str, Any]) -> str:
    """Return SHA-256 of the canonical set of correlation values, hex: all must match."""
    return hashlib.sha256(rfc8785.dumps(to_json(dict(keys)))).hexdigest()


def _subscription(row: sa.Row[*tuple[Any, ...]]) -> SubscriptionRow:
    values = {column.name: row._mapping[column] for column in t.subscriptions.c}
    values["candidate_groups"] = tuple(json.loads(values["candidate_groups"]))
    return SubscriptionRow(**values)


def insert_subscriptions(
    uow: UnitOfWork, case_id: str, subscriptions: Sequence[SubscriptionWanted]
) -> None:
    """Write who waits for what."""
    if subscriptions:
        uow.connection.execute(
            sa.insert(t.subscriptions),
            [
                {
                    "case_id": case_id,
                    "activation": wanted.activation,
                    "element_id": wanted.element_id,
                    "name": wanted.name,
                    "message": wanted.message,
                    "keys_digest": keys_digest(wanted.keys),
                    "form_id": wanted.form_id,
                    "candidate_groups": json.dumps(wanted.candidate_groups),
                }
                for wanted in subscriptions
            ],
        )


def subscriptions_of(uow: UnitOfWork, case_id: str) -> tuple[SubscriptionRow, ...]:
    """Return what a case awaits, in the order it came to wait."""
    s = t.subscriptions.c
    rows = uow.connection.execute(
        sa.select(t.subscriptions).where(s.case_id == case_id).order_by(s.activation)
    )
    return tuple(_subscription(row) for row in rows)


def waiting_for(uow: UnitOfWork, message: str, digest: str) -> tuple[SubscriptionRow, ...]:
    """Return every subscription that this message and all of its keys match."""
    s = t.subscriptions.c
    rows = uow.connection.execute(
        sa.select(t.subscriptions)
        .where(s.message == message, s.keys_digest == digest)
        .order_by(s.case_id, s.activation)
    )
    return tuple(_subscription(row) for row in rows)


def buffer_message(
    uow: UnitOfWork,
    message_id: str,
    message: str,
    digest: str,
    payload: bytes,
    expires_at: datetime,
) -> None:
    """Keep a message until somebody waits for it or its time-to-live is over.

    A message is kept once, though several copies of it may come back.
    """
    uow.connection.execute(
        upsert(uow, t.buffered_messages)
        .values(
            message_id=message_id,
            message=message,
            keys_digest=digest,
            payload=payload,
            expires_at=expires_at,
        )
        .on_conflict_do_nothing(index_elements=[t.buffered_messages.c.message_id])
    )


def take_buffered(
    uow: UnitOfWork, case_id: str, message: str, digest: str, now: datetime
) -> bytes | None:
    """Remove and return the oldest buffered message that matches and the case has not had yet."""
    b = t.buffered_messages.c
    row = uow.connection.execute(
        sa.select(b.id, b.message_id, b.payload, b.expires_at)
        .where(b.message == message, b.keys_digest == digest, b.expires_at > now)
        .where(~_had(b.message_id, sa.literal(case_id)))
        .order_by(b.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None or not first_delivery(uow, row.message_id, case_id, row.expires_at):
        return None
    uow.connection.execute(sa.delete(t.buffered_messages).where(b.id == row.id))
    return bytes(row.payload)


def _had(message_id: sa.ColumnElement[str], case_id: sa.ColumnElement[str]) -> sa.Exists:
    d = t.message_deliveries.c
    return sa.exists().where(d.message_id == message_id, d.case_id == case_id)


def first_delivery(uow: UnitOfWork, message_id: str, case_id: str, expires_at: datetime) -> bool:
    """Remember that a case gets a message; ``False`` if it had this one before.

    :param expires_at: when the message's time-to-live is over, and it need not be remembered.
    """
    d = t.message_deliveries.c
    written = uow.connection.execute(
        upsert(uow, t.message_deliveries)
        .values(message_id=message_id, case_id=case_id, expires_at=expires_at)
        .on_conflict_do_nothing(index_elements=[d.message_id, d.case_id])
        .returning(d.case_id)
    )
    return written.first() is not None


def undelivered(uow: UnitOfWork, message_id: str, case_id: str) -> None:
    """Forget that a case got a message: it came too late there."""
    d = t.message_deliveries.c
    uow.connection.execute(
        sa.delete(t.message_deliveries).where(d.message_id == message_id, d.case_id == case_id)
    )


def match_buffered(uow: UnitOfWork, now: datetime) -> tuple[tuple[str, int, str, bytes], ...]:
    """Take buffered messages that somebody has come to wait for meanwhile.

    Two transactions that pass each other, one buffering and one subscribing, both see nobody;
    the sweep brings them together.

    :returns: case id, activation, element id and payload of each delivery.
    """
    b, s = t.buffered_messages.c, t.subscriptions.c
    rows = uow.connection.execute(
        sa.select(
            b.id, b.message_id, b.payload, b.expires_at, s.case_id, s.activation, s.element_id
        )
        .join(t.subscriptions, sa.and_(s.message == b.message, s.keys_digest == b.keys_digest))
        .where(b.expires_at > now, ~_had(b.message_id, s.case_id))
        .order_by(b.id, s.case_id, s.activation)
    ).all()
    found: dict[int, sa.Row[*tuple[Any, ...]]] = {}
    served: set[str] = set()
    for row in rows:
        if row.id not in found and row.case_id not in served:
            served.add(row.case_id)
            found[row.id] = row
    mine = _take(uow, set(found))
    return tuple(
        (row.case_id, row.activation, row.element_id, bytes(row.payload))
        for key, row in found.items()
        if key in mine and first_delivery(uow, row.message_id, row.case_id, row.expires_at)
    )


def _take(uow: UnitOfWork, ids: set[int]) -> set[int]:
    """Delete buffered messages; return those that no other transaction took before."""
    b = t.buffered_messages.c
    if not ids:
        return set()
    taken = uow.connection.execute(
        sa.delete(t.buffered_messages).where(b.id.in_(ids)).returning(b.id)
    )
    return {row.id for row in taken}


def drop_expired(uow: UnitOfWork, now: datetime) -> int:
    """Delete buffered messages whose time-to-live is over; return how many."""
    b, p, d = t.buffered_messages.c, t.published_messages.c, t.message_deliveries.c
    uow.connection.execute(sa.delete(t.published_messages).where(p.expires_at <= now))
    uow.connection.execute(sa.delete(t.message_deliveries).where(d.expires_at <= now))
    result = uow.connection.execute(sa.delete(t.buffered_messages).where(b.expires_at <= now))
    return int(result.rowcount)


def first_publication(
    uow: UnitOfWork, message: str, message_id: str, now: datetime, expires_at: datetime
) -> bool:
    """Remember a message's idempotency id; ``False`` if it was published and lives still.

    Of two transactions with one id the second waits for the first's end.
    """
    p = t.published_messages.c
    remember = upsert(uow, t.published_messages).values(
        message=message, message_id=message_id, expires_at=expires_at
    )
    written = uow.connection.execute(
        remember.on_conflict_do_update(
            index_elements=[p.message, p.message_id],
            set_={"expires_at": expires_at},
            where=p.expires_at <= now,
        ).returning(p.message_id)
    )
    return written.first() is not None
