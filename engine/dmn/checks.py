"""What lint has to say of a DMN file."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dmn.document import WARNING, Report
from engine.dmn.model import Decision, DecisionModel, InputData
from engine.dmn.reader import read_model
from engine.errors import DecisionError, Finding
from engine.feel.suggest import nearest
from engine.rules import finding, said

ALWAYS_THERE = frozenset({"case", "scheme"})
"""Contexts that every expression of a publication sees."""

_NO_FILES: Mapping[str, bytes] = {}


def check(
    source: bytes, filename: str, others: Mapping[str, bytes] = _NO_FILES
) -> tuple[Finding, ...]:
    """Return everything there is to say of a DMN file, errors first; never an exception.

    :param others: files by name that it may import.
    """
    report = Report(filename)
    try:
        model = read_model(source, report, others)
    except DecisionError:
        return report.sorted()
    for decision in model.decisions.values():
        _check_names(decision, model, report)
    return report.sorted()


def _check_names(decision: Decision, model: DecisionModel, report: Report) -> None:
    """Warn of variables that are read and not drawn, where a decision's inputs are drawn."""
    drawn = {
        requirement.path[0]
        for requirement in decision.requires
        if isinstance(model.elements[requirement.key], InputData)
    }
    if not drawn:
        return
    for name in sorted(decision.free_names - drawn - ALWAYS_THERE):
        hint = nearest(name, drawn) if str(nearest(name, drawn)) else said(".")
        message = said(
            "'{decision}' reads '{name}', which no drawn input supplies{hint}",
            decision=decision.name,
            name=name,
            hint=hint,
        )
        report.items.append(
            finding(
                rule="dmn.unknown-name",
                severity=WARNING,
                file=report.file,
                element=decision.id,
                line=decision.line,
                message=message,
                remedy="Draw the input, or correct the name.",
            )
        )
