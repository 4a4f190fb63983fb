"""Every scheme's own scenarios hold, and take every flow and fire every rule of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from engine.scenario import ScenarioReport, run
from engine.settings import Settings

PROCESSES = Path(__file__).parent.parent.parent / "processes"
SCHEMES = sorted(toml.parent for toml in PROCESSES.glob("*/*/scheme.toml"))
SHARED = "common/"

# One worker plays them all, each scheme once.
pytestmark = pytest.mark.xdist_group("scenarios")


@cache
def played(folder: Path) -> ScenarioReport:
    """Play a scheme's scenarios, once a test run."""
    return run([folder], Settings("sqlite://", PROCESSES / "no-such-folder", PROCESSES))


def never(report: ScenarioReport) -> dict[str, set[str]]:
    """Return, by file, the flows that no scenario takes and the rules that none fires."""
    found: dict[str, set[str]] = {
        file: {flow.id for flow in seen.missing} for file, seen in report.covered.files.items()
    }
    for (file, _), table in report.covered.tables.items():
        found[file] = found.get(file, set()) | set(table.missing)
    return found


@pytest.mark.parametrize("folder", SCHEMES, ids=lambda folder: "/".join(folder.parts[-2:]))
def test_every_scenario_of_the_scheme_passes_and_every_flow_and_rule_of_its_own_is_taken(
    folder: Path,
) -> None:
    report = played(folder)
    assert report.passed > 0, f"{folder} has no scenario"
    assert report.failed == 0, report.as_text()
    own = {file: left for file, left in never(report).items() if not file.startswith(SHARED)}
    assert {file: left for file, left in own.items() if left} == {}
