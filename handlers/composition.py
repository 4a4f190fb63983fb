"""The one place where the engine meets what it needs from outside (``Settings.ports``)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from engine.clock import OffsetClock, SystemClock
from engine.errors import ConfigurationError
from engine.ports import Clock, HandlerRegistry, Periodic, Ports, Publisher
from engine.settings import Settings
from engine.store import Store
from handlers import (
    committees,
    documents,
    notices,
    organisations,
    payments,
    people,
    referrals,
    surveys,
)
from handlers.committees import Committees
from handlers.documents import Clamd, Declarations, DocumentFiles, Documents, Letters
from handlers.notices import (
    HttpGateway,
    Mailer,
    Notices,
    Outbox,
    Receivers,
    SmsCarrier,
    SmsOutbox,
    SmtpServer,
    read_hours,
)
from handlers.people import (
    Access,
    ErasureLog,
    Keyring,
    PersonalFields,
    Vault,
    catch_up,
    compose_people,
    refuse_unreplayed,
)

MIGRATIONS = Path(__file__).parent / "migrations"
"""Versions of the handlers' tables, to be upgraded with the engine's."""

_HANDLERS = (
    people.record_consents,
    people.check_consent,
    people.find_duplicates,
    organisations.find_operators,
    organisations.find_suppliers,
    organisations.applicant,
    organisations.offer,
    organisations.end_offer,
    organisations.open_access,
    organisations.close_access,
    organisations.assign,
    organisations.unassign,
    organisations.register_applicant,
    organisations.list_criteria,
    organisations.accredit_applicant,
    organisations.refuse_accreditation,
    organisations.change_accreditation,
    organisations.note_agreement,
    organisations.open_places,
    organisations.measure_work,
    payments.plan,
    payments.plan_lines,
    payments.plan_purchases,
    payments.read_lines,
    payments.request,
    payments.approve,
    payments.mark_paid,
    payments.refund,
    payments.refuse,
    payments.stop,
    committees.submit,
    committees.withdraw,
    referrals.find_services,
    referrals.close,
    referrals.withdraw,
)


def compose(settings: Settings, store: Store, clock: Clock | None = None) -> Ports:
    """Return the engine's ports; called once per process.

    Reads no secret yet: ``passerelle lint`` needs the handlers' names and no key.

    :param clock: what tells the time to all of them; the site's own if left out. Tests and
        scenarios pass theirs here, so that fields and engine agree on the present moment.
    :raises ConfigurationError: PASSERELLE_SMTP_URL, _SMS_URL or _QUIET_HOURS cannot be read.
    """
    told = clock or site_clock(settings, store)
    fields = compose_fields(settings, store, told)
    registry = HandlerRegistry()
    for function in _HANDLERS:
        registry.add(function)
    letters = Letters(Declarations(), fields, told)
    registry.add(documents.require_handler(letters.declarations))
    files = compose_documents(settings, store, told)
    registry.add(documents.generate_handler(files, letters))
    post = compose_notices(settings, store, told, fields)
    registry.add(notices.send_handler(post))
    registry.add(surveys.record_handler(fields))
    registry.add(referrals.send_handler(fields))
    log = ErasureLog(settings)
    return Ports(
        registry=registry,
        fields=fields,
        clock=told,
        migrations=(MIGRATIONS,),
        checks=(lambda database: refuse_unreplayed(database, log),),
        inspections=(payments.check_books,),
        files=(documents.files_of(settings), *people.files_of(settings)),
        restored=(lambda database: catch_up(database, log),),
        periodic=(
            Periodic("notices.deliver", timedelta(minutes=1), post.deliver),
            Periodic("notices.recheck", timedelta(minutes=5), post.problems.recheck),
            *documents.upkeep(files),
            *people.upkeep(store, compose_people(settings, store, told).erasures),
        ),
    )


def compose_fields(settings: Settings, store: Store, clock: Clock) -> PersonalFields:
    """Return the room that keeps personal answers."""
    return compose_people(settings, store, clock).fields


def compose_notices(
    settings: Settings, store: Store, clock: Clock, fields: PersonalFields | None = None
) -> Notices:
    """Return the room that sends notices.

    :raises ConfigurationError: a carrier's address or the quiet hours cannot be read.
    """
    told = fields or compose_fields(settings, store, clock)
    return Notices(
        database=store,
        clock=clock,
        receivers=Receivers(told, read_hours(settings.quiet_hours)),
        mailer=compose_mailer(settings),
        sms=compose_sms(settings),
        sender=settings.mail_from,
        gather=timedelta(minutes=settings.digest_minutes),
    )


def compose_documents(settings: Settings, store: Store, clock: Clock) -> Documents:
    """Return the room that keeps files, for the web's pages."""
    return Documents(
        keyring=Keyring(Vault(settings)),
        access=Access(store, clock),
        files=DocumentFiles.of(settings),
        clock=clock,
        limit_bytes=settings.document_limit_bytes,
        scanner=Clamd(settings.clamd) if settings.clamd else None,
        quarantine=_quarantines(settings),
    )


def compose_committees(
    settings: Settings, store: Store, clock: Clock, publish: Publisher
) -> Committees:
    """Return the room of committees, for the web's pages and for commands.

    :param publish: the engine's, which tells cases what was decided.
    """
    fields = compose_fields(settings, store, clock)
    return Committees(fields, Access(store, clock), publish, clock)


def compose_letters(settings: Settings, store: Store, clock: Clock) -> Letters:
    """Return what writes letters, for the web's pages."""
    return Letters(Declarations(), compose_fields(settings, store, clock), clock)


def _quarantines(settings: Settings) -> bool:
    if settings.scan_absent not in {"refuse", "quarantine"}:
        raise ConfigurationError(
            f"PASSERELLE_SCAN_ABSENT='{settings.scan_absent}' must be refuse or quarantine."
        )
    return settings.scan_absent == "quarantine"


def site_clock(settings: Settings, store: Store) -> Clock:
    """Return the clock of this site; only a demo's can be moved."""
    return OffsetClock(store) if settings.demo else SystemClock()


def compose_mailer(settings: Settings) -> Mailer:
    """Return what sends this site's mail: its SMTP server, or the outbox folder."""
    if settings.smtp_url:
        return SmtpServer.from_url(settings.smtp_url)
    return Outbox(settings.var_dir / "outbox")


def compose_sms(settings: Settings) -> SmsCarrier:
    """Return what sends this site's SMS: its gateway, or the outbox folder."""
    if settings.sms_url:
        return HttpGateway(settings.sms_url, settings.sms_token, settings.sms_sender)
    return SmsOutbox(settings.var_dir / "outbox")
