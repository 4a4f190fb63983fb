"""Sets of specifications, and who is accredited on them from when to when."""

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
    newest_specification,
    publish_specification,
    read_specification,
    specifications_in,
)

__all__ = [
    "LONGEST_REASON",
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
    "newest_specification",
    "publish_specification",
    "read_specification",
    "specifications_in",
]
