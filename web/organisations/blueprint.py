"""The room's routes gather here, and what every one of them asks first."""

from __future__ import annotations

from flask import Blueprint

from engine.errors import NotAllowed
from engine.store import UnitOfWork
from handlers.organisations import Organisation, rights_over, visible_organisation
from web.accounts import current_actor

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


def editable(uow: UnitOfWork, organisation_id: str) -> Organisation:
    """Return an organisation that the signed-in person may change.

    :raises NotFound: there is none, or it is not theirs to see.
    :raises NotAllowed: they see it and may not change it.
    """
    actor = current_actor()
    organisation = visible_organisation(uow, organisation_id, actor)
    if not rights_over(uow, organisation, actor).edit:
        raise NotAllowed(
            f"Organisation {organisation_id} is changed by the agency of its country. "
            "Ask somebody there."
        )
    return organisation
