"""Whether a person agrees now, and how a decision of theirs is taken down."""

from __future__ import annotations

from datetime import datetime

from engine.store import UnitOfWork
from handlers.people.consents.store import (
    Consent,
    Purpose,
    current_consent,
    current_consents,
    record_consent,
)
from handlers.people.duplicates.store import last_merge_at
from handlers.people.files.store import members
from handlers.people.store import new_id


def agrees(uow: UnitOfWork, person_id: str, purpose: Purpose, recipient: str = "") -> bool:
    """Tell whether a person agrees to a purpose now; whoever was never asked does not.

    Of files that were merged, a refusal in one holds until the person is asked anew: nobody ever
    agreed to what the other file's purpose covered.

    :param recipient: organisation that data would be shared with: what was decided of it by name
        goes before what was decided as a whole.
    """
    files = members(uow, person_id)
    held = current_consents(uow, files, purpose, recipient)
    if not held and recipient:
        held = current_consents(uow, files, purpose)
    if not held:
        return False
    merged_at = last_merge_at(uow, files) if len(files) > 1 else None
    if merged_at is not None and held[0].recorded_at >= merged_at:
        return held[0].given
    return all(each.given for each in held)


def decide_consent(
    uow: UnitOfWork,
    person_id: str,
    purpose: Purpose,
    given: bool,
    *,
    at: datetime,
    by: str,
    case_id: str | None = None,
    recipient: str = "",
    sheet: str | None = None,
) -> bool:
    """Write a person's decision; ``False`` if the same one holds already.

    A withdrawal needs no sheet: it is as easy as it can be.

    :param sheet: document id of the signed sheet.
    """
    held = current_consent(uow, person_id, purpose, recipient)
    if held is not None and held.given == given and held.sheet_document == sheet:
        return False
    record_consent(
        uow,
        Consent(
            id=new_id(),
            person_id=person_id,
            case_id=case_id,
            purpose=purpose,
            given=given,
            recorded_at=at,
            recorded_by=by,
            ended_at=None,
            sheet_document=sheet,
            recipient=recipient,
        ),
    )
    return True
