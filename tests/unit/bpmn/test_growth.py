"""A case does not grow with its past, and a step costs no more than what it passes."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable

import pytest

from tests.bench.bench_bpmn import (
    LARGE,
    LIVE_LIMIT,
    LONG,
    STATE_LIMIT_BYTES,
    Growth,
    live_after_start,
)


@pytest.mark.parametrize("name", LONG)
def test_the_state_of_a_long_case_stays_as_small_as_that_of_a_short_one(name):
    run: Callable[[int, int], Growth] = LONG[name]
    short, long = run(10, 5), run(300, 5)
    assert long.state_bytes <= short.state_bytes + 40  # more digits of a few counters
    assert long.state_bytes < STATE_LIMIT_BYTES


def calls(work: Callable[[], object]) -> int:
    """How many functions are called: what a step costs, whatever else the machine does."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", LARGE)
def test_each_of_many_costs_what_each_of_few_costs(name):
    few, many = (calls(LARGE[name](count)) / count for count in (20, 200))
    assert many <= 1.1 * few


def test_sixty_parallel_pairs_start_with_few_tokens():
    assert live_after_start() <= LIVE_LIMIT
