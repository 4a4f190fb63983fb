"""A step through the whole engine on SQLite: does it cost more as a case grows old?

One case goes round a loop with a user task 2,000 times: claim nothing, complete, commit. The first
and the last hundred steps are compared within one run; beside each stands a step of a fresh case,
taken in turns with it, so that what else the machine does weighs on both alike.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from engine.clock import SystemClock
from engine.composition import compose
from engine.model import Actor, Grant
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store, upgrade

TURNS = 2_000
SAMPLE = 100
RATIO_LIMIT = 1.2
SCHEMES = Path(__file__).parent.parent / "engine" / "schemes"
CLERK = Actor("bench", (Grant("clerk", "office", "CM"),))


def make_engine(folder: Path) -> Engine:
    """Return an engine on a fresh SQLite database with the loop deployed."""
    settings = Settings(f"sqlite:///{folder / 'bench.db'}", folder, SCHEMES)
    store = Store(settings.database_url)
    ports = compose(settings, store, SystemClock())
    upgrade(store, ports.migrations)
    engine = Engine(store, ports, settings)
    engine.deploy(SCHEMES / "cm" / "round", CLERK)
    return engine


def turn(engine: Engine, case_id: str) -> float:
    """Complete the case's one task and return how many seconds that took."""
    (item,) = engine.tasks_of(case_id, CLERK)
    begun = perf_counter()
    engine.complete(item.id, {}, CLERK)
    return perf_counter() - begun


def late_over_early(turns: int = TURNS, sample: int = SAMPLE) -> tuple[float, float]:
    """Return how a late step compares with an early one, and the early one's median seconds.

    Each late step of the old case is timed beside an early step of a fresh one.
    """
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(Path(folder))
        old = engine.start("cm/round", {}, CLERK).id
        for _ in range(turns - sample):
            turn(engine, old)
        fresh = engine.start("cm/round", {}, CLERK).id
        early, late = [], []
        for _ in range(sample):
            early.append(turn(engine, fresh))
            late.append(turn(engine, old))
        engine.store.close()
    return median(late) / median(early), median(early)


def main() -> int:
    """Print the ratio; 1 if it is past its limit."""
    ratio, early_s = late_over_early()
    print(
        f"engine on SQLite, one case, {TURNS} turns: last {SAMPLE} steps / first {SAMPLE}: "
        f"{ratio:.2f} (limit {RATIO_LIMIT}; median early step {early_s * 1000:.1f} ms)"
    )
    return 0 if ratio <= RATIO_LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
