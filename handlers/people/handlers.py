"""What diagrams ask about people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import HandlerFailed
from engine.ports import HandlerCall, handler
from handlers.people.consents import Purpose, agrees, decide_consent
from handlers.people.duplicates.store import PairStatus, pairs_of
from handlers.people.files.store import members
from handlers.transaction import own, record


@handler("people.record_consents", local=True)
def record_consents(
    call: HandlerCall,
    processing: bool,
    sharing: bool,
    promotion: bool,
    sheet: str | None = None,
    bodies: Sequence[str] | None = None,
) -> None:
    """Record, dated, what the case's subject agreed to; a purpose not asked counts as refused.

    :param sheet: document id of the signed sheet.
    :param bodies: ids of organisations that data may be shared with, each agreed to by name.
    :raises HandlerFailed: the case has no subject yet.
    """
    answers = {
        Purpose.PROCESSING: processing,
        Purpose.SHARING: sharing,
        Purpose.PROMOTION: promotion,
    }
    for purpose, answer in answers.items():
        _record(call, purpose, answer is True, sheet)
    for body in bodies or ():
        _record(call, Purpose.SHARING, True, sheet, body)


@handler("people.check_consent", local=True, outputs=("given",))
def check_consent(call: HandlerCall, purpose: str, body: str | None = None) -> Mapping[str, Any]:
    """Tell whether the case's subject agrees, at this moment, to a purpose.

    :param body: id of the organisation that data would be shared with.
    :raises HandlerFailed: there is no such purpose, or the case has no subject yet.
    """
    wanted = _purpose(call, purpose)
    return {"given": agrees(own(call), _subject(call), wanted, body or "")}


@handler("people.find_duplicates", local=True, outputs=("suspected", "identified"))
def find_duplicates(call: HandlerCall) -> Mapping[str, Any]:
    """Tell how many other files could be of the case's subject, and whether there is a subject.

    Only a number: who they are is looked at on the page of the duplicates, by people.
    """
    if call.case.subject is None:
        return {"suspected": 0, "identified": False}
    uow = own(call)
    pairs = pairs_of(uow, members(uow, call.case.subject))
    waiting = sum(pair.status is PairStatus.SUSPECTED for pair in pairs)
    return {"suspected": waiting, "identified": True}


def _record(
    call: HandlerCall, purpose: Purpose, given: bool, sheet: str | None, body: str = ""
) -> None:
    written = decide_consent(
        own(call),
        _subject(call),
        purpose,
        given,
        at=call.now,
        by=call.actor.account_id,
        case_id=call.case.id,
        recipient=body,
        sheet=sheet,
    )
    if written:
        data = {"purpose": purpose.value, "given": given}
        record(call, "consent.recorded", data | ({"organisation": body} if body else {}))


def _subject(call: HandlerCall) -> str:
    if call.case.subject is None:
        raise HandlerFailed(
            f"Case {call.case.reference} is about nobody yet, at {call.element_id}. Ask for the "
            "person's name (a field with tier identity) before their consent."
        )
    return call.case.subject


def _purpose(call: HandlerCall, purpose: str) -> Purpose:
    try:
        return Purpose(purpose)
    except ValueError:
        known = ", ".join(Purpose)
        raise HandlerFailed(
            f"{call.element_id} asks about consent to '{purpose}'. Known purposes: {known}."
        ) from None
