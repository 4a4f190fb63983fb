"""Mail that came back: read as RFC 3464 writes it, and the address marked bad.

Only a permanent failure counts (``Action: failed`` with a status 5.x.x, RFC 3463): a delay, an
absence note or an answer changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from typing import cast

from engine.model import SYSTEM
from engine.store import Store
from handlers.notices import store
from handlers.notices.problems.store import open_problem
from handlers.notices.store import Notice, NoticeStatus

_OURS = re.compile(r"([0-9a-f]{32})@passerelle")
_QUOTES = frozenset({"message/rfc822", "text/rfc822-headers"})


def failed_messages(content: bytes) -> frozenset[str]:
    """Return the names of our messages that a mail says could not be delivered, for good."""
    mail = message_from_bytes(content, policy=policy.default)
    if not any(_is_permanent(part) for part in mail.walk()):
        return frozenset()
    named = [str(mail.get(header, "")) for header in ("In-Reply-To", "References")]
    named += [_quoted(part) for part in mail.walk() if part.get_content_type() in _QUOTES]
    return frozenset(_OURS.findall(" ".join(named)))


def take_back(database: Store, content: bytes, at: datetime) -> tuple[Notice, ...]:
    """Mark the notices and the address that a returned mail names; a second time changes nothing.

    :returns: the notices that were sent until now and have come back.
    """
    names = failed_messages(content)
    if not names:
        return ()
    with database.snapshot() as uow:
        found = store.notices_by_message(uow, sorted(names))
    return tuple(notice for notice in found if _bounced(database, notice, at))


def _bounced(database: Store, notice: Notice, at: datetime) -> bool:
    if notice.status is not NoticeStatus.SENT:
        return False
    with database.unit_of_work() as uow:
        if not store.update_notice(uow, notice, status=NoticeStatus.BOUNCED.value):
            return False
        store.mark_bad(uow, notice.address, notice.key, at)
        open_problem(uow, notice, at)
        data = {"template": notice.template, "to": notice.receiver}
        uow.record(notice.case_id, "notice.bounced", data, actor=SYSTEM.account_id, at=at)
    return True


def _is_permanent(part: Message) -> bool:
    if part.get_content_type() != "message/delivery-status":
        return False
    return any(
        str(block.get("Action", "")).strip().lower() == "failed"
        and str(block.get("Status", "")).strip().startswith("5")
        for block in _blocks(part)
    )


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from cast("list[Message]", payload)


def _quoted(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return " ".join(str(cast(Message, each).get("Message-ID", "")) for each in payload)
    return str(payload)
