"""Tasks that nobody could do."""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.assignment import named_apart
from engine.bpmn.checks import elements_of
from engine.bpmn.elements import Element, Process
from engine.bpmn.findings import Findings
from engine.rules import said

PEOPLE = frozenset({"userTask", "manualTask"})


def check_staffing(processes: Iterable[Process], findings: Findings) -> None:
    """Note tasks for nobody: without any assignment, or for one person who is kept apart."""
    tasks = {e.id: e for e in elements_of(processes) if e.kind in PEOPLE}
    for task in tasks.values():
        if not _is_assigned(task):
            findings.warning(
                "nobody",
                task.place,
                "nobody is asked to do it: it has no candidate groups, no candidate users, no "
                "assignee and no lane.",
                "Give it candidate groups, or draw it in a lane named after a role.",
            )
            continue
        for other in named_apart(task):
            person = _only_person(task)
            if person is not None and other in tasks and _only_person(tasks[other]) == person:
                findings.warning(
                    "nobody",
                    task.place,
                    said(
                        "only '{person}' may do it, and '{other}', which it is kept apart from, is "
                        "done by the same person.",
                        person=person,
                        other=other,
                    ),
                    "Assign one of the two to somebody else.",
                )


def _is_assigned(task: Element) -> bool:
    found = task.extensions
    return bool(found.candidate_groups or found.candidate_users or found.assignee or task.lane)


def _only_person(task: Element) -> str | None:
    """Return the account that alone may do a task, where the diagram names it."""
    assignee = task.extensions.assignee
    return assignee.text if assignee is not None and assignee.is_literal else None
