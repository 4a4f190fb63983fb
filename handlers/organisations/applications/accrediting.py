"""What a committee's decision does to an accreditation: given, refused, changed after a review.

Source: domain file A3, A14, A17.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.errors import BusinessError, Conflict, InvalidAnswer
from engine.ports import HandlerCall, handler
from handlers.organisations.accreditation import (
    Accreditation,
    Decision,
    Specification,
    Status,
    accredit,
    accreditation_by_key,
    accreditations_of,
    change_status,
    read_specification,
)
from handlers.organisations.applications.arguments import (
    code_of,
    count_of,
    last_day,
    organisation_of,
    reason_of,
    specification_of,
    tell,
    wrong,
)
from handlers.organisations.store import Organisation, save_capacity
from handlers.transaction import own, record

_MOST_CASES = 999_999


@handler("organisations.criteria", local=True, outputs=("criteria",))
def list_criteria(call: HandlerCall, specification: str, language: str = "fr") -> Mapping[str, Any]:
    """List what a set of specifications asks for as published today, to score one by one.

    Each has a ``code`` and a ``text``, in French where it has none in the language.

    :param specification: code of the set. :param language: ISO 639-1.
    """
    found = specification_of(call, specification).criteria
    return {
        "criteria": tuple(
            {"code": each.code, "text": each.text.get(language) or each.text["fr"]}
            for each in found
        )
    }


@handler("organisations.accredit", local=True, outputs=("accreditation", "since", "until"))
def accredit_applicant(
    call: HandlerCall,
    organisation: str,
    specification: str,
    months: Decimal | None = None,
    body: str | None = None,
    reason: str | None = None,
    capacity: Decimal | None = None,
) -> Mapping[str, Any]:
    """Accredit an organisation on the newest version of a set of specifications.

    From today, or from the day after the accreditation on that version that it still has.

    :param specification: code of the set. :param months: how long; without an end if left out.
    :param body: organisation or committee that decided. :param reason: why, a code.
    :param capacity: cases at a time that it takes from now on, for an operator.
    :raises BusinessError: ``accredited-already``: without an end, or suspended now;
        ``capacity-taken``: it has more cases than that.
    """
    uow = own(call)
    made = accreditation_by_key(uow, call.key)
    if made is None:
        known, wanted = organisation_of(call, organisation), specification_of(call, specification)
        if capacity is not None:
            _give_places(call, known, count_of(call, "capacity", capacity, _MOST_CASES))
        since = _first_day(call, known, wanted)
        until = last_day(call, since, months)
        decided = Decision(call.case.id, call.key, code_of(call, body), reason_of(call, reason))
        made = _accredited(call, known, wanted, since, until, decided)
    return {"accreditation": made.id, "since": made.since, "until": made.until}


@handler("organisations.refuse_accreditation", local=True)
def refuse_accreditation(
    call: HandlerCall,
    organisation: str,
    specification: str,
    reason: str,
    body: str | None = None,
) -> None:
    """Note that an organisation was not accredited, and why; what it is accredited on stays.

    :param specification: code of the set. :param reason: a code, never empty.
    :param body: organisation or committee that decided.
    :raises BusinessError: ``reason-missing``: there is none.
    """
    known, wanted = organisation_of(call, organisation), specification_of(call, specification)
    why = reason_of(call, reason)
    if not why:
        raise BusinessError(
            "reason-missing",
            f"{call.element_id} of case {call.case.reference} refuses {known.id} without a reason. "
            "Ask for one in the form.",
        )
    told = {"specification": wanted.id, "reason": why, "body": code_of(call, body)}
    tell(call, known, "refused", "accreditation-refused", told)


@handler("organisations.change_accreditation", local=True)
def change_accreditation(
    call: HandlerCall, organisation: str, specification: str, status: str, reason: str
) -> None:
    """Suspend, resume or withdraw an organisation's accreditation, for example after a review.

    :param status: ``suspended``, ``active`` or ``withdrawn``. :param reason: a code.
    :raises BusinessError: ``not-accredited``: it has none that this status may follow;
        ``reason-missing``.
    """
    if status not in set(Status):
        raise wrong(call, "status", status, f"one of {', '.join(Status)}")
    uow, known = own(call), organisation_of(call, organisation)
    found = _running(call, known, specification, Status(status))
    if found is None:
        raise BusinessError(
            "not-accredited",
            f"{known.id} has no accreditation on '{specification}' that can be {status}. "
            f"{call.element_id} of case {call.case.reference} changed nothing.",
            {"organisation": known.id},
        )
    by, at = call.actor.account_id, call.now
    try:
        change_status(uow, found.id, Status(status), reason_of(call, reason) or "", by=by, at=at)
    except InvalidAnswer as error:
        raise BusinessError(
            "reason-missing", f"{call.element_id} of {call.case.reference} gives no reason."
        ) from error
    told = {"organisation": known.id, "specification": found.specification_id, "status": status}
    record(call, f"organisation.{status}", told)


def _give_places(call: HandlerCall, known: Organisation, capacity: int) -> None:
    try:
        save_capacity(own(call), known.id, capacity)
    except Conflict as error:
        raise BusinessError("capacity-taken", str(error), {"organisation": known.id}) from error


def _accredited(
    call: HandlerCall,
    known: Organisation,
    wanted: Specification,
    since: date,
    until: date | None,
    decision: Decision,
) -> Accreditation:
    by, at = call.actor.account_id, call.now
    try:
        made = accredit(
            own(call), known.id, wanted.id, since, until, by=by, at=at, decision=decision
        )
    except Conflict as error:
        raise BusinessError("accredited-already", str(error), {"organisation": known.id}) from error
    told = {"organisation": known.id, "specification": wanted.id, "since": since}
    told |= {"until": until, "body": decision.body, "reason": decision.reason}
    record(call, "organisation.accredited", {k: v for k, v in told.items() if v is not None})
    return made


def _first_day(call: HandlerCall, known: Organisation, wanted: Specification) -> date:
    today = call.now.date()
    ends = [
        each.until
        for each in accreditations_of(own(call), known.id)
        if each.specification_id == wanted.id and each.status is Status.ACTIVE and each.until
    ]
    return max([today, *(end + timedelta(days=1) for end in ends)])


def _running(
    call: HandlerCall, known: Organisation, code: str, status: Status
) -> Accreditation | None:
    before = Status.SUSPENDED if status is Status.ACTIVE else Status.ACTIVE
    standing = {before, Status.SUSPENDED} if status is Status.WITHDRAWN else {before}
    today = call.now.date()
    return next(
        (
            each
            for each in accreditations_of(own(call), known.id)
            if each.status in standing
            and each.since <= today
            and (each.until is None or today <= each.until)
            and read_specification(own(call), each.specification_id).code == code
        ),
        None,
    )
