"""Where an error or escalation goes: outwards, to the nearest event that catches its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.bpmn.elements import Trigger
from engine.bpmn.tokens import Token

if TYPE_CHECKING:
    from engine.bpmn.containers import Container


@dataclass(frozen=True, slots=True)
class Catcher:
    """What catches an error or escalation.

    :ivar container: where the event lies. :ivar spec: the event's spec.
    :ivar host: the activity it is attached to; ``None`` for an event sub-process.
    """

    container: Container
    spec: Any
    host: Token | None

    def catch(self, values: Mapping[str, Any]) -> None:
        """Go on at the event; it interrupts what lies between if it is an interrupting one."""
        interrupts = self.spec.element.interrupting
        if self.host is not None:
            if interrupts:
                self.host.cancel()
            self.spec.go(self.container.add(self.spec.name), values)
            return
        if interrupts:
            self.container.interrupted = True
            self.container.cancel_tokens()
        self.spec.go(self.container, values)


def find_catcher(
    token: Token, code: str | None, trigger: Trigger = Trigger.ERROR
) -> Catcher | None:
    """Return the nearest event around a token that catches this error or escalation.

    At each level an event with this very code comes before one that catches all. Where an event
    sub-process has taken over, errors go outside: it was the last to start there. No event
    sub-process catches what it throws itself.

    Source: BPMN 2.0.2, section 10.5.7 (handling events).
    """
    level: Token | None = token
    while level is not None:
        if level.is_instance:
            level = level.parent
            continue
        around = level.workflow
        found = _match(level, level.task_spec.thrown_boundaries, code, trigger)
        if found is not None:
            return Catcher(around, found, level)
        if not around.interrupted:
            found = _match(level, around.spec.thrown_listeners, code, trigger)
            if found is not None:
                return Catcher(around, found, None)
        level = around.owner
    return None


def _match(
    level: Token, names: Mapping[Trigger, tuple[str, ...]], code: str | None, trigger: Trigger
) -> Any:
    specs = [level.workflow.spec.task_specs[name] for name in names.get(trigger, ())]
    specs = [spec for spec in specs if spec.element.parent != level.element.id]
    for wanted in (code, None):
        for spec in specs:
            if wanted in {event.code for event in spec.element.event.each(trigger)}:
                return spec
    return None


def throw(token: Token, code: str, values: Mapping[str, Any]) -> bool:
    """Take an error to what catches it, interrupting what lies between.

    :returns: whether anything catches it.
    """
    catcher = find_catcher(token, code)
    if catcher is not None:
        catcher.catch(values)
    return catcher is not None


def escalate(token: Token, code: str | None, values: Mapping[str, Any]) -> None:
    """Take an escalation to what catches it; where nothing does, it passes without harm."""
    catcher = find_catcher(token, code, Trigger.ESCALATION)
    if catcher is not None:
        catcher.catch(values)
