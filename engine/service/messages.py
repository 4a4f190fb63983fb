"""Messages and signals: to the cases that wait, to the schemes that begin with them, or kept.

A message is handed to a case at most once: who has had it is written in the same transaction.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine import bpmn
from engine.model import JobKind, MessageSent, SignalSent, StartTrigger
from engine.service.payloads import dump
from engine.store import UnitOfWork
from engine.store.cases import case_by_request, schemes_of
from engine.store.jobs import insert_job
from engine.store.messages import (
    buffer_message,
    first_delivery,
    keys_digest,
    subscriptions_of,
    undelivered,
    waiting_for,
)
from engine.store.starts import StartEventRow, StartJobRow, begun_by, insert_start


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message or signal went: how many cases or places get it, and what it begins."""

    waiting: int
    starts: tuple[StartJobRow, ...]

    @property
    def total(self) -> int:
        """How many cases get it or begin with it."""
        return self.waiting + len(self.starts)


def start_request(scheme: str, payload: Mapping[str, Any]) -> str | None:
    """Return the request under which a message with keys begins its one case of a scheme.

    :returns: ``None`` for a message without keys, which begins a case each time.
    """
    if payload["digest"] == keys_digest({}):
        return None
    what = f"{scheme}\0{payload['message']}\0{payload['digest']}"
    return hashlib.sha256(what.encode()).hexdigest()


def _insert_start(
    uow: UnitOfWork, row: StartEventRow, payload: bytes, now: datetime
) -> StartJobRow:
    return insert_start(
        uow,
        scheme=row.scheme,
        element_id=row.element_id,
        trigger=row.trigger,
        due_at=now,
        payload=payload,
    )


def publish(
    uow: UnitOfWork, message: MessageSent, now: datetime, *, sender: str | None = None
) -> Sent:
    """Hand a message to every case that waits for it and to every scheme that begins with it.

    Each gets it as one job: no transaction locks two cases, and cases that start one another
    go on for ever without one that hangs. What reaches nobody is buffered; what begins a case
    is not kept for who comes later. What a case of a scheme waits for begins no other of it.

    A message with keys begins one case of a scheme, however often it comes; one without keys
    begins another each time. Source: Camunda 8, message correlation to message start events.

    :param sender: id of the case that sends it: one that it begins is linked with it.
    """
    payload = {
        "id": uuid.uuid4().hex,
        "message": message.message,
        "digest": keys_digest(message.keys),
        "variables": dict(message.variables),
        "expires_at": now + timedelta(seconds=message.time_to_live_s),
        "sender": sender,
        "about": message.about,
    }
    receivers = _give(uow, payload, now)
    served, raw, starts = schemes_of(uow, receivers), dump(payload), []
    for row in begun_by(uow, StartTrigger.MESSAGE, message.message):
        request = start_request(row.scheme, payload)
        known = request is not None and case_by_request(uow, request) is not None
        if not known and row.scheme not in served:
            starts.append(_insert_start(uow, row, raw, now))
    if not receivers and not starts:
        _keep(uow, payload, now)
    return Sent(len(receivers), tuple(starts))


def hand_over(uow: UnitOfWork, payload: Mapping[str, Any], now: datetime) -> None:
    """Give a message to who waits for it now and has not had it; else keep it while it lives."""
    if not _give(uow, payload, now):
        _keep(uow, payload, now)


def _give(uow: UnitOfWork, payload: Mapping[str, Any], now: datetime) -> list[str]:
    """Give a message to who waits for it now and has not had it; return these cases."""
    waiting = {row.case_id: row for row in waiting_for(uow, payload["message"], payload["digest"])}
    receivers = [
        row
        for row in waiting.values()
        if first_delivery(uow, payload["id"], row.case_id, payload["expires_at"])
    ]
    raw = dump(payload)
    for row in receivers:
        deliver(uow, row.case_id, row.activation, row.element_id, raw, now)
    return [row.case_id for row in receivers]


def _keep(uow: UnitOfWork, payload: Mapping[str, Any], now: datetime) -> None:
    """Keep a message that nobody waits for, while it lives."""
    name, digest, expires_at = payload["message"], payload["digest"], payload["expires_at"]
    if expires_at > now:
        buffer_message(uow, payload["id"], name, digest, dump(payload), expires_at)


def begin_at(
    uow: UnitOfWork, row: StartEventRow, variables: Mapping[str, Any], now: datetime
) -> StartJobRow:
    """Have a case begin at a start event with these variables, as a job of its own."""
    return _insert_start(uow, row, dump({"variables": dict(variables)}), now)


def take_back(uow: UnitOfWork, case_id: str, payload: Mapping[str, Any], now: datetime) -> None:
    """Hand on a message that came too late for a case, while it lives. A signal is not kept."""
    if payload["expires_at"] > now:
        undelivered(uow, payload["id"], case_id)
        hand_over(uow, payload, now)


def broadcast(uow: UnitOfWork, signal: SignalSent, now: datetime, *, but: str | None) -> Sent:
    """Hand a signal to all that waits for it now and to every scheme that begins with it.

    :param but: the case that sent it and received it itself already.
    """
    # It expires at once: a signal is not kept for who comes later.
    raw = dump({"variables": dict(signal.variables), "expires_at": now})
    rows = waiting_for(uow, f"{bpmn.SIGNAL_PREFIX}{signal.signal}", keys_digest({}))
    others = [row for row in rows if row.case_id != but]
    for row in others:
        deliver(uow, row.case_id, row.activation, row.element_id, raw, now)
    begun = begun_by(uow, StartTrigger.SIGNAL, signal.signal)
    return Sent(len(others), tuple(_insert_start(uow, row, raw, now) for row in begun))


def deliver(
    uow: UnitOfWork,
    case_id: str,
    activation: int,
    element_id: str,
    payload: bytes,
    now: datetime,
) -> None:
    """Have a message delivered to one case, as a job of that case."""
    insert_job(
        uow,
        case_id=case_id,
        activation=activation,
        element_id=element_id,
        kind=JobKind.MESSAGE,
        due_at=now,
        payload=payload,
    )


def still_waiting(uow: UnitOfWork, case_id: str, activation: int) -> bool:
    """Tell whether the case still awaits a message at this activation."""
    return any(row.activation == activation for row in subscriptions_of(uow, case_id))
