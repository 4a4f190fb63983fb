"""What diagrams ask about organisations: find an operator, offer and entrust a case, open, close.

An offer holds one place of the operator's capacity until it is answered: of two cases that want
the last place at once, one gets it and the other goes on to the next operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.errors import BusinessError, HandlerFailed, NotFound
from engine.model import EventKind
from engine.ports import HandlerCall, handler
from handlers.organisations import store
from handlers.organisations.accreditation.store import accredited_on, specification_exists
from handlers.organisations.designations.store import (
    Mode,
    Outcome,
    add_designation,
    end_designation,
    open_designation,
)
from handlers.organisations.store import Dimension, Operator
from handlers.transaction import own, record

OPERATOR_ROLE = "operator"


@handler("organisations.find_operators", local=True, outputs=("operators",))
def find_operators(
    call: HandlerCall,
    level: str,
    region: str,
    sector: str | None = None,
    specification: str | None = None,
) -> Mapping[str, Any]:
    """List operators of the case's country that cover all of this and have a place left.

    The freest comes first; of equals, the first by id. A decision table makes the choice.

    :param specification: code of a set of specifications, for schemes that ask for it: only those
        accredited on one of its versions today are listed.
    :raises HandlerFailed: no such set is published in the case's country.
    """
    uow, country = own(call), call.case.country
    covering = [(Dimension.LEVEL, level), (Dimension.REGION, region)]
    if sector:
        covering.append((Dimension.SECTOR, sector))
    found = [o for o in store.find_operators(uow, country, covering) if o.capacity_left > 0]
    if specification:
        if not specification_exists(uow, specification, country):
            raise HandlerFailed(
                f"{call.element_id} of case {call.case.reference} asks for operators accredited on "
                f"'{specification}', which is not published in {country}. Correct the diagram or "
                "publish the specifications."
            )
        ids = [o.organisation.id for o in found]
        accredited = accredited_on(uow, ids, specification, call.now.date())
        found = [o for o in found if o.organisation.id in accredited]
    return {"operators": tuple(map(_context, found))}


@handler("organisations.find_suppliers", local=True, outputs=("suppliers",))
def find_suppliers(call: HandlerCall, region: str | None = None) -> Mapping[str, Any]:
    """List the companies of the case's country that something can be bought from, by name.

    :param region: those that cover it, and those of which no region is written; all if left out.
    """
    uow = own(call)
    known = [o for o in store.find_organisations(uow, country=call.case.country) if o.active]
    found = [o for o in known if o.kind == store.Kind.COMPANY]
    if region:
        covered = store.coverage_of(uow, [o.id for o in found])
        regions = {o.id: covered[o.id][Dimension.REGION] for o in found}
        found = [o for o in found if not regions[o.id] or region in regions[o.id]]
    found.sort(key=lambda o: (o.name, o.id))
    return {"suppliers": tuple({"id": o.id, "name": o.name} for o in found)}


@handler("organisations.offer", local=True)
def offer(call: HandlerCall, organisation: str) -> None:
    """Offer the case to an operator: a place of its capacity is held and it sees the case.

    Offering it again before the answer changes nothing.

    :raises BusinessError: ``capacity-full``: the operator has no place left.
    :raises HandlerFailed: there is no such operator.
    """
    uow = own(call)
    if open_designation(uow, call.case.id, organisation) or _has_charge(call, organisation):
        return
    _take_place(call, organisation)
    add_designation(uow, call.case.id, organisation, Mode.TABLE, call.now)
    record(call, "operator.offered", {"organisation": organisation})
    open_access(call, organisation, OPERATOR_ROLE)


@handler("organisations.end_offer", local=True)
def end_offer(
    call: HandlerCall, organisation: str, answer: str | None = None, reason: str | None = None
) -> None:
    """End an offer that was not taken: the place is free again and the case closed to it.

    :param answer: ``declined``; nothing where the time to answer ran out.
    :param reason: code of the reason to decline.
    """
    outcome = Outcome.DECLINED if answer == Outcome.DECLINED else Outcome.EXPIRED
    _end_offer(call, organisation, outcome, reason if outcome is Outcome.DECLINED else None)
    _close(call, organisation)


@handler("organisations.open_access", local=True)
def open_access(call: HandlerCall, organisation: str, role: str) -> None:
    """Let an organisation see the case from now on.

    :raises HandlerFailed: there is no such organisation.
    """
    uow = own(call)
    try:
        store.read_organisation(uow, organisation)
    except NotFound as error:
        raise HandlerFailed(_unknown(call, organisation)) from error
    if uow.add_party(call.case.id, organisation, role, call.now):
        record(call, EventKind.PARTY_ADDED, {"organisation": organisation, "role": role})


@handler("organisations.close_access", local=True)
def close_access(call: HandlerCall, organisation: str) -> None:
    """Close the case to an organisation from now on; one that does not see it is let be.

    An offer that it had not answered is withdrawn.
    """
    _end_offer(call, organisation, Outcome.WITHDRAWN)
    _close(call, organisation)


@handler("organisations.applicant", local=True, outputs=("organisation", "name"))
def applicant(call: HandlerCall, role: str = "organisation_representative") -> Mapping[str, Any]:
    """Say which organisation a case is about: the one for which somebody in this role opened it.

    Gives its id and name; nobody types either, so nobody applies in another's name.

    :raises HandlerFailed: no organisation has that role in the case, or several have.
    """
    uow = own(call)
    found = uow.parties(call.case.id, role, call.now)
    if len(found) != 1:
        raise HandlerFailed(
            f"{call.element_id} asks which organisation holds the role '{role}' in case "
            f"{call.case.reference}: {len(found)} do, one must. Let a start event be open to that "
            "role alone, and whoever opens the case hold it in one organisation."
        )
    return {"organisation": found[0], "name": store.read_organisation(uow, found[0]).name}


@handler("organisations.assign", local=True)
def assign(call: HandlerCall, organisation: str) -> None:
    """Entrust the case to an operator that accepted it, or that somebody chose by hand.

    The place that an offer held becomes the case's; without an offer one is taken now.
    Entrusting it again to the operator that has it changes nothing.

    :raises BusinessError: ``capacity-full``: the operator has no place left.
    :raises HandlerFailed: there is no such operator.
    """
    uow = own(call)
    if _has_charge(call, organisation):
        return
    case_id = call.case.id
    if end_designation(uow, case_id, organisation, Outcome.ACCEPTED, call.now):
        mode = Mode.TABLE
    else:
        mode = Mode.MANUAL
        _take_place(call, organisation)
        add_designation(uow, case_id, organisation, mode, call.now, Outcome.ACCEPTED)
    store.open_assignment(uow, case_id, organisation, call.now)
    record(call, "operator.assigned", {"organisation": organisation, "mode": mode.value})
    open_access(call, organisation, OPERATOR_ROLE)


@handler("organisations.unassign", local=True)
def unassign(call: HandlerCall, organisation: str) -> None:
    """Take the case from an operator: its place is free again, its sight of the case ends."""
    uow = own(call)
    if not store.end_assignment(uow, call.case.id, organisation, call.now):
        return
    store.give_back_place(uow, organisation)
    record(call, "operator.unassigned", {"organisation": organisation})
    _close(call, organisation)


def _take_place(call: HandlerCall, organisation: str) -> None:
    uow = own(call)
    try:
        operator = store.read_operator(uow, organisation)
    except NotFound as error:
        raise HandlerFailed(_unknown(call, organisation)) from error
    if not store.take_place(uow, organisation):
        raise BusinessError(
            "capacity-full",
            f"Operator {organisation} has {operator.capacity} cases and no place left for "
            f"{call.case.reference}. Choose another operator.",
            {"organisation": organisation},
        )


def _end_offer(
    call: HandlerCall, organisation: str, outcome: Outcome, reason: str | None = None
) -> None:
    uow = own(call)
    if not end_designation(uow, call.case.id, organisation, outcome, call.now, reason):
        return
    store.give_back_place(uow, organisation)
    data = {"organisation": organisation, **({"reason": reason} if reason else {})}
    record(call, f"operator.{outcome}", data)


def _close(call: HandlerCall, organisation: str) -> None:
    if own(call).end_party(call.case.id, organisation, call.now):
        record(call, EventKind.PARTY_ENDED, {"organisation": organisation})


def _has_charge(call: HandlerCall, organisation: str) -> bool:
    return any(
        charge.organisation_id == organisation and charge.until is None
        for charge in store.assignments_of(own(call), call.case.id)
    )


def _context(operator: Operator) -> Mapping[str, Any]:
    return {
        "id": operator.organisation.id,
        "name": operator.organisation.name,
        "type": operator.organisation.type,
        "capacity_left": Decimal(operator.capacity_left),
        "sectors": tuple(sorted(operator.sectors)),
        "regions": tuple(sorted(operator.regions)),
        "levels": tuple(sorted(operator.levels)),
    }


def _unknown(call: HandlerCall, organisation: str) -> str:
    return (
        f"{call.element_id} of case {call.case.reference} names '{organisation}', which is no "
        "organisation of this kind here. Correct the diagram or add the organisation."
    )
