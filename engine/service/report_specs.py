"""Reports of a ``scheme.toml``: which cases count, and by what they are told apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.errors import FeelError, Finding
from engine.feel import Expression, parse
from engine.rules import finding, said

CASE_NAMES = ("case", "scheme")
"""What a report's condition sees beside a case's own variables."""


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """A report: how many cases there are for each combination of some variables' values.

    :ivar name: by locale.
    :ivar by: the variables whose values tell the lines apart, in the order of the columns.
    :ivar total: a variable that holds an amount, summed by line; ``None`` for counts alone.
    :ivar where: which cases count; ``None`` for all of the scheme.
    """

    code: str
    name: Mapping[str, str]
    by: tuple[str, ...]
    total: str | None
    where: Expression | None


def read_reports(told: Mapping[str, Mapping[str, Any]]) -> Mapping[str, ReportSpec]:
    """Build the reports of a scheme that :func:`check_reports` found nothing wrong with."""
    return MappingProxyType(
        {
            code: ReportSpec(
                code=code,
                name=MappingProxyType(dict(report["name"])),
                by=tuple(report["by"]),
                total=report.get("sum"),
                where=_condition(report["where"]) if "where" in report else None,
            )
            for code, report in told.items()
        }
    )


def check_reports(told: Mapping[str, Any], filename: str) -> Iterator[Finding]:
    """Yield what is wrong with the reports as they are written."""
    for code, report in told.items():
        by = report.get("by") if isinstance(report, dict) else None
        if not isinstance(by, list) or not by or not all(isinstance(each, str) for each in by):
            yield _finding(
                filename,
                said("[reports.{name}] needs 'by', a list of variables.", name=code),
                'Write by = ["assistance_type"], for example.',
            )
            continue
        if not isinstance(report.get("name"), dict):
            yield _finding(
                filename,
                said("[reports.{name}] needs a name by language.", name=code),
                said("Write [reports.{name}.name] with a text for each language.", name=code),
            )
        try:
            if "where" in report:
                _condition(report["where"])
        except FeelError as error:
            yield _finding(
                filename,
                said("[reports.{name}]: 'where' does not read: {error}", name=code, error=error),
                "Write a FEEL expression that is true for the cases that count.",
            )


def unknown_names(
    reports: Mapping[str, ReportSpec], known: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield each report's variables that no step writes, with the report's code."""
    for report in reports.values():
        wanted = {*report.by, *((report.total,) if report.total else ())}
        if report.where is not None:
            wanted |= set(report.where.free_names)
        yield from ((report.code, name) for name in sorted(wanted - {*known, *CASE_NAMES}))


def _condition(text: Any) -> Expression:
    return parse(str(text).removeprefix("="))


def _finding(filename: str, message: str, remedy: str) -> Finding:
    return finding("scheme.report", "error", filename, "", 0, message, remedy)
