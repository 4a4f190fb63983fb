"""``python -m tests.conformance.dmn_tck PATH [--format json]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.conformance.dmn_tck.runner import run

EXIT_FAILED = 1
EXIT_NOTHING = 2


def main(arguments: list[str] | None = None) -> int:
    """Print the report; return 0 if every case passed, 1 if not, 2 if there was none to run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance.dmn_tck",
        description="Run the test cases of a DMN TCK checkout.",
    )
    parser.add_argument("path", type=Path, help="a checkout, its TestCases folder, or part of it")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    given = parser.parse_args(arguments)
    if not given.path.is_dir():
        print(f"{given.path} is no folder; name a checkout of the DMN TCK.", file=sys.stderr)
        return EXIT_NOTHING
    report = run(given.path)
    if not report.total:
        print(f"No test case at or below {given.path}; nothing was run.", file=sys.stderr)
        return EXIT_NOTHING
    if given.format == "json":
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        print(report.as_text())
    return EXIT_FAILED if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
