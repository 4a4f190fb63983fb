"""What a step needs, what of it is there, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.store import UnitOfWork
from handlers.documents import store
from handlers.documents.declared import Declarations, Need


@dataclass(frozen=True, slots=True)
class Item:
    """A document that a step needs, and whether the case has it.

    :ivar document_id: the newest one handed in for it; ``None`` if it is missing.
    """

    need: Need
    document_id: str | None

    @property
    def there(self) -> bool:
        """Whether the case has it."""
        return self.document_id is not None


def checklist(
    uow: UnitOfWork, declarations: Declarations, case_id: str, step: str
) -> tuple[Item, ...]:
    """Return what a step of a case needs; empty where the designer asks nothing."""
    needs = declarations.of_case(uow, case_id).needs_of(step)
    if not needs:
        return ()
    there = store.usable_by_purpose(uow, case_id)
    return tuple(Item(need, there.get(need.code)) for need in needs)
