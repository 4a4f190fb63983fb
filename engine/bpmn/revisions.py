"""What changes for what stays where it is: a task's name and groups, a message's keys, a call.

Only what the new version says otherwise is computed; the rest stays as it was computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from engine.bpmn import assignment
from engine.bpmn.activities import call_handler, map_inputs
from engine.bpmn.catching import await_again
from engine.bpmn.elements import Element, Event, Extensions, IoMapping
from engine.bpmn.expressions import Formula, Stuck
from engine.bpmn.migration import CallRevised, Note, Revised
from engine.bpmn.tokens import Token, Waits
from engine.bpmn.workflow import CaseWorkflow

RULES = ("candidate_users", "priority", "separate_from", "reason_required", "phase")
"""What of a task follows the new version beside its name, form and groups."""


class Revisions:
    """Compares every token with the one it was.

    :ivar tasks: what changes for people's tasks. :ivar subscriptions: for what is awaited.
    :ivar calls: for calls that an incident set aside.
    """

    def __init__(
        self, before: Mapping[int, Token], case: CaseWorkflow, set_aside: frozenset[int]
    ) -> None:
        self.tasks: list[Revised] = []
        self.subscriptions: list[Revised] = []
        self.calls: list[CallRevised] = []
        self._before = before
        self._case = case
        self._set_aside = set_aside
        self._notes: dict[int, list[Note]] = defaultdict(list)

    def collect(self) -> Mapping[int, list[Note]]:
        """Compare them all.

        :returns: what there is to say, by activation; ``expression`` where the new version cannot
            be computed there.
        """
        for token in list(self._case.tokens()):
            before = self._before.get(token.activation)
            if before is None:
                continue
            if token.incident:
                self._note(token, "incident", was=token.incident)
            try:
                self._compare(before, token)
            except Stuck as stuck:
                self._note(token, "expression", now=stuck.message)
        return self._notes

    def _note(self, token: Token, code: str, **figures: str) -> None:
        names = {"new": token.element.id, "old": self._before[token.activation].element.id}
        self._notes[token.activation].append(Note(code, {**names, **figures}))

    def _compare(self, before: Token, token: Token) -> None:
        if token.waits is Waits.TASK:
            self._task(before, token)
        elif token.waits is Waits.CALL:
            self._call(before, token)
        elif token.waits is Waits.TIMER:
            if _timer(before.element.event) != _timer(token.element.event):
                self._note(token, "timer")
        elif token.waits in {Waits.MESSAGE, Waits.SIGNAL}:
            self._subscription(before, token)
        elif token.waits is Waits.CONDITION:
            was, now = before.element.event.condition, token.element.event.condition
            if _text(was) != _text(now):
                token.met = False
                token.case.changed = True
                self._note(token, "condition")

    # --- tasks --------------------------------------------------------------------------------

    def _task(self, before: Token, token: Token) -> None:
        was, now = before.element, token.element
        old, new = was.extensions, now.extensions
        found: dict[str, Any] = {}
        name = now.name or now.id
        if name != (was.name or was.id):
            found["name"] = name
            self._note(token, "renamed", was=was.name or was.id)
        if new.form_id != old.form_id:
            found["form_id"] = new.form_id
            self._note(token, "form", now=new.form_id or "-")
        if _said_groups(was) != _said_groups(now):
            found["candidate_groups"] = assignment.groups_of(token)
            self._note(token, "groups", now=", ".join(found["candidate_groups"]) or "-")
        rules = self._rules(before, token)
        if rules:
            found |= rules
            self._note(token, "rules", now=", ".join(rules))
        if found:
            self.tasks.append(Revised(token.activation, now.id, found))

    def _rules(self, before: Token, token: Token) -> dict[str, Any]:
        found = {}
        for name in RULES:
            said, compute = _RULES[name]
            if said(before) != said(token):
                found[name] = compute(token)
        return found

    # --- messages and signals -------------------------------------------------------------------

    def _subscription(self, before: Token, token: Token) -> None:
        was, now = before.element, token.element
        if _awaited(was.event) != _awaited(now.event):
            await_again(token)
            message = now.event.message
            self._note(token, "message", now=message.name if message else now.event.name)
            return
        found: dict[str, Any] = {}
        if (now.name or now.id) != (was.name or was.id):
            found["name"] = now.name or now.id
            self._note(token, "renamed", was=was.name or was.id)
        if now.extensions.form_id != was.extensions.form_id:
            found["form_id"] = now.extensions.form_id
            self._note(token, "form", now=now.extensions.form_id or "-")
        groups = now.extensions.properties.get("candidateGroups", "")
        if groups != was.extensions.properties.get("candidateGroups", ""):
            found["candidate_groups"] = assignment.listed(groups)
            self._note(token, "groups", now=groups or "-")
        if found:
            self.subscriptions.append(Revised(token.activation, now.id, found))

    # --- calls ----------------------------------------------------------------------------------

    def _call(self, before: Token, token: Token) -> None:
        if token.activation not in self._set_aside:
            return
        was, now = before.element.extensions, token.element.extensions
        if _called(was) == _called(now):
            return
        map_inputs(token)
        call_handler(token)
        wanted = token.case.journal.calls.pop(token.activation)
        token.case.journal.events.pop()  # It is asked for when it is retried, not now.
        self.calls.append(
            CallRevised(token.activation, wanted.handler, wanted.arguments, wanted.retries)
        )
        self._note(token, "call", now=wanted.handler)


def _text(formula: Formula | None) -> tuple[str, bool] | None:
    return None if formula is None else (formula.text, formula.is_literal)


def _timer(event: Event) -> Any:
    return event.timer_kind, _text(event.timer)


def _awaited(event: Event) -> Any:
    message = event.message
    if message is None:
        return event.name
    return message.name, {name: _text(formula) for name, formula in message.keys.items()}


def _mappings(mappings: tuple[IoMapping, ...]) -> Any:
    return [(_text(mapping.source), mapping.target) for mapping in mappings]


def _called(read: Extensions) -> Any:
    return read.handler, dict(read.headers), _mappings(read.inputs), read.retries


def _said_groups(element: Element) -> Any:
    return _text(element.extensions.candidate_groups), element.lane


def _property(name: str) -> Callable[[Token], str]:
    return lambda token: token.element.extensions.properties.get(name, "")


_RULES: Mapping[str, tuple[Callable[[Token], Any], Callable[[Token], Any]]] = {
    "candidate_users": (
        lambda token: _text(token.element.extensions.candidate_users),
        assignment.users_of,
    ),
    "priority": (
        lambda token: _text(token.element.extensions.priority),
        assignment.priority_of,
    ),
    "separate_from": (
        lambda token: _text(token.element.extensions.separate_from),
        assignment.separate_from,
    ),
    "reason_required": (_property("reasonRequired"), assignment.reason_required),
    "phase": (assignment.phase_of, assignment.phase_of),
}
"""Of each rule: what the diagram says, and what that is worth where a token stands."""
