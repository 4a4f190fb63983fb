"""Proving that a case's history was not changed, from its bytes alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from engine.store.events import GENESIS, Tail, event_hash
from engine.store.queries import EventRow


def parse_body(body: bytes) -> dict[str, Any]:
    """Return an event's body as plain JSON values.

    :raises ValueError: the bytes are no JSON object.
    """
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("An event's body is no object.")
    return value


def verify_events(case_id: str, rows: Sequence[EventRow], tail: Tail) -> list[tuple[int, str]]:
    """Return what is wrong with a history: number of the event, and the finding.

    :param rows: the case's events in order.
    :param tail: number and hash of the last event, as the case's own row has them.
    :returns: an empty list for a sound history.
    """
    problems: list[tuple[int, str]] = []
    previous, expected = GENESIS, 1
    for row in rows:
        if row.seq != expected:
            problems.append((expected, f"event {expected} is missing before event {row.seq}"))
        problems += [(row.seq, text) for text in _wrong(case_id, row, previous)]
        previous, expected = row.hash, row.seq + 1
    if expected - 1 != tail.seq or previous != tail.hash:
        problems.append(
            (tail.seq, f"the case's row names event {tail.seq} as its last; the log disagrees")
        )
    return problems


def _wrong(case_id: str, row: EventRow, previous: bytes) -> list[str]:
    found = []
    if row.prev_hash != previous:
        found.append("it is not linked to the event before it")
    if event_hash(row.prev_hash, row.body) != row.hash:
        found.append("its bytes do not match its hash")
    try:
        body = parse_body(row.body)
    except ValueError:
        return [*found, "its bytes are no JSON object"]
    told = (body.get("case"), body.get("seq"), body.get("kind"), body.get("element"))
    if told != (case_id, row.seq, row.kind, row.element_id):
        found.append("its columns disagree with its body")
    return found
