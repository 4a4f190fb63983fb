"""Playing every scenario of schemes' folders, each on a stage of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.errors import DeploymentRefused, PasserelleError
from engine.scenario.actors import Actors
from engine.scenario.failures import StepFailed
from engine.scenario.language import Scenario, read_actors, read_scenario
from engine.scenario.player import Player
from engine.scenario.report import Failure, ScenarioReport, ScenarioResult
from engine.scenario.source import ScenarioUnreadable
from engine.scenario.stage import Ground, Stage, Template
from engine.settings import Settings

SCENARIOS = "scenarios"


def scenario_files(folder: Path) -> list[Path]:
    """Return the scenarios of a scheme's folder, in order of their names."""
    return sorted(
        file for file in (folder / SCENARIOS).glob("*.yaml") if file.name != "actors.yaml"
    )


Progress = Callable[[ScenarioResult], object]


def run(
    folders: Sequence[Path], settings: Settings, progress: Progress = lambda _: None
) -> ScenarioReport:
    """Play every scenario of these schemes.

    Nothing of the site is touched: databases, files and notices are temporary.

    :param progress: told of each scenario as it ends.
    :raises ConfigurationError: a folder is no scheme's, or a setting names what is not there.
    """
    report = ScenarioReport()
    with tempfile.TemporaryDirectory(prefix="passerelle-scenario-") as scratch:
        ground = Ground.lay(Path(scratch) / "ground", settings)
        for number, folder in enumerate(folders):
            _Scheme(folder, Path(scratch) / str(number), report, progress).play(ground)
    return report


@dataclass(frozen=True, slots=True)
class _Scheme:
    """One scheme's folder, on its way into the report."""

    folder: Path
    scratch: Path
    report: ScenarioReport
    progress: Progress

    @property
    def name(self) -> str:
        """The scheme as its folder is called: country and scheme."""
        return "/".join(self.folder.resolve().parts[-2:])

    def play(self, ground: Ground) -> None:
        """Publish it and play its scenarios."""
        self.scratch.mkdir()
        try:
            template = Template.publish(ground, self.folder, self.scratch / "template")
            actors = read_actors(self.folder / SCENARIOS)
        except DeploymentRefused as refused:
            found = tuple(str(f) for f in refused.findings if f.severity == "error")
            self._note(self.folder, self.name, Failure(str(self.folder), "publish", found))
            return
        except ScenarioUnreadable as error:
            self._note(error.file, error.file.name, _unreadable(error))
            return
        self.report.covered.know(template.deployed)
        for file in scenario_files(self.folder):
            self._play_file(template, actors, file)

    def _play_file(self, template: Template, actors: Actors, file: Path) -> None:
        try:
            scenario = read_scenario(file, actors)
        except ScenarioUnreadable as error:
            self._note(file, file.name, _unreadable(error))
            return
        self._note(file, scenario.name, self._played(template, scenario))

    def _played(self, template: Template, scenario: Scenario) -> Failure | None:
        start_at = _zoned(scenario.start_at, template.deployed.config.time_zone)
        with template.stage(self.scratch / "stage", start_at) as stage:
            player, failure = Player(stage, scenario), None
            try:
                player.play()
            except StepFailed as failed:
                failure = Failure(failed.place, failed.step, failed.details)
            except PasserelleError as error:
                failure = Failure(str(scenario.file), "play", (str(error),))
            if player.situation is not None:
                failure = failure or _examined(stage, player.situation.case_id, scenario)
                self.report.covered.saw(template.deployed, player.situation.history())
        return failure

    def _note(self, file: Path, name: str, failure: Failure | None) -> None:
        result = ScenarioResult(self.name, str(file), name, failure)
        self.report.results.append(result)
        self.progress(result)


def _examined(stage: Stage, case_id: str, scenario: Scenario) -> Failure | None:
    """Return a failure where what is stored of the case contradicts itself."""
    found = stage.engine.examine_case(case_id)
    if not found:
        return None
    return Failure(str(scenario.file), "examine the case", tuple(each.what for each in found))


def _unreadable(error: ScenarioUnreadable) -> Failure:
    return Failure(f"{error.file}:{error.line}", "read", (error.message,))


def _zoned(moment: datetime, time_zone: str) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
