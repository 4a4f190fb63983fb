"""Signals: sent to everything that waits for them, in this case at once and in every other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.messages import carried_by
from engine.bpmn.tokens import Token, Waits
from engine.model import EventKind, SignalSent


def send_signal(token: Token, name: str) -> None:
    """Send a signal from a token's element; its input mappings are what it carries.

    Nobody needs to wait for it, and it is not kept for who comes later.

    Source: BPMN 2.0.2, section 10.5.5 (signal event definition).
    """
    case, element = token.case, token.element
    carried = carried_by(token)
    case.journal.event(EventKind.SIGNAL_SENT, element.id, token.activation, signal=name)
    if name:
        case.journal.signals.append(SignalSent(token.activation, element.id, name, carried))
    broadcast(case.awaiting(name), name, carried)


def broadcast(tokens: list[Token], name: str, values: Mapping[str, Any]) -> None:
    """Let each of these tokens go on that waits for the signal and still does when it is told."""
    for token in tokens:
        if token.is_live and token.waits is Waits.SIGNAL and token.element.event.name == name:
            receive(token, values)


def receive(token: Token, values: Mapping[str, Any]) -> None:
    """Let a token go on that waits for a signal."""
    token.case.journal.event(
        EventKind.SIGNAL_RECEIVED,
        token.element.id,
        token.activation,
        signal=token.element.event.name,
    )
    token.task_spec.triggered(token, values)
