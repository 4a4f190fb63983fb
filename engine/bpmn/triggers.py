"""What the events of a file catch and throw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.bpmn.declarations import Declarations, tag_of
from engine.bpmn.elements import Event, Extensions, Message, TimerKind, Trigger
from engine.bpmn.expressions import Expressions, Formula, Stuck
from engine.bpmn.findings import Findings, Place
from engine.bpmn.reader import Document, child, children, flag, referred, tag
from engine.bpmn.starts import PROBE
from engine.bpmn.timers import first_due
from engine.rules import said


class Triggers:
    """Reads the events of one file."""

    def __init__(self, document: Document, findings: Findings, expressions: Expressions) -> None:
        self._file = document.file
        self._findings = findings
        self._expressions = expressions
        self._declared = Declarations(document, findings, expressions)

    def place(self, node: Any) -> Place:
        """Return where a finding about this node points."""
        return Place.of(self._file, node)

    def refuse(self, rule: str, node: Any, message: str, remedy: str) -> None:
        """Refuse an event."""
        self._findings.error(rule, self.place(node), message, remedy)

    def event(self, node: Any, read: Extensions) -> Event:
        """Return what an event, or a send or receive task, waits for or does."""
        if tag(node) in {"receiveTask", "sendTask"}:
            if referred(node, "messageRef") is None:
                return Event(Trigger.NONE)
            return Event(Trigger.MESSAGE, self._message(node, node, read))
        found = [self.read(node, item, read) for item in self.definitions(node)]
        if len(found) > 1:
            together = flag(node, "parallelMultiple")
            return Event(Trigger.MULTIPLE, parts=tuple(found), all_parts=together)
        return found[0] if found else Event(Trigger.NONE)

    def definitions(self, node: Any) -> list[Any]:
        """Return the event definitions of a node: its own, and those it refers to."""
        found = [item for item in node if tag_of(item).endswith("EventDefinition")]
        for reference in children(node, "eventDefinitionRef"):
            definition = self.definition(reference.text, node)
            if definition is not None:
                found.append(definition)
        return found

    def definition(self, name: str | None, node: Any) -> Any | None:
        """Return an event definition that stands beside the processes."""
        wanted = (name or "").strip().rpartition(":")[2]
        definition = self._declared.definitions.get(wanted)
        if definition is None:
            self.refuse(
                "event-definition",
                node,
                said("its trigger '{wanted}' is not declared.", wanted=wanted),
                "Declare it beside the processes, or in the event itself.",
            )
        return definition

    def read(self, node: Any, definition: Any, read: Extensions) -> Event:
        """Return one trigger of an event."""
        reader = READERS.get(tag(definition))
        if reader is None:
            self.refuse(
                "unsupported-event",
                node,
                said("bpmn:{tag} is not known.", tag=tag(definition)),
                "Choose a trigger of BPMN 2.0.",
            )
            return Event(Trigger.NONE)
        return reader(self, node, definition, read)

    # --- one kind of trigger each -------------------------------------------------------------

    def _on_message(self, node: Any, definition: Any, read: Extensions) -> Event:
        return Event(Trigger.MESSAGE, self._message(node, definition, read))

    def _message(self, node: Any, holder: Any, read: Extensions) -> Message | None:
        reference = referred(holder, "messageRef")
        message = self._declared.messages.get(reference or "")
        if message is None and read.handler is None:
            self.refuse(
                "message",
                node,
                said("its message '{reference}' is not declared.", reference=reference)
                if reference
                else "it has no message.",
                "Choose a message for it.",
            )
        key = read.properties.get("correlationKey")
        if message is not None and key:
            formula = self._expressions.feel(key, node, said("correlation key"))
            if formula is not None:
                message = replace(message, keys={"key": formula})
        return message

    def _signal(self, node: Any, definition: Any, _read: Extensions) -> Event:
        reference = referred(definition, "signalRef") or ""
        name = self._declared.names.get(reference, "")
        if (reference and not name) or name.startswith("="):
            self.refuse(
                "signal",
                node,
                said(
                    "its signal '{reference}' is not declared, or has a name that must be "
                    "computed.",
                    reference=reference,
                ),
                "Choose a signal for it.",
            )
        return Event(Trigger.SIGNAL, name=name)

    def _error(self, _node: Any, definition: Any, _read: Extensions) -> Event:
        return Event(Trigger.ERROR, code=self._code(definition, "errorRef"))

    def _escalation(self, _node: Any, definition: Any, _read: Extensions) -> Event:
        return Event(Trigger.ESCALATION, code=self._code(definition, "escalationRef"))

    def _code(self, definition: Any, attribute: str) -> str | None:
        reference = referred(definition, attribute)
        if not reference:
            return None
        code = self._declared.codes.get(reference)
        if not code or code.startswith("="):
            what = said("error") if attribute == "errorRef" else said("escalation")
            self.refuse(
                f"{what}-code",
                definition,
                said(
                    "its {what} '{reference}' is not declared, or has a code that must be "
                    "computed.",
                    what=what,
                    reference=reference,
                ),
                said("Declare the {what} and give it a code.", what=what),
            )
        return code or None

    def _condition(self, node: Any, definition: Any, _read: Extensions) -> Event:
        text = child(definition, "condition")
        formula = None
        if text is not None:
            formula = self._expressions.feel(text.text, text, said("condition"))
        if formula is None:
            self.refuse("condition", node, "it has no condition.", "Write one in FEEL.")
        return Event(Trigger.CONDITION, condition=formula)

    def _compensation(self, _node: Any, definition: Any, _read: Extensions) -> Event:
        return Event(
            Trigger.COMPENSATION,
            activity=referred(definition, "activityRef"),
            waits=flag(definition, "waitForCompletion", otherwise=True),
        )

    def _link(self, node: Any, definition: Any, _read: Extensions) -> Event:
        name = (definition.get("name") or node.get("name") or "").strip()
        if not name:
            self.refuse("link", node, "the link has no name.", "Give both of its ends one name.")
        return Event(Trigger.LINK, name=name)

    def _cancel(self, _node: Any, _definition: Any, _read: Extensions) -> Event:
        return Event(Trigger.CANCEL)

    def _terminate(self, _node: Any, _definition: Any, _read: Extensions) -> Event:
        return Event(Trigger.TERMINATE)

    def _timer(self, event: Any, definition: Any, read: Extensions) -> Event:
        days = _whole(read.properties.get("workingDays"))
        for kind in TimerKind:
            node = child(definition, kind.value)
            if node is not None:
                formula = self._expressions.time(node.text, node, kind.value)
                if formula is None and not (node.text or "").strip():
                    break
                self._check_time(node, kind, formula)
                if days is not None and kind is TimerKind.CYCLE:
                    self.refuse(
                        "working-days",
                        event,
                        "its timer is a cycle, and is due once after working days.",
                        "Draw a duration, or leave workingDays out.",
                    )
                return Event(Trigger.TIMER, timer_kind=kind, timer=formula, working_days=days)
        if days is not None:
            return Event(Trigger.TIMER, working_days=days)
        self.refuse(
            "timer",
            definition,
            "the timer says no date, duration or cycle.",
            "Write one, for example P3M.",
        )
        return Event(Trigger.TIMER)

    def _check_time(self, node: Any, kind: TimerKind, formula: Formula | None) -> None:
        if formula is None or not formula.is_literal:
            return
        try:
            first_due(kind, formula.text, PROBE, "UTC")
        except Stuck as stuck:
            self.refuse(
                "timer",
                node,
                said("'{text}': {message}", text=formula.text, message=stuck.message),
                "Correct it.",
            )


def _whole(text: str | None) -> int | None:
    """Return a number of days; what is none is refused where all properties are checked."""
    return int(text) if text and text.isdigit() else None


Reader = Callable[[Triggers, Any, Any, Extensions], Event]
READERS: dict[str, Reader] = {
    "timerEventDefinition": Triggers._timer,
    "messageEventDefinition": Triggers._on_message,
    "signalEventDefinition": Triggers._signal,
    "conditionalEventDefinition": Triggers._condition,
    "errorEventDefinition": Triggers._error,
    "escalationEventDefinition": Triggers._escalation,
    "compensateEventDefinition": Triggers._compensation,
    "cancelEventDefinition": Triggers._cancel,
    "linkEventDefinition": Triggers._link,
    "terminateEventDefinition": Triggers._terminate,
}
