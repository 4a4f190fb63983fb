"""What lint has to say of a DMN file."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dmn.document import Report
from engine.dmn.reader import read_model
from engine.errors import DecisionError, Finding

_NO_FILES: Mapping[str, bytes] = {}


def check(
    source: bytes, filename: str, others: Mapping[str, bytes] = _NO_FILES
) -> tuple[Finding, ...]:
    """Return everything there is to say of a DMN file, errors first; never an exception.

    :param others: files by name that it may import.
    """
    report = Report(filename)
    try:
        return read_model(source, report, others).findings
    except DecisionError:
        return report.sorted()
