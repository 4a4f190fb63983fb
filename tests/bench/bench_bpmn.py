"""How a case grows: with its past, with what is alive in it, with the size of its diagram.

Run it with ``python -m tests.bench.bench_bpmn``; it prints ratios and fails past its limits.
``tests/unit/bpmn/test_growth.py`` holds the same in small.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from engine import bpmn
from engine.model import CompleteActivity, Outcome, StartProcess
from tests.conformance.bpmn_trace import run as play
from tests.unit.bpmn.diagrams import bpmn as diagram
from tests.unit.bpmn.diagrams import each, end, flow, line, node, start, timer, user
from tests.unit.bpmn.play import CASE, NOW, compiled

TURNS = 2_000
MANY = 1_000
FEW = 250
PAIRS = 60
REPEATS = 5
LOOP_LIMIT = 1.2
SIZE_LIMIT = 2.0
"""Quadratic work would make each of four times as many cost four times as much."""
STATE_LIMIT_BYTES = 20_000
LIVE_LIMIT = 10
CONTEXT = bpmn.StepContext(CASE, NOW)


@dataclass(frozen=True, slots=True)
class Growth:
    """What a long case cost.

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


def run(publication: bpmn.Publication, turns: int, sample: int = 100) -> Growth:
    """Do the oldest task of a case again and again; each turn is one command.

    A step is a function, so the first and the last steps of the very same case are taken again and
    timed in turns: what else the machine does meanwhile then weighs on both alike.
    """
    outcome = bpmn.start(publication, StartProcess({"stop": False, "turn": 0}), CONTEXT)
    steps: list[tuple[bytes, CompleteActivity]] = []
    waiting = [task.activation for task in outcome.tasks]
    for turn in range(turns):
        command = CompleteActivity(waiting.pop(0), {"turn": turn})
        steps.append((outcome.state, command))
        outcome = bpmn.advance(publication, outcome.state, command, CONTEXT)
        waiting += [task.activation for task in outcome.tasks]

    def step(state: bytes, command: CompleteActivity) -> float:
        return timed(lambda: bpmn.advance(publication, state, command, CONTEXT))

    pairs = list(zip(steps[:sample], steps[-sample:], strict=True)) * REPEATS
    times = [(step(*first), step(*last)) for first, last in pairs]
    return Growth(
        median(first for first, _ in times),
        median(last for _, last in times),
        max(len(state) for state, _ in steps),
    )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that work takes; as in ``timeit``, no garbage is collected meanwhile."""
    gc.disable()
    begun = perf_counter()
    work()
    taken = perf_counter() - begun
    gc.enable()
    return taken


# --- with its past ----------------------------------------------------------------------------


def turning(name: str = "") -> str:
    """A loop with a task and a parallel block in it, from ``Work`` to ``Again``."""
    ids = [f"{word}{name}" for word in ("Work", "Fork", "A", "B", "Meet", "Again", "E")]
    work, fork, a, b, meet, again, over = ids
    return "".join(
        [
            user(work), node("parallelGateway", fork), node("task", a), node("task", b),
            node("parallelGateway", meet), node("exclusiveGateway", again,
            default=f"{again}-{work}"), end(over), line(work, fork, a, meet, again, work),
            line(fork, b, meet), flow(again, over, "=stop"),
        ]
    )  # fmt: skip


def run_loop(turns: int = TURNS, sample: int = 100) -> Growth:
    """Go round a loop with a parallel block in it."""
    return run(compiled(diagram(start(), line("S", "Work"), turning())), turns, sample)


def run_loops_in_branches(turns: int = TURNS, sample: int = 100) -> Growth:
    """Go round three such loops at once, each in a parallel branch."""
    fork = node("parallelGateway", "F") + "".join(flow("F", f"Work{n}") for n in range(3))
    loops = "".join(turning(str(n)) for n in range(3))
    return run(compiled(diagram(start(), line("S", "F"), fork, loops)), turns, sample)


def run_sub_processes(turns: int = MANY, sample: int = 100) -> Growth:
    """Go through a sub-process again and again."""
    inner = node("subProcess", "Work", start("WS"), user("U"), end("WE"), line("WS", "U", "WE"))
    again = node("exclusiveGateway", "Again", default="Again-Work")
    parts = (start(), inner, again, end(), line("S", "Work", "Again", "Work"))
    return run(compiled(diagram(*parts, flow("Again", "E", "=stop"))), turns, sample)


def instances(count: int, *, sequential: bool) -> bpmn.Publication:
    """A multi-instance sub-process by a number."""
    tag = "bpmn:multiInstanceLoopCharacteristics"
    number = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
    loop = f'<{tag} isSequential="{str(sequential).lower()}">{number}</{tag}>'
    inner = node("subProcess", "V", start("VS"), user("U"), line("VS", "U"), loop)
    return compiled(diagram(start(), inner, line("S", "V")))


def run_sequential_instances(turns: int = MANY, sample: int = 100) -> Growth:
    """Do the instances of a sequential multi-instance one after another."""
    return run(instances(turns + 1, sequential=True), turns, sample)


# --- with its size ----------------------------------------------------------------------------


def ratio_per_part(work: Callable[[int], Callable[[], object]], few: int, many: int) -> float:
    """Return how much more one of many costs than one of few, timed in turns."""
    small, large = work(few), work(many)
    times = [(timed(small) / few, timed(large) / many) for _ in range(4 * REPEATS)]
    return min(last for _, last in times) / min(first for first, _ in times)


def row(count: int, kind: str = "task") -> bytes:
    """So many elements in a row."""
    names = [f"T{n}" for n in range(count)]
    return diagram(start(), *[node(kind, name) for name in names], line("S", *names))


def starting(publication: bpmn.Publication) -> Callable[[], Outcome]:
    """The first step of a case."""
    return lambda: bpmn.start(publication, StartProcess({}), CONTEXT)


def finishing_one(count: int) -> Callable[[], Outcome]:
    """Finish one of so many parallel instances."""
    publication = instances(count, sequential=False)
    begun = bpmn.start(publication, StartProcess({}), CONTEXT)
    command = CompleteActivity(begun.tasks[count // 2].activation, {})
    return lambda: bpmn.advance(publication, begun.state, command, CONTEXT)


def through_instances(count: int) -> Callable[[], Outcome]:
    """Begin and end so many parallel instances in one step."""
    loop = each(f"=for i in 1..{count} return i", "i", "=i", "all")
    return starting(compiled(diagram(start(), node("task", "A", loop), line("S", "A"))))


def joining(count: int) -> Callable[[], Outcome]:
    """Split into so many sub-processes and join them."""
    parts = [node("subProcess", f"V{n}", start(f"V{n}S")) for n in range(count)]
    parts += [line("F", f"V{n}", "J") for n in range(count)]
    gates = node("parallelGateway", "F") + node("parallelGateway", "J")
    return starting(compiled(diagram(start(), gates, *parts, line("S", "F"))))


def linting(count: int) -> Callable[[], object]:
    """Lint a scheme of so many elements: pairs of branches that split and join."""
    parts, before = [start()], "S"
    for n in range(count // 4):
        split, a, b, meet = (f"{name}{n}" for name in ("Split", "A", "B", "Meet"))
        gates = node("parallelGateway", split) + node("parallelGateway", meet)
        parts += [gates, user(a), user(b), line(before, split, a, meet), line(split, b, meet)]
        before = meet
    files = {"case.bpmn": diagram(*parts, end(), line(before, "E"))}
    where = {"handlers": {}, "constants": {}, "country": "CM", "time_zone": "Africa/Douala"}
    return lambda: bpmn.lint(files, "P", **where)  # type: ignore[arg-type]


def playing_timers(count: int) -> Callable[[], object]:
    """Play half so many timers that wait together, through the trace door."""
    loop = each(f"=for i in 1..{count // 2} return i", "i")
    inner = [start("VS"), node("intermediateCatchEvent", "W", timer("duration", "PT1M"))]
    source = diagram(
        start(), node("subProcess", "V", *inner, line("VS", "W"), loop), line("S", "V")
    )
    return lambda: play(source, "timers.bpmn", variables={}, timeout_s=600)


def step_in_diagram_of(count: int) -> float:
    """Return the median seconds of one step in a diagram of so many user tasks."""
    publication = compiled(row(count, "userTask"))
    begun = bpmn.start(publication, StartProcess({}), CONTEXT)
    command = CompleteActivity(begun.tasks[0].activation, {})
    step = lambda: bpmn.advance(publication, begun.state, command, CONTEXT)  # noqa: E731
    return median(timed(step) for _ in range(100))


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
    outcome = bpmn.start(publication, StartProcess({}), CONTEXT)
    return len(bpmn.positions(publication, outcome.state))


# --- all of it ----------------------------------------------------------------------------------

LONG = {
    f"loop x {TURNS:,}": run_loop,
    f"loops in three parallel branches x {TURNS:,}": run_loops_in_branches,
    f"sub-process x {MANY:,}": run_sub_processes,
    f"sequential multi-instance x {MANY:,}": run_sequential_instances,
}
LARGE: dict[str, Callable[[int], Callable[[], object]]] = {
    "one of the parallel instances finished": finishing_one,
    "parallel instances in one step": through_instances,
    "sub-processes split and joined in one step": joining,
    "elements passed in one step": lambda count: starting(compiled(row(count))),
    "elements published": lambda count: lambda: compiled(row(count)),
}
BOUNDED: dict[str, Callable[[int], Callable[[], object]]] = {
    "elements linted": linting,
    "timers played in the trace door": playing_timers,
}
"""What costs each of many no more than each of few beyond a bound: of moves that lint tries, of
bytes that the door stores at every step."""


def rows() -> list[tuple[str, float, float]]:
    """Return each figure with its name and its limit."""
    found: list[tuple[str, float, float]] = []
    for name, work in LONG.items():
        grown = work()
        found.append((f"{name}: last steps / first", grown.ratio, LOOP_LIMIT))
        found.append((f"{name}: largest state, bytes", grown.state_bytes, STATE_LIMIT_BYTES))
        sys.stdout.write(f"{name}: median step {1000 * grown.last_s:.2f} ms\n")
    for name, part in (LARGE | BOUNDED).items():
        ratio = ratio_per_part(part, FEW, MANY)
        found.append((f"{name}: each of {MANY:,} / each of {FEW}", ratio, SIZE_LIMIT))
    steps = step_in_diagram_of(MANY) / step_in_diagram_of(10)
    found.append((f"step in a diagram of {MANY:,} elements / of 10", steps, LOOP_LIMIT))
    live = f"{PAIRS} parallel pairs: live tokens after the start"
    return [*found, (live, live_after_start(), LIVE_LIMIT)]


def main() -> int:
    """Print every figure and return the exit code."""
    found = rows()
    for name, value, limit in found:
        verdict = "" if value <= limit else "  PAST ITS LIMIT"
        sys.stdout.write(f"{name}: {value:.3g} (limit {limit:,}){verdict}\n")
    return 0 if all(value <= limit for _, value, limit in found) else 1


if __name__ == "__main__":
    sys.exit(main())
