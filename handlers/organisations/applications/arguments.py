"""What a diagram passes about organisations, read and checked; a mistake names its step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from engine.errors import HandlerFailed, NotFound
from engine.ports import HandlerCall
from handlers.organisations.accreditation import (
    LONGEST_REASON,
    Specification,
    newest_specification,
)
from handlers.organisations.events import add_event
from handlers.organisations.store import Organisation, read_organisation
from handlers.transaction import own, record

MOST_MONTHS = 600
_LONGEST_CODE = 64


def organisation_of(call: HandlerCall, organisation: str) -> Organisation:
    """Return the organisation, one of the case's country.

    :raises HandlerFailed: there is none.
    """
    try:
        found = read_organisation(own(call), organisation)
    except NotFound as error:
        raise wrong(call, "organisation", organisation, "an organisation's id") from error
    if found.country != call.case.country:
        raise wrong(call, "organisation", organisation, f"one of {call.case.country}")
    return found


def specification_of(call: HandlerCall, code: str) -> Specification:
    """Return the newest version of a set that is published in the case's country by today.

    :raises HandlerFailed: there is none.
    """
    country = call.case.country
    found = newest_specification(own(call), code, country, call.now.date())
    if found is None:
        raise wrong(
            call, "specification", code, f"the code of a set that is published in {country}"
        )
    return found


def count_of(call: HandlerCall, name: str, value: object, most: int) -> int:
    """Return a whole number from 1.

    :raises HandlerFailed: it is none, or above ``most``.
    """
    if isinstance(value, Decimal) and value == value.to_integral_value() and 0 < value <= most:
        return int(value)
    raise wrong(call, name, value, f"a whole number from 1 to {most}")


def code_of(call: HandlerCall, code: str | None) -> str | None:
    """Return a code that was passed, or nothing.

    :raises HandlerFailed: it is no text, or too long.
    """
    if code is None or (isinstance(code, str) and 0 < len(code) <= _LONGEST_CODE):
        return code
    raise wrong(call, "code", code, f"a code of 1 to {_LONGEST_CODE} letters")


def reason_of(call: HandlerCall, reason: str | None) -> str | None:
    """Return a reason without blanks around it; nothing where there is none.

    :raises HandlerFailed: it is no text, or too long.
    """
    if reason is None or (isinstance(reason, str) and len(reason) <= LONGEST_REASON):
        return (reason or "").strip() or None
    raise wrong(call, "reason", reason, f"a text of at most {LONGEST_REASON} letters")


def wrong(call: HandlerCall, name: str, value: object, wanted: str) -> HandlerFailed:
    """Return the error that says what was passed and what must be."""
    return HandlerFailed(
        f"{call.element_id} of case {call.case.reference} passes {name} '{value}'; it must be "
        f"{wanted}. Correct the diagram or the form."
    )


def last_day(call: HandlerCall, since: date, months: Decimal | None) -> date | None:
    """Return the last of so many months; nothing without an end."""
    if months is None:
        return None
    count = count_of(call, "months", months, MOST_MONTHS)
    return since + relativedelta(months=count) - timedelta(days=1)


def tell(
    call: HandlerCall, known: Organisation, kind: str, event: str, data: Mapping[str, Any]
) -> None:
    """Write what happened into the organisation's own history and into the case's."""
    said = {key: value for key, value in data.items() if value is not None}
    by, at = call.actor.account_id, call.now
    add_event(own(call), known.id, event, said, by=by, at=at)
    record(call, f"organisation.{kind}", {"organisation": known.id, **said})
