"""What diagrams ask of committees: put a case before one, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.errors import HandlerFailed, NotFound
from engine.ports import HandlerCall, handler
from handlers.committees import agenda
from handlers.committees.bodies.store import read_body
from handlers.transaction import own, record


@handler("committees.submit", local=True, outputs=("committee_file",))
def submit(
    call: HandlerCall, committee: str, amount: Decimal | None = None, currency: str | None = None
) -> Mapping[str, Any]:
    """Put the case before a committee. It decides by the message ``committee-decision``.

    The message's key ``key`` is the file's id, which the result ``committee_file`` names; it
    carries ``committee_outcome`` (``approved``, ``adjourned``, ``refused``), ``committee_amount``,
    ``committee_session``, ``decided_on`` and ``next_session_on``.

    :param amount: what is asked for, in ``currency``; left out where no money is.
    :raises BusinessError: ``amount-invalid``: it is no amount in the currency.
    """
    uow = own(call)
    try:
        body = read_body(uow, committee)
    except NotFound as error:
        raise HandlerFailed(
            f"{call.element_id} of case {call.case.reference}: {error} Set the committee up, "
            "then retry."
        ) from error
    file = agenda.submit(
        uow, body, call.case, key=call.key, amount=amount, currency=currency, at=call.now
    )
    record(call, "committee.submitted", {"committee": body.id, "amount": amount})
    return {"committee_file": file.id}


@handler("committees.withdraw", local=True)
def withdraw(call: HandlerCall) -> None:
    """Take the case's files back from every committee that has not decided them."""
    if agenda.withdraw(own(call), call.case.id):
        record(call, "committee.withdrawn", {})
