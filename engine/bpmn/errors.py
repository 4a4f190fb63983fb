"""Where a BPMN error goes: outwards, to the nearest event that catches its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.bpmn.tokens import Token

if TYPE_CHECKING:
    from engine.bpmn.containers import Container


@dataclass(frozen=True, slots=True)
class Catcher:
    """What catches an error.

    :ivar container: where the event lies. :ivar spec: the event's spec.
    :ivar host: the activity it interrupts; ``None`` for an event sub-process.
    """

    container: Container
    spec: Any
    host: Token | None


def find_catcher(token: Token, code: str | None) -> Catcher | None:
    """Return the nearest event around a token that catches this error.

    At each level an event with this very code comes before one that catches all. Where an event
    sub-process has taken over, errors go outside: it was the last to start there.
    """
    level: Token | None = token
    while level is not None:
        if level.is_instance:
            level = level.parent
            continue
        found = _match(level, level.task_spec.error_boundaries, code)
        if found is not None:
            return Catcher(level.workflow, found, level)
        if not level.workflow.interrupted:
            found = _match(level, level.workflow.spec.error_listeners, code)
            if found is not None:
                return Catcher(level.workflow, found, None)
        level = level.workflow.owner
    return None


def _match(level: Token, names: tuple[str, ...], code: str | None) -> Any:
    specs = [level.workflow.spec.task_specs[name] for name in names]
    exact = [spec for spec in specs if spec.element.event.code == code]
    every = [spec for spec in specs if spec.element.event.code is None]
    return next(iter(exact + every), None)


def throw(token: Token, code: str, values: Mapping[str, Any]) -> bool:
    """Take an error to what catches it, interrupting what lies between.

    :returns: whether anything catches it.
    """
    catcher = find_catcher(token, code)
    if catcher is None:
        return False
    if catcher.host is not None:
        catcher.host.cancel()
        event = catcher.container.add(catcher.spec.name)
        catcher.spec.go(event, values)
    else:
        catcher.container.interrupted = True
        catcher.container.cancel_tokens()
        catcher.spec.go(catcher.container, values)
    return True
