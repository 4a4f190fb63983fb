"""What diagrams ask about notices: tell a person or an organisation that something waits."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from engine.errors import HandlerFailed, NotFound
from engine.ports import HandlerCall, HandlerFunction, handler
from engine.store import UnitOfWork
from handlers.notices import store
from handlers.notices.mail import Mailer, is_address, message_id
from handlers.notices.store import Notice, NoticeStatus
from handlers.notices.wording import wording, written_locale
from handlers.organisations import read_organisation
from handlers.people import PersonalFields

SUBJECT = "subject"
_ORGANISATION = "organisation:"
SAFE_EMAIL = "safe_contact_email"
SAFE_CHANNEL = "safe_contact_channel"
LANGUAGE = "preferred_language"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a notice goes.

    :ivar address: e-mail address; ``None`` if none is safe to write to.
    :ivar reference: the case's reference where the receiver may read it.
    """

    address: str | None
    locale: str
    reference: str | None


def send_handler(mailer: Mailer, fields: PersonalFields, sender: str) -> HandlerFunction:
    """Return the handler ``notices.send`` for a site.

    :param sender: address that notices come from.
    """

    @handler("notices.send")
    def send(call: HandlerCall, template: str, to: str = SUBJECT) -> None:
        """Send a neutral e-mail, once a call: to ``subject`` or to ``organisation:<id>``.

        A person without a safe e-mail address gets none; that is recorded and no failure.

        :raises HandlerFailed: no such template or organisation, or the server is away.
        """
        with call.open() as uow:
            if store.read_notice(uow, call.key) is not None:
                return
            receiver = _receiver(uow, call, to, fields)
        text = wording(template, receiver.locale, receiver.reference)
        if receiver.address is not None:
            message = EmailMessage()
            message["From"] = sender
            message["To"] = receiver.address
            message["Subject"] = text.subject
            message["Date"] = format_datetime(call.now)
            message["Message-ID"] = message_id(call.key)
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(text.body)
            mailer.send(call.key, message)
        _record(call, template, to, receiver)

    return send


def _receiver(uow: UnitOfWork, call: HandlerCall, to: str, fields: PersonalFields) -> Receiver:
    if to == SUBJECT:
        return _subject(uow, call, fields)
    organisation_id = to.removeprefix(_ORGANISATION)
    if organisation_id == to:
        raise HandlerFailed(
            f"{call.element_id} sends a notice to '{to}'. It must be '{SUBJECT}' or "
            f"'{_ORGANISATION}' and an organisation's id."
        )
    try:
        organisation = read_organisation(uow, organisation_id)
    except NotFound as error:
        raise HandlerFailed(f"{call.element_id} sends a notice: {error}") from error
    address = organisation.email if is_address(organisation.email) else None
    return Receiver(address, written_locale(organisation.language), call.case.reference)


def _subject(uow: UnitOfWork, call: HandlerCall, fields: PersonalFields) -> Receiver:
    keys = (SAFE_EMAIL, SAFE_CHANNEL, LANGUAGE)
    known = fields.read_for(uow, call.case, keys, "notices.send")
    address = known.get(SAFE_EMAIL)
    by_email = known.get(SAFE_CHANNEL, "email") == "email"
    safe = by_email and isinstance(address, str) and is_address(address.strip())
    return Receiver(
        address=str(address).strip() if safe else None,
        locale=written_locale(known.get(LANGUAGE)),
        reference=None,
    )


def _record(call: HandlerCall, template: str, to: str, receiver: Receiver) -> None:
    status = NoticeStatus.WITHHELD if receiver.address is None else NoticeStatus.SENT
    notice = Notice(
        key=call.key,
        case_id=call.case.id,
        template=template,
        locale=receiver.locale,
        receiver=to,
        status=status,
        at=call.now,
    )
    with call.open() as uow:
        if store.insert_notice(uow, notice):
            uow.record(
                call.case.id,
                f"notice.{status}",
                {"template": template, "to": to},
                actor=call.actor.account_id,
                at=call.now,
                element_id=call.element_id,
                activation=call.activation,
            )
