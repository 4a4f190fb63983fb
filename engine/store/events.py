"""History in its final form: canonical bytes, linked by hash within each case.

An event's body is the RFC 8785 canonical JSON of an object whose values are strings, integers,
booleans, nulls, lists and objects only (decimals and times are strings), so every implementation
hashes the same bytes. ``hash = SHA-256(prev_hash ‖ body)``; the first event's ``prev_hash`` is
:data:`GENESIS`. Rows are only ever inserted: triggers forbid update and delete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785

from engine.feel import to_json

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a case's chain: the last event's number and hash."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event on its way to the log."""

    kind: str
    actor: str
    at: datetime
    element_id: str | None = None
    activation: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def event_body(case_id: str, seq: int, event: NewEvent) -> bytes:
    """Return the canonical bytes of an event.

    :raises TypeError: ``data`` holds what is no FEEL value.
    """
    return rfc8785.dumps(
        {
            "activation": event.activation,
            "actor": event.actor,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "case": case_id,
            "data": to_json(event.data),
            "element": event.element_id,
            "kind": event.kind,
            "seq": seq,
        }
    )


def event_hash(prev_hash: bytes, body: bytes) -> bytes:
    """Return SHA-256 over the previous event's hash and this one's body; 32 bytes."""
    return hashlib.sha256(prev_hash + body).digest()


def link(case_id: str, tail: Tail, events: Iterable[NewEvent]) -> tuple[list[dict[str, Any]], Tail]:
    """Give events their numbers and hashes after ``tail``.

    :returns: rows for the ``events`` table, and the new tail.
    """
    rows: list[dict[str, Any]] = []
    seq, previous = tail.seq, tail.hash
    for event in events:
        seq += 1
        body = event_body(case_id, seq, event)
        digest = event_hash(previous, body)
        rows.append(
            {
                "case_id": case_id,
                "seq": seq,
                "kind": event.kind,
                "element_id": event.element_id,
                "body": body,
                "prev_hash": previous,
                "hash": digest,
            }
        )
        previous = digest
    return rows, Tail(seq, previous)
