"""When a due date is worth a word beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

SOON = timedelta(days=3)
"""From how long before its due moment a task is marked as due soon."""


def urgency(due: datetime | None, now: datetime) -> str:
    """Return ``overdue``, ``soon`` or nothing.

    >>> from datetime import UTC
    >>> now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    >>> urgency(now - timedelta(minutes=1), now), urgency(now + timedelta(days=2), now)
    ('overdue', 'soon')
    """
    if due is None:
        return ""
    if due < now:
        return "overdue"
    return "soon" if due - now <= SOON else ""
