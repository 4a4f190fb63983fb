"""``make bench``: every benchmark, each figure a ratio within one run."""

from __future__ import annotations

import sys

from tests.bench import bench_bpmn, bench_engine, bench_migration
from tests.bench.feel.__main__ import main as bench_feel


def main() -> int:
    """Run the benchmarks one after another; 1 if any is past its limit."""
    return max([bench_feel(), bench_bpmn.main(), bench_engine.main(), bench_migration.main()])


if __name__ == "__main__":
    sys.exit(main())
