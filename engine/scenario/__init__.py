"""Process tests told in YAML, played on a simulated clock, with coverage (docs/scenarios.md)."""

from engine.scenario.report import Failure, ScenarioReport, ScenarioResult
from engine.scenario.running import run, scenario_files
from engine.scenario.source import ScenarioUnreadable

__all__ = [
    "Failure",
    "ScenarioReport",
    "ScenarioResult",
    "ScenarioUnreadable",
    "run",
    "scenario_files",
]
