"""Conditional events: they happen when a condition becomes true, not as long as it is true.

Source: BPMN 2.0.2, section 10.5.5 (conditional event definition). A condition is asked when the
event begins to wait and whenever variables have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.bpmn.elements import Trigger
from engine.bpmn.expressions import Stuck
from engine.bpmn.tokens import Token, Waits

if TYPE_CHECKING:
    from engine.bpmn.workflow import CaseWorkflow


def await_condition(token: Token) -> bool:
    """Have an event wait for its condition."""
    case = token.case
    token.waits = Waits.CONDITION
    case.conditions.append(token)
    case.changed = True
    return False


def await_now(token: Token) -> None:
    """Have an event that has just been let in wait for its conditions now, not in its turn."""
    if token.element.event.each(Trigger.CONDITION):
        token.run()
        for part in token.workflow.beside(token):
            part.run()


def meet_at_once(case: CaseWorkflow, waiting: Iterable[Token]) -> None:
    """Let what waits at the edge of an activity happen whose condition is true as that begins.

    The activity's own work comes after: one that takes no time would be over otherwise before its
    condition was ever asked.

    :param waiting: tokens, of which those that await conditions are asked.
    """
    for token in list(waiting):
        if token.is_live and token.waits is Waits.CONDITION and _becomes_true(token):
            case.changed = True
            token.task_spec.triggered(token, {})


def meet_conditions(case: CaseWorkflow) -> bool:
    """Let the first event happen whose condition has become true.

    :returns: whether there was one.
    """
    if not case.changed:
        return False
    case.changed = False
    case.conditions = [t for t in case.conditions if t.is_live and t.waits is Waits.CONDITION]
    for token in case.conditions:
        if not token.incident and _becomes_true(token):
            case.changed = True
            token.task_spec.triggered(token, {})
            return True
    return False


def _becomes_true(token: Token) -> bool:
    formula = token.element.event.condition
    assert formula is not None  # noqa: S101 - checked when the scheme was published
    before = token.met
    try:
        # As in FEEL's filters, a condition about what is not known yet is not met.
        token.met = token.value(formula) is True
    except Stuck as stuck:
        token.case.raise_incident(token, stuck)
        return False
    return token.met and not before
