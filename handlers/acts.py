"""What others do outside a case, for scenarios to tell (``Settings.scenario_acts``).

Each act calls the service that pages call, so that a scenario plays the real path: a session is
held and decides, a structure answers a referral.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.errors import InvalidAnswer
from engine.model import Actor, CaseRef
from engine.ports import Act, Clock, Publisher
from engine.settings import Settings
from engine.store import Store, UnitOfWork
from handlers.committees import Committees, Course, Outcome, hold_session
from handlers.composition import compose_committees


def acts(settings: Settings, store: Store, clock: Clock, publish: Publisher) -> Mapping[str, Act]:
    """Return the acts by name."""
    return {
        "committees.hold": _hold(compose_committees(settings, store, clock, publish)),
    }


def _hold(room: Committees) -> Act:
    def hold(
        uow: UnitOfWork, case: CaseRef, actor: Actor | None, values: Mapping[str, Any]
    ) -> None:
        """Hold a session on the case's file: outcome, amount, words; members sit in the demo."""
        _only(values, {"outcome", "amount", "words"})
        outcome = Outcome(_one_of(values, "outcome", tuple(Outcome)))
        words = str(values.get("words", ""))
        hold_session(room, uow, case.id, Course(outcome, _amount(values), words))

    return hold


def _one_of(values: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = values.get(key)
    if value not in allowed:
        raise InvalidAnswer({key: f"'{value}' is none of: {', '.join(allowed)}."})
    return str(value)


def _amount(values: Mapping[str, Any]) -> Decimal | None:
    amount = values.get("amount")
    if amount is not None and type(amount) not in (int, Decimal):
        raise InvalidAnswer({"amount": f"'{amount}' is no amount. Write digits, such as 3500000."})
    return None if amount is None else Decimal(amount)


def _only(values: Mapping[str, Any], known: set[str]) -> None:
    if wrong := sorted(set(values) - known):
        raise InvalidAnswer(dict.fromkeys(wrong, f"It takes: {', '.join(sorted(known))}."))
