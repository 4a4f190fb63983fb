"""Words for the codes of notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.notices import NoticeStatus
from web.i18n import _l

_STATUSES: Mapping[str, Any] = {
    NoticeStatus.SENT: _l("Sent"),
    NoticeStatus.WITHHELD: _l("Not sent"),
    NoticeStatus.QUEUED: _l("Waits to be sent with others"),
    NoticeStatus.SENDING: _l("Being sent"),
    NoticeStatus.BOUNCED: _l("Came back"),
}

_TEMPLATES: Mapping[str, Any] = {
    "appointment": _l("Appointment to confirm"),
    "assignment": _l("Case offered"),
    "decision": _l("Decision made"),
    "discreet": _l("There is a message"),
    "document_needed": _l("Document to bring"),
    "news": _l("News"),
    "nobody_free": _l("No operator is free"),
    "overdue": _l("Something is overdue"),
    "referral": _l("Referral to answer"),
    "task": _l("Task waiting"),
}


def notice_word(status: NoticeStatus) -> str:
    """Return the words for what became of a notice."""
    return str(_STATUSES[status])


def notice_template(name: str) -> str:
    """Return the words for what a notice is about; its code where there are none."""
    return str(_TEMPLATES.get(name, name))
