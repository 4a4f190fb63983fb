"""BPMN: read, lint, start, advance, describe. The only home of SpiffWorkflow.

A step is a function: :func:`start` and :func:`advance` take a publication, a stored state and one
command, and give an :class:`engine.model.Outcome`. Nothing here knows a database, a clock or a
network.
"""

from __future__ import annotations

from engine.bpmn.beginnings import (
    Beginning,
    TimerStart,
    beginnings,
    following,
    holds,
    timer_starts,
)
from engine.bpmn.catching import SIGNAL_PREFIX
from engine.bpmn.context import StepContext
from engine.bpmn.describe import (
    ElementInfo,
    FlowInfo,
    Position,
    TableInfo,
    decision_tables,
    elements,
    flows,
    positions,
    sequence_flows,
    start_form,
    status_at,
    variables_at,
)
from engine.bpmn.interpreter import advance, ended, start
from engine.bpmn.lint import Survey, lint, survey
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
from engine.bpmn.modify import (
    Modification,
    MoveTokens,
    SetVariables,
    Standing,
    TokenMove,
    modify,
    standing_tokens,
    targets,
    values_before,
)
from engine.bpmn.pairing import Counterpart, counterparts, mapping_problems
from engine.bpmn.publication import (
    Publication,
    References,
    compile_publication,
    references,
)
from engine.bpmn.schemas import check_dmn_schema
from engine.bpmn.tokens import holds_function

__all__ = [
    "SIGNAL_PREFIX",
    "Beginning",
    "CallRevised",
    "Counterpart",
    "ElementInfo",
    "Fate",
    "FlowInfo",
    "Migrated",
    "MigrationPlan",
    "MigrationRefused",
    "Modification",
    "Move",
    "MoveTokens",
    "Note",
    "Position",
    "Publication",
    "References",
    "Revised",
    "SetVariables",
    "Standing",
    "StepContext",
    "Survey",
    "TableInfo",
    "TimerStart",
    "TokenMove",
    "advance",
    "beginnings",
    "check_dmn_schema",
    "compile_publication",
    "counterparts",
    "decision_tables",
    "elements",
    "ended",
    "flows",
    "following",
    "holds",
    "holds_function",
    "lint",
    "mapping_problems",
    "migrate",
    "modify",
    "plan_migration",
    "positions",
    "references",
    "sequence_flows",
    "standing_tokens",
    "start",
    "start_form",
    "status_at",
    "survey",
    "targets",
    "timer_starts",
    "values_before",
    "variables_at",
]
