"""What playing scenarios found, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from engine.scenario.coverage import Coverage, FileCoverage, TableCoverage


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a scenario failed.

    :ivar place: file and line of the step. :ivar step: the step, or what was being done.
    :ivar details: what was expected and what is, and what failed on the way.
    """

    place: str
    step: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario, played; ``failure`` is ``None`` where it passed."""

    scheme: str
    file: str
    name: str
    failure: Failure | None = None


@dataclass(slots=True)
class ScenarioReport:
    """Every scenario that was played, and what they took together."""

    results: list[ScenarioResult] = field(default_factory=list)
    covered: Coverage = field(default_factory=Coverage)

    @property
    def passed(self) -> int:
        """How many scenarios passed."""
        return sum(1 for result in self.results if result.failure is None)

    @property
    def failed(self) -> int:
        """How many did not, schemes that cannot be published included."""
        return len(self.results) - self.passed

    @property
    def coverage(self) -> float:
        """Sequence flows taken of all flows, 0 to 1."""
        return self.covered.ratio

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "coverage": self.coverage,
            "files": [_file(file) for _, file in sorted(self.covered.files.items())],
            "rules": [_table(table) for _, table in sorted(self.covered.tables.items())],
            "scenarios": [
                {**asdict(result), "passed": result.failure is None} for result in self.results
            ],
        }

    def as_text(self, *, coverage: bool = False) -> str:
        """Return a page for people.

        :param coverage: also say which flows and rules no scenario takes.
        """
        lines: list[str] = []
        for scheme in dict.fromkeys(result.scheme for result in self.results):
            lines.append(scheme)
            for result in self.results:
                if result.scheme == scheme:
                    lines += _result_lines(result)
        lines.append(f"{self.passed} passed, {self.failed} failed")
        if coverage:
            lines += self._coverage_lines()
        return "\n".join(lines)

    def _coverage_lines(self) -> list[str]:
        total = self.covered
        # Rounded down: 100 % stands for every flow, never for nearly every one.
        percent = int(self.coverage * 1000) / 10
        lines = [f"Coverage: {percent:g} % ({total.taken} of {total.flows} sequence flows)"]
        for _, file in sorted(total.files.items()):
            if file.missing:
                lines.append(f"  {file.file}: {len(file.missing)} never taken")
                lines += [f'    {f.id}: "{f.source}" → "{f.target}"' for f in file.missing]
        idle = [table for _, table in sorted(total.tables.items()) if table.missing]
        if idle:
            lines.append("Rules that never fired:")
            lines += [f"  {t.file}, {t.decision}: {', '.join(t.missing)}" for t in idle]
        return lines


def _result_lines(result: ScenarioResult) -> list[str]:
    if result.failure is None:
        return [f"  ✓ {result.name}"]
    failure = result.failure
    return [
        f"  ✗ {result.name}",
        f"      {failure.place}: {failure.step}",
        *(f"        {line}" for detail in failure.details for line in detail.splitlines()),
    ]


def _file(file: FileCoverage) -> dict[str, Any]:
    return {
        "file": file.file,
        "flows": len(file.flows),
        "taken": len(file.taken),
        "coverage": len(file.taken) / len(file.flows) if file.flows else 1.0,
        "missing": [asdict(flow) for flow in file.missing],
    }


def _table(table: TableCoverage) -> dict[str, Any]:
    return {
        "file": table.file,
        "decision": table.decision,
        "rules": len(table.rules),
        "fired": len(table.rules) - len(table.missing),
        "missing": list(table.missing),
    }
