"""Playing time: due work runs in the order of its moments, up to a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.composition import MovableClock
from engine.service import Engine


def play_until(
    engine: Engine,
    clock: MovableClock,
    until: datetime,
    progress: Callable[[datetime, int], None] | None = None,
) -> int:
    """Move the clock from one due moment to the next, running what is due, up to ``until``.

    :param until: aware moment; the clock stands there at the end.
    :param progress: told each moment and how many jobs ran so far.
    :returns: how many jobs ran.
    """
    ran = engine.run_due()
    while (due := engine.next_due()) is not None and due <= until:
        clock.move_to(due)
        now = engine.run_due()
        ran += now
        if progress is not None:
            progress(due, ran)
        if not now:
            break  # What is due is held by another process; it will run it.
    clock.move_to(until)
    return ran + engine.run_due()
