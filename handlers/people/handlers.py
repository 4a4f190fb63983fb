"""What diagrams ask about people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import HandlerFailed
from engine.ports import HandlerCall, handler
from handlers.people.consents import Consent, Purpose, current_consent, record_consent
from handlers.people.store import new_id
from handlers.transaction import own, record


@handler("people.record_consents", local=True)
def record_consents(
    call: HandlerCall,
    processing: bool,
    sharing: bool,
    promotion: bool,
    sheet: str | None = None,
) -> None:
    """Record, dated, what the case's subject agreed to; a purpose not asked counts as refused.

    :param sheet: document id of the signed sheet.
    :raises HandlerFailed: the case has no subject yet.
    """
    answers = {
        Purpose.PROCESSING: processing,
        Purpose.SHARING: sharing,
        Purpose.PROMOTION: promotion,
    }
    for purpose, answer in answers.items():
        _record(call, purpose, answer is True, sheet)


@handler("people.check_consent", local=True, outputs=("given",))
def check_consent(call: HandlerCall, purpose: str) -> Mapping[str, Any]:
    """Tell whether the case's subject agrees, at this moment, to a purpose.

    :raises HandlerFailed: there is no such purpose, or the case has no subject yet.
    """
    consent = current_consent(own(call), _subject(call), _purpose(call, purpose))
    return {"given": consent is not None and consent.given}


def _record(call: HandlerCall, purpose: Purpose, given: bool, sheet: str | None) -> None:
    person_id, uow = _subject(call), own(call)
    held = current_consent(uow, person_id, purpose)
    if held is not None and held.given == given and held.sheet_document == sheet:
        return
    record_consent(
        uow,
        Consent(
            id=new_id(),
            person_id=person_id,
            case_id=call.case.id,
            purpose=purpose,
            given=given,
            recorded_at=call.now,
            recorded_by=call.actor.account_id,
            ended_at=None,
            sheet_document=sheet,
        ),
    )
    record(call, "consent.recorded", {"purpose": purpose.value, "given": given})


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
