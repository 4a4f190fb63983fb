"""A finding in both languages."""

from __future__ import annotations

from engine.errors import Finding
from engine.rules.said import told


def finding(
    rule: str,
    severity: str,
    file: str,
    element: str,
    line: int,
    message: str,
    remedy: str,
    trace: tuple[str, ...] = (),
) -> Finding:
    """Return a finding in English and French."""
    return Finding(
        rule,
        severity,
        file,
        element,
        line,
        str(message),
        str(remedy),
        told(message, "fr"),
        told(remedy, "fr"),
        trace,
    )
