"""What a file declares for all its processes, and what its events catch and throw."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.bpmn.elements import Event, Extensions, Message, TimerKind, Trigger
from engine.bpmn.expressions import Expressions, Formula, Stuck
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import Document, child, children, extensions, is_bpmn, referred, tag
from engine.bpmn.timers import first_due

TRIGGERS = {
    "timerEventDefinition": Trigger.TIMER,
    "messageEventDefinition": Trigger.MESSAGE,
    "errorEventDefinition": Trigger.ERROR,
    "terminateEventDefinition": Trigger.TERMINATE,
}


class Triggers:
    """Reads the messages and errors of one file, and the events that name them."""

    def __init__(self, document: Document, findings: Findings, expressions: Expressions) -> None:
        self._file = document.file
        self._root = document.root
        self._findings = findings
        self._expressions = expressions
        self._refuse_duplicates()
        self._messages = self._read_messages()
        self._errors = {
            node.get("id"): node.get("errorCode") for node in children(self._root, "error")
        }

    def place(self, node: Any) -> Place:
        """Return where a finding about this node points."""
        return Place.of(self._file, node)

    def _refuse_duplicates(self) -> None:
        lines: dict[str, int] = {}
        for node in self._root.iter():
            name = node.get("id") if is_bpmn(node) else None
            if name in lines:
                self._findings.error(
                    "duplicate-id",
                    self.place(node),
                    f"the id '{name}' is also on line {lines[name]}.",
                    "Give one of the two another id.",
                )
            elif name:
                lines[name] = node.sourceline or 0

    # --- the file's own declarations ---------------------------------------------------------

    def _check_time(self, node: Any, kind: TimerKind, formula: Formula | None) -> None:
        if formula is None or not formula.is_literal:
            return
        try:
            first_due(kind, formula.text, datetime(2026, 1, 1, tzinfo=UTC), "UTC")
        except Stuck as stuck:
            self._findings.error(
                "timer", self.place(node), f"'{formula.text}': {stuck.message}", "Correct it."
            )

    def _read_messages(self) -> dict[str, Message]:
        messages = {}
        for node in children(self._root, "message"):
            name = node.get("name") or node.get("id", "")
            if name.startswith("="):
                self._findings.error(
                    "message-name",
                    self.place(node),
                    f"the message's name '{name}' is an expression.",
                    "Write the name itself; values belong into the correlation key.",
                )
            keys = self._property_keys(node.get("id"))
            for item in extensions(node):
                if tag(item) == "subscription":
                    key = self._expressions.feel(
                        item.get("correlationKey"), item, "correlation key"
                    )
                    if key is not None:
                        keys["key"] = key
            messages[node.get("id")] = Message(node.get("id"), name, keys)
        return messages

    def _property_keys(self, message_id: str) -> dict[str, Formula]:
        keys: dict[str, Formula] = {}
        for declared in children(self._root, "correlationProperty"):
            for retrieval in children(declared, "correlationPropertyRetrievalExpression"):
                path = child(retrieval, "messagePath")
                if path is None:
                    path = child(retrieval, "formalExpression")
                if referred(retrieval, "messageRef") != message_id or path is None:
                    continue
                formula = self._expressions.feel(path.text, path, "correlation property")
                if formula is not None:
                    keys[declared.get("name") or declared.get("id")] = formula
        return keys

    # --- events -----------------------------------------------------------------------------

    def event(self, node: Any, read: Extensions) -> Event:
        """Return what an event, or a send or receive task, waits for or does."""
        if tag(node) in {"receiveTask", "sendTask"}:
            if referred(node, "messageRef") is None:
                return Event(Trigger.NONE)
            return Event(Trigger.MESSAGE, self._message(node, node, read))
        definition = next((item for item in node if tag(item) in TRIGGERS), None)
        if definition is None:
            return Event(Trigger.NONE)
        trigger = TRIGGERS[tag(definition)]
        if trigger is Trigger.MESSAGE:
            return Event(trigger, self._message(node, definition, read))
        if trigger is Trigger.ERROR:
            return Event(trigger, code=self._error_code(definition))
        if trigger is Trigger.TIMER:
            return self._timer(definition)
        return Event(trigger)

    def _message(self, node: Any, holder: Any, read: Extensions) -> Message | None:
        reference = referred(holder, "messageRef")
        message = self._messages.get(reference or "")
        if message is None and read.handler is None:
            self._findings.error(
                "message",
                self.place(node),
                f"its message '{reference}' is not declared."
                if reference
                else "it has no message.",
                "Choose a message for it.",
            )
        key = read.properties.get("correlationKey")
        if message is not None and key:
            formula = self._expressions.feel(key, node, "correlation key")
            if formula is not None:
                message = replace(message, keys={"key": formula})
        return message

    def _error_code(self, definition: Any) -> str | None:
        reference = referred(definition, "errorRef")
        if not reference:
            return None
        code = self._errors.get(reference)
        if not code or code.startswith("="):
            self._findings.error(
                "error-code",
                self.place(definition),
                f"its error '{reference}' has no code, or one that must be computed.",
                "Give the error a code.",
            )
        return code or None

    def _timer(self, definition: Any) -> Event:
        for kind in TimerKind:
            node = child(definition, kind.value)
            if node is not None:
                formula = self._expressions.time(node.text, node, kind.value)
                if formula is None and not (node.text or "").strip():
                    break
                self._check_time(node, kind, formula)
                return Event(Trigger.TIMER, timer_kind=kind, timer=formula)
        self._findings.error(
            "timer",
            self.place(definition),
            "the timer says no date, duration or cycle.",
            "Write one, for example P3M.",
        )
        return Event(Trigger.TIMER)
