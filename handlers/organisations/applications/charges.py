"""What an organisation takes once it is approved: how many cases at a time, which, and where.

Source: domain file A14 and A17: those whom the schemes select are those whom A15 and A18 designate.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.errors import BusinessError, Conflict
from engine.ports import HandlerCall, handler
from handlers.organisations.applications.arguments import (
    count_of,
    organisation_of,
    wrong,
)
from handlers.organisations.codes import LEVELS, REGIONS, SECTORS
from handlers.organisations.directory.profile import Profile, change_profile
from handlers.organisations.store import Dimension, coverage_of
from handlers.transaction import own, record

_MOST_CASES = 999_999


@handler("organisations.open_places", local=True)
def open_places(
    call: HandlerCall,
    organisation: str,
    capacity: Decimal,
    levels: Sequence[str],
    regions: Sequence[str],
    sectors: Sequence[str] | None = None,
) -> None:
    """Let an organisation be found as an operator, for so many cases at a time from now on.

    In place of what it took before; the cases that it has stay with it.

    :param levels: assistance levels. :param regions: of the case's country.
    :param sectors: of projects; all of them if left out.
    :raises BusinessError: ``capacity-taken``: it has more cases than that.
    :raises HandlerFailed: there is no such organisation, or a code is unknown.
    """
    uow, known = own(call), organisation_of(call, organisation)
    places = count_of(call, "capacity", capacity, _MOST_CASES)
    taken = {
        Dimension.LEVEL: _codes(call, "levels", levels, LEVELS),
        Dimension.REGION: _codes(call, "regions", regions, REGIONS.get(call.case.country, ())),
        Dimension.SECTOR: _codes(call, "sectors", sectors or SECTORS, SECTORS),
    }
    profile = Profile(known, {**coverage_of(uow, [known.id])[known.id], **taken}, places)
    try:
        changed = change_profile(uow, profile, by=call.actor.account_id, at=call.now)
    except Conflict as error:
        raise BusinessError("capacity-taken", str(error), {"organisation": known.id}) from error
    if changed:
        data = {"organisation": known.id, "capacity": Decimal(places)}
        record(call, "organisation.places", data)


def _codes(
    call: HandlerCall, name: str, given: Sequence[str], known: Sequence[str]
) -> frozenset[str]:
    unknown = [code for code in given if code not in known]
    if unknown or not given:
        raise wrong(call, name, ", ".join(map(str, unknown)), f"one or more of {', '.join(known)}")
    return frozenset(given)
