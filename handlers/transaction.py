"""What every handler asks of its call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import HandlerFailed
from engine.ports import HandlerCall
from engine.store import UnitOfWork


def own(call: HandlerCall) -> UnitOfWork:
    """Return the open transaction of a local handler.

    :raises HandlerFailed: the engine called it as a remote one.
    """
    if call.unit_of_work is None:
        raise HandlerFailed(
            f"{call.element_id} of case {call.case.reference} was called outside a transaction. "
            "Its handler is local; restart the worker so that it knows."
        )
    return call.unit_of_work


def record(call: HandlerCall, kind: str, data: Mapping[str, Any]) -> None:
    """Append to the case's history, at the call's element, under whoever led to it."""
    own(call).record(
        call.case.id,
        kind,
        data,
        actor=call.actor.account_id,
        at=call.now,
        element_id=call.element_id,
        activation=call.activation,
    )
