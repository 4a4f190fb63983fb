"""BPMN: read, lint, start, advance, describe. The only home of SpiffWorkflow.

A step is a function: :func:`start` and :func:`advance` take a publication, a stored state and one
command, and give an :class:`engine.model.Outcome`. Nothing here knows a database, a clock or a
network.
"""

from __future__ import annotations

from engine.bpmn.context import StepContext
from engine.bpmn.describe import (
    Position,
    elements,
    flows,
    positions,
    start_form,
    variables_at,
)
from engine.bpmn.interpreter import advance, start
from engine.bpmn.publication import (
    Publication,
    References,
    compile_publication,
    lint,
    references,
)

__all__ = [
    "Position",
    "Publication",
    "References",
    "StepContext",
    "advance",
    "compile_publication",
    "elements",
    "flows",
    "lint",
    "positions",
    "references",
    "start",
    "start_form",
    "variables_at",
]
