"""Every scheme's own scenarios hold, and together they take every sequence flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.scenario import run
from engine.settings import Settings

PROCESSES = Path(__file__).parent.parent.parent / "processes"
SCHEMES = sorted(toml.parent for toml in PROCESSES.glob("*/*/scheme.toml"))

if not SCHEMES:
    pytest.skip("there is no scheme under processes/ yet", allow_module_level=True)


@pytest.mark.parametrize("folder", SCHEMES, ids=lambda folder: "/".join(folder.parts[-2:]))
def test_every_scenario_of_the_scheme_passes_and_every_flow_is_taken(
    folder: Path, tmp_path: Path
) -> None:
    settings = Settings(f"sqlite:///{tmp_path}/none.db", tmp_path / "var", PROCESSES)
    report = run([folder], settings)
    assert report.passed > 0, f"{folder} has no scenario"
    assert report.failed == 0, report.as_text()
    assert report.coverage == 1.0, report.as_text(coverage=True)
