"""Accrediting, suspending, resuming, withdrawing: each said with who, when and why.

Who may do it the directory decides (:func:`handlers.organisations.editable`); here the dates and
the order of statuses are held.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from engine.errors import Conflict, InvalidAnswer
from engine.store import UnitOfWork
from handlers.organisations.accreditation import store
from handlers.organisations.accreditation.store import Accreditation, Status
from handlers.organisations.events import add_event
from handlers.organisations.store import read_organisation

MOVES: Mapping[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset({Status.SUSPENDED, Status.WITHDRAWN}),
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset(),
}
"""Which status may follow which; a withdrawn one stays so, a new accreditation is another row."""

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """What a case says of an accreditation; see :class:`Accreditation`."""

    case_id: str
    key: str
    body: str | None = None
    reason: str | None = None


def accredit(
    uow: UnitOfWork,
    organisation_id: str,
    specification_id: str,
    since: date,
    until: date | None,
    *,
    by: str,
    at: datetime,
    decision: Decision | None = None,
) -> Accreditation:
    """Accredit an organisation on a version of a set of specifications.

    :param by: account id of who decided, or who wrote down what a body decided.
    :param decision: of a body in a case; ``None`` where an officer accredits on the page.
    :raises NotFound: there is no such organisation or specification.
    :raises InvalidAnswer: the specification is another country's, or the dates make no period.
    :raises Conflict: it is accredited on that very version for some of those days already.
    """
    organisation = read_organisation(uow, organisation_id)
    specification = store.read_specification(uow, specification_id)
    wrong = {}
    if specification.country != organisation.country:
        wrong["specification"] = "other-country"
    if since < specification.published_on:
        wrong["since"] = "before-publication"
    if until is not None and until < since:
        wrong["until"] = "before-since"
    if wrong:
        raise InvalidAnswer(wrong)
    store.lock_organisation(uow, organisation_id)
    for known in store.accreditations_of(uow, organisation_id):
        if known.specification_id == specification_id and _overlap(known, since, until):
            raise Conflict(
                f"{organisation_id} is accredited on {specification_id} from {known.since} "
                "already. Withdraw that accreditation first, or choose other dates."
            )
    made = Accreditation(
        *(secrets.token_hex(16), organisation_id, specification_id, since, until),
        status=Status.ACTIVE,
        revision=1,
        **({} if decision is None else asdict(decision)),
    )
    store.insert_accreditation(uow, made)
    told = {"until": until and until.isoformat(), "body": made.body, "reason": made.reason}
    data = {"specification": specification_id, "since": since.isoformat()}
    data |= {key: value for key, value in told.items() if value}
    add_event(uow, organisation_id, "accredited", data, by=by, at=at)
    return made


def change_status(
    uow: UnitOfWork, accreditation_id: str, status: Status, reason: str, *, by: str, at: datetime
) -> Accreditation:
    """Suspend, resume or withdraw an accreditation.

    :param reason: why, about the organisation, never about a person.
    :raises NotFound: there is no such accreditation.
    :raises InvalidAnswer: no reason is given, or it is too long.
    :raises Conflict: it stands where this cannot follow, or was changed meanwhile.
    """
    known = store.read_accreditation(uow, accreditation_id)
    reason = reason.strip()
    if not reason:
        raise InvalidAnswer({"reason": "required"})
    if len(reason) > LONGEST_REASON:
        raise InvalidAnswer({"reason": "too-long"})
    if status not in MOVES[known.status]:
        raise Conflict(
            f"The accreditation is {known.status} and cannot become {status}. "
            "Open the page again: somebody may have changed it."
        )
    if not store.update_status(uow, known, status):
        raise Conflict("The accreditation was changed by somebody else. Open the page again.")
    data = {"specification": known.specification_id, "status": status.value, "reason": reason}
    add_event(uow, known.organisation_id, "accreditation-changed", data, by=by, at=at)
    return store.read_accreditation(uow, accreditation_id)


def _overlap(known: Accreditation, since: date, until: date | None) -> bool:
    if known.status is Status.WITHDRAWN:
        return False
    starts_later = known.until is not None and known.until < since
    ends_before = until is not None and until < known.since
    return not (starts_later or ends_before)
