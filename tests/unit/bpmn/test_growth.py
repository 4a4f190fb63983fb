"""A case does not grow with its past."""

from __future__ import annotations

from tests.bench.bench_bpmn import LIVE_LIMIT, STATE_LIMIT_BYTES, live_after_start, run_loop


def test_the_state_of_a_long_loop_stays_as_small_as_that_of_a_short_one():
    short, long = run_loop(turns=10, sample=5), run_loop(turns=300, sample=5)
    assert long.state_bytes <= short.state_bytes + 10  # the activation counter's digits
    assert long.state_bytes < STATE_LIMIT_BYTES


def test_sixty_parallel_pairs_start_with_few_tokens():
    assert live_after_start() <= LIVE_LIMIT
