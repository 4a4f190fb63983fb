"""Sets of specifications, and who is accredited on them from when to when."""

from handlers.organisations.accreditation.publishing import (
    LANGUAGES,
    MARKS,
    publish_next,
    read_draft,
)
from handlers.organisations.accreditation.service import (
    LONGEST_REASON,
    Decision,
    accredit,
    change_status,
)
from handlers.organisations.accreditation.store import (
    Accreditation,
    Criterion,
    Specification,
    Status,
    accreditation_by_key,
    accreditations_of,
    accredited_on,
    holders_of,
    newest_specification,
    newest_version,
    publish_specification,
    read_specification,
    specifications_in,
)

__all__ = [
    "LANGUAGES",
    "LONGEST_REASON",
    "MARKS",
    "Accreditation",
    "Criterion",
    "Decision",
    "Specification",
    "Status",
    "accredit",
    "accreditation_by_key",
    "accreditations_of",
    "accredited_on",
    "change_status",
    "holders_of",
    "newest_specification",
    "newest_version",
    "publish_next",
    "publish_specification",
    "read_draft",
    "read_specification",
    "specifications_in",
]
