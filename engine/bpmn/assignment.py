"""Who is asked to do a user task, with which form, and until when."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.bpmn import timers
from engine.bpmn.elements import Element
from engine.bpmn.expressions import Formula, Stuck
from engine.bpmn.tokens import Token
from engine.calendars import working_day_after
from engine.model import EventKind, TaskOpened

DEFAULT_PRIORITY = 50
"""Camunda 8's default."""


def open_task(token: Token) -> None:
    """Open the task that stands at a token.

    :raises Stuck: an expression of its assignment does not give what is needed.
    """
    element, extensions = token.element, token.element.extensions
    groups = groups_of(token)
    assignee = _text(token, extensions.assignee, "assignee")
    opened = TaskOpened(
        activation=token.activation,
        element_id=element.id,
        name=element.name or element.id,
        form_id=extensions.form_id,
        assignee=assignee,
        candidate_groups=groups,
        candidate_users=users_of(token),
        due=_due(token),
        follow_up=_moment(token, extensions.follow_up),
        priority=priority_of(token),
        phase=phase_of(token),
        separate_from=separate_from(token),
        reason_required=reason_required(token),
    )
    token.case.journal.tasks[token.activation] = opened
    token.case.journal.event(
        EventKind.TASK_OPENED,
        element.id,
        token.activation,
        candidate_groups=opened.candidate_groups,
        due=opened.due,
    )


def groups_of(token: Token) -> tuple[str, ...]:
    """Return who may do a task: the groups it names, otherwise its lane.

    :raises Stuck: they cannot be computed; so :func:`users_of` and :func:`priority_of`.
    """
    element = token.element
    groups = _texts(token, element.extensions.candidate_groups, "candidateGroups")
    return groups or ((element.lane,) if element.lane else ())


def users_of(token: Token) -> tuple[str, ...]:
    """Return the accounts that may do a task, beside its groups."""
    return _texts(token, token.element.extensions.candidate_users, "candidateUsers")


def separate_from(token: Token) -> tuple[str, ...]:
    """Return the elements whose performer may not do a task.

    A shared process is told by its caller, in FEEL, which of the caller's steps they are; told
    nothing, there are none.
    """
    formula = token.element.extensions.separate_from
    if formula is None or token.value(formula) is None:
        return ()
    return _texts(token, formula, "separateFrom")


def named_apart(element: Element) -> tuple[str, ...]:
    """Return the elements that a task is kept apart from by name, not by an expression."""
    formula = element.extensions.separate_from
    return listed(formula.text) if formula is not None and formula.is_literal else ()


def reason_required(token: Token) -> bool:
    """Return whether a task is done only with a reason."""
    return token.element.extensions.properties.get("reasonRequired") == "true"


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated text."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def phase_of(token: Token) -> str | None:
    """Return the phase of an element, or that of the nearest one around it or calling it."""
    current: Token | None = token
    while current is not None:
        element: Element = current.element
        if element.phase:
            return element.phase
        current = current.workflow.owner
    return None


def _texts(token: Token, formula: Formula | None, what: str) -> tuple[str, ...]:
    if formula is None:
        return ()
    value = token.value(formula)
    if isinstance(value, str):
        return listed(value)
    if isinstance(value, tuple | list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise Stuck("unfit-texts", what=what, text=formula.text)


def _text(token: Token, formula: Formula | None, what: str) -> str | None:
    value = None if formula is None else token.value(formula)
    if value is None or (isinstance(value, str) and value):
        return value
    if value == "":
        return None
    assert formula is not None  # noqa: S101 - without a formula there is no value
    raise Stuck("unfit-text", what=what, text=formula.text)


def priority_of(token: Token) -> int:
    """Return a task's priority, from 0 to 100."""
    formula = token.element.extensions.priority
    if formula is None:
        return DEFAULT_PRIORITY
    value: Any = token.value(formula)
    if isinstance(value, Decimal) and value == int(value) and 0 <= value <= 100:
        return int(value)
    raise Stuck("unfit-priority", text=formula.text)


def _due(token: Token) -> datetime | None:
    extensions, case = token.element.extensions, token.case
    days = extensions.properties.get("workingDays")
    if days is None:
        return _moment(token, extensions.due)
    publication = case.publication
    return working_day_after(
        case.context.now, int(days), publication.country, publication.time_zone
    )


def _moment(token: Token, formula: Formula | None) -> datetime | None:
    value = None if formula is None else token.value(formula)
    return None if value is None else timers.moment(value, token.case.publication.time_zone)
