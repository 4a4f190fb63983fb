"""The DMN Technology Compatibility Kit is the judge of ``engine.feel`` and ``engine.dmn``."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.conformance.dmn_tck import Report, run

ROOT = Path(__file__).parents[2]
HOME = Path(os.environ.get("PASSERELLE_CONFORMANCE") or ROOT.parent / "shared" / "conformance")
LEAST_PERCENT = 99


@pytest.fixture(scope="module")
def report() -> Report:
    folder = HOME / "dmn-tck"
    if not folder.is_dir():
        pytest.skip(f"the DMN TCK is not at {folder}; PASSERELLE_CONFORMANCE says where it is")
    return run(folder)


@pytest.mark.parametrize("level", ["compliance-level-2", "compliance-level-3"])
def test_at_least_99_percent_of_each_level_pass(report: Report, level: str) -> None:
    count = report.levels()[level]
    assert count["total"] > 0
    assert 100 * count["passed"] >= LEAST_PERCENT * count["total"], report.as_text()


def test_every_case_that_fails_is_on_the_designers_page_with_its_reason(report: Report) -> None:
    lines = (ROOT / "docs" / "feel.md").read_text().splitlines()
    explained = {
        (words[0], case)
        for line in lines
        if (words := re.findall(r"\w[\w-]*", line)) and line.startswith("- `")
        for case in words[1:]
    }
    assert not [str(f) for f in report.failures if (f.folder, f.case) not in explained]
