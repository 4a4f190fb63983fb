"""BPMN: read, lint, start, advance, describe. The only home of SpiffWorkflow.

A step is a function: :func:`start` and :func:`advance` take a publication, a stored state and one
command, and give an :class:`engine.model.Outcome`. Nothing here knows a database, a clock or a
network.
"""

from __future__ import annotations

from engine.bpmn.catching import SIGNAL_PREFIX
from engine.bpmn.context import StepContext
from engine.bpmn.describe import (
    FlowInfo,
    Position,
    TableInfo,
    decision_tables,
    elements,
    flows,
    message_starts,
    positions,
    sequence_flows,
    start_form,
    variables_at,
)
from engine.bpmn.interpreter import advance, start
from engine.bpmn.migrate import migrate, plan_migration
from engine.bpmn.migration import (
    CallRevised,
    Fate,
    Migrated,
    MigrationPlan,
    MigrationRefused,
    Move,
    Note,
    Revised,
)
from engine.bpmn.publication import (
    Publication,
    References,
    compile_publication,
    lint,
    references,
)

__all__ = [
    "SIGNAL_PREFIX",
    "CallRevised",
    "Fate",
    "FlowInfo",
    "Migrated",
    "MigrationPlan",
    "MigrationRefused",
    "Move",
    "Note",
    "Position",
    "Publication",
    "References",
    "Revised",
    "StepContext",
    "TableInfo",
    "advance",
    "compile_publication",
    "decision_tables",
    "elements",
    "flows",
    "lint",
    "message_starts",
    "migrate",
    "plan_migration",
    "positions",
    "references",
    "sequence_flows",
    "start",
    "start_form",
    "variables_at",
]
