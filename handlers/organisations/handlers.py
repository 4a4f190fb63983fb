"""What diagrams ask about organisations: find an operator, entrust a case, open and close it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.errors import BusinessError, HandlerFailed, NotFound
from engine.model import EventKind
from engine.ports import HandlerCall, handler
from handlers.organisations import store
from handlers.organisations.store import Dimension, Operator
from handlers.transaction import own, record

OPERATOR_ROLE = "operator"


@handler("organisations.find_operators", local=True, outputs=("operators",))
def find_operators(
    call: HandlerCall, level: str, region: str, sector: str | None = None
) -> Mapping[str, Any]:
    """List operators of the case's country that cover all of this and have a place left.

    The freest comes first; of equals, the first by id. A decision table makes the choice.
    """
    covering = [(Dimension.LEVEL, level), (Dimension.REGION, region)]
    if sector:
        covering.append((Dimension.SECTOR, sector))
    found = store.find_operators(own(call), call.case.country, covering)
    return {"operators": tuple(_context(o) for o in found if o.capacity_left > 0)}


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
    """Close the case to an organisation from now on; one that does not see it is let be."""
    if own(call).end_party(call.case.id, organisation, call.now):
        record(call, EventKind.PARTY_ENDED, {"organisation": organisation})


@handler("organisations.assign", local=True)
def assign(call: HandlerCall, organisation: str) -> None:
    """Entrust the case to an operator: one place of its capacity, and sight of the case.

    Entrusting it again to the operator that has it changes nothing.

    :raises BusinessError: ``capacity-full``: the operator has no place left.
    :raises HandlerFailed: there is no such operator.
    """
    uow = own(call)
    if _has_charge(call, organisation):
        return
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
    store.open_assignment(uow, call.case.id, organisation, call.now)
    record(call, "operator.assigned", {"organisation": organisation})
    open_access(call, organisation, OPERATOR_ROLE)


@handler("organisations.unassign", local=True)
def unassign(call: HandlerCall, organisation: str) -> None:
    """Take the case from an operator: its place is free again, its sight of the case ends."""
    uow = own(call)
    if not store.end_assignment(uow, call.case.id, organisation, call.now):
        return
    store.give_back_place(uow, organisation)
    record(call, "operator.unassigned", {"organisation": organisation})
    close_access(call, organisation)


def _has_charge(call: HandlerCall, organisation: str) -> bool:
    return any(
        charge.organisation_id == organisation and charge.until is None
        for charge in store.assignments_of(own(call), call.case.id)
    )


def _context(operator: Operator) -> Mapping[str, Any]:
    return {
        "id": operator.organisation.id,
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
