"""A thousand cases moved to another version on SQLite: does the last cost more than the first?

Two batches of one version's cases run in turns, so that what else the machine does weighs on both
alike: the early hundred of a fresh batch beside the late hundred of a large one.
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

CASES = 1_000
SAMPLE = 100
RATIO_LIMIT = 1.2
SCHEMES = Path(__file__).parent.parent / "engine" / "schemes"
CLERK = Actor("bench", (Grant("clerk", "office", "CM"), Grant("operator", None)))


def make_engine(folder: Path) -> Engine:
    """Return an engine on a fresh SQLite database with two versions of the loop."""
    settings = Settings(f"sqlite:///{folder / 'bench.db'}", folder, SCHEMES)
    store = Store(settings.database_url)
    ports = compose(settings, store, SystemClock())
    upgrade(store, ports.migrations)
    engine = Engine(store, ports, settings)
    engine.deploy(SCHEMES / "cm" / "round", CLERK)
    return engine


def publish_second(engine: Engine, folder: Path) -> None:
    """Publish the loop with its task under another name."""
    target = folder / "second" / "cm" / "round"
    target.mkdir(parents=True)
    for path in (SCHEMES / "cm" / "round").iterdir():
        (target / path.name).write_text(path.read_text().replace("Task_Turn", "Task_Again"))
    engine.deploy(target, CLERK)


def begin(engine: Engine, references: list[str]) -> str:
    """Start the migration of these cases and return its batch."""
    mapping = {"Task_Turn": "Task_Again"}
    return engine.start_migration_batch(
        "cm/round", 1, 2, mapping, "a benchmark", CLERK, references
    ).id


def one(engine: Engine, batch_id: str) -> float:
    """Move one case of a batch and return how many seconds that took."""
    begun = perf_counter()
    moved = engine.run_batch(batch_id, 1)
    taken = perf_counter() - begun
    if moved != 1:
        raise RuntimeError(f"{moved} cases of {batch_id} moved at once")
    return taken


def late_over_early(cases: int = CASES, sample: int = SAMPLE) -> tuple[float, float]:
    """Return how a late case compares with an early one, and the early one's median seconds."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(Path(folder))
        made = [engine.start("cm/round", {}, CLERK).reference for _ in range(cases + sample)]
        publish_second(engine, Path(folder))
        large = begin(engine, made[:cases])
        while engine.migration_batch(large).counts["waiting"] > sample:
            engine.run_batch(large, sample)
        fresh = begin(engine, made[cases:])
        early, late = [], []
        for _ in range(sample):
            early.append(one(engine, fresh))
            late.append(one(engine, large))
        counts = [engine.migration_batch(batch).counts["moved"] for batch in (large, fresh)]
        if counts != [cases, sample]:
            raise RuntimeError(f"not every case moved: {counts}")
        engine.store.close()
    return median(late) / median(early), median(early)


def main() -> int:
    """Print the ratio; 1 if it is past its limit."""
    ratio, early_s = late_over_early()
    print(
        f"migration on SQLite, {CASES} cases: last {SAMPLE} / first {SAMPLE}: {ratio:.2f} "
        f"(limit {RATIO_LIMIT}; median early case {early_s * 1000:.1f} ms)"
    )
    return 0 if ratio <= RATIO_LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
