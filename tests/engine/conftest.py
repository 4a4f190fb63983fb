"""An engine on each database, on a clock that stands still, with two handlers made for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.clock import ManualClock
from engine.composition import compose
from engine.errors import BusinessError
from engine.model import Actor, Grant
from engine.ports import HandlerCall, handler
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store, upgrade

START = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
SCHEMES = Path(__file__).parent / "schemes"

ANNA = Actor("anna", (Grant("clerk", "office", "CM"),))
BEN = Actor("ben", (Grant("clerk", "office", "CM"),))
OPERATOR = Actor("operator", (Grant("operator", None, sees_cases=False),))
STRANGER = Actor("stranger", (Grant("clerk", "elsewhere", "CM"),))


@dataclass
class Bell:
    """The outside world: remembers each ring by its key, and fails as often as told."""

    rings: list[str] = field(default_factory=list)
    failures: int = 0
    error: Exception | None = None
    during: Callable[[], None] | None = None
    within: Callable[[HandlerCall], None] | None = None
    """What the local handler does, beside its entry, in the step's own transaction."""


@dataclass
class Bench:
    """An engine with everything a test moves by hand."""

    engine: Engine
    clock: ManualClock
    bell: Bell
    store: Store

    def start(self, amount: object = 500, actor: Actor = ANNA) -> str:
        """Start a case and return its id."""
        answer = {"family_name": "Essai Premier", "amount": str(amount)}
        return self.engine.start("cm/loan", answer, actor).id

    def task(self, case_id: str, actor: Actor = ANNA) -> str:
        """Return the id of the case's one open task."""
        (item,) = self.engine.tasks_of(case_id, actor)
        return item.id

    def check(self, case_id: str, actor: Actor = ANNA) -> None:
        """Complete the first task, saying that the file is complete."""
        self.engine.complete(self.task(case_id, actor), {"complete": "yes"}, actor)


@pytest.fixture
def bench(database_url: str, tmp_path: Path) -> Iterator[Bench]:
    """An engine with the loan scheme deployed."""
    settings = Settings(database_url, tmp_path / "var", SCHEMES)
    bell, clock, store = Bell(), ManualClock(START), Store(database_url)

    @handler("test.ring")
    def ring(call: HandlerCall, amount: Decimal) -> Mapping[str, Any]:
        """Ring outside."""
        bell.rings.append(call.key)
        if bell.during is not None:
            bell.during()
        if bell.error is not None:
            raise bell.error
        if bell.failures:
            bell.failures -= 1
            raise OSError("nobody answers")
        return {"rung": True}

    @handler("test.book", local=True)
    def book(call: HandlerCall, amount: Decimal) -> None:
        """Write inside the step's own transaction."""
        assert call.unit_of_work is not None
        call.unit_of_work.record(
            call.case.id, "book.entry", {"amount": amount}, actor="system", at=call.now
        )
        if bell.within is not None:
            bell.within(call)
        if amount == 666:
            raise BusinessError("refused", "no such amount")
        if amount == 667:
            raise OSError("the book is away")

    ports = compose(settings, store, clock)
    ports.registry.add(ring)
    ports.registry.add(book)
    upgrade(store, ports.migrations)
    engine = Engine(store, ports, settings)
    engine.deploy(SCHEMES / "cm" / "loan", ANNA)
    yield Bench(engine, clock, bell, store)
    store.close()
