"""Transactions that lost to another one are begun again, a few times."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from engine import metrics
from engine.errors import StoreBusy

TRIES = 5
"""How often a use case is begun at most."""
WITHIN_S = 10.0
"""How long after its beginning a use case may be begun again: somebody waits for it."""
_FIRST_PAUSE_S = 0.02

P = ParamSpec("P")
T = TypeVar("T")
_thread = threading.local()


def retried(use_case: Callable[P, T]) -> Callable[P, T]:
    """Begin a use case again whose transaction was lost to another one.

    For a function that has no effect outside its transaction before the commit. Where it opens
    several, one that was committed ends the tries: it must not be done twice. Between two tries lie
    20 ms, doubled each time, times a chance between a half and one, so that two that got in one
    another's way do not meet again. What was tried inside is not tried once more around it.

    :raises StoreBusy: it was lost :data:`TRIES` times, or for :data:`WITHIN_S`.
    """

    @wraps(use_case)
    def trying(*args: P.args, **kwargs: P.kwargs) -> T:
        began, committed, tries = time.monotonic(), _commits(), 0
        while True:
            tries += 1
            try:
                return use_case(*args, **kwargs)
            except StoreBusy as error:
                if error.tries > 1 or _commits() != committed:
                    raise
                if tries == TRIES or time.monotonic() - began > WITHIN_S:
                    metrics.lost_transaction(error.cause, "given_up")
                    raise StoreBusy(error.message, error.cause, tries) from error
                metrics.lost_transaction(error.cause, "tried_again")
                chance = random.uniform(0.5, 1)  # noqa: S311 - nobody gains by guessing it
                time.sleep(_FIRST_PAUSE_S * 2 ** (tries - 1) * chance)

    return trying


def note_commit() -> None:
    """Note that this thread has committed a transaction."""
    _thread.commits = _commits() + 1


def _commits() -> int:
    return int(getattr(_thread, "commits", 0))
