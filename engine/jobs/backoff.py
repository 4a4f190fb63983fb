"""When a failed job runs again: pure arithmetic, no clock, no database."""

from __future__ import annotations

from datetime import timedelta

BASE_S = 15
MOST_DOUBLINGS = 10


def retry_delay(attempt: int) -> timedelta:
    """Return how long to wait before the next attempt.

    :param attempt: attempts already made, counting from 1.
    :returns: 15 s × 2^attempt, at most 15 360 s (4 h 16 min).
    :raises ValueError: ``attempt`` is below 1.

    Source: the exponent's cap follows Oban's backoff; the base is ours.

    >>> retry_delay(1)
    datetime.timedelta(seconds=30)
    """
    if attempt < 1:
        raise ValueError(f"attempt is {attempt}; it counts from 1.")
    return timedelta(seconds=BASE_S * 2 ** min(attempt, MOST_DOUBLINGS))
