"""How a case grows: a loop of 2,000 turns in one case, and sixty parallel pairs in a row.

Run it with ``python -m tests.bench.bench_bpmn``; it prints ratios and fails past its limits.
``tests/unit/bpmn/test_growth.py`` holds the same in small.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from engine import bpmn
from engine.model import CompleteActivity, StartProcess
from tests.unit.bpmn.diagrams import bpmn as diagram
from tests.unit.bpmn.diagrams import end, flow, line, node, start, user
from tests.unit.bpmn.play import CASE, NOW, compiled

TURNS = 2_000
PAIRS = 60
REPEATS = 5
RATIO_LIMIT = 1.2
STATE_LIMIT_BYTES = 20_000
LIVE_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Loop:
    """What a loop cost.

    :ivar first_s: median seconds of the first steps. :ivar last_s: of the last ones.
    :ivar state_bytes: size of the state at its largest.
    """

    first_s: float
    last_s: float
    state_bytes: int

    @property
    def ratio(self) -> float:
        """How much slower the last steps were than the first."""
        return self.last_s / self.first_s


def run_loop(turns: int = TURNS, sample: int = 100) -> Loop:
    """Go round a loop with a parallel block in it; each turn is one command.

    A step is a function, so the first and the last steps of the very same case are taken again and
    timed in turns: what else the machine does meanwhile then weighs on both alike.
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

    def timed(state: bytes, command: CompleteActivity) -> float:
        begun = perf_counter()
        bpmn.advance(publication, state, command, context)
        return perf_counter() - begun

    outcome = bpmn.start(publication, StartProcess({"stop": False, "turn": 0}), context)
    steps: list[tuple[bytes, CompleteActivity]] = []
    for turn in range(turns):
        command = CompleteActivity(outcome.tasks[0].activation, {"turn": turn})
        steps.append((outcome.state, command))
        outcome = bpmn.advance(publication, outcome.state, command, context)
    pairs = list(zip(steps[:sample], steps[-sample:], strict=True)) * REPEATS
    times = [(timed(*first), timed(*last)) for first, last in pairs]
    return Loop(
        median(first for first, _ in times),
        median(last for _, last in times),
        max(len(state) for state, _ in steps),
    )


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
    loop, live = run_loop(), live_after_start()
    rows = [
        ("loop: last 100 steps / first 100", loop.ratio, RATIO_LIMIT),
        ("loop: largest state, bytes", loop.state_bytes, STATE_LIMIT_BYTES),
        (f"{PAIRS} parallel pairs: live tokens after the start", live, LIVE_LIMIT),
    ]
    for name, value, limit in rows:
        sys.stdout.write(f"{name}: {value:.3g} (limit {limit})\n")
    sys.stdout.write(f"loop: median step {1000 * loop.last_s:.2f} ms\n")
    return 0 if all(value <= limit for _, value, limit in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
