"""Ratios that hold on a busy machine: everything in one process, in turns, medians of many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

ROUNDS = 401
TURNS = 40


def medians_s(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return how many seconds one call of each work takes, by its name.

    The works take turns, so that what else the machine does weighs on all alike.
    """
    samples: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = perf_counter()
            for _ in range(TURNS):
                work()
            samples[name].append((perf_counter() - begun) / TURNS)
    return {name: median(found) for name, found in samples.items()}
