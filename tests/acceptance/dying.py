"""Ports whose handler dies at the worst moment: after its effect, before anything is written."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.ports import Clock, HandlerCall, Ports, handler
from engine.settings import Settings
from engine.store import Store
from handlers.composition import compose as compose_site

EFFECTS = "effects.txt"
DEATHS = "deaths-left.txt"


def compose(settings: Settings, store: Store, clock: Clock | None = None) -> Ports:
    """The site's own ports, with the two handlers of schemes/cm/loan and one that dies."""
    ports = compose_site(settings, store, clock)

    @handler("test.ring")
    def ring(call: HandlerCall, amount: Decimal) -> Mapping[str, Any]:
        """Write the key outside, then die as often as told."""
        with (settings.var_dir / EFFECTS).open("a") as effects:
            effects.write(call.key + "\n")
            effects.flush()
            os.fsync(effects.fileno())
        _die_if_told(settings.var_dir / DEATHS)
        return {"rung": True}

    @handler("test.book", local=True)
    def book(call: HandlerCall, amount: Decimal) -> None:
        """Write inside the step's own transaction."""
        assert call.unit_of_work is not None
        call.unit_of_work.record(call.case.id, "book.entry", actor="system", at=call.now)

    @handler("test.fall", local=True)
    def fall(call: HandlerCall) -> None:
        """Die inside the step's own transaction as often as told."""
        _die_if_told(settings.var_dir / DEATHS)

    ports.registry.add(ring)
    ports.registry.add(fall)
    ports.registry.add(book)
    return ports


def _die_if_told(path: Path) -> None:
    left = int(path.read_text()) if path.exists() else 0
    if left:
        path.write_text(str(left - 1))
        os.kill(os.getpid(), signal.SIGKILL)
