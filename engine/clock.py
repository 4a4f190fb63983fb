"""Clocks: the site's own, the demo's, and one that tests and scenarios move by hand."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from engine.store import Store


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class OffsetClock:
    """The machine's clock plus the demo's offset, which every process reads from the store."""

    REFRESH_S = 1.0
    """How old a read offset may be: another process may have moved the demo's time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._offset = timedelta(0)
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the demo's present moment, aware, in UTC."""
        with self._lock:
            if time.monotonic() - self._read_at > self.REFRESH_S:
                self._offset = self._store.clock_offset()
                self._read_at = time.monotonic()
            return datetime.now(UTC) + self._offset

    def move_to(self, moment: datetime) -> None:
        """Make the present moment be ``moment``; never backwards."""
        offset = moment - datetime.now(UTC)
        with self._lock:
            if offset > self._offset:
                self._store.set_clock_offset(offset)
                self._offset = offset
                self._read_at = time.monotonic()


class ManualClock:
    """A clock that stands still until it is moved: twelve months play in a second."""

    def __init__(self, start: datetime) -> None:
        """:param start: aware moment."""
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment it stands at, aware, in UTC."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Stand at ``moment``; never backwards."""
        self._now = max(self._now, moment.astimezone(UTC))
