"""Sets of specifications, and who is accredited on them from when to when."""

from handlers.organisations.accreditation.service import (
    accredit,
    change_status,
)
from handlers.organisations.accreditation.store import (
    Accreditation,
    Criterion,
    Specification,
    Status,
    accreditations_of,
    accredited_on,
    publish_specification,
    read_specification,
    specifications_in,
)

__all__ = [
    "Accreditation",
    "Criterion",
    "Specification",
    "Status",
    "accredit",
    "accreditations_of",
    "accredited_on",
    "change_status",
    "publish_specification",
    "read_specification",
    "specifications_in",
]
