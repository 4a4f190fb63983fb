"""What a run of the TCK gave, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that failed.

    :ivar level: ``compliance-level-2``, or whatever folder stands in its place.
    :ivar folder: the folder of the model. :ivar file: the test file in it.
    :ivar case: the case's id; ``""`` where the whole file could not be read.
    """

    level: str
    folder: str
    file: str
    case: str
    reason: str

    def __str__(self) -> str:
        return f"{self.level}/{self.folder} {self.file} case {self.case or '?'}: {self.reason}"


@dataclass(slots=True)
class Report:
    """Counts by level, and every failure in the order run.

    :ivar results_by_level: results that the cases expect; a case may expect several.
    """

    passed_by_level: Counter[str] = field(default_factory=Counter)
    results_by_level: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def passed(self) -> int:
        """Cases that passed."""
        return self.passed_by_level.total()

    @property
    def total(self) -> int:
        """Cases that were run: all of them."""
        return self.passed + len(self.failures)

    def levels(self) -> dict[str, dict[str, int]]:
        """Return passed, failed and total of each level."""
        failed = Counter(failure.level for failure in self.failures)
        return {
            level: {
                "passed": self.passed_by_level[level],
                "failed": failed[level],
                "total": self.passed_by_level[level] + failed[level],
                "results": self.results_by_level[level],
            }
            for level in sorted(self.passed_by_level.keys() | failed.keys())
        }

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "passed": self.passed,
            "failed": len(self.failures),
            "total": self.total,
            "results": self.results_by_level.total(),
            "levels": self.levels(),
            "failures": [asdict(failure) for failure in self.failures],
        }

    def as_text(self) -> str:
        """Return the failures, one a line, and the counts."""
        lines = [str(failure) for failure in self.failures]
        everything = {
            "passed": self.passed,
            "failed": len(self.failures),
            "total": self.total,
            "results": self.results_by_level.total(),
        }
        lines += [
            f"{level}: passed {count['passed']}, failed {count['failed']}, "
            f"total {count['total']} test cases, which expect {count['results']} results"
            for level, count in {**self.levels(), "all": everything}.items()
        ]
        return "\n".join(lines)
