"""The ports of the trial scheme: the real handlers, and the two that its diagram calls."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.ports import Clock, HandlerCall, Ports, handler
from engine.settings import Settings
from engine.store import Store
from handlers.composition import compose as compose_real

LINE_IS_DOWN = 667
"""An amount at which the outside never answers."""


@handler("test.ring")
def ring(call: HandlerCall, amount: Decimal) -> Mapping[str, Any]:
    """Ring outside."""
    if amount == LINE_IS_DOWN:
        raise OSError("nobody answers")
    return {"rung": True}


@handler("test.book", local=True)
def book(call: HandlerCall, amount: Decimal) -> None:
    """Write inside the step's own transaction."""
    assert call.unit_of_work is not None
    call.unit_of_work.record(
        call.case.id, "book.entry", {"amount": amount}, actor="system", at=call.now
    )


def compose(settings: Settings, store: Store, clock: Clock | None = None) -> Ports:
    """Return the ports of a site that knows these two as well."""
    ports = compose_real(settings, store, clock)
    ports.registry.add(ring)
    ports.registry.add(book)
    return ports
