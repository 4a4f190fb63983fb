"""How a case grows: a loop of 2,000 turns in one case, and sixty parallel pairs in a row.

Run it with ``python -m tests.bench.bench_bpmn``; it prints ratios and fails past its limits.
``tests/unit/bpmn/test_growth.py`` holds the same in small.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

from engine import bpmn
from engine.model import CompleteActivity, StartProcess
from tests.unit.bpmn.diagrams import bpmn as diagram
from tests.unit.bpmn.diagrams import end, flow, line, node, start, user
from tests.unit.bpmn.play import CASE, NOW, compiled

TURNS = 2_000
PAIRS = 60
RUNS = 5
RATIO_LIMIT = 1.2
STATE_LIMIT_BYTES = 20_000
LIVE_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Loop:
    """What a loop cost.

    :ivar first_s: median CPU seconds of the first steps. :ivar last_s: of the last ones.
    :ivar elapsed_ratio: the same ratio by the clock on the wall.
    :ivar state_bytes: size of the state at its largest.
    """

    first_s: float
    last_s: float
    elapsed_ratio: float
    state_bytes: int

    @property
    def ratio(self) -> float:
        """How much slower the last steps were than the first."""
        return self.last_s / self.first_s


def run_loop(turns: int = TURNS, sample: int = 100) -> Loop:
    """Go round a loop with a parallel block in it; each turn is one command.

    A step is pure computation, so its cost is CPU time: what other processes do meanwhile does not
    count.
    """
    publication = compiled(
        diagram(
            start(),
            user("Work"),
            node("parallelGateway", "Fork"),
            node("task", "A"),
            node("task", "B"),
            node("parallelGateway", "Meet"),
            node("exclusiveGateway", "Again", default="Again-Work"),
            end(),
            line("S", "Work", "Fork", "A", "Meet", "Again"),
            line("Fork", "B", "Meet"),
            flow("Again", "Work"),
            flow("Again", "E", "=stop"),
        )
    )
    context = bpmn.StepContext(CASE, NOW)
    outcome = bpmn.start(publication, StartProcess({"stop": False, "turn": 0}), context)
    times: list[float] = []
    elapsed: list[float] = []
    largest = 0
    for turn in range(turns):
        command = CompleteActivity(outcome.tasks[0].activation, {"turn": turn})
        begun, clock = process_time(), perf_counter()
        outcome = bpmn.advance(publication, outcome.state, command, context)
        times.append(process_time() - begun)
        elapsed.append(perf_counter() - clock)
        largest = max(largest, len(outcome.state))
    by_clock = median(elapsed[-sample:]) / median(elapsed[:sample])
    return Loop(median(times[:sample]), median(times[-sample:]), by_clock, largest)


def live_after_start(pairs: int = PAIRS) -> int:
    """Return how many tokens live after the start of parallel pairs in a row."""
    parts, before = [start()], "S"
    for n in range(pairs):
        fork, a, b, meet = (f"{name}{n}" for name in ("Fork", "A", "B", "Meet"))
        parts += [
            node("parallelGateway", fork),
            user(a),
            user(b),
            node("parallelGateway", meet),
            line(before, fork, a, meet),
            line(fork, b, meet),
        ]
        before = meet
    publication = compiled(diagram(*parts, end(), line(before, "E")))
    outcome = bpmn.start(publication, StartProcess({}), bpmn.StepContext(CASE, NOW))
    return len(bpmn.positions(publication, outcome.state))


def main() -> int:
    """Print both and return the exit code."""
    # A hundred steps last some 30 ms, so one neighbour on the machine can spoil one run.
    loops, live = [run_loop() for _ in range(RUNS)], live_after_start()
    ratio = median(loop.ratio for loop in loops)
    largest = max(loop.state_bytes for loop in loops)
    rows = [
        (f"loop: last 100 steps / first 100, median of {RUNS} runs", ratio, RATIO_LIMIT),
        ("loop: largest state, bytes", largest, STATE_LIMIT_BYTES),
        (f"{PAIRS} parallel pairs: live tokens after the start", live, LIVE_LIMIT),
    ]
    for name, value, limit in rows:
        sys.stdout.write(f"{name}: {value:.3g} (limit {limit})\n")
    each = ", ".join(f"{loop.ratio:.3g}" for loop in loops)
    by_clock = ", ".join(f"{loop.elapsed_ratio:.3g}" for loop in loops)
    sys.stdout.write(f"loop: ratio of each run: {each}; by the clock: {by_clock}\n")
    sys.stdout.write(f"loop: median step {1000 * median(loop.last_s for loop in loops):.2f} ms\n")
    return 0 if all(value <= limit for _, value, limit in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
