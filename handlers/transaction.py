"""What every handler asks of its call."""

from __future__ import annotations

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
