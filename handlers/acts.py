"""What others do outside a case, for scenarios to tell (``Settings.scenario_acts``).

Each act calls the service that pages call, so that a scenario plays the real path: a session is
held and decides, a structure answers a referral.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.errors import InvalidAnswer
from engine.model import Actor, CaseRef
from engine.ports import Act, Clock, Publisher
from engine.settings import Settings
from engine.store import Store, UnitOfWork
from handlers import referrals
from handlers.committees import Committees, Course, Outcome, hold_session
from handlers.composition import compose_committees, compose_fields
from handlers.referrals import Desk

Desks = Callable[[UnitOfWork, Actor | None], Desk]


def acts(settings: Settings, store: Store, clock: Clock, publish: Publisher) -> Mapping[str, Act]:
    """Return the acts by name."""
    fields = compose_fields(settings, store, clock)

    def desk(uow: UnitOfWork, actor: Actor | None) -> Desk:
        if actor is None:
            raise InvalidAnswer({"as": "Say who does it, and for which organisation."})
        return Desk(uow, fields, publish, actor, clock.now())

    return {
        "committees.hold": _hold(compose_committees(settings, store, clock, publish)),
        "referrals.answer": _answer(desk),
        "referrals.report": _report(desk),
        "referrals.revoke": _revoke(desk),
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


def _answer(desk: Desks) -> Act:
    def answer(
        uow: UnitOfWork, case: CaseRef, actor: Actor | None, values: Mapping[str, Any]
    ) -> None:
        """Accept or decline what the case referred for a need."""
        _only(values, {"need", "answer", "reason"})
        accept = _one_of(values, "answer", ("accept", "decline")) == "accept"
        at = desk(uow, actor)
        referrals.answer(
            at, _referred(at, case, values), accept=accept, reason=str(values.get("reason", ""))
        )

    return answer


def _report(desk: Desks) -> Act:
    def report(
        uow: UnitOfWork, case: CaseRef, actor: Actor | None, values: Mapping[str, Any]
    ) -> None:
        """Give feedback on what the case referred for a need, and say what came of it."""
        _only(values, {"need", "outcome", "feedback"})
        outcome = _one_of(values, "outcome", tuple(referrals.Outcome))
        at = desk(uow, actor)
        feedback = str(values.get("feedback", ""))
        referrals.report(at, _referred(at, case, values), outcome=outcome, feedback=feedback)

    return report


def _revoke(desk: Desks) -> Act:
    def revoke(
        uow: UnitOfWork, case: CaseRef, actor: Actor | None, values: Mapping[str, Any]
    ) -> None:
        """Take back what the case referred for a need."""
        _only(values, {"need"})
        at = desk(uow, actor)
        referrals.revoke(at, _referred(at, case, values))

    return revoke


def _referred(desk: Desk, case: CaseRef, values: Mapping[str, Any]) -> str:
    """Return the id of the case's open referral for a need, the newest first."""
    found = referrals.find_referrals(desk.uow, desk.actor, desk.at, case_id=case.id)
    for each in found:
        if each.need == values.get("need") and each.status.is_open:
            return each.id
    raise InvalidAnswer({"need": f"{desk.actor.account_id} sees no open referral for this need."})


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
