"""Every scheme's own scenarios hold, and together they take every flow and fire every rule."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from engine.scenario import ScenarioReport, run
from engine.settings import Settings

PROCESSES = Path(__file__).parent.parent.parent / "processes"
SCHEMES = sorted(toml.parent for toml in PROCESSES.glob("*/*/scheme.toml"))
SHARED = "common/"

# What shared processes do is covered by all schemes together: one worker plays them all, once.
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


def test_the_schemes_together_take_every_flow_and_fire_every_rule_of_what_they_share() -> None:
    left: dict[str, list[set[str]]] = defaultdict(list)
    for folder in SCHEMES:
        for file, missing in never(played(folder)).items():
            if file.startswith(SHARED):
                left[file].append(missing)
    never_taken = {file: set.intersection(*missing) for file, missing in left.items()}
    assert {file: found for file, found in never_taken.items() if found} == {}
