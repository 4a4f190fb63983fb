"""What diagrams ask where a case is about an organisation, no person: calls and approvals.

Source: domain file A3, A7, A13, A14, A16, A17. A grant to an organisation is a payment to it
(``payments.plan`` with ``payee``).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from engine.errors import BusinessError, InvalidAnswer
from engine.ports import HandlerCall, handler
from handlers.organisations.applications import store
from handlers.organisations.applications.arguments import (
    MOST_MONTHS,
    code_of,
    count_of,
    last_day,
    organisation_of,
    tell,
)
from handlers.organisations.applications.store import APPLICANT, Agreement
from handlers.organisations.directory.profile import (
    REQUIRED,
    Profile,
    capacity_of,
    change_profile,
    read_profile,
)
from handlers.organisations.handlers import open_access
from handlers.organisations.performance import Performance, measure
from handlers.organisations.store import Dimension, Kind
from handlers.transaction import own, record

APPLICANTS = frozenset(
    {
        Kind.ASSOCIATION,
        Kind.COMPANY,
        Kind.INTERNATIONAL,
        Kind.OPERATOR,
        Kind.PUBLIC_SERVICE,
        Kind.TRAINING_PROVIDER,
    }
)
"""Kinds that may apply; agencies, ministries and committees have rights and are written by hand."""


@handler("organisations.register_applicant", local=True, outputs=("organisation", "known"))
def register_applicant(
    call: HandlerCall,
    name: str,
    kind: str = "association",
    regions: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    levels: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    email: str | None = None,
    language: str = "fr",
    public: bool = False,
    role: str = APPLICANT,
) -> Mapping[str, Any]:
    """Enter the organisation that a case is about, as its start form says; it sees the case.

    One of this name in the case's country is taken as it stands: ``known`` is true. Called again
    in the same case it corrects what it entered. Where the applicant itself opens the case, use
    ``organisations.applicant``.

    :raises BusinessError: ``applicant-invalid``: a value cannot be used; says which and why.
    """
    uow, country = own(call), call.case.country
    organisation = f"org-{call.case.reference.lower()}"
    there = store.find_by_name(uow, name, country) if isinstance(name, str) else None
    known = there is not None and there != organisation
    if there is not None and known:
        organisation = there
    else:
        texts: dict[str, str | None]
        texts = {"id": organisation, "name": name, "kind": kind, "country": country}
        texts |= {"type": "public" if public else "private", "email": email, "language": language}
        lists = {
            Dimension.REGION: regions,
            Dimension.SECTOR: sectors,
            Dimension.LEVEL: levels,
            Dimension.LANGUAGE: languages,
        }
        profile = _profile(call, texts, {key: found or () for key, found in lists.items()})
        profile = replace(profile, capacity=capacity_of(uow, organisation))
        if change_profile(uow, profile, by=call.actor.account_id, at=call.now):
            record(call, "organisation.registered", {"organisation": organisation})
    open_access(call, organisation, role)
    return {"organisation": organisation, "known": known}


@handler("organisations.note_agreement", local=True, outputs=("agreement", "since", "until"))
def note_agreement(
    call: HandlerCall,
    organisation: str,
    kind: str = "contract",
    months: Decimal | None = None,
    document: str | None = None,
) -> Mapping[str, Any]:
    """Note what was agreed with an organisation, from today.

    :param kind: a code: ``contract``, ``agreement``, ``support-plan``, ``grant`` …
    :param months: how long; without an end if left out.
    :param document: id of the signed sheet, a document of this case.
    """
    uow = own(call)
    made = store.agreement_by_key(uow, call.key)
    if made is None:
        known, since = organisation_of(call, organisation), call.now.date()
        made = Agreement(
            id=secrets.token_hex(16),
            organisation_id=known.id,
            case_id=call.case.id,
            key=call.key,
            kind=code_of(call, kind) or "contract",
            since=since,
            until=last_day(call, since, months),
            document=document,
        )
        store.insert_agreement(uow, made)
        until = None if made.until is None else made.until.isoformat()
        tell(call, known, "agreed", "agreed", {"agreement": made.kind, "until": until})
    return {"agreement": made.id, "since": made.since, "until": made.until}


@handler(
    "organisations.measure",
    local=True,
    outputs=("entrusted", "first_contact_days", "visits", "difficulties", "response_days"),
)
def measure_work(
    call: HandlerCall, organisation: str, months: Decimal = Decimal(12)
) -> Mapping[str, Any]:
    """Measure an organisation's work over the last months, for a review of its performance.

    ``visits`` and ``difficulties`` are per cent on time; every figure is null where there was none.
    """
    known = organisation_of(call, organisation)
    back = relativedelta(months=count_of(call, "months", months, MOST_MONTHS))
    found = measure(own(call), known, call.now - back, call.now, call.now)
    return _figures(found)


def _figures(found: Performance) -> Mapping[str, Any]:
    day = timedelta(days=1)

    def days(length: timedelta | None) -> Decimal | None:
        return None if length is None else round(Decimal(length / day), 1)

    def whole(number: int | None) -> Decimal | None:
        return None if number is None else Decimal(number)

    return {
        "entrusted": whole(found.entrusted),
        "first_contact_days": days(found.first_contact),
        "visits": whole(found.visits.percent),
        "difficulties": whole(found.difficulties.percent),
        "response_days": days(found.response),
    }


def _profile(
    call: HandlerCall,
    texts: Mapping[str, str | None],
    lists: Mapping[Dimension, Sequence[str]],
) -> Profile:
    source = f"case {call.case.reference}"
    typed = {key: value if isinstance(value, str) else "" for key, value in texts.items()}
    try:
        if typed["kind"] not in APPLICANTS:
            raise InvalidAnswer({"kind": "choice"})
        needed = [key for key in REQUIRED if key != "email"]
        return read_profile({**typed, "source": source}, lists, needed)
    except InvalidAnswer as error:
        told = ", ".join(f"{key} ({code})" for key, code in sorted(error.errors.items()))
        raise BusinessError(
            "applicant-invalid",
            f"{call.element_id} of case {call.case.reference} cannot enter the applicant: {told}. "
            "Nothing was written.",
        ) from error
