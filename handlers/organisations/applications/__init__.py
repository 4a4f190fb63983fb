"""Cases about an organisation: it applies, is accredited or refused, agrees, is reviewed."""

from handlers.organisations.applications.accrediting import (
    accredit_applicant,
    change_accreditation,
    list_criteria,
    refuse_accreditation,
)
from handlers.organisations.applications.charges import open_places
from handlers.organisations.applications.handlers import (
    measure_work,
    note_agreement,
    register_applicant,
)
from handlers.organisations.applications.store import (
    APPLICANT,
    Agreement,
    Application,
    agreements_of,
    applications_of,
    find_by_name,
)

__all__ = [
    "APPLICANT",
    "Agreement",
    "Application",
    "accredit_applicant",
    "agreements_of",
    "applications_of",
    "change_accreditation",
    "find_by_name",
    "list_criteria",
    "measure_work",
    "note_agreement",
    "open_places",
    "refuse_accreditation",
    "register_applicant",
]
