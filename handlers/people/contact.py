"""How a person may be reached, so that nobody learns of their return who should not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from engine.model import CaseRef
from engine.store import UnitOfWork
from handlers.people.attributes import ATTRIBUTES
from handlers.people.fields import PersonalFields
from handlers.people.files.store import members
from handlers.people.keyring import person_owner
from handlers.people.store import written_since

_KEYS = ("preferred_language", *(key for key in ATTRIBUTES if key.startswith("safe_contact_")))
NEVER = "none"


@dataclass(frozen=True, slots=True)
class ContactRules:
    """How a person may be reached. Their ordinary telephone and e-mail are never part of it.

    :ivar channel: ``email``, ``sms``, ``phone``, ``visit`` or ``none``.
    :ivar email: the safe address; ``None`` if none is known. So ``phone``.
    :ivar begins: first time of the day, by the clock where the person lives, at which they may be
        reached; ``None`` if any. So ``ends``.
    :ivar family_unaware: the family does not know of the return: no message may tell of it, and
        nobody else who answers may be spoken to.
    :ivar silence: what must not be said, in the person's words; for people who call, never for
        the text of a message.
    :ivar language: ``fr``, ``en`` or ``ar``; ``None`` if nobody asked.
    """

    channel: str
    email: str | None
    phone: str | None
    begins: time | None
    ends: time | None
    family_unaware: bool
    silence: str
    language: str | None

    @property
    def may_contact(self) -> bool:
        """Whether the person may be reached at all."""
        return self.channel != NEVER


def contact_rules(
    uow: UnitOfWork,
    person: str,
    fields: PersonalFields,
    purpose: str = "notices.send",
    case: CaseRef | None = None,
) -> ContactRules:
    """Return how a person may be reached; logged as a read by the system.

    Of files that were merged the newest answer holds, but ``none`` and an unaware family hold
    wherever one of them says so: the careful answer may not be lost by a merge. Without an answer
    only a safe address, where one is known, may be written to.

    :param person: id of the person (a case's subject).
    :param case: in which case that is asked, for the log.
    """
    files = fields.reading.person(uow, members(uow, person), _KEYS)
    entries = [
        (row.owner, row.key, row.tier) for told in files.values() for row, _ in told.values()
    ]
    fields.access.log_sensitive(uow, case, "system", entries, purpose)
    newest = sorted(
        (pair for told in files.values() for pair in told.values()), key=lambda p: p[0].written_at
    )
    known = {row.key: value for row, value in newest}
    spoken = [{key: pair[1] for key, pair in told.items()} for told in files.values()]
    return _rules(known, spoken)


def _rules(known: Mapping[str, Any], files: list[dict[str, Any]]) -> ContactRules:
    email, phone = _text(known, "email"), _text(known, "phone")
    channel = str(known.get("safe_contact_channel") or ("email" if email else NEVER))
    if any(told.get("safe_contact_channel") == NEVER for told in files):
        channel = NEVER
    silences = [
        str(told["safe_contact_silence"]) for told in files if told.get("safe_contact_silence")
    ]
    language = known.get("preferred_language")
    return ContactRules(
        channel=channel,
        email=email,
        phone=phone,
        begins=_time(known, "from"),
        ends=_time(known, "to"),
        family_unaware=any(told.get("safe_contact_family_unaware") is True for told in files),
        silence="\n".join(dict.fromkeys(silences)),
        language=None if language is None else str(language),
    )


def _text(known: Mapping[str, Any], name: str) -> str | None:
    text = str(known.get(f"safe_contact_{name}") or "").strip()
    return text or None


def _time(known: Mapping[str, Any], name: str) -> time | None:
    value = known.get(f"safe_contact_{name}")
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(str(value)) if value else None
    except ValueError:
        return None  # An import's text that is no time restricts nothing.


def changed_since(uow: UnitOfWork, person_id: str, keys: Collection[str], moment: datetime) -> bool:
    """Tell whether entries of a person's files were written after a moment; nothing is read."""
    owners = [person_owner(each) for each in members(uow, person_id)]
    return written_since(uow, owners, keys, moment)
