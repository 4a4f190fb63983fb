"""Who was asked to take a case, why, and what they answered, for the case's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app

from engine.model import CaseRef
from engine.service import CaseView, EventView
from engine.store import UnitOfWork
from handlers.organisations import Designation, Fired, designations_of_case, reasons
from handlers.people import People
from web.accounts import current_actor
from web.context import store

CHOICE_REASON = "choice_reason"
"""Field of ``processes/common/operator_choice.form``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One operator asked.

    :ivar why: the decisions that led to it, with their inputs and rules; empty for one by hand.
    :ivar words: why it was chosen by hand, as far as the reader's tiers open it.
    """

    row: Designation
    why: tuple[Fired, ...]
    words: str


def asked_of(case: CaseView, history: Sequence[EventView]) -> tuple[Asked, ...]:
    """Return who was asked to take a case, the oldest first."""
    with store().unit_of_work() as uow:  # A reading of the reason is written down.
        rows = designations_of_case(uow, case.id)
        by_hand = [row for row in rows if row.mode == "manual"]
        words = _chosen_for(uow, case) if by_hand else ""
    why = reasons(history)
    return tuple(
        Asked(
            row,
            why.get((row.organisation_id, row.made_at), ()),
            # The file keeps the reason given last: it is that of the last choice.
            words if by_hand and row is by_hand[-1] else "",
        )
        for row in rows
    )


def _chosen_for(uow: UnitOfWork, case: CaseView) -> str:
    people = cast(People, current_app.extensions["people"])
    ref = CaseRef(case.id, case.reference, case.scheme, case.country, case.subject)
    found: Any = people.fields.read(uow, ref, (CHOICE_REASON,), current_actor())
    return str(found.get(CHOICE_REASON) or "")
